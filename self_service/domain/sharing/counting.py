"""What a change means for usage that was counted: from its instant on, it is counted anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, update
from sqlmodel import Session, col

from self_service.domain.rows import changed
from self_service.models.usage import UsagePeriod


def anew(session: Session, product_id: UUID, *, since: datetime) -> None:
    """Let a product's usage from an instant on be rated again, where it was rated already.

    Whoever rates at the same moment is waited for: what they rated too far waits then.
    """
    session.flush()
    stale = col(UsagePeriod.stale_from)
    waits = (
        update(UsagePeriod)
        .where(
            col(UsagePeriod.product_id) == product_id,
            col(UsagePeriod.rated_to) >= since,
            col(UsagePeriod.records_deleted_at).is_(None),
        )
        .values(stale_from=case((stale < since, stale), else_=since))
    )
    changed(session, waits.execution_options(synchronize_session=False))
    session.expire_all()
