"""TMF667 Document: a file kept as it was made."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from self_service.models.base import id_field


class Document(SQLModel, table=True):
    """An archived file. Never rendered again: the bytes are the contract."""

    id: UUID = id_field()
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id", index=True)
    cart_id: UUID | None = Field(default=None, foreign_key="shopping_cart.id", index=True)
    kind: str = Field(max_length=40)  # contract_summary
    name: str = Field(max_length=120)
    media_type: str = Field(default="application/pdf", max_length=80)
    digest: str = Field(max_length=64)  # SHA-256 of content, hex
    content: bytes
    created_at: datetime
