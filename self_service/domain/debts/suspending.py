"""Services are suspended for a debt, and exactly those come back.

The operator's decision: nothing is charged for a service while it is suspended for a debt
(`ProductPause`), so that the debt does not grow by what nobody can use. Goods stay as they are,
and so does what is prepaid: it is on no bill.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from self_service.domain.fulfilment.resources import GOODS
from self_service.domain.rows import add_once, changed
from self_service.domain.transitions import PRODUCT, advance
from self_service.models.bills import BillingAccount, ProductPause
from self_service.models.dunning import SuspendedProduct
from self_service.models.subscriptions import Product, ProductStatus


def suspend(session: Session, case_id: UUID, account: BillingAccount, *, now: datetime) -> int:
    """Suspend the active postpaid services of an account.

    Args:
        session: open transaction that holds the account's lock.
        case_id: of the dunning case, which remembers them.
        account: whose.
        now: instant from which nothing is charged for them.

    Returns:
        How many.
    """
    wanted = select(Product.id).where(
        Product.customer_id == account.customer_id,
        Product.status == ProductStatus.ACTIVE,
        col(Product.prepaid).is_(False),
        col(Product.kind).not_in(GOODS),
    )
    done = 0
    for product_id in session.exec(wanted.order_by(Product.id)).all():
        to = ProductStatus.SUSPENDED
        if advance(session, Product, product_id, to, allowed=PRODUCT, now=now):
            add_once(session, ProductPause(product_id=product_id, starts_at=now))
            add_once(session, SuspendedProduct(case_id=case_id, product_id=product_id))
            done += 1
    return done


def restore(session: Session, case_id: UUID, *, now: datetime) -> int:
    """Switch on again what a case had suspended; what was suspended otherwise stays so.

    Returns:
        How many.
    """
    wanted = select(SuspendedProduct.product_id).where(
        SuspendedProduct.case_id == case_id, col(SuspendedProduct.restored_at).is_(None)
    )
    ids = session.exec(wanted.order_by(SuspendedProduct.product_id)).all()
    back = 0
    for product_id in ids:
        _end_pause(session, product_id, now)
        to = ProductStatus.ACTIVE
        back += advance(session, Product, product_id, to, allowed=_BACK, now=now)
    rows = update(SuspendedProduct).where(
        SuspendedProduct.case_id == case_id, col(SuspendedProduct.restored_at).is_(None)
    )
    changed(session, rows.values(restored_at=now))
    return back


#: Only what is suspended comes back: what was ended meanwhile stays ended.
_BACK = {ProductStatus.SUSPENDED: PRODUCT[ProductStatus.SUSPENDED]}


def _end_pause(session: Session, product_id: UUID, now: datetime) -> None:
    mine = (ProductPause.product_id == product_id, col(ProductPause.ends_at).is_(None))
    changed(
        session,
        update(ProductPause).where(*mine, ProductPause.starts_at < now).values(ends_at=now),
    )
    # a pause without any length is none
    changed(session, delete(ProductPause).where(*mine, ProductPause.starts_at >= now))
