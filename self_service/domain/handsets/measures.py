"""Numbers in hand-typed handset data. Every reader takes tidy text and never raises.

A reader returns None (or nothing) for what it cannot read and for what no handset can have. Where
several variants are typed ("1250/1400 mAh"), the first counts, save for memory, where all do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest

from self_service.money import Money, exponent

#: ASCII: else "ſ" would match "s", and be looked up in vain.
_FLAGS = re.IGNORECASE | re.ASCII

_N = r"(?<![\d.,])(\d{1,5}(?:[.,]\d{1,4})?)(?![.,]?\d)"

#: What a handset can have; outside it something else was typed (2.65 for 2.65 kg).
_INCHES_TENTHS = range(5, 301)
_PIXELS = range(16, 10_001)
_TENTH_MM = range(5, 6_001)
_TENTH_GRAMS = range(100, 50_001)
_MAH = range(40, 50_001)
_CAMERA_TENTHS = range(1, 5_001)
_MEMORY_MB = range(1, 2**18 + 1)
_STORAGE_MB = range(1, 2**24 + 1)

_PRICE = re.compile(r"(\d{1,10})(?:\.(\d{1,4}))?", _FLAGS)
_INCHES = re.compile(rf"^{_N}$|{_N}\s*-?\s*(?:inch|in\b|\"|”|″)", _FLAGS)
_PIXEL_PAIR = re.compile(
    r"(?<![\d.])(\d{2,5})\s*[x×*]\s*(\d{2,5})(?!\s*(?:\d|\.|mm|cm|char|line))", _FLAGS
)
_PIXEL_CIRCLE = re.compile(r"(\d{2,5})\s*pixels? diameter", _FLAGS)
_SIDE = rf"{_N}(?:\s*-\s*{_N})?(?:\s*\([^()]*\))?(?:\s*mm)?"
_SIDES = re.compile(
    rf"{_SIDE}\s*[x×*]\s*{_SIDE}\s*[x×*]\s*{_SIDE}(?!\s*(?:in\b|inch|\"|cm))", _FLAGS
)
_GRAMS = re.compile(rf"{_N}\s*(?:g\b|grams?\b|[/|(]|$)", _FLAGS)
_CAPACITY = re.compile(
    r"(?<![\w.,|-])(?:(\d{1,2})[|,.](\d{3})|(\d{2,5}))(?![\w|]|[.,]\d|\s*(?:wh|v)\b)", _FLAGS
)
_MEGAPIXELS = re.compile(rf"{_N}(?:\s*(?:\+|/|or|&)\s*{_N}){{0,3}}\s*(?:mp\b|mega)", _FLAGS)
_CAMERA_WORDS = {"qvga": 1, "cif": 1, "vga": 3, "svga": 5}
_CAMERA_WORD = re.compile(rf"\b({'|'.join(_CAMERA_WORDS)})\b", _FLAGS)


def price_minor(text: str, currency: str) -> int | None:
    """Return a price in minor units; None unless it is plainly one number above zero.

    No separators but one point are read: whether "1,150" means 1.15 or 1150 is not for us to guess.
    The code of the currency, or the euro sign, may stand on either side.
    """
    sign = "€" if currency == "EUR" else currency
    plain = text.upper().replace(currency, sign, 1).removeprefix(sign).removesuffix(sign)
    match = _PRICE.fullmatch(plain.strip())
    if not match or len(match[2] or "") > exponent(currency):
        return None
    return Money.of(f"{match[1]}.{match[2] or 0}", currency).minor or None


def display_tenths(text: str) -> int | None:
    """Return the diagonal in tenths of an inch."""
    match = _INCHES.search(text)
    return _within(_INCHES_TENTHS, _tenths(match[1] or match[2])) if match else None


def resolution(text: str) -> tuple[int, int] | None:
    """Return width and height in pixels, in the order typed; lines of characters do not count."""
    if match := _PIXEL_PAIR.search(text):
        pair = int(match[1]), int(match[2])
    elif match := _PIXEL_CIRCLE.search(text):
        pair = int(match[1]), int(match[1])
    else:
        return None
    return pair if pair[0] in _PIXELS and pair[1] in _PIXELS else None


def dimensions(text: str) -> tuple[int, int, int] | None:
    """Return height, width and thickness in tenths of a millimetre; of a range the larger end."""
    match = _SIDES.search(text)
    if not match:
        return None
    ends = [_tenths(number or "0") for number in match.groups()]
    height, width, thickness = (max(ends[place : place + 2]) for place in (0, 2, 4))
    sides = height, width, thickness
    return sides if all(side in _TENTH_MM for side in sides) else None


def weight_tenth_grams(text: str) -> int | None:
    """Return the weight in tenths of a gram."""
    match = _GRAMS.search(text)
    return _within(_TENTH_GRAMS, _tenths(match[1])) if match else None


def battery_mah(text: str) -> int | None:
    """Return the capacity in mAh. Watt-hours are not converted: the voltage is not stated."""
    before, unit, _ = text.lower().partition("mah")
    match = _CAPACITY.search(before) if unit else None
    return _within(_MAH, int(match[3] or match[1] + match[2])) if match else None


def camera_tenths(text: str) -> int | None:
    """Return the main camera in tenths of a megapixel; VGA and its kin by their pixels."""
    if match := _MEGAPIXELS.search(text):
        return _within(_CAMERA_TENTHS, _tenths(match[1]))
    word = _CAMERA_WORD.search(text)
    return _CAMERA_WORDS[word[1].lower()] if word else None


_SIZE = re.compile(
    r"(?<![\w.])(\d{1,6}(?:\.\d{1,3})?(?:\s*/\s*\d{1,6}(?:\.\d{1,3})?)*)"
    r"\s*([KMGT]B)?\s*(?:S?D?(RAM|ROM))?\b",
    _FLAGS,
)
_REMARK = re.compile(r"\([^)]*\)?")
_KB_PER = {"KB": 1, "MB": 2**10, "GB": 2**20, "TB": 2**30}


@dataclass(frozen=True, slots=True)
class _Size:
    """Amounts with one unit, as in 16/32 GB."""

    mb: tuple[int, ...]
    label: str  # "RAM", "ROM" or ""
    end: int


def memory_mb(ram: str, internal: str = "") -> tuple[int, ...]:
    """Return the variants of working memory in MB (1 GB = 1024 MB), sorted.

    Args:
        ram: column of working memory; sizes without label count when nothing labelled RAM tells
            them apart ("512 MB"), or when they lead up to it ("512 MB/ 1 GB RAM").
        internal: column of storage, in which some type the memory too ("64GB 4GB RAM").
    """
    labelled = [size for size in _sizes(internal) if size.label == "RAM"]
    return _variants([*_split_ram(ram)[0], *labelled], _MEMORY_MB)


def storage_mb(internal: str, ram: str = "") -> tuple[int, ...]:
    """Return the variants of storage in MB (1 GB = 1024 MB), sorted; below 1 MB there is none.

    Args:
        internal: column of storage; what is labelled ROM counts only when there is nothing else.
        ram: column of working memory, into which further variants have strayed in many files
            ("2 GB RAM or 32 GB| 3 GB RAM").
    """
    sizes = list(_sizes(internal))
    plain = [size for size in sizes if not size.label] + _split_ram(ram)[1]
    return _variants(plain or [size for size in sizes if size.label == "ROM"], _STORAGE_MB)


def _split_ram(text: str) -> tuple[list[_Size], list[_Size]]:
    """Tell working memory from storage in the column of working memory."""
    text = _REMARK.sub("", text)
    sizes = list(_sizes(text))
    alone = not any(size.label == "RAM" for size in sizes)
    memory, storage = [], []
    for size, following in zip_longest(sizes, sizes[1:]):
        leads_up = (
            following is not None
            and following.label == "RAM"
            and re.match(r"\s*(?:/|or\b)\s*\d", text[size.end :]) is not None
        )
        if size.label == "RAM" or (not size.label and (alone or leads_up)):
            memory.append(size)
        elif not size.label:
            storage.append(size)
    return memory, storage


def _sizes(text: str) -> Iterator[_Size]:
    for match in _SIZE.finditer(_REMARK.sub("", text)):
        amounts = [Decimal(amount) for amount in match[1].split("/")]
        label = (match[3] or "").upper()
        unit = (match[2] or "").upper()
        if not unit and label:
            unit = "GB" if max(amounts) < 32 else "MB"  # "3 RAM", "256 RAM"
        if unit:
            kb = [amount * _KB_PER[unit] for amount in amounts]
            mb = tuple(_rounded(amount / 2**10) for amount in kb if amount >= 2**10)
            yield _Size(mb, label, match.end())


def _variants(sizes: list[_Size], possible: range) -> tuple[int, ...]:
    return tuple(sorted({mb for size in sizes for mb in size.mb if mb in possible}))


def _within(possible: range, number: int) -> int | None:
    return number if number in possible else None


def _tenths(number: str) -> int:
    return _rounded(Decimal(number.replace(",", ".")) * 10)


def _rounded(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))
