"""How long records are kept: the totals of a month stay, its single records go."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from self_service.domain.pricing.periods import add_months
from self_service.domain.rows import changed
from self_service.domain.usage import ties
from self_service.models.sharing import SharedDraw
from self_service.models.usage import Usage, UsagePeriod, UsageRejected, UsageStatus

#: Months of products in one transaction.
CHUNK = 500
#: A month of a member ends at most so long after the giving month in which it began.
_MONTH = timedelta(days=32)


def forget(session: Session, *, months: int, now: datetime, limit: int = CHUNK) -> int:
    """Delete the records of periods that ended so many months ago; totals stay as they are.

    Rows that were set aside as long ago go too. What waits for rating or for its bill stays. A
    month that gave to others keeps its records until those of all that asked it are gone.

    Returns:
        Of how many periods; as many as `limit` means that there may be more.
    """
    before = add_months(now, -months)
    due = session.exec(
        select(UsagePeriod.id)
        .where(
            UsagePeriod.ends_at <= before,
            or_(~ties.gives(), UsagePeriod.ends_at <= before - _MONTH),
            col(UsagePeriod.records_deleted_at).is_(None),
            col(UsagePeriod.stale_from).is_(None),
        )
        .order_by(UsagePeriod.ends_at, col(UsagePeriod.id))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    if due:
        changed(session, delete(Usage).where(col(Usage.period_id).in_(due)))
        changed(session, delete(SharedDraw).where(col(SharedDraw.period_id).in_(due)))
        mine = update(UsagePeriod).where(col(UsagePeriod.id).in_(due))
        changed(session, mine.values(records_deleted_at=now))
    old = delete(UsageRejected).where(
        (col(UsageRejected.created_at) <= before)
        | (
            (col(UsageRejected.status) == UsageStatus.RECYCLED)
            & (col(UsageRejected.recycled_at) <= before)
        )
    )
    changed(session, old)
    return len(due)
