"""Named things in hand-typed handset data. Every reader takes tidy text and never raises.

What is uncertain is not promised: "Optional", "TBC" and "Single SIM or Dual SIM" read as no.
"""

from __future__ import annotations

import re

#: ASCII: else "ſ" would match "s", and be looked up in vain.
_FLAGS = re.IGNORECASE | re.ASCII

#: First match counts: a watch system names the phone system that it derives from.
_SYSTEMS = [
    (family, re.compile(pattern, _FLAGS))
    for family, pattern in (
        ("watchOS", r"watch ?os"),
        ("Wear OS", r"android wear(?: os)?|wear os"),
        ("Android", r"android(?: os)?|ophone"),
        ("iOS", r"\bi(?:pad|phone )?os\b"),
        (
            "Windows",
            r"(?:(?:microsoft |ms )?windows|microsoft)(?: smartphone| pocket ?pc)?|pocket ?pc",
        ),
        ("Symbian", r"(?:open )?symbian(?: os)?|nokia (?=belle)"),
        ("BlackBerry", r"blackberry(?: tablet)?(?: os)?"),
        ("Harmony", r"harmony ?os"),
        ("KaiOS", r"kai ?os"),
        ("webOS", r"web ?os"),
        ("Palm", r"\bpalm(?: os)?"),
        ("bada", r"\bbada(?: os)?"),
        ("Tizen", r"tizen(?:-based wearable platform)?"),
        ("Firefox", r"firefox(?: os)?"),
        ("Sailfish", r"sailfish(?: os)?"),
        ("MeeGo", r"meego(?: os)?"),
        ("Maemo", r"maemo|internet tablet os"),
        ("Asha", r"asha(?: software platform)?"),
        ("Linux", r"linux(?:-based)?|limo"),
    )
]
_VERSION = re.compile(
    r"[\s^]*(?:(phone|mobile|rt|belle|anna)\b)?\s*(\d[\d.]{0,9}[a-z]?\b)?", _FLAGS
)

_GENERATIONS = {
    "2G": re.compile(r"\b(?:GSM|(?<!-)CDMA|GPRS|EDGE|2G)\b", _FLAGS),
    "3G": re.compile(
        r"\b(?:UMTS|HS[DU]?PA|W-?CDMA|TD-?SCDMA|CDMA ?2000|(?:1x ?)?EV-?DO|3G)\b", _FLAGS
    ),
    "4G": re.compile(r"\b(?:LTE|4G|WiMAX)\b", _FLAGS),
    "5G": re.compile(r"\b(?:5G|NR)\b", _FLAGS),
}

_SIM_KIND = re.compile(r"\b(?:(nano|micro|mini) ?-?sim|(e-?sim|electronic sim))", _FLAGS)
_SEVERAL_SIMS = re.compile(r"(?:dual|triple|quad)\b", _FLAGS)
_CARD = re.compile(
    r"\b(?:yes|(?:micro|mini)?sd(?:hc|xc|io)?|mmc|memory stick|transflash|card reader)\b", _FLAGS
)

_STATUS = (
    ("available", "available"),
    ("discontinued", "discontinued"),
    ("cancelled", "cancelled"),
    ("canceled", "cancelled"),
    ("coming", "coming"),
    ("rumo", "coming"),
)

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_YEAR = re.compile(r"\b(19[89]\d|20\d\d)\b")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*", _FLAGS)
_MONTH_YEAR = re.compile(rf"({'|'.join(_MONTHS)})[a-z]*-(\d\d)", _FLAGS)

_COUNT = re.compile(r"^\d+ (?:- ?|\()")  # "3 - Red| blue| grey"
_ASIDE = re.compile(r"\([^)]*\)?|\)|\bcase\b", _FLAGS)
_BETWEEN_COLOURS = re.compile(r"[|,;:/&+]|\b(?:and|or)\b", _FLAGS)
_COLOUR_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
_NOT_A_COLOUR = re.compile(
    r"\d|\b(?:yes|no|various|several|colou?r\w*|covers?|panels?|backpanels|editions?|options?|"
    r"bracelet|loop|band|buckle|nylon|straps?|mesh|jackets?|accessories|exchangeable|models?)\b",
    _FLAGS,
)
_SPELLINGS = {
    "gray": "grey", "aluminum": "aluminium", "glamor": "glamour", "blak": "black",
    "cofee": "coffee", "metalic": "metallic", "organge": "orange", "siver": "silver",
}  # fmt: skip

