"""What can be used up in a month: allowances, by kind and place, and limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, or_
from sqlmodel import Session, col, func, select

from self_service.domain.limits.standing import Standing
from self_service.models.limits import AlertAbout, LimitKind
from self_service.models.usage import Allowance, UsagePeriod

#: Percent that are noticed, and of which people can be told.
THRESHOLDS = (50, 80, 100)
_ABOUT = {LimitKind.ALL: AlertAbout.ALL, LimitKind.ROAMING: AlertAbout.ROAMING}


class Use(NamedTuple):
    """Something that can be used up; see `UsageAlert`."""

    about: AlertAbout
    usage_kind: str
    zones: str
    size: int
    used: int
    hard: bool
    reached: tuple[int, ...]


def of_limit(one: Standing) -> Use:
    """Say how much of a limit is spent."""
    size = one.limit.minor if one.limit else 0
    reached = tuple(percent for percent in THRESHOLDS if one.reached(percent))
    return Use(_ABOUT[one.kind], "", "", size, one.spent.minor, one.hard, reached)


def pots(session: Session, ids: Sequence[int], now: datetime) -> Mapping[int, list[Use]]:
    """Sum up allowances that hold now; of a month that is over, those that held at its end."""
    own = case((col(Allowance.from_last), 0), else_=Allowance.units)
    rows = session.execute(
        select(
            Allowance.period_id,
            Allowance.kind,
            Allowance.zones,
            func.sum(own),
            func.sum(Allowance.units),
            func.sum(Allowance.used_units),
        )
        .join(UsagePeriod, UsagePeriod.id == Allowance.period_id)
        .where(
            col(Allowance.period_id).in_(ids),
            Allowance.valid_from <= now,
            or_(col(Allowance.valid_until) > now, Allowance.valid_until >= UsagePeriod.ends_at),
        )
        .group_by(col(Allowance.period_id), col(Allowance.kind), col(Allowance.zones))
        .having(func.min(Allowance.units) >= 0)  # -1: without limit
    )
    found: Mapping[int, list[Use]] = defaultdict(list)
    for period, kind, zones, size, units, used in rows:
        reached = tuple(one for one in THRESHOLDS if units and used * 100 >= one * units)
        about = AlertAbout.ALLOWANCE, kind.value, zones
        found[period].append(Use(*about, int(size), int(used), hard=False, reached=reached))
    return found
