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
    "subscriptions",
    "subscription",
    "service",
    "coverage",
    "usage",
    "limits",
    "spend",
    "sharing",
    "company_spend",
    "agreement",
    "purchase",
    "bills",
    "bill",
    "bill_preview",
    "wallet",
    "vouchers",
    "voucher_desk",
    "sign_in",
    "settings",
    "second_factor",
    "confirm",
    "security",
    "cards",
    "register",
    "forgot",
    "reset",
    "verified",
    "members",
    "invitation",
    "inbox",
    "notifications",
    "notice_settings",
    "customers",
    "history",
    "staff",
    "promotions",
    "disputes",
    "audit",
)


def declare() -> None:
    """Put all pages on the list."""
    for name in NAMES:
        import_module(f"self_service.pages.{name}")
