"""All tables. Importing this package fills `SQLModel.metadata` (migrations, tests)."""

from self_service.models import (
    access,
    audit,
    basket,
    catalog,
    documents,
    messages,
    orders,
    payments,
    people,
    subscriptions,
)

__all__ = [
    "access",
    "audit",
    "basket",
    "catalog",
    "documents",
    "messages",
    "orders",
    "payments",
    "people",
    "subscriptions",
]
