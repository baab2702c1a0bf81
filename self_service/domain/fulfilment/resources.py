"""Numbers, SIMs and serial numbers: where they come from, and giving each to one product.

A pool names one stock: "" for telephone numbers, "sim" and "esim" for SIMs, `goods_pool` for
goods. Numbers and SIMs exist only as rows of a pool: when it is empty, orders wait. Goods of a
pool that never had a row are not tracked: their supplier tells the serial number on delivery, and
`supplier_serial` stands for that supplier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, update
from sqlmodel import Session, col, select

from self_service.domain.catalog.view import variant_key
from self_service.domain.rows import add_rows, changed
from self_service.models.catalog import OfferingKind
from self_service.models.subscriptions import Product, Resource, ResourceKind

#: Configured value that says which SIM the customer wants; a card when nothing was chosen.
SIM_CHOICE = "sim"
SIM_CARD, ESIM = "sim", "esim"
#: Pool of serial numbers that a supplier told us.
SUPPLIER = "supplier"
#: Goods that come with a service and are not lines of the order: kind -> pool.
LENT = {OfferingKind.BROADBAND: "router", OfferingKind.TV: "set-top-box"}
#: Kinds that are things, one serial number a piece.
GOODS = frozenset({OfferingKind.DEVICE, OfferingKind.ACCESSORY})


def goods_pool(offering_id: UUID, configuration: Mapping[str, str]) -> str:
    """Name the pool of serial numbers of a configured offering."""
    return f"{offering_id}:{variant_key(configuration)}"[:200]


def sim_pool(configuration: Mapping[str, str]) -> str:
    """Name the pool of SIMs that fits the form the customer chose."""
    chosen = configuration.get(SIM_CHOICE, "").lower().replace("-", "")
    return ESIM if ESIM in chosen else SIM_CARD


def stock_up(
    session: Session,
    kind: ResourceKind,
    values: Iterable[str],
    *,
    pool: str = "",
    details: Iterable[Mapping[str, str]] = (),
) -> None:
    """Put resources on stock.

    Args:
        session: open transaction.
        kind: what they are.
        values: numbers in E.164, ICCIDs, serial numbers.
        pool: see the module.
        details: one for each value, or none (eSIM: its activation code).
    """
    given = [dict(detail) for detail in details]
    named = list(values)
    rows = [
        Resource(kind=kind, pool=pool, value=value, detail=detail)
        for value, detail in zip(named, given or [{}] * len(named), strict=True)
    ]
    add_rows(session, rows)


def allocate(
    session: Session, kind: ResourceKind, pool: str, product_id: UUID, *, now: datetime
) -> str:
    """Give a free resource of a pool to a product; a second time returns the same.

    Returns:
        Its value, "" when the pool is empty.
    """
    held = held_by(session, kind, product_id)
    if held:
        return held
    free = (
        select(Resource.id)
        .where(Resource.kind == kind, Resource.pool == pool, Resource.product_id.is_(None))
        .where(not_held(now))
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = (
        update(Resource)
        .where(Resource.id == free, Resource.product_id.is_(None))
        .values(product_id=product_id, assigned_at=now)
        .returning(Resource.value)
        .execution_options(synchronize_session=False)
    )
    return session.exec(claim).scalar_one_or_none() or ""


def not_held(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a resource is kept for nobody at the moment."""
    return or_(col(Resource.held_until).is_(None), col(Resource.held_until) <= now)


def held_by(session: Session, kind: ResourceKind, product_id: UUID) -> str:
    """Return what a product has of a kind, "" for nothing."""
    statement = select(Resource.value).where(
        Resource.product_id == product_id, Resource.kind == kind
    )
    return session.exec(statement).first() or ""


def tracked(session: Session, pool: str) -> bool:
    """Say whether serial numbers of a pool are kept here, free or not."""
    statement = (
        select(Resource.id)
        .where(Resource.kind == ResourceKind.SERIAL, Resource.pool == pool)
        .limit(1)
    )
    return session.exec(statement).first() is not None


def free(session: Session, kind: ResourceKind, pool: str) -> int:
    """Count what is free in a pool."""
    statement = (
        select(func.count())
        .select_from(Resource)
        .where(Resource.kind == kind, Resource.pool == pool, Resource.product_id.is_(None))
    )
    return session.exec(statement).one()


def supply(session: Session, product: Product, *, now: datetime) -> str:
    """Take a serial number from the supplier for a piece of goods that is not tracked here."""
    value = supplier_serial(product)
    resource = Resource(
        kind=ResourceKind.SERIAL,
        pool=SUPPLIER,
        value=value,
        product_id=product.id,
        assigned_at=now,
    )
    add_rows(session, [resource])
    return value


def supplier_serial(product: Product) -> str:
    """Return the serial number that the supplier's stand-in gives to a piece of goods.

    The same order line and piece always give the same. Phones get an IMEI: an eight-digit type
    code, six digits, and the check digit of Luhn (3GPP TS 23.003, annex B).
    """
    seed = f"{product.order_item_id}:{product.piece}:{product.kind}"
    digits = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16])
    if product.kind is not OfferingKind.DEVICE:
        return f"SN{digits % 10**12:012d}"
    body = f"35{digits % 10**12:012d}"
    return body + luhn_digit(body)


def luhn_digit(body: str) -> str:
    """Return the digit that makes `body` pass the check of ISO/IEC 7812-1, annex B."""
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(body))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def give_back(session: Session, order_id: UUID) -> int:
    """Free everything that the products of an order hold.

    Returns:
        How many resources went back to their pools.
    """
    products = select(Product.id).where(Product.order_id == order_id).scalar_subquery()
    of_order = Resource.product_id.in_(products)
    changed(session, delete(Resource).where(of_order, Resource.pool == SUPPLIER))
    back = update(Resource).where(of_order).values(product_id=None, assigned_at=None)
    return changed(session, back.execution_options(synchronize_session=False))
