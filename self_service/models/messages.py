"""The outbox: what is to happen after a transaction, written inside it; mail, SMS and web push."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, json_field


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


class MessageChannel(StrEnum):
    """By which way a message leaves."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


class CommunicationMessage(SQLModel, table=True):
    """TMF681 CommunicationMessage: one message to one person, in that person's language."""

    __tablename__ = "communication_message"
    __table_args__ = (Index("ix_message_open", "sent_at", "created_at"),)

    id: UUID = id_field()
    kind: str = Field(max_length=40)
    identity_id: UUID | None = Field(default=None, foreign_key="digital_identity.id", index=True)
    channel: MessageChannel = enum_field(MessageChannel, MessageChannel.EMAIL)
    receiver: str = Field(max_length=254)  # e-mail address, number, or id of a push subscription
    language: str = Field(max_length=8)
    subject: str = Field(max_length=200)
    body: str  # plain text, addresses in it are whole; of SMS and push: the path of their page
    created_at: datetime
    sent_at: datetime | None = None
    tries: int = 0
    next_try_at: datetime | None = None
