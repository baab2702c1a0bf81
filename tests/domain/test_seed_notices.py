"""The demo's histories: each bill was told of once, without secrets, the newest is not read."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, func, select

from self_service.models.bills import CustomerBill, RunType
from self_service.models.messages import CommunicationMessage
from self_service.models.notices import Notice, PushSubscription, Topic
from self_service.seed.notices import seed_notices
from tests.order_shop import rows


def test_each_bill_was_told_of_once(seeded: Session, now: datetime) -> None:
    told = seeded.exec(select(Notice).order_by(col(Notice.created_at))).all()
    cycle = select(func.count()).where(CustomerBill.run_type == RunType.ON_CYCLE)
    assert len(told) == seeded.exec(cycle).one() > 3
    assert {row.topic for row in told} == {Topic.MONEY}
    assert all(row.subject and row.text and row.path.startswith("/bills/") for row in told)
    last = {row.identity_id: row.id for row in told}  # the last of each
    assert all((row.read_at is None) is (last[row.identity_id] == row.id) for row in told)
    unsent = select(CommunicationMessage).where(CommunicationMessage.kind == "bill_ready")
    assert seeded.exec(unsent).all() == []
    before = rows(seeded, Notice, PushSubscription)
    seed_notices(seeded, now=now)
    assert rows(seeded, Notice, PushSubscription) == before
