"""How a service is set up: what the network confirmed, and what is wished."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import id_field


class ServiceSetting(SQLModel, table=True):
    """One setting of a service or of one profile of it.

    The sequences are those of `ServiceRequest`: a value is that of the latest request that the
    network confirmed, a wish that of the latest request at all, so the order of answers does not
    matter. Values of secret settings are sealed.
    """

    __tablename__ = "service_setting"
    __table_args__ = (
        UniqueConstraint("product_id", "profile", "name", name="setting_stands_once"),
        CheckConstraint("value_sequence >= 0 AND wish_sequence >= 0", name="setting_counted"),
    )

    id: UUID = id_field()
    product_id: UUID = Field(foreign_key="product.id")
    profile: str = Field(default="", max_length=20)  # "" for the whole service
    name: str = Field(max_length=40)
    value: str | None = Field(default=None, max_length=400)  # None: as it comes, the default
    value_sequence: int = 0
    confirmed_at: datetime | None = None
    wish: str | None = Field(default=None, max_length=400)  # None: nothing is being changed
    wish_sequence: int = 0
    wished_at: datetime | None = None
    refused: str = Field(default="", max_length=60)  # why the last wish was refused, "" if not
    refused_at: datetime | None = None


class ContentPin(SQLModel, table=True):
    """Without it, content controls of a service are only made stricter. A keyed hash."""

    __tablename__ = "content_pin"

    product_id: UUID = Field(foreign_key="product.id", primary_key=True)
    pin_hash: str = Field(max_length=64)
    set_at: datetime
