"""What a handset is, as characteristics: names and units are those of `catalog_facets`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from self_service.domain.handsets.reading import Handset


def characteristics(handset: Handset) -> Iterator[Mapping[str, Any]]:
    """Give what is known of a handset, in the order in which people compare."""
    storage = [size_label(size) for size in handset.storage_mb]
    yield from _fact("display", _tenths(handset.display_inches_tenths), "in")
    yield from _fact("resolution", _times(handset.resolution), "px")
    yield from _choice("storage", storage)
    yield from _facts("memory", [size_label(size) for size in handset.memory_mb])
    yield from _fact("camera", _tenths(handset.camera_mp_tenths), "MP")
    yield from _fact("battery", handset.battery_mah, "mAh")
    yield from _fact("os", " ".join(filter(None, (handset.os_family, handset.os_version))))
    yield from _facts("generation", list(handset.generations))
    yield from _fact("sim", handset.sim_kind)
    for name in ("dual_sim", "nfc", "memory_card", "headphone_jack"):
        yield from _fact(name, getattr(handset, name))
    yield from _fact("weight", _tenths(handset.weight_tenth_grams), "g")
    sides = handset.dimensions_tenth_mm
    yield from _fact("dimensions", _times(tuple(_tenths(side) for side in sides or ())), "mm")
    yield from _choice("colour", list(handset.colours))
    yield from _fact("released", _times(handset.released, "-"))


def _fact(name: str, value: str | int | bool | None, unit: str = "") -> Iterator[Mapping[str, Any]]:
    if value is not None and value != "":
        yield from _facts(name, [value], unit)


def _facts(
    name: str, values: list[Any], unit: str = "", *, configurable: bool = False
) -> Iterator[Mapping[str, Any]]:
    if values:
        yield {"name": name, "values": values, "unit": unit, "configurable": configurable}


def _choice(name: str, values: list[str]) -> Iterator[Mapping[str, Any]]:
    yield from _facts(name, values, configurable=len(values) > 1)


def _tenths(number: int | None) -> str:
    return "" if number is None else f"{number / 10:g}"


def _times(numbers: tuple[Any, ...] | None, sign: str = " × ") -> str:
    return sign.join(f"{n:02}" if sign == "-" else str(n) for n in numbers or () if n is not None)


def size_label(megabytes: int) -> str:
    """Return a size as the trade writes it: 512 MB, 1.5 GB, 128 GB, 1 TB."""
    for unit, factor in (("TB", 2**20), ("GB", 2**10)):
        if megabytes >= factor:
            return f"{round(megabytes / factor, 2):g} {unit}"
    return f"{megabytes} MB"
