"""What a company spends by cost centre: the lines of its bills of a month, parted and added up.

A month is that of the bills' dates, so that all centres together are what the bills of the month
say, to the cent. Sums are made by the database, whatever the number of lines; what is listed comes
in pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service import clock
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.spend.centres import company, currency_of
from self_service.domain.spend.company_sql import NONE, billed, tree_of
from self_service.domain.subscriptions.home import SHOWN
from self_service.models.bills import AppliedBillingRate, CustomerBill
from self_service.models.budgets import CostCentre, CostCentreLine
from self_service.models.subscriptions import Product
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class CentreSpend:
    """A cost centre in a month.

    Attributes:
        id: None for what is reckoned to no centre.
        spent: of its own lines, tax included.
        below: of the centres below it.
        lines: how many stand at it.
    """

    id: UUID | None
    name: str
    parent_id: UUID | None
    budget: Money | None
    spent: Money
    below: Money
    lines: int

    @property
    def whole(self) -> Money:
        """Return what is held against its budget."""
        return self.spent + self.below


@dataclass(frozen=True, slots=True)
class Overview:
    """All centres, each followed by those below it; then what is reckoned to none."""

    centres: tuple[CentreSpend, ...]
    none: CentreSpend
    currency: str

    @property
    def total(self) -> Money:
        """Return what the bills of the month say."""
        return sum((one.spent for one in self.centres), self.none.spent)

    def centre(self, asked: str) -> CentreSpend:
        """Return the centre that an address names.

        Raises:
            NotFound: there is none.
        """
        if asked == NONE:
            return self.none
        wanted = as_id(asked)
        found = next((one for one in self.centres if one.id == wanted), None)
        if found is None:
            raise NotFound
        return found


def last_billed(session: Session, actor: Actor, *, now: datetime) -> date:
    """Return the first day of the month of a company's last bill; of the present one without.

    Raises:
        SignInNeeded, NotAllowed, NotACompany: see `centres.company`.
    """
    customer_id = company(session, actor)
    wanted = select(func.max(CustomerBill.billed_at)).where(CustomerBill.customer_id == customer_id)
    last = session.exec(wanted).first() or now
    return last.astimezone(clock.zone()).date().replace(day=1)


def overview(session: Session, actor: Actor, *, month: date, now: datetime) -> Overview:
    """Show a company's centres in a month, by a fixed number of statements.

    Args:
        session: open transaction.
        actor: the company, or who acts for it.
        month: its first day.
        now: instant of looking.

    Raises:
        SignInNeeded, NotAllowed, NotACompany: see `centres.company`.
    """
    del now
    customer_id = company(session, actor)
    currency = currency_of(session, customer_id)
    sums = _sums(session, customer_id, month)
    counts = _counts(session, customer_id)
    rows = session.exec(
        select(CostCentre).where(CostCentre.customer_id == customer_id).order_by(CostCentre.name)
    ).all()
    under: dict[UUID | None, int] = {}
    for row in rows:
        under[row.parent_id] = under.get(row.parent_id, 0) + sums.get(row.id, 0)

    def shown(row: CostCentre) -> CentreSpend:
        return CentreSpend(
            id=row.id,
            name=row.name,
            parent_id=row.parent_id,
            budget=None if row.budget_minor is None else Money(row.budget_minor, currency),
            spent=Money(sums.get(row.id, 0), currency),
            below=Money(under.get(row.id, 0), currency),
            lines=counts.get(row.id, 0),
        )

    zero = Money.zero(currency)
    return Overview(
        tuple(
            shown(one)
            for row in rows
            if row.parent_id is None
            for one in (row, *(each for each in rows if each.parent_id == row.id))
        ),
        CentreSpend(None, "", None, None, Money(sums.get(None, 0), currency), zero, counts[None]),
        currency,
    )


def _sums(session: Session, customer_id: UUID, month: date) -> dict[UUID | None, int]:
    """Return what each centre cost, in minor units; None: what is reckoned to none."""
    tree, line, rate = tree_of(customer_id), CostCentreLine, AppliedBillingRate
    rows = session.execute(
        select(line.centre_id, func.sum(rate.gross_minor))
        .select_from(rate)
        .join(CustomerBill, CustomerBill.id == rate.bill_id)
        .outerjoin(tree, tree.c.id == rate.product_id)
        .outerjoin(line, line.product_id == tree.c.root)
        .where(*billed(customer_id, month))
        .group_by(col(line.centre_id))
    )
    return {centre: int(minor) for centre, minor in rows}


def _counts(session: Session, customer_id: UUID) -> dict[UUID | None, int]:
    """Return how many lines that run stand at each centre, and at none."""
    line = CostCentreLine
    rows = session.execute(
        select(line.centre_id, func.count())
        .select_from(Product)
        .outerjoin(line, line.product_id == Product.id)
        .where(
            Product.customer_id == customer_id,
            col(Product.parent_id).is_(None),
            col(Product.status).in_(SHOWN),
        )
        .group_by(col(line.centre_id))
    )
    return {None: 0} | {centre: int(count) for centre, count in rows}
