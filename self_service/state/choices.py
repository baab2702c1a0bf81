"""Rows for everything that is chosen by a link: values of a thing, extras, parts, plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from self_service import i18n
from self_service.domain.catalog.variants import ChoiceValue, VariantChoice
from self_service.domain.catalog.view import Offering, text
from self_service.domain.choosing.query import ChooseQuery
from self_service.domain.choosing.view import Option
from self_service.domain.errors import N_
from self_service.domain.rules.problems import FixAct, Violation
from self_service.illustrations import colour_hex
from self_service.money import MINUS, Money
from self_service.state.display import (
    TotalsRow,
    choice_text,
    money,
    picture_path,
    problem,
    totals_row,
)
from self_service.state.values import written

#: Writes the address of a configuration.
ConfigurationLink = Callable[[Mapping[str, str]], str]


class QueryLink(Protocol):
    """Writes the address of a set of choices, for the offering of the page or another."""

    def __call__(self, wanted: ChooseQuery, slug: str = ..., /) -> str:
        """Return the address."""
        ...


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value of a choice: a colour, a size.

    Attributes:
        note: what it costs more, or why it cannot be had and what would make it possible.
        possible: False when it is sold out altogether; then it leads nowhere.
        left: False when this very combination cannot be had; it leads to the nearest that can.
        swatch: a colour to show, "" for none.
    """

    text: str
    href: str
    selected: bool
    possible: bool
    left: bool
    note: str
    swatch: str


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A choice with its values; `of` says of what, where several things stand on one page."""

    key: str
    title: str
    of: str
    chosen: str
    choices: list[ValueRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A plan, an extra or a part to choose.

    Attributes:
        state: "chosen", "possible" or "impossible".
        reason: why not, or why it cannot stay.
        way: what would make it possible, and `way_href` where that is done.
        line: line of the basket that it is put on, "" when it leads to an address.
        paid: whether a bundle pays for it.
    """

    key: str
    name: str
    detail: str
    picture: str
    badge: str
    href: str
    state: str
    reason: str
    way: str
    way_href: str
    paid: bool
    line: str
    totals: TotalsRow
    highlights: list[str] = field(default_factory=list)


def parameters(query: Mapping[str, str]) -> list[str]:
    """Return the parameters of an address as the page compares them with those it shows."""
    return sorted(f"{name}={value}" for name, value in query.items())


def setting_row(
    choice: VariantChoice,
    href: ConfigurationLink,
    language: str,
    *,
    of: str = "",
    key: str = "",
    paid: bool = False,
) -> SettingRow:
    """Put one choice into words.

    Args:
        choice: from the domain.
        href: writes the address of a configuration.
        language: of the reader.
        of: name of what is configured, "" where that is plain.
        key: tells it from a choice of the same name of something else on the page.
        paid: whether no value costs more.
    """
    rows = [_value(choice.name, value, href, language, paid=paid) for value in choice.values]
    return SettingRow(
        key=f"{key}{choice.name}",
        title=i18n.translate(language, choice.label),
        of=of,
        chosen=next((row.text for row in rows if row.selected), ""),
        choices=rows,
    )


def option_row(option: Option, link: QueryLink, language: str) -> OptionRow:
    """Put a plan, an extra or a part into words."""
    offering = option.offering
    way, to = option.way, option.way.query if option.way else None
    return OptionRow(
        key=offering.slug if offering else "none",
        name=text(offering.name, language)
        if offering
        else i18n.translate(language, N_("No plan, only the device")),
        detail=text(offering.description, language) if offering else "",
        picture=picture_path(offering.picture) if offering else "",
        badge=i18n.translate(language, N_("In your basket")) if option.in_basket else "",
        href=link(option.query, option.slug),
        state=_state(option),
        reason=_reason(option.problem, language),
        way=_way(way.act, way.offering, language) if way else "",
        way_href=link(to, option.slug) if to else "",
        paid=option.paid,
        line=str(option.line or ""),
        totals=totals_row(option.totals, language),
        highlights=[text(line, language) for line in offering.highlights] if offering else [],
    )


def _state(option: Option) -> str:
    if option.chosen:
        return "chosen"
    return "impossible" if option.problem else "possible"


def _reason(found: Violation | None, language: str) -> str:
    return problem(found.message, found.data, language) if found else ""


def _way(act: FixAct, offering: Offering, language: str) -> str:
    name = text(offering.name, language)
    if act is FixAct.ADD:
        return i18n.translate(language, N_("Add {name} too"), name=name)
    return i18n.translate(language, N_("Take this instead of {name}"), name=name)


def _value(
    name: str, value: ChoiceValue, href: ConfigurationLink, language: str, *, paid: bool
) -> ValueRow:
    note = "" if paid else _difference(value, language)
    return ValueRow(
        text=written(value.label, language),
        href=href(value.remedy) if value.remedy is not None else "",
        selected=value.selected,
        possible=value.remedy is not None,
        left=value.available,
        note=note if value.available else _unavailable(name, value, language),
        swatch=colour_hex(value.value) if name == "colour" else "",
    )


def _unavailable(name: str, value: ChoiceValue, language: str) -> str:
    def said(values: tuple[str, ...]) -> str:
        return ", ".join(choice_text(name, found, language) for found in values)

    return i18n.translate(
        language, value.reason, chosen=said(value.chosen), instead=said(value.instead)
    )


def _difference(value: ChoiceValue, language: str) -> str:
    once, monthly = value.due_now_difference, value.monthly_difference
    if monthly:
        price = _signed(monthly, language)
        return i18n.translate(language, N_("{price} a month"), price=price)
    return _signed(once, language) if once else ""


def _signed(amount: Money, language: str) -> str:
    if amount.minor < 0:
        return money(amount, language)
    return money(-amount, language).replace(MINUS, "+")  # where the language puts the sign
