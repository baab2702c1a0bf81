"""What a contract summary says, in the reader's words, for `documents.contract_summary`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from self_service.documents.contract_summary import (
    ContractSummaryData,
    Discount,
    Fact,
    Operator,
    OrderLine,
    Price,
    Section,
)
from self_service.domain.basket.view import BasketView, LineView, flat
from self_service.domain.catalog.view import Offering, text
from self_service.domain.errors import N_
from self_service.domain.people.person_fields import PersonDetails
from self_service.models.catalog import OfferingKind, PriceType
from self_service.money import Money

#: Unit of the characteristics that state the speeds of an internet access.
SPEED_UNIT = "Mbps"

TITLE = N_("Contract summary")
ISSUED = N_("Date")
REFERENCE = N_("Offer")
INTRODUCTION = N_(
    "This contract summary gives the main elements of this offer as required by EU law. It helps "
    "to compare offers. Complete information about the service is given in other documents."
)
SERVICES = N_("Services and equipment")
FOR_WHOM = N_("Customer")
SPEEDS = N_("Speeds of the internet service and remedies")
REMEDIES = N_(
    "If the speed is permanently or often clearly lower, tell our support: you can ask for a lower "
    "price or end the contract without cost."
)
PRICE = N_("Price")
ITEM, QUANTITY, DUE_NOW, MONTHLY = N_("Item"), N_("Quantity"), N_("Due now"), N_("Monthly")
TOTAL, WHOLE_TERM = N_("Total"), N_("Over the whole term")
FIRST_MONTHS = N_("Over the first {months} months")
TAXES = N_("All prices include value added tax. Charges are due in advance.")
CODES = N_("Promotion codes used: {codes}. They are part of the prices above.")
DURATION = N_("Duration, renewal and termination")
WITH_TERM = N_(
    "{item}: the shortest term is {months} months. After it, the contract goes on until you end it "
    "with one month's notice."
)
WITHOUT_TERM = N_("{item}: no shortest term. You can end it at any time with one month's notice.")
BOUGHT = N_("Goods are bought; they are yours when they are paid.")
ACCESSIBILITY = N_("Features for end users with disabilities")
ACCESSIBLE = N_(
    "The portal works with screen readers and by keyboard alone. Ask our support for this summary "
    "in another form, or for the products that suit your needs."
)
OTHER = N_("Other relevant information")
WITHDRAWAL = N_(
    "You can withdraw from this contract within 14 days without giving a reason: write to our "
    "support."
)


@dataclass(frozen=True, slots=True)
class Wording:
    """How the reader's language says things; filled by the edge.

    Attributes:
        language: code of a language of the portal.
        direction: of that language.
        t: translates a source text and fills its {places}.
        money: writes a sum.
        day: writes a date.
        units: writes an allowance: (20480, "MB") is "20 GB"; -1 is unlimited.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    t: Callable[..., str]
    money: Callable[[Money], str]
    day: Callable[[datetime], str]
    units: Callable[[int, str], str]


def summary_data(
    basket: BasketView,
    details: PersonDetails,
    operator: Operator,
    *,
    find: Callable[[UUID], Offering],
    wording: Wording,
    reference: str,
    now: datetime,
) -> ContractSummaryData:
    """Say what is ordered by whom, for how long and at what price.

    Args:
        basket: what is ordered.
        details: by whom.
        operator: who offers it.
        find: looks an offering up (`Catalog.get`), for its speeds.
        wording: the reader's language.
        reference: names the offer, for example the start of its fingerprint.
        now: instant of issue.
    """
    t = wording.t
    lines = [line for top in basket.lines for line in flat(top)]
    tops = [text(line.name, wording.language) for line in basket.lines]
    return ContractSummaryData(
        language=wording.language,
        direction=wording.direction,
        title=t(TITLE),
        service=", ".join(tops),
        operator=operator,
        issued_at=now,
        issued_on=Fact(t(ISSUED), wording.day(now)),
        reference=Fact(t(REFERENCE), reference),
        introduction=t(INTRODUCTION),
        services=_services(lines, details, wording),
        speeds=_speeds(lines, find, wording),
        price=_price(basket, lines, wording),
        duration=Section(t(DURATION), tuple(_durations(lines, wording))),
        accessibility=Section(t(ACCESSIBILITY), (t(ACCESSIBLE),)),
        other=Section(t(OTHER), (t(WITHDRAWAL),)),
    )


def _services(lines: list[LineView], details: PersonDetails, wording: Wording) -> Section:
    person = f"{details.given_name} {details.family_name}"
    facts = [Fact(wording.t(FOR_WHOM), ", ".join((person, *details.address.formatted())))]
    for line in lines:
        allowances = [
            wording.units(price.units, price.unit)
            for price in line.prices
            if price.price_type is PriceType.ALLOWANCE
        ]
        what = ", ".join((*line.configuration.values(), *allowances))
        facts.append(Fact(text(line.name, wording.language), what or str(line.quantity)))
    return Section(wording.t(SERVICES), facts=tuple(facts))


def _speeds(
    lines: list[LineView], find: Callable[[UUID], Offering], wording: Wording
) -> Section | None:
    facts = [
        Fact(wording.t(found.name), f"{found.values[0]} {found.unit}")
        for line in lines
        if line.kind is OfferingKind.BROADBAND
        for found in find(line.offering_id).characteristics
        if found.unit == SPEED_UNIT and found.values
    ]
    return Section(wording.t(SPEEDS), (wording.t(REMEDIES),), tuple(facts)) if facts else None


def _price(basket: BasketView, lines: list[LineView], wording: Wording) -> Price:
    t, money, totals = wording.t, wording.money, basket.totals
    whole = t(WHOLE_TERM) if totals.has_term else t(FIRST_MONTHS, months=totals.term_months)
    codes = ", ".join(code.code for code in basket.codes if code.applied)
    notes = (t(TAXES), t(CODES, codes=codes)) if codes else (t(TAXES),)
    return Price(
        heading=t(PRICE),
        columns=OrderLine(t(ITEM), t(QUANTITY), t(DUE_NOW), t(MONTHLY)),
        lines=tuple(_line(line, wording) for line in lines),
        total=OrderLine(t(TOTAL), "", money(totals.due_now), money(totals.monthly)),
        due_now=Fact(t(DUE_NOW), money(totals.due_now)),
        monthly=Fact(t(MONTHLY), money(totals.monthly)),
        whole_term=Fact(whole, money(totals.whole_term)),
        discounts=tuple(_discounts(lines, wording)),
        notes=notes,
    )


def _line(line: LineView, wording: Wording) -> OrderLine:
    return OrderLine(
        item=text(line.name, wording.language),
        quantity=str(line.quantity),
        due_now=wording.money(line.totals.due_now),
        monthly=wording.money(line.totals.monthly),
        note=", ".join(line.configuration.values()),
    )


def _discounts(lines: list[LineView], wording: Wording) -> Iterator[Discount]:
    for line in lines:
        price = line.totals.monthly
        for step in line.totals.steps:
            yield Discount(
                name=text(line.name, wording.language),
                price=wording.money(price),
                until=wording.day(step.at),
                later=wording.money(step.amount),
            )
            price = step.amount


def _durations(lines: list[LineView], wording: Wording) -> Iterator[str]:
    for line in lines:
        item, totals = text(line.name, wording.language), line.totals
        if totals.has_term:
            yield wording.t(WITH_TERM, item=item, months=totals.term_months)
        elif totals.regular_monthly:
            yield wording.t(WITHOUT_TERM, item=item)
    if not any(line.totals.regular_monthly for line in lines):
        yield wording.t(BOUGHT)
