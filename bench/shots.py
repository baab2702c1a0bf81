"""Every screen of the portal, and who has to be looking for it to be worth a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from self_service import routes
from self_service.components.page import PAGES
from self_service.seed.sign_ins import (
    ADMINISTRATOR,
    CORPORATE,
    DEALER,
    HYBRID,
    POSTPAID,
    PREPAID,
)
from self_service.seed.sign_ins import (
    STAFF as SERVICE,
)

#: Who looks: nobody yet, a visitor with a full basket, one about to order, customers.
NOBODY, SHOPPER, ORDERING = "nobody", "shopper", "ordering"
BUYER = "buyer"
CUSTOMERS: Mapping[str, str] = {
    "prepaid": PREPAID.login,
    "postpaid": POSTPAID.login,
    "corporate": CORPORATE.login,
    "hybrid": HYBRID.login,
}
#: Who works for the operator or sells for it.
STAFF: Mapping[str, str] = {
    "dealer": DEALER.login,
    "service": SERVICE.login,
    "administrator": ADMINISTRATOR.login,
}
DEVICE, PLAN, BUNDLE, FIBRE = "kestrel-one", "current-m-24", "harbour-home", "fibre-250"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take.

    Attributes:
        name: of the file.
        path: below the language; {unpaid}, {paid}, {pay}, {bill} and {purchase} are filled in.
        who: whose browser.
        readme: width in px when the README shows it too, 0 when not.
    """

    name: str
    path: str
    who: str = NOBODY
    readme: int = 0


SHOTS = (
    Shot("store", routes.STORE, readme=390),
    Shot("store-filtered", f"{routes.STORE}?category=phones&colour=black"),
    Shot("store-basket", f"{routes.STORE}?category=plans", SHOPPER),
    Shot("store-comparing", f"{routes.STORE}?compare=kestrel-one,aurel-7"),
    Shot("store-nothing", f"{routes.STORE}?q=nothing+of+this+name"),
    Shot("product-device", f"{routes.PRODUCT}/{DEVICE}"),
    Shot("product-plan", f"{routes.PRODUCT}/{PLAN}"),
    Shot("product-bundle", f"{routes.PRODUCT}/{BUNDLE}"),
    Shot("product-fibre", f"{routes.PRODUCT}/{FIBRE}"),
    Shot("product-unknown", f"{routes.PRODUCT}/no-such-thing"),
    Shot("choose-plan", f"{routes.CHOOSE}/{DEVICE}?colour=Black&storage=128+GB"),
    Shot("choose-extras", f"{routes.CHOOSE}/{PLAN}"),
    Shot("choose-bundle", f"{routes.CHOOSE}/{BUNDLE}"),
    Shot(
        "compare-devices",
        f"{routes.COMPARE}?items=kestrel-one,kestrel-mini,aurel-7,nimbo-a5",
        readme=1280,
    ),
    Shot("compare-plans", f"{routes.COMPARE}?items=current-m-24,current-l-24,current-max"),
    Shot("compare-empty", routes.COMPARE),
    Shot("basket", routes.BASKET, SHOPPER),
    Shot("basket-empty", routes.BASKET),
    Shot("checkout-details", f"{routes.CHECKOUT}?step=details", SHOPPER),
    Shot("checkout-review", f"{routes.CHECKOUT}?step=review", ORDERING, readme=390),
    Shot("pay-sandbox", "{pay}", BUYER),
    Shot("order-unpaid", f"{routes.ORDER}/{{unpaid}}", BUYER),
    Shot("order-in-progress", f"{routes.ORDER}/{{paid}}", BUYER, readme=390),
    Shot("orders", routes.ORDERS, BUYER),
    *(Shot(f"home-{who}", routes.HOME, who, 390 if who == "postpaid" else 0) for who in CUSTOMERS),
    Shot("wallet", routes.WALLET, "prepaid"),
    Shot("wallet-hybrid", routes.WALLET, "hybrid"),
    Shot("vouchers", routes.VOUCHERS, "prepaid"),
    Shot("bills", routes.BILLS, "postpaid"),
    Shot("bills-agreed", routes.BILLS, "hybrid"),
    Shot("bills-company", routes.BILLS, "corporate"),
    Shot("bill", f"{routes.BILL}/{{bill}}", "postpaid"),
    Shot("bill-preview", routes.BILL_PREVIEW, "postpaid"),
    Shot("agreement", routes.AGREEMENT, "postpaid"),
    Shot("agreement-running", routes.AGREEMENT, "hybrid"),
    Shot("purchase", f"{routes.PURCHASE}/{{purchase}}", "hybrid"),
    Shot("cards", routes.CARDS, "postpaid"),
    Shot("cards-autopay", routes.CARDS, "corporate"),
    Shot("voucher-desk", routes.VOUCHER_DESK, "administrator"),
    Shot("promotions", routes.PROMOTIONS, "administrator"),
    Shot("disputes", routes.DISPUTES, "service"),
    Shot("subscriptions", routes.SUBSCRIPTIONS, "postpaid"),
    Shot("usage", routes.USAGE, "postpaid"),
    Shot("spending", f"{routes.SPEND}?before=yes", "postpaid", readme=1280),
    Shot("limits", routes.LIMITS, "postpaid"),
    Shot("sharing", routes.SHARING, "hybrid"),
    Shot("company-spend", routes.COMPANY_SPEND, "corporate"),
    Shot("notifications", routes.NOTIFICATIONS, "postpaid"),
    Shot("notification-settings", routes.NOTICE_SETTINGS, "postpaid"),
    Shot("coverage", routes.COVERAGE, "postpaid"),
    Shot("sign-in", routes.SIGN_IN),
    Shot("sign-in-refused", f"{routes.SIGN_IN}?refused=sign_in_refused"),
    Shot("register", routes.REGISTER),
    Shot("forgot", routes.FORGOT),
    Shot("reset-dead", f"{routes.RESET}?link=none"),
    Shot("second-factor", f"{routes.SECOND_FACTOR}?refused=wrong_code"),
    Shot("confirm", f"{routes.CONFIRM}?refused=password_wrong", "postpaid"),
    Shot("settings", routes.SETTINGS, "postpaid"),
    Shot("security", routes.SECURITY, "postpaid"),
    Shot("members", routes.MEMBERS, "corporate"),
    Shot("history", routes.HISTORY, "prepaid"),
    Shot("customers", routes.CUSTOMERS, "dealer"),
    Shot("staff", routes.STAFF, "administrator"),
    Shot("audit", routes.AUDIT, "administrator"),
    Shot("inbox", routes.INBOX),
    Shot("not-found", "/no-such-page"),
)


def every_shot() -> Iterator[Shot]:
    """Yield all pictures; a page of the registry that none shows is added by its own address."""
    yield from SHOTS
    shown = {shot.path.split("?")[0].removesuffix("/") for shot in SHOTS}
    for declared in PAGES:
        if not any(path == declared.path or path.startswith(declared.prefix) for path in shown):
            yield Shot(declared.prefix.strip("/").replace("/", "-"), declared.prefix)
