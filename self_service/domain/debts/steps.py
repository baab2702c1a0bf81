"""When the steps of dunning are due: days after the due date that was missed.

Each step leaves whoever owes the whole time until the next one: what comes late, because the
portal was away or dunning was begun late, moves all that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from self_service.domain.debts.overdue import days_after
from self_service.domain.policy import DunningStepRule

SUSPEND = "suspend"
FEE = "fee"

Steps = Sequence[DunningStepRule]


def first_at(steps: Steps, since: datetime, *, now: datetime) -> datetime | None:
    """Return when the first step of a new case is due: never before it was found."""
    return max(days_after(since, steps[0].days), now) if steps else None


def next_at(steps: Steps, step: int, since: datetime, *, now: datetime) -> datetime | None:
    """Return when step number `step` (from 0) is due, when the one before is taken at `now`.

    None after the last step.
    """
    if step >= len(steps):
        return None
    gap = steps[step].days - (steps[step - 1].days if step else 0)
    return max(days_after(since, steps[step].days), days_after(now, gap))


def resumed(steps: Steps, taken: int) -> int:
    """Return from which step a broken agreement goes on: a suspension that was lifted is due."""
    first = next((n for n, rule in enumerate(steps) if rule.action == SUSPEND), len(steps))
    return min(taken, first)
