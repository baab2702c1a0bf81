"""What a delivered row says: TMF635 Usage as JSON, or a line of a CSV file with the same names.

A row that cannot be used says why by a code (`REASONS`), and in which field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Any, NamedTuple
from uuid import UUID

from self_service.domain.errors import N_
from self_service.models.usage import UsageDirection, UsageKind, UsageZone

#: Why a row was set aside, by code.
REASONS: Mapping[str, str] = {
    "unreadable": N_("This row cannot be read."),
    "missing": N_("This is missing."),
    "too_long": N_("This text is too long."),
    "bad_text": N_("This must be plain text."),
    "bad_time": N_("This must be an instant with its offset, for example 2026-11-21T10:00:00Z."),
    "bad_units": N_("This must be a whole number, not below zero."),
    "unknown_kind": N_("This must be data, voice or message."),
    "unknown_unit": N_("This unit is not known for this kind of usage."),
    "unknown_zone": N_("This must be home, roaming, international or premium."),
    "unknown_direction": N_("This must be out or in."),
    "unknown_number": N_("Nobody had this number then."),
    "unknown_product": N_("There is no such product, or its usage is not counted."),
    "before_start": N_("The product was not in use yet."),
    "in_future": N_("This lies in the future."),
    "too_old": N_("Records of this month were deleted: it is settled."),
}
#: A clock that is a little fast is no reason to refuse a record.
_AHEAD = timedelta(hours=1)
#: Nothing that anybody uses at once is more; sums of a month stay within 64 bits.
_MOST: Mapping[UsageKind, int] = {
    UsageKind.DATA: 10**15,
    UsageKind.VOICE: 10**7,
    UsageKind.MESSAGE: 10**5,
}
_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"\+?[0-9]{4,15}")
_ID_MOST, _OTHER_MOST = 64, 20
_FACTORS: Mapping[UsageKind, Mapping[str, int]] = {
    UsageKind.DATA: {
        "": 1, "b": 1, "byte": 1, "bytes": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3
    },
    UsageKind.VOICE: {"": 1, "s": 1, "sec": 1, "second": 1, "seconds": 1, "min": 60, "minutes": 60},
    UsageKind.MESSAGE: {"": 1, "sms": 1, "piece": 1, "message": 1, "messages": 1},
}  # fmt: skip


class BadRow(Exception):
    """A row that is set aside.

    Attributes:
        reason: one of `REASONS`.
        field: its name in the row, "" for all of it.
    """

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


class Record(NamedTuple):
    """A row that says what it has to.

    Attributes:
        number: telephone number in E.164; "" when `product_id` names the product.
        at: when it began, UTC.
        units: bytes, seconds or pieces.
        other: the other party, its last three digits masked.
    """

    record_id: str
    number: str
    product_id: UUID | None
    kind: UsageKind
    at: datetime
    units: int
    zone: UsageZone
    direction: UsageDirection
    other: str


def read(row: Any, *, now: datetime) -> Record:
    """Read a row.

    Args:
        row: name -> value; TMF635's `usageCharacteristic` counts as further names.
        now: what is later is refused.

    Raises:
        BadRow: it cannot be used.
    """
    if not isinstance(row, Mapping):
        raise BadRow("unreadable")
    said = flat(row)
    kind = _one_of(said, "usageType", UsageKind, "unknown_kind")
    number, product_id = _whose(said)
    at = _moment(said)
    if at > now + _AHEAD:
        raise BadRow("in_future", "usageDate")
    return Record(
        record_id=_text(said, "id", _ID_MOST, required=True),
        number=number,
        product_id=product_id,
        kind=kind,
        at=at,
        units=_units(said, kind),
        zone=_one_of(said, "zone", UsageZone, "unknown_zone", UsageZone.HOME),
        direction=_one_of(
            said, "direction", UsageDirection, "unknown_direction", UsageDirection.OUT
        ),
        other=masked(_text(said, "otherParty", 40)),
    )


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without the nesting of TMF635: characteristics by their names."""
    said = {str(name): value for name, value in row.items()}
    characteristics = said.pop("usageCharacteristic", None)
    if isinstance(characteristics, list):
        for one in characteristics:
            if isinstance(one, Mapping) and isinstance(one.get("name"), str):
                said.setdefault(one["name"], one.get("value"))
    related = said.get("product")
    if isinstance(related, Mapping):
        said["product"] = related.get("id", "")
    return said


def masked(number: str) -> str:
    """Return a telephone number as an itemised bill shows it; a name or short code as it is."""
    bare = re.sub(r"[\s/().-]", "", number)
    if _NUMBER.fullmatch(bare) and len(bare) > 6:
        bare = f"{bare[:-3]}xxx"
    return bare[:_OTHER_MOST]


def record_id_of(row: Any) -> str:
    """Return what a row that could not be used calls itself, "" when that cannot be told."""
    value = row.get("id") if isinstance(row, Mapping) else None
    text = str(value).strip() if isinstance(value, str | int) else ""
    return "" if _TEXT.search(text) or len(text) > _ID_MOST else text


def _whose(said: Mapping[str, Any]) -> tuple[str, UUID | None]:
    named = _text(said, "product", 40)
    if named:
        try:
            return "", UUID(named)
        except ValueError:
            raise BadRow("unknown_product", "product") from None
    number = re.sub(r"[\s/().-]", "", _text(said, "number", 40, required=True))
    if not _NUMBER.fullmatch(number):
        raise BadRow("unknown_number", "number")
    return number if number.startswith("+") else f"+{number}", None


def _text(said: Mapping[str, Any], name: str, most: int, *, required: bool = False) -> str:
    value = said.get(name)
    if value is None or value == "":
        if required:
            raise BadRow("missing", name)
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRow("bad_text", name)
    text = str(value).strip()
    if _TEXT.search(text):
        raise BadRow("bad_text", name)
    if len(text) > most:
        raise BadRow("too_long", name)
    if required and not text:
        raise BadRow("missing", name)
    return text


def _one_of(
    said: Mapping[str, Any], name: str, kinds: Any, reason: str, default: Any = None
) -> Any:
    text = _text(said, name, 40, required=default is None).casefold()
    if not text:
        return default
    try:
        return kinds(_WORDS.get(text, text))
    except ValueError:
        raise BadRow(reason, name) from None


_WORDS = {"sms": "message", "call": "voice", "outgoing": "out", "incoming": "in"}


def _moment(said: Mapping[str, Any]) -> datetime:
    text = _text(said, "usageDate", 40, required=True)
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError(text)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRow("bad_time", "usageDate") from None


def _units(said: Mapping[str, Any], kind: UsageKind) -> int:
    value = said.get("units")
    if value is None or value == "":
        raise BadRow("missing", "units")
    factor = _FACTORS[kind].get(_text(said, "unitOfMeasure", 20).casefold())
    if factor is None:
        raise BadRow("unknown_unit", "unitOfMeasure")
    try:
        units = Decimal(str(value).strip()) * factor if not isinstance(value, bool) else None
    except DecimalException:  # no number, or one beyond all bounds
        units = None
    if (
        units is None
        or not units.is_finite()
        or units != int(units)
        or not 0 <= units <= _MOST[kind]
    ):
        raise BadRow("bad_units", "units")
    return int(units)
