"""One row of a handset file: what it says, and what cannot be used of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from self_service.domain.errors import N_
from self_service.domain.handsets import measures, words
from self_service.domain.handsets.sheet import Row

V = TypeVar("V")

_VALUE_LENGTH = 80
_NO_DIAGONAL = N_("No diagonal such as 5.5 inches could be read; ignored.")
_NO_PIXELS = N_("No resolution such as 720 x 1280 pixels could be read; ignored.")
_UNREADABLE = {
    "ram": N_("No memory such as 2 GB could be read; ignored."),
    "internal_memory": N_("No storage such as 16/32 GB, of 1 MB or more, could be read; ignored."),
    "battery": N_("No capacity such as 3000 mAh could be read; ignored."),
    "os": N_("This operating system is not known; ignored."),
    "weight_g": N_("No weight between 10 and 5000 grams could be read; ignored."),
    "dimensions": N_("Height x width x thickness in mm could not be read; ignored."),
    "primary_camera": N_("No camera such as 8 MP could be read; ignored."),
    "colors": N_("No name of a colour could be read; ignored."),
}


@dataclass(frozen=True, slots=True)
class Handset:
    """One device as typed in the file, in integer units.

    Attributes:
        line: line of the file (from 1) on which its record starts.
        product_kind: "phone", "tablet" or "watch".
        display_inches_tenths: diagonal, tenths of an inch.
        resolution: pixels, in the order typed.
        memory_mb: variants of working memory, sorted; 1 GB = 1024 MB.
        storage_mb: variants of storage, sorted; 1 GB = 1024 MB.
        os_version: as sold; of Windows and Symbian with the edition ("Phone 8.1").
        generations: subset of ("2G", "3G", "4G", "5G").
        weight_tenth_grams: tenths of a gram.
        dimensions_tenth_mm: height, width, thickness in tenths of a millimetre.
        sim_kind: "nano", "micro", "mini" or "esim": the first where several are typed.
        camera_mp_tenths: main camera, tenths of a megapixel.
        colours: names in title case, in the order typed.
        released: year and month; see `handset_words.released` for what stands in.
        status: "available", "discontinued", "coming", "cancelled" or "unknown".
        price_minor: minor units of the currency asked for, above zero.
    """

    line: int
    brand: str
    model: str
    product_kind: str
    display_inches_tenths: int | None
    resolution: tuple[int, int] | None
    memory_mb: tuple[int, ...]
    storage_mb: tuple[int, ...]
    battery_mah: int | None
    os_family: str | None
    os_version: str | None
    generations: tuple[str, ...]
    weight_tenth_grams: int | None
    dimensions_tenth_mm: tuple[int, int, int] | None
    sim_kind: str | None
    dual_sim: bool
    camera_mp_tenths: int | None
    nfc: bool
    headphone_jack: bool
    memory_card: bool
    colours: tuple[str, ...]
    released: tuple[int, int | None] | None
    status: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row, or with one field of it.

    Attributes:
        line: line of the file (from 1) on which the record starts.
        field: name of the column as typed in the file; "" when the whole row is at fault.
        reason: translatable English with {places}.
        value: the text at fault, at most 80 characters.
        fatal: True when the row was left out, False when only the field was.
        data: values for the places of `reason`.
    """

    line: int
    field: str
    reason: str
    value: str
    fatal: bool
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


class Reading:
    """Reads one row.

    Attributes:
        ignored: faults of optional fields, filled by `handset`.
    """

    def __init__(self, row: Row, titles: Mapping[str, str]) -> None:
        self.ignored: list[RowFault] = []
        self._row = row
        self._titles = titles

    def fault(
        self, column: str, reason: str, value: str = "", *, fatal: bool = True, **data: Any
    ) -> RowFault:
        """Say what is wrong with the text of `column`, or with `value` where no column is."""
        text = " ".join(value.split()) or self._row.text(column)
        title = self._titles.get(column, column)
        return RowFault(self._row.line, title, reason, text[:_VALUE_LENGTH], fatal, data)

    def handset(self, price_minor: int) -> Handset:
        """Return what the row says; `ignored` then tells what it says in vain."""
        text, read = self._row.text, self._or_ignored
        os_family, os_version = words.operating_system(text("os"))
        display, resolution = self._screen()
        networks = ("network_technology", "2g_bands", "3g_bands", "4g_bands", "5g_bands")
        generations = words.generations(*map(text, networks))
        cellular = self._cellular(generations)
        return Handset(
            line=self._row.line,
            brand=text("brand"),
            model=text("model"),
            product_kind=words.product_kind(text("model"), text("os"), display, cellular=cellular),
            display_inches_tenths=display,
            resolution=resolution,
            memory_mb=read("ram", measures.memory_mb(text("ram"), text("internal_memory"))),
            storage_mb=read(
                "internal_memory", measures.storage_mb(text("internal_memory"), text("ram"))
            ),
            battery_mah=read("battery", measures.battery_mah(text("battery"))),
            os_family=read("os", os_family),
            os_version=os_version,
            generations=generations,
            weight_tenth_grams=read("weight_g", measures.weight_tenth_grams(text("weight_g"))),
            dimensions_tenth_mm=read("dimensions", measures.dimensions(text("dimensions"))),
            sim_kind=words.sim_kind(text("sim")),
            dual_sim=words.dual_sim(text("sim")),
            camera_mp_tenths=read("primary_camera", measures.camera_tenths(text("primary_camera"))),
            nfc=words.stated(text("nfc")),
            headphone_jack=words.stated(text("audio_jack")),
            memory_card=words.takes_memory_card(text("memory_card")),
            colours=read("colors", words.colours(text("colors"))),
            released=words.released(text("status"), text("announced")),
            status=words.status(text("status")),
            price_minor=price_minor,
        )

    def _screen(self) -> tuple[int | None, tuple[int, int] | None]:
        """Read diagonal and pixels, also where the two columns stand under each other's name."""
        inches, pixels = "display_size", "display_resolution"
        text, read = self._row.text, self._or_ignored
        if measures.display_tenths(text(pixels)) or measures.resolution(text(inches)):
            inches, pixels = pixels, inches
        return (
            read(inches, measures.display_tenths(text(inches)), _NO_DIAGONAL),
            read(pixels, measures.resolution(text(pixels)), _NO_PIXELS),
        )

    def _cellular(self, generations: tuple[str, ...]) -> bool:
        """Tell whether it makes calls; where nothing is said of networks, it does."""
        text = self._row.text
        sim = words.sim_kind(text("sim")) or words.dual_sim(text("sim"))
        denied = text("network_technology").casefold().startswith("no")
        return bool(generations or sim or not denied)

    def _or_ignored(self, column: str, value: V, reason: str = "") -> V:
        """Pass `value` on; report the column when nothing came of a text that holds a number."""
        if not value and any(map(str.isdigit, self._row.text(column))):
            self.ignored.append(self.fault(column, reason or _UNREADABLE[column], fatal=False))
        return value
