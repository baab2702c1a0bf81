"""What of a prepaid charge is tax: prices hold it already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service import clock
from self_service.domain.bills import taxes
from self_service.domain.bills.accounts import billing_account
from self_service.domain.bills.taxes import Split
from self_service.models.bills import BillingAccount, ProductCharging, TaxCategory
from self_service.models.orders import ProductOrder
from self_service.models.people import Site
from self_service.models.subscriptions import Product


def split(
    session: Session,
    product: Product,
    charging: ProductCharging | None,
    minor: int,
    at: datetime,
) -> Split:
    """Return net and tax of a product's price on a day.

    Args:
        session: open transaction.
        product: what is charged.
        charging: how; None for what has no recurring charge.
        minor: the price, with the tax that is in it.
        at: instant at which it falls due; the operator's day counts.
    """
    if charging is None:
        account = billing_account(session, product.customer_id, currency=product.currency, now=at)
    else:
        account = session.get_one(BillingAccount, charging.account_id)
    country = account.tax_country or _country(session, product.order_id)
    day = at.astimezone(clock.zone()).date()
    standard = taxes.rate(session, country, TaxCategory.STANDARD, day)
    return taxes.split(
        minor, category=TaxCategory.STANDARD, account=account.tax_category, standard_bp=standard
    )


def _country(session: Session, order_id: UUID) -> str:
    """Return the country to which an order went."""
    statement = (
        select(Site)
        .join(ProductOrder, ProductOrder.site_id == Site.id)
        .where(ProductOrder.id == order_id)
    )
    site = session.exec(statement).first()
    return str(site.address.get("country", "")) if site else ""
