"""What somebody means to spend in a month, and whether they are likely to keep to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.payments.paying import BadSum
from self_service.domain.payments.typed_sum import read_sum
from self_service.domain.rows import add_once, changed
from self_service.domain.spend.forecast import Forecast
from self_service.domain.spend.reach import Reach
from self_service.models.budgets import SpendBudget
from self_service.models.subscriptions import Product
from self_service.money import Money

#: Nobody means to spend more in a month: a slip of the keyboard.
MOST_MINOR = 100_000_000


class BadBudget(DomainError):
    """No sum, or one that nobody means."""

    code = "bad_budget"
    message = N_("Type a budget as a sum, for example 25 or 24.90.")


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a month stands against its budget.

    Attributes:
        budget: of the month.
        over: by how much it was spent already above it; zero when it was not.
        about: by how much the month is likely to end above it; below zero: under it.
    """

    budget: Money
    over: Money
    about: Money


def outlook(budget: Money, ahead: Forecast) -> Outlook:
    """Hold the forecast of a month against its budget."""
    over = ahead.spent - budget
    return Outlook(
        budget=budget,
        over=over if over.minor > 0 else Money.zero(budget.currency),
        about=ahead.about - budget,
    )


def by_day(budget: Money, days: int) -> list[Money]:
    """Part a month's budget among its days: no cent is lost, and no two days differ by more."""
    ends = [budget.minor * n // days for n in range(days + 1)]
    return [Money(ends[n + 1] - ends[n], budget.currency) for n in range(days)]


def budget_of(session: Session, seen: Reach, of: object = None) -> Money | None:
    """Return the budget for all that is seen, or for one subscription; None without one.

    Args:
        session: open transaction.
        seen: what whoever asks may see; others than the customer see no budget.
        of: a subscription of `seen`, whatever a client sent; None for all.
    """
    if seen.customer_id is None:
        return None
    about = None if of is None else as_id(of)
    row = session.exec(
        select(SpendBudget).where(
            *_about(seen.customer_id, about), SpendBudget.currency == seen.currency
        )
    ).first()
    return None if row is None else Money(row.amount_minor, row.currency)


def set_budget(session: Session, actor: Actor, *, typed: str, of: str = "", now: datetime) -> Money:
    """Set or change a budget; returns it.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        typed: a sum in main units as somebody typed it.
        of: a subscription of theirs, whatever a client sent; "" for all of them.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not a customer.
        NotFound: no subscription of theirs, or nothing that money was spent on.
        BadBudget: it is no sum, or too large.
    """
    customer_id = actor.customer()
    about = as_id(of) if of else None
    currency = _currency(session, customer_id, about)
    minor = read_budget(typed, currency)
    _put(session, customer_id, about, Money(minor, currency), now)
    after = {"minor": minor, "currency": currency}
    audit.record(session, actor, "budget.set", now=now, subject=str(about or ""), after=after)
    return Money(minor, currency)


def remove_budget(session: Session, actor: Actor, *, of: str = "", now: datetime) -> bool:
    """Take a budget away; says whether there was one.

    Raises:
        SignInNeeded, NotAllowed: not a customer.
        NotFound: `of` is no id.
    """
    about = as_id(of) if of else None
    mine = _about(actor.customer(), about)
    if not changed(session, delete(SpendBudget).where(*mine)):
        return False
    audit.record(session, actor, "budget.removed", now=now, subject=str(about or ""))
    return True


def _about(customer_id: UUID, product_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    one = col(SpendBudget.product_id)
    same = one.is_(None) if product_id is None else one == product_id
    return (col(SpendBudget.customer_id) == customer_id, same)


def _currency(session: Session, customer_id: UUID, about: UUID | None) -> str:
    mine = select(Product.currency).where(Product.customer_id == customer_id)
    if about is not None:
        mine = mine.where(Product.id == about, col(Product.parent_id).is_(None))
    # the first one decides, as for the page
    found = session.exec(
        mine.order_by(Product.started_at.is_(None), Product.started_at, Product.id).limit(1)
    ).first()
    if found is None:
        raise NotFound
    return found


def read_budget(typed: str, currency: str) -> int:
    """Return a budget that somebody typed, in minor units.

    Raises:
        BadBudget: it is no sum above zero, or larger than anybody means.
    """
    try:
        minor = read_sum(typed, currency)
    except BadSum:
        raise BadBudget("amount") from None
    if minor > MOST_MINOR:
        raise BadBudget("amount")
    return minor


def _put(
    session: Session, customer_id: UUID, about: UUID | None, budget: Money, now: datetime
) -> None:
    """Write it down; of two who do at once, the later one's sum stays."""
    values = {"amount_minor": budget.minor, "currency": budget.currency, "set_at": now}
    row = SpendBudget(customer_id=customer_id, product_id=about, **values)
    if not add_once(session, row):
        mine = _about(customer_id, about)
        changed(session, update(SpendBudget).where(*mine).values(**values))
