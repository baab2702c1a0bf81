"""The lines of a company in a month, and what each cost: in pages, the dearest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from self_service import clock
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.spend.centres import company, currency_of
from self_service.domain.spend.company_sql import NONE, billed, tree_of
from self_service.domain.subscriptions.home import SHOWN
from self_service.models.base import Texts
from self_service.models.bills import AppliedBillingRate, ChargeKind, CustomerBill
from self_service.models.budgets import CostCentre, CostCentreLine
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.money import Money

#: Lines, or lines of bills, on a page.
PAGE = 25
#: In a file; a company with more asks for its data otherwise.
FILE_MOST = 20_000


@dataclass(frozen=True, slots=True)
class LineSpend:
    """A line in a month; `id` None for what belongs to no line."""

    id: UUID | None
    name: Texts
    number: str
    spent: Money


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of a bill."""

    bill: str
    billed_on: date
    kind: ChargeKind
    name: Texts
    amount: Money


@dataclass(frozen=True, slots=True)
class Costs:
    """Of a line: by kind in the order of their sums, and one page of the lines of bills."""

    line: LineSpend
    centre: str  # as an address names it
    kinds: tuple[tuple[ChargeKind, Money], ...]
    lines: tuple[BillLine, ...]
    more: bool


def lines(
    session: Session,
    actor: Actor,
    *,
    month: date,
    centre: str,
    now: datetime,
    page: int = 0,
    limit: int = PAGE,
) -> tuple[tuple[LineSpend, ...], bool]:
    """List the lines of a centre, the dearest first, and say whether there are more.

    Args:
        session: open transaction.
        actor: the company, or who acts for it.
        month: its first day.
        centre: its id, or `NONE`; whatever a client sent.
        now: instant of looking.
        page: from 0 on.
        limit: lines on a page.

    Raises:
        SignInNeeded, NotAllowed, NotACompany: see `centres.company`.
        NotFound: there is no such centre.
    """
    del now
    customer_id = company(session, actor)
    currency = currency_of(session, customer_id)
    tree, line = tree_of(customer_id), CostCentreLine
    cost = (
        select(tree.c.root, func.sum(AppliedBillingRate.gross_minor).label("minor"))
        .select_from(AppliedBillingRate)
        .join(CustomerBill, CustomerBill.id == AppliedBillingRate.bill_id)
        .join(tree, tree.c.id == AppliedBillingRate.product_id)
        .where(*billed(customer_id, month))
        .group_by(tree.c.root)
        .subquery()
    )
    spent = func.coalesce(cost.c.minor, 0)
    wanted = (
        select(Product.id, Product.name, spent)
        .outerjoin(cost, cost.c.root == Product.id)
        .outerjoin(line, line.product_id == Product.id)
        .where(
            Product.customer_id == customer_id,
            col(Product.parent_id).is_(None),
            or_(col(Product.status).in_(SHOWN), cost.c.minor.is_not(None)),
            _at(session, customer_id, centre),
        )
        .order_by(spent.desc(), col(Product.started_at), Product.id)
    )
    rows = session.execute(wanted.offset(page * limit).limit(limit + 1)).all()
    numbers = _numbers(session, customer_id, [row[0] for row in rows[:limit]])
    found = tuple(
        LineSpend(key, name, numbers.get(key, ""), Money(int(minor), currency))
        for key, name, minor in rows[:limit]
    )
    if centre == NONE and not page:
        other = _without_line(session, customer_id, month)
        found = (LineSpend(None, {}, "", Money(other, currency)), *found) if other else found
    return found, len(rows) > limit


