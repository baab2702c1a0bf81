"""The outbox: what is to happen after a transaction, written inside it."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import json_field


class OutboxEvent(SQLModel, table=True):
    """One thing to do. `key` makes it unique, so the same event is never written twice."""

    __tablename__ = "outbox_event"
    __table_args__ = (
        UniqueConstraint("kind", "key", name="outbox_once"),
        Index("ix_outbox_open", "done_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)  # order_paid, order_cancelled
    key: str = Field(max_length=80)
    payload: dict[str, str] = json_field()
    created_at: datetime
    done_at: datetime | None = None