_WATCH = re.compile(r"watch|wear(?:able| os)", _FLAGS)
_TABLET = re.compile(r"\b(?:tab|tablet|ipad)\b", _FLAGS)
_LARGEST_WATCH_TENTHS = 25
_SMALLEST_TABLET_TENTHS = 70


def operating_system(text: str) -> tuple[str | None, str | None]:
    """Return family and version as sold; what it can be upgraded to does not count.

    The version of Windows and Symbian keeps its edition: "Phone 8.1", "Belle".
    """
    sold = re.split(r"[|/(,]", text, maxsplit=1)[0]
    for family, pattern in _SYSTEMS:
        if match := pattern.search(sold):
            rest = re.sub(r"\s*series ?\d.*", "", sold[match.end() :], flags=_FLAGS)
            return family, _version(rest)
    return None, None


def _version(text: str) -> str | None:
    match = _VERSION.match(text)
    edition, number = (match[1] or "", match[2]) if match else ("", None)
    edition = edition.upper() if edition.lower() == "rt" else edition.capitalize()
    return " ".join(part for part in (edition, number) if part) or None


def generations(*texts: str) -> tuple[str, ...]:
    """Return the network generations named in any of the texts, oldest first."""
    named = " / ".join(text for text in texts if not re.search(r"\bNA\b", text))
    return tuple(name for name, pattern in _GENERATIONS.items() if pattern.search(named))


def sim_kind(text: str) -> str | None:
    """Return the kind of the (first) card: "nano", "micro", "mini" or "esim"."""
    match = _SIM_KIND.search(text)
    return (match[1] or "esim").lower() if match else None


def dual_sim(text: str) -> bool:
    """Tell whether every handset sold under this name takes at least two cards."""
    return _SEVERAL_SIMS.match(text) is not None


def stated(text: str) -> bool:
    """Tell whether a feature is said to be there without reserve: "Yes", "Yes (Europe only)"."""
    return re.match(r"(?:yes|nfc)\b", text, _FLAGS) is not None


def takes_memory_card(text: str) -> bool:
    """Tell whether a memory card can be put in."""
    return _CARD.search(text) is not None


def status(text: str) -> str:
    """Return "available", "discontinued", "coming", "cancelled" or "unknown"."""
    folded = text.casefold()
    return next((name for prefix, name in _STATUS if folded.startswith(prefix)), "unknown")


def released(status_text: str, announced: str) -> tuple[int, int | None] | None:
    """Return year and month of the release, month None when only the quarter or year is known.

    Without a date of release the date of the announcement stands in: it puts old and new in the
    right order. What was cancelled was never released.
    """
    if status(status_text) == "cancelled":
        return None
    for text in (status_text, announced):
        _, found, when = text.casefold().partition("release")
        if found and (date := _date(when)):
            return date
    return _date(announced)


def _date(text: str) -> tuple[int, int | None] | None:
    if year := _YEAR.search(text):
        month = _MONTH.search(text)
        return int(year[1]), _MONTHS.index(month[1].lower()) + 1 if month else None
    if short := _MONTH_YEAR.search(text):  # "Sep-02": a spreadsheet took it for a date
        century = 1900 if int(short[2]) > 80 else 2000
        return century + int(short[2]), _MONTHS.index(short[1].lower()) + 1
    return None


def colours(text: str) -> tuple[str, ...]:
    """Return the names of the colours in title case, in the order typed, each once."""
    parts = _BETWEEN_COLOURS.split(_ASIDE.sub("", _COUNT.sub("", text)))
    names = (" ".join(part.split()).strip(" .-*") for part in parts)
    kept = (
        _COLOUR_WORD.sub(_spell, name)
        for name in names
        if name and len(name) <= 40 and not _NOT_A_COLOUR.search(name)
    )
    return tuple(dict.fromkeys(kept))


def _spell(word: re.Match[str]) -> str:
    lower = word[0].lower()
    return _SPELLINGS.get(lower, lower).capitalize()


def product_kind(model: str, system: str, display_tenths: int | None, *, cellular: bool) -> str:
    """Return "watch", "tablet" or "phone".

    A wearable system or "watch" in the name makes a watch, and so does a small display that makes
    no calls. From 7 inches on, or without a network, it is a tablet; what folds stays a phone.
    """
    size = display_tenths or 0
    if _WATCH.search(f"{model} {system}") or (not cellular and 0 < size <= _LARGEST_WATCH_TENTHS):
        return "watch"
    if not cellular or _TABLET.search(model):
        return "tablet"
    large = size >= _SMALLEST_TABLET_TENTHS and "fold" not in model.casefold()
    return "tablet" if large else "phone"