def costs(
    session: Session,
    actor: Actor,
    *,
    month: date,
    line: str,
    now: datetime,
    kind: str = "",
    page: int = 0,
    limit: int = PAGE,
) -> Costs:
    """Show what a line cost in a month: by kind, and line by line of its bills.

    Args:
        session: open transaction.
        actor: the company, or who acts for it.
        month: its first day.
        line: a root product, or `NONE` for what belongs to no line; whatever a client sent.
        now: instant of looking.
        kind: only lines of bills of this kind; one that is none counts as all.
        page: from 0 on.
        limit: lines of bills on a page.

    Raises:
        SignInNeeded, NotAllowed, NotACompany: see `centres.company`.
        NotFound: no line of theirs.
    """
    del now
    customer_id = company(session, actor)
    currency = currency_of(session, customer_id)
    rate = AppliedBillingRate
    root = None if line == NONE else as_id(line)
    # read first: the database would walk all of the company's products for each charge
    within = session.exec(select(tree_of(customer_id, [root]).c.id)).all() if root else ()
    of = col(rate.product_id)
    mine = (*billed(customer_id, month), of.is_(None) if root is None else of.in_(within))
    joined = CustomerBill.id == rate.bill_id
    sums = session.execute(
        select(rate.kind, func.sum(rate.gross_minor))
        .join(CustomerBill, joined)
        .where(*mine)
        .group_by(col(rate.kind))
    ).all()
    kinds = sorted(((one, int(minor)) for one, minor in sums), key=lambda one: (-one[1], one[0]))
    only = [rate.kind == kind] if kind in {one.value for one, _ in kinds} else []
    rows = session.execute(
        select(CustomerBill.number, CustomerBill.billed_at, rate.kind, rate.name, rate.gross_minor)
        .select_from(rate)
        .join(CustomerBill, joined)
        .where(*mine, *only)
        .order_by(col(CustomerBill.billed_at), CustomerBill.number, rate.position, rate.id)
        .offset(page * limit)
        .limit(limit + 1)
    ).all()
    whole = Money(sum(minor for _, minor in kinds), currency)
    shown, at = _line(session, customer_id, root, whole)
    return Costs(
        shown,
        at,
        tuple((one, Money(minor, currency)) for one, minor in kinds),
        tuple(
            BillLine(bill, when.astimezone(clock.zone()).date(), one, name, Money(minor, currency))
            for bill, when, one, name, minor in rows[:limit]
        ),
        len(rows) > limit,
    )


def _line(
    session: Session, customer_id: UUID, root: UUID | None, whole: Money
) -> tuple[LineSpend, str]:
    """Return a line, and the centre at which it stands as an address names it."""
    if root is None:
        return LineSpend(None, {}, "", whole), NONE
    row = session.execute(
        select(Product.name, CostCentreLine.centre_id)
        .outerjoin(CostCentreLine, CostCentreLine.product_id == Product.id)
        .where(
            Product.id == root,
            Product.customer_id == customer_id,
            col(Product.parent_id).is_(None),
        )
    ).first()
    if row is None:
        raise NotFound
    number = _numbers(session, customer_id, [root]).get(root, "")
    return LineSpend(root, row[0], number, whole), str(row[1] or NONE)


def _at(session: Session, customer_id: UUID, centre: str) -> ColumnElement[bool]:
    at = col(CostCentreLine.centre_id)
    if centre == NONE:
        return at.is_(None)
    wanted = as_id(centre)
    mine = and_(col(CostCentre.id) == wanted, col(CostCentre.customer_id) == customer_id)
    if session.exec(select(CostCentre.id).where(mine)).first() is None:
        raise NotFound
    return at == wanted


def _without_line(session: Session, customer_id: UUID, month: date) -> int:
    rate = AppliedBillingRate
    found = session.execute(
        select(func.sum(rate.gross_minor))
        .join(CustomerBill, CustomerBill.id == rate.bill_id)
        .where(*billed(customer_id, month), col(rate.product_id).is_(None))
    ).scalar()
    return int(found or 0)


def _numbers(session: Session, customer_id: UUID, roots: list[UUID]) -> dict[UUID, str]:
    tree = tree_of(customer_id, roots)
    rows = session.execute(
        select(tree.c.root, Resource.value)
        .join(Resource, Resource.product_id == tree.c.id)
        .where(Resource.kind == ResourceKind.MSISDN)
        .order_by(col(Resource.id).desc())
    )
    return {row.root: row.value for row in rows}
