"""What an offer costs and includes, as lines of the same sheet as what the thing is."""

from __future__ import annotations

from collections.abc import Iterator

from self_service.domain.catalog import values
from self_service.domain.catalog.specifications import KNOWN, Better, Fact, Section, facts
from self_service.domain.errors import N_
from self_service.domain.pricing.offers import PricedOffer
from self_service.domain.store.price_facets import allowance
from self_service.models.catalog import OfferingKind

_INCLUDED = (
    ("data", N_("Data"), "MB"),
    ("minutes", N_("Minutes"), "min"),
    ("messages", N_("Messages"), "SMS"),
)


_ORDER = (
    *("price", "monthly", "later", "due_now", "whole_term", "term", "payment"),
    *(name for name, _, _ in _INCLUDED),
    *KNOWN,
)
_PLACE = {name: at for at, name in enumerate(_ORDER)}


def place(name: str) -> tuple[int, str]:
    """Return a sorting key that puts facts in the order in which people compare."""
    return _PLACE.get(name, len(_PLACE)), name


def sheet(offer: PricedOffer) -> dict[str, Fact]:
    """Return everything known of an offer by name; our own facts hide the catalogue's namesakes."""
    found: dict[str, Fact] = {}
    for fact in (*_offered(offer), *facts(offer.offering)):
        found.setdefault(fact.name, fact)
    return dict(sorted(found.items(), key=lambda item: place(item[0])))


def _offered(offer: PricedOffer) -> Iterator[Fact]:
    yield from (_recurring(offer) if offer.recurs else _paid_once(offer))
    for name, label, unit in _INCLUDED:
        if (units := allowance(offer.components, unit)) is not None:
            value = values.number(units, unit)
            yield Fact(name, label, Section.INCLUDED, value, Better.MORE)


def _paid_once(offer: PricedOffer) -> Iterator[Fact]:
    value = values.price(offer.totals.due_now)
    yield Fact("price", N_("Price"), Section.PRICE, value, Better.LESS)


def _recurring(offer: PricedOffer) -> Iterator[Fact]:
    totals = offer.totals
    yield _sum("monthly", N_("Each month"), values.price(totals.monthly, "month"))
    if totals.later_monthly is not None and totals.later_from is not None:
        later = values.price(totals.later_monthly, "month")
        yield Fact(
            "later",
            N_("After the introductory offer"),
            Section.PRICE,
            values.several((later, values.day(totals.later_from))),
        )
    yield _sum("due_now", N_("Due now"), values.price(totals.due_now))
    covered = values.number(totals.term_months, "month")
    whole = values.several((values.price(totals.whole_term), covered))
    yield Fact("whole_term", N_("Over the whole term"), Section.PRICE, whole)
    term = covered if totals.has_term else values.phrase(N_("No minimum term"))
    yield Fact("term", N_("Minimum term"), Section.PRICE, term)
    if offer.offering.kind is OfferingKind.PLAN:
        paid = N_("Prepaid") if offer.offering.prepaid else N_("Monthly bill")
        yield Fact("payment", N_("Kind of plan"), Section.PRICE, values.phrase(paid))


def _sum(name: str, label: str, value: values.Value) -> Fact:
    return Fact(name, label, Section.PRICE, value, Better.LESS)
