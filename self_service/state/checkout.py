"""Check-out: who buys, what exactly, and the summary to agree to. Paying is a plain post.

One flow for new and existing customers; what is known is skipped. What was typed is kept with the
basket as one goes, so a reload or another device continues there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes, settings
from self_service.domain.access import Actor
from self_service.domain.errors import DomainError, Invalid
from self_service.domain.orders import checkout
from self_service.state import summary
from self_service.state.checkout_rows import (
    NOTHING,
    AddressRow,
    OptionRow,
    ReviewRow,
    address_rows,
    completed,
    countries,
    fault_of,
    fault_text,
    languages,
    review_rows,
    typed_in,
)
from self_service.state.checkout_words import REFUSALS
from self_service.state.display import TotalsRow, problem, refusal
from self_service.state.guard import act, public
from self_service.state.pay_ways import WayRow, order_ways
from self_service.state.promotion_rows import CodeRow, code_rows, said, saved_row
from self_service.state.request import Elsewhere, PageRequest, PageState, show


class CheckoutState(PageState, rx.State):
    """Where this person is on the way to the order."""

    step: str = "details"
    existing: bool = False  # a customer: no password to choose
    typed: dict[str, str] = NOTHING
    faults: dict[str, str] = NOTHING
    fault_count: int = 0
    fault_text: str = ""
    countries: list[OptionRow] = []
    languages: list[OptionRow] = []
    address: list[AddressRow] = []
    refused: str = ""
    password_fault: str = ""
    lines: list[ReviewRow] = []
    totals: TotalsRow = TotalsRow()
    buyer: list[str] = []
    cart_id: str = ""
    fingerprint: str = ""
    summary_href: str = ""
    summary_failed: bool = False
    codes: list[CodeRow] = []
    code_fault: str = ""
    codes_lost: bool = False  # the buyer is asked before anything is ordered without
    ways: list[WayRow] = []  # to pay; none where there is nothing to choose
    can_keep: bool = False

    @public
    async def load(self) -> Any:
        """Read the step of this address; on the second, get the summary made."""
        gone = await show(self, checkout_values)
        if gone is None and self.step == "review" and not self.summary_href:
            return CheckoutState.prepare
        return gone

    @public
    async def keep(self, name: str, value: str) -> None:
        """Keep one field as it was left, and say at once what is wrong with it."""
        language = PageRequest.of(self).language
        changed = typed_in({name: value} if isinstance(name, str) else {})
        if not changed:
            return
        typed = {**self.typed, **changed}
        try:
            await act(self, checkout.keep_typed, form=typed)
        except DomainError as error:
            self.refused = refusal(error, language)
            return
        self._show(
            typed,
            {**self.faults, name: fault_of(name, typed, language) if typed[name] else ""},
            language,
        )

    @public
    async def choose_country(self, value: str) -> None:
        """Show the address fields of another country."""
        language = PageRequest.of(self).language
        chosen = typed_in({"country": value, "country_area": "", "city": ""})
        self._show({**self.typed, **chosen}, NOTHING, language)

    @public
    async def submit(self, form: dict[str, Any]) -> Any:
        """Check the details; when all is well, go on to the summary."""
        language = PageRequest.of(self).language
        typed = completed(typed_in(form), language)
        try:
            await act(
                self,
                checkout.save_details,
                form=typed,
                languages=tuple(i18n.LANGUAGES),
                default_country=settings.get().country,
            )
        except Invalid as invalid:
            faults = {name: problem(*fault, language) for name, fault in invalid.faults.items()}
            self._show(typed, {**NOTHING, **faults}, language)
            return None
        except DomainError as error:
            self.refused = refusal(error, language)
            return None
        return rx.redirect(routes.page(language, routes.CHECKOUT, step="review"))

    @public
    async def prepare(self) -> None:
        """Make and archive the contract summary of what is in the basket now."""
        self.summary_failed = True  # so it stays when making it fails for whatever reason
        try:
            made = await summary.make(self)
        except DomainError as error:
            self.refused = refusal(error, PageRequest.of(self).language)
            return
        self.fingerprint, self.summary_href = made.fingerprint, made.href
        self.summary_failed = False

    def _show(self, typed: dict[str, str], faults: dict[str, str], language: str) -> None:
        self.typed, self.faults = typed, faults
        self.address = address_rows(typed, faults, language)
        self.fault_count = sum(bool(fault) for fault in faults.values())
        self.fault_text = fault_text(self.fault_count, language)


async def checkout_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of CheckoutState.

    Raises:
        Elsewhere: there is nothing to order, or nobody here may.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    language, step = request.language, request.query.get("step", "")
    if actor.signed_in and actor.customer_id is None:  # serves nobody at the moment
        raise Elsewhere(routes.page(language, routes.STORE))
    draft = checkout.draft(session, actor)
    values = {
        "step": "details",
        "existing": actor.signed_in,
        **_refused(request),
        "code_fault": said(request.query, language),
        "fingerprint": "",
        "summary_href": "",
        "summary_failed": False,
        "cart_id": str(draft.cart_id or ""),
        "ways": [],
        "can_keep": False,
        **_form(draft, language),
    }
    known = actor.signed_in and draft.checked
    if step == "review" or (known and step != "details"):
        values |= _review(session, actor, draft, language, now)
    elif draft.cart_id is None:
        raise Elsewhere(routes.page(language, routes.BASKET))
    return values


def _refused(request: PageRequest) -> dict[str, str]:
    """Say why the order was refused: at the password when it was its fault, else above all."""
    code = request.query.get("refused", "")
    told = i18n.translate(request.language, REFUSALS[code]) if code in REFUSALS else ""
    at_password = code.startswith("password_")
    return {
        "refused": "" if at_password else told,
        "password_fault": told if at_password else "",
    }


def _form(draft: checkout.Draft, language: str) -> dict[str, Any]:
    typed = completed(draft.details, language)
    return {
        "typed": typed,
        "faults": NOTHING,
        "fault_count": 0,
        "fault_text": "",
        "countries": countries(language),
        "languages": languages(),
        "address": address_rows(typed, NOTHING, language),
    }


def _review(
    session: Session, actor: Actor, draft: checkout.Draft, language: str, now: datetime
) -> dict[str, Any]:
    try:
        review = checkout.review(session, actor, now=now)
    except checkout.DetailsNeeded:
        return {}
    except DomainError:
        raise Elsewhere(routes.page(language, routes.BASKET)) from None
    details = review.details
    shown = draft.summary == review.fingerprint
    return {
        "step": "review",
        "lines": review_rows(review.basket, language),
        "totals": saved_row(review.basket, language),
        "codes": code_rows(review.basket, language),
        "codes_lost": bool(review.basket.lost_codes),
        "buyer": [
            f"{details.given_name} {details.family_name}",
            *details.address.formatted(),
            details.email,
            details.mobile,
        ],
        **(order_ways(session, actor, language, now=now) if review.basket.totals.due_now else {}),
        "fingerprint": review.fingerprint if shown else "",
        "summary_href": summary.href(draft.document_id) if shown else "",
    }
