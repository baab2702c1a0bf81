"""The only reader of the wall clock, and the operator's time zone.

Domain functions take `now`; the edge calls `now()`. Instants are kept in UTC; days, months and
everything that people call a date are those of the operator's zone.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_ZONE = [ZoneInfo("Europe/Berlin")]


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """Return the operator's time zone."""
    return _ZONE[0]


def set_zone(name: str) -> None:
    """Choose the operator's time zone, once, at start.

    Args:
        name: IANA name, for example Europe/Madrid.
    """
    _ZONE[0] = ZoneInfo(name)
