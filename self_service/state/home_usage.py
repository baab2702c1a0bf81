"""What Home says about usage: the allowances that are nearest to their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.usage.meters import Meter, meters
from self_service.state.usage_rows import FULL, MeterRow, as_of, meter_row

#: Meters shown; the page of usage has all.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class HomeMeterRow:
    """A meter, whose it is, and up to when it was counted.

    Attributes:
        product: id of the plan.
        spent: percent of all that the plan includes of this kind in these zones; -1 when some of
            it has no limit.
    """

    key: str
    product: str
    spent: int
    whose: str
    as_of: str
    meter: MeterRow


def _spent(meters: Sequence[Meter], like: Meter) -> int:
    same = [one for one in meters if one.kind is like.kind and set(one.zones) & set(like.zones)]
    if any(one.units < 0 for one in same):
        return -1
    units = sum(one.units for one in same)
    return 100 * sum(one.used for one in same) // units if units else 100


def home_meters(
    session: Session, actor: Actor, language: str, *, now: datetime
) -> list[HomeMeterRow]:
    """Return the fullest limited meters, or else unlimited ones; at most `SHOWN`."""
    found = meters(session, actor, now=now)
    several = len(found) > 1
    pairs = [
        (line, meter)
        for line in found
        for meter in line.meters
        # what is used up is no news while there is more of the same
        if meter.left or _spent(line.meters, meter) >= FULL
    ]
    pairs.sort(key=lambda pair: (pair[1].units < 0, -pair[1].percent))
    return [
        HomeMeterRow(
            key=str(meter.id),
            product=str(line.product_id),
            spent=_spent(line.meters, meter),
            whose=(line.number or line.name.get(language) or line.name.get("en", ""))
            if several
            else "",
            as_of=as_of(line.as_of, now, language),
            meter=meter_row(meter, line.until, now, language),
        )
        for line, meter in pairs[:SHOWN]
    ]
