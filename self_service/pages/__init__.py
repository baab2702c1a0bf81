"""The pages: composition only. Importing one puts it on the list."""

from importlib import import_module

NAMES = (
    "store",
    "product",
    "choose",
    "compare",
    "basket",
    "checkout",
    "order",
    "orders",
    "home",
    "sign_in",
    "settings",
    "second_factor",
    "confirm",
    "security",
    "register",
    "forgot",
    "reset",
    "verified",
    "members",
    "invitation",
    "inbox",
    "customers",
    "history",
    "staff",
    "audit",
)


def declare() -> None:
    """Put all pages on the list."""
    for name in NAMES:
        import_module(f"self_service.pages.{name}")
