"""Lines of a bill as they are shown, written to a file and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access.grants import root_of
from self_service.models.base import Texts
from self_service.models.bills import AppliedBillingRate, ChargeKind, CustomerBill, TaxCategory
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One call, message or session behind a usage charge; what is not known is "" or None."""

    at: str
    what: str
    quantity: str
    unit: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of a bill, tax included and without.

    Attributes:
        period_end: first instant after what it covers.
        detail: for the reader: quantity, unit, share of a period.
        usage: what a usage charge is made of.
    """

    id: int
    product_id: UUID | None
    kind: ChargeKind
    name: Texts
    period_start: datetime | None
    period_end: datetime | None
    tax_category: TaxCategory
    tax_bp: int
    net: Money
    tax: Money
    gross: Money
    detail: Mapping[str, Any] = field(default_factory=dict)
    usage: tuple[UsageLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """What lines are grouped by: a subscription, by its plan and number."""

    id: UUID
    name: Texts
    number: str


def lines_of(session: Session, bill: CustomerBill) -> tuple[BillLine, ...]:
    """Read a bill's lines in their order."""
    rows = session.exec(
        select(AppliedBillingRate)
        .where(AppliedBillingRate.bill_id == bill.id)
        .order_by(AppliedBillingRate.position, AppliedBillingRate.id)
    )
    return tuple(as_line(row, bill.currency) for row in rows)


def as_line(row: AppliedBillingRate, currency: str) -> BillLine:
    """Make the view of a charge."""
    assert row.id is not None
    return BillLine(
        id=row.id,
        product_id=row.product_id,
        kind=row.kind,
        name=row.name,
        period_start=row.period_start,
        period_end=row.period_end,
        tax_category=row.tax_category,
        tax_bp=row.tax_bp,
        net=Money(row.net_minor, currency),
        tax=Money(row.tax_minor, currency),
        gross=Money(row.gross_minor, currency),
        detail=row.detail,
        usage=_usage(row.detail, currency),
    )


def subscriptions_of(session: Session, lines: Iterable[BillLine]) -> dict[UUID, Subscription]:
    """Return, by product, the subscription that each line belongs to."""
    wanted = {line.product_id for line in lines if line.product_id is not None}
    found: dict[UUID, Subscription] = {}
    roots: dict[UUID, Subscription] = {}
    for product in session.exec(select(Product).where(col(Product.id).in_(wanted))):
        root = root_of(session, product)
        if root.id not in roots:
            roots[root.id] = Subscription(root.id, root.name, _number(session, root))
        found[product.id] = roots[root.id]
    return found


def _number(session: Session, root: Product) -> str:
    family = (Product.id == root.id) | (Product.parent_id == root.id)
    numbers: Sequence[str] = session.exec(
        select(Resource.value)
        .join(Product, col(Product.id) == Resource.product_id)
        .where(family, Resource.kind == ResourceKind.MSISDN)
        .order_by(Resource.value)
        .limit(1)
    ).all()
    return numbers[0] if numbers else ""


def _usage(detail: Mapping[str, Any], currency: str) -> tuple[UsageLine, ...]:
    """Read `detail["usage"]`: rows of at, what, quantity, unit and minor; all are optional."""
    rows = detail.get("usage", [])
    return tuple(
        UsageLine(
            at=str(row.get("at", "")),
            what=str(row.get("what", "")),
            quantity=str(row.get("quantity", "")),
            unit=str(row.get("unit", "")),
            amount=Money(int(row["minor"]), currency) if "minor" in row else None,
        )
        for row in rows
    )
