"""Promotion codes in a basket, as rows; and what is said of one that was taken or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from self_service import i18n, routes
from self_service.domain.basket.change import CookiesNeeded
from self_service.domain.basket.saving import CodeView
from self_service.domain.basket.view import BasketView
from self_service.domain.errors import N_, DomainError
from self_service.domain.promotions import codes
from self_service.domain.promotions.refusals import REFUSALS
from self_service.state.display import TotalsRow, money, problem, refusal, totals_row

_KINDS: dict[str, type[DomainError]] = {**REFUSALS, CookiesNeeded.code: CookiesNeeded}

#: Names by which an address says what became of a code.
REFUSED, TAKEN = "code_refused", "code_taken"
SAID = frozenset({REFUSED, TAKEN})


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code in a basket.

    Attributes:
        id: of the promotion.
        text: what it saves, or why it is not applied.
        lost: it cannot be used any more.
    """

    id: str
    code: str
    text: str
    lost: bool


def code_rows(basket: BasketView, language: str) -> list[CodeRow]:
    """Return the codes of a basket, with what each saves."""
    term = basket.totals.term_months
    return [
        CodeRow(str(code.id), code.code, _text(code, term, language), code.refusal is not None)
        for code in basket.codes
    ]


def _text(code: CodeView, term_months: int, language: str) -> str:
    if code.refusal is not None:
        return refusal(code.refusal, language)
    if not code.applied:
        return i18n.translate(language, N_("Lowers nothing that is in your basket now."))
    price = money(code.saved, language)
    if not code.recurs:
        return i18n.translate(language, N_("Saves {price} once."), price=price)
    months = min(code.months or term_months, term_months)
    told = i18n.plural(language, "Over {count} month", "Over {count} months", months)
    return i18n.translate(language, N_("Saves {price}. {term}."), price=price, term=told)


def saved_row(basket: BasketView, language: str) -> TotalsRow:
    """Return the totals of a basket, with what its codes save."""
    row = totals_row(basket.totals, language)
    return replace(row, saved=money(basket.saved, language)) if basket.saved else row


def asked(error: DomainError) -> dict[str, str]:
    """Return a refused code as it stands in an address."""
    places = {name: codes.fold(error.data.get(name)) for name in ("code", "other")}
    return {REFUSED: error.code, **places}


def taken(code: str) -> dict[str, str]:
    """Return a code that came into the basket as it stands in an address."""
    return {TAKEN: code}


def at_store(path: str) -> bool:
    """Say whether a link to this path, below the language, may bring a code along."""
    return path == routes.STORE or path.startswith(f"{routes.PRODUCT}/")


def brought(path: str, query: Mapping[str, str], cookie: str, language: str) -> dict[str, str]:
    """Say what became of the code of a link: `code_note` or `code_problem`, "" where nothing is.

    Args:
        path: of the page, below the language.
        query: of its address.
        cookie: that came with the request; without one there is no basket to put a code into.
        language: of the page.
    """
    note = problem_text = ""
    if at_store(path):
        problem_text = said(query, language)
        code = codes.fold(query.get(TAKEN, ""))
        if code and not cookie:
            problem_text = i18n.translate(language, CookiesNeeded.message)
        elif code:
            text = N_("The code {code} is in your basket. It lowers the price of what it is for.")
            note = i18n.translate(language, text, code=code)
    return {"code_note": note, "code_problem": problem_text}


def said(query: Mapping[str, str], language: str) -> str:
    """Say why a code was refused, from the address; "" when none was."""
    kind = _KINDS.get(query.get(REFUSED, ""))
    if kind is None:
        return ""
    places = {name: codes.fold(query.get(name, "")) for name in ("code", "other")}
    return " ".join(problem(kind.message, places, language).split())
