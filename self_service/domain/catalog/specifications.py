"""What a thing is, as typed values under headings.

Characteristics are named as in `catalog_facets`; those that are not known here keep their name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import inf, prod
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from self_service.domain.catalog import values
from self_service.domain.catalog.colours import BASE_COLOURS
from self_service.domain.catalog.values import Value, ValueKind
from self_service.domain.catalog.view import Characteristic, Offering
from self_service.domain.errors import N_
from self_service.domain.intake.facets import megabytes


class Section(StrEnum):
    """Heading under which facts stand."""

    PRICE = "price"
    INCLUDED = "included"
    DISPLAY = "display"
    PERFORMANCE = "performance"
    BATTERY = "battery"
    NETWORK = "network"
    BODY = "body"
    MORE = "more"


#: What a heading says.
SECTION_LABELS = MappingProxyType(
    {
        Section.PRICE: N_("Price and contract"),
        Section.INCLUDED: N_("Included"),
        Section.DISPLAY: N_("Display and camera"),
        Section.PERFORMANCE: N_("Performance"),
        Section.BATTERY: N_("Battery"),
        Section.NETWORK: N_("Network and SIM"),
        Section.BODY: N_("Size and colours"),
        Section.MORE: N_("More"),
    }
)


class Better(StrEnum):
    """Which value of several is the best one."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a sheet; `label` is translatable."""

    name: str
    label: str
    section: Section
    value: Value
    better: Better = Better.NEITHER


class _Headed(Protocol):
    @property
    def section(self) -> Section: ...


S = TypeVar("S", bound=_Headed)


@dataclass(frozen=True, slots=True)
class Headed(Generic[S]):
    """Lines under one heading; `label` is translatable."""

    section: Section
    label: str
    lines: tuple[S, ...]


def by_section(lines: Iterable[S]) -> tuple[Headed[S], ...]:
    """Put lines under their headings; headings without lines are left out."""
    found: dict[Section, list[S]] = {section: [] for section in Section}
    for line in lines:
        found[line.section].append(line)
    return tuple(
        Headed(section, SECTION_LABELS[section], tuple(inside))
        for section, inside in found.items()
        if inside
    )


_M, _N = Better.MORE, Better.NEITHER
_KNOWN: dict[str, tuple[str, Section, Better]] = {
    "download": (N_("Download speed"), Section.INCLUDED, _M),
    "upload": (N_("Upload speed"), Section.INCLUDED, _M),
    "channels": (N_("TV channels"), Section.INCLUDED, _M),
    "display": (N_("Display size"), Section.DISPLAY, _N),
    "resolution": (N_("Resolution"), Section.DISPLAY, _M),
    "camera": (N_("Camera"), Section.DISPLAY, _M),
    "memory": (N_("Memory"), Section.PERFORMANCE, _M),
    "storage": (N_("Storage"), Section.PERFORMANCE, _M),
    "memory_card": (N_("Takes a memory card"), Section.PERFORMANCE, _N),
    "os": (N_("Operating system"), Section.PERFORMANCE, _N),
    "battery": (N_("Battery"), Section.BATTERY, _M),
    "generation": (N_("Network"), Section.NETWORK, _M),
    "sim": (N_("SIM card"), Section.NETWORK, _N),
    "dual_sim": (N_("Dual SIM"), Section.NETWORK, _N),
    "nfc": (N_("Pay with the phone (NFC)"), Section.NETWORK, _N),
    "weight": (N_("Weight"), Section.BODY, Better.LESS),
    "dimensions": (N_("Dimensions"), Section.BODY, _N),
    "colour": (N_("Colour"), Section.BODY, _N),
    "headphone_jack": (N_("Headphone jack"), Section.BODY, _N),
    "released": (N_("Released"), Section.BODY, _N),
}
#: Names of the characteristics that are known here, in the order in which people compare.
KNOWN = tuple(_KNOWN)

SIM_LABELS = MappingProxyType(
    {
        "sim": N_("SIM card"),
        "esim": N_("eSIM"),
        "nano": N_("Nano-SIM"),
        "micro": N_("Micro-SIM"),
        "mini": N_("Mini-SIM"),
    }
)
#: Units in which -1 means "as much as one likes".
_UNLIMITED_UNITS = ("MB", "min", "SMS")
_NUMBER = re.compile(r"(\d{1,9})(?:\.(\d{1,4}))?")
_MONTH = re.compile(r"\d{4}-\d{2}")


def facts(offering: Offering) -> Iterator[Fact]:
    """Yield what is known of a thing, in the order of the catalogue."""
    for characteristic in offering.characteristics:
        name = characteristic.name
        if characteristic.values:
            label, section, better = _KNOWN.get(name, (name, Section.MORE, Better.NEITHER))
            yield Fact(name, label, section, _values(characteristic), better)


def label(name: str) -> str:
    """Return what a characteristic is called, translatable; the name itself when not known."""
    return _KNOWN[name][0] if name in _KNOWN else name


def value_of(name: str, raw: str | int | bool, unit: str = "") -> Value:
    """Return one value of the characteristic `name`, typed.

    Args:
        name: decides what text means: "128 GB" of storage is a number of MB.
        raw: as stored.
        unit: of the characteristic.
    """
    if isinstance(raw, bool):
        return values.phrase(N_("Yes") if raw else N_("No"))
    if isinstance(raw, int):
        return values.number(raw, unit)
    if name == "colour":  # a maker's own colour name stays as it is where nobody translated it
        return values.phrase(BASE_COLOURS.get(raw.casefold(), raw))
    if name == "sim" and raw in SIM_LABELS:
        return values.phrase(SIM_LABELS[raw])
    if name in ("memory", "storage") and (size := megabytes(raw)):
        return values.number(size, "MB")
    if name == "released" and _MONTH.fullmatch(raw):
        return values.month(raw)
    if unit and (found := _NUMBER.fullmatch(raw)):
        digits = found[2] or ""
        return values.number(int(found[1] + digits), unit, decimals=len(digits))
    return values.text(raw, unit)


def magnitude(value: Value) -> float | None:
    """Return by what values of one kind are compared; None for what cannot be.

    Of a list the greatest counts; "1179 × 2556" is as large as its area, "5G" as its number.
    """
    if value.kind is ValueKind.LIST:
        return max((m for item in value.items if (m := magnitude(item)) is not None), default=None)
    if value.kind is ValueKind.NUMBER:
        unlimited = value.number < 0 and value.unit in _UNLIMITED_UNITS
        return inf if unlimited else value.number / 10**value.decimals
    if value.money is not None:
        return value.money.minor
    if value.kind is ValueKind.TEXT and (numbers := re.findall(r"\d+", value.text)):
        return prod(map(int, numbers))
    return None


def _values(characteristic: Characteristic) -> Value:
    name, unit = characteristic.name, characteristic.unit
    return values.several([value_of(name, raw, unit) for raw in characteristic.values])
