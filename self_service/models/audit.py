"""What was done, by whom, for whom: append-only, each entry sealed with the one before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from self_service.models.base import json_field


class AuditEntry(SQLModel, table=True):
    """One act. Never changed, never deleted; ids are no foreign keys, so that it outlives all."""

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(index=True)
    actor_id: UUID | None = Field(default=None, index=True)  # identity; None: nobody, or a job
    actor_name: str = Field(default="", max_length=170)
    role: str = Field(max_length=32)
    customer_id: UUID | None = Field(default=None, index=True)  # whose things
    act: str = Field(max_length=60, index=True)  # "password.changed"
    subject: str = Field(default="", max_length=120)  # what it was done to
    network: str = Field(default="", max_length=64)
    before: dict[str, Any] = json_field()
    after: dict[str, Any] = json_field()
    previous: str = Field(max_length=64)  # seal of the entry before, hex
    seal: str = Field(max_length=64)  # SHA-256 over all of this, hex


class AuditHead(SQLModel, table=True):
    """The last entry's number and seal: writers queue on this row."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True)
    number: int
    seal: str = Field(max_length=64)
