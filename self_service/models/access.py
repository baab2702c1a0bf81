"""Sign-in (TMF720 DigitalIdentity), roles (TMF672) and server-side sessions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field


class Role(StrEnum):
    """What a signed-in person is. More come with the access feature."""

    VISITOR = "visitor"  # nobody is signed in
    CUSTOMER = "customer"
    STAFF = "staff"


class DigitalIdentity(SQLModel, table=True):
    """Credentials of one person."""

    __tablename__ = "digital_identity"

    id: UUID = id_field()
    individual_id: UUID = Field(foreign_key="individual.id", index=True)
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id", index=True)
    login: str = Field(unique=True, max_length=254)  # normalised e-mail address
    password_hash: str = Field(max_length=256)
    role: Role = enum_field(Role, Role.CUSTOMER)
    failed_attempts: int = 0
    locked_until: datetime | None = None
    created_at: datetime


class WebSession(SQLModel, table=True):
    """A signed-in browser. It holds a random id in an HttpOnly cookie; we hold only its hash."""

    __tablename__ = "web_session"

    key: str = Field(primary_key=True, max_length=64)  # SHA-256 of the cookie, hex
    identity_id: UUID = Field(foreign_key="digital_identity.id", index=True)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
