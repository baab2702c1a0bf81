"""All tables. Importing this package fills `SQLModel.metadata` (migrations, tests)."""

from self_service.models import (
    access,
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
    "basket",
    "catalog",
    "documents",
    "messages",
    "orders",
    "payments",
    "people",
    "subscriptions",
]
