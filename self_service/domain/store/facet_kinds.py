"""What the store filters by: facets, their choices, and how raw data falls into them.

Read from `ProductOffering.facets` (plain data, the same in every language; what is not known is
left out): `os` str, `generation` list of "2G".."5G", `sim` str or list of nano, micro, mini, esim,
`dual_sim` and `nfc` bool, `memory_mb` and `storage_mb` int or list, `display_tenths` of an inch
int, `colour` list of names, `download_mbps` and `channels` int; `released` "YYYY-MM" sorts
"newest". `brand` is that of the specification; of plans `prepaid` and `term_months` count. What
hangs on the day's prices (`price`, `monthly`, `data`) is in `price_facets`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from self_service.domain.catalog import values
from self_service.domain.catalog.colours import BASE_COLOURS, base_colour
from self_service.domain.catalog.specifications import SIM_LABELS, label
from self_service.domain.catalog.view import Offering
from self_service.domain.errors import N_
from self_service.domain.store.facet_options import GB, Option, Ranges, Sizes
from self_service.domain.store.words import token
from self_service.models.catalog import OfferingKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FacetKind(Generic[T]):
    """One way to filter.

    Attributes:
        name: in an address.
        label: translatable.
        read: the options that something falls into; several for a phone of three colours.
        ranked: choices stand in their natural order, not by how many they would show.
    """

    name: str
    label: str
    read: Callable[[T], Iterable[Option]]
    ranked: bool = True


def _tenths(tenths: int) -> str:
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest}" if rest else str(whole)


_DISPLAY = Ranges(
    (20, 30, 40, 50, 55, 60, 65, 70, 90, 110),
    lambda low, high: values.between(low, high, "in", decimals=1),
    name=_tenths,
)
_MEMORY = Sizes([GB // 2, *(gb * GB for gb in (1, 2, 3, 4, 6, 8, 12, 16, 24))])
_STORAGE = Sizes([2**power * GB for power in range(12)])
_SPEED = Ranges((50, 100, 250, 500, 1000), lambda low, high: values.between(low, high, "Mbps"))

_CHANNELS = Ranges((60, 120), lambda low, high: values.between(low, high, "channel"))

_GENERATION = {
    name: Option(name.casefold(), values.text(name), rank)
    for rank, name in enumerate(("5G", "4G", "3G", "2G"))
}
_SIM = {
    name: Option(name, values.phrase(kind)) for name, kind in SIM_LABELS.items() if name != "sim"
}
_COLOUR = {
    name: Option(name, values.phrase(called), rank)
    for rank, (name, called) in enumerate(BASE_COLOURS.items())
}
YES, NO = (Option("yes", values.phrase(N_("Yes")), 0), Option("no", values.phrase(N_("No")), 1))
_PREPAID = Option("prepaid", values.phrase(N_("Prepaid")), 0)
_POSTPAID = Option("postpaid", values.phrase(N_("Monthly bill")), 1)
_NO_TERM = Option("none", values.phrase(N_("No minimum term")), 0)
_WITH_TERM = (OfferingKind.PLAN, OfferingKind.BROADBAND, OfferingKind.TV, OfferingKind.BUNDLE)


def _many(raw: Any) -> Iterable[Any]:
    """Return the values of a raw facet, whether one, several or none is stored."""
    if raw is None:
        return ()
    return raw if isinstance(raw, (list, tuple)) else (raw,)


def _brand(offering: Offering) -> Iterator[Option]:
    if value := token(offering.brand):
        yield Option(value, values.text(offering.brand))


def _os(offering: Offering) -> Iterator[Option]:
    for name in _many(offering.facets.get("os")):
        yield Option(token(name), values.text(name))


def _named(key: str, known: Mapping[str, Option]) -> Callable[[Offering], Iterable[Option]]:
    return lambda offering: [known[v] for v in _many(offering.facets.get(key)) if v in known]


def _ranged(key: str, ranges: Ranges | Sizes) -> Callable[[Offering], Iterable[Option]]:
    return lambda offering: [ranges.option(n) for n in _many(offering.facets.get(key))]


def _yes_no(key: str) -> Callable[[Offering], Iterable[Option]]:
    return lambda offering: [YES if v else NO for v in _many(offering.facets.get(key))]


def _colours(offering: Offering) -> Iterator[Option]:
    for name in _many(offering.facets.get("colour")):
        if base := base_colour(name):
            yield _COLOUR[base]


def _payment(offering: Offering) -> Iterator[Option]:
    if offering.kind is OfferingKind.PLAN:
        yield _PREPAID if offering.prepaid else _POSTPAID


def _term(offering: Offering) -> Iterator[Option]:
    months = offering.term_months
    if months:
        yield Option(str(months), values.number(months, "month"), months)
    elif offering.kind in _WITH_TERM:
        yield _NO_TERM


#: What does not change with the day.
FACETS = (
    FacetKind("brand", N_("Brand"), _brand, ranked=False),
    FacetKind("payment", N_("Kind of plan"), _payment),
    FacetKind("speed", N_("Speed"), _ranged("download_mbps", _SPEED)),
    FacetKind("channels", label("channels"), _ranged("channels", _CHANNELS)),
    FacetKind("term", N_("Minimum term"), _term),
    FacetKind("display", label("display"), _ranged("display_tenths", _DISPLAY)),
    FacetKind("storage", label("storage"), _ranged("storage_mb", _STORAGE)),
    FacetKind("memory", label("memory"), _ranged("memory_mb", _MEMORY)),
    FacetKind("generation", label("generation"), _named("generation", _GENERATION)),
    FacetKind("os", label("os"), _os, ranked=False),
    FacetKind("colour", label("colour"), _colours, ranked=False),
    FacetKind("sim", label("sim"), _named("sim", _SIM), ranked=False),
    FacetKind("dual_sim", label("dual_sim"), _yes_no("dual_sim")),
    FacetKind("nfc", label("nfc"), _yes_no("nfc")),
)
