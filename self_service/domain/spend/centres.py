"""Cost centres of a company: made, named, given budgets, and the lines that are reckoned to them.

A line is reckoned to the centre at which it stands now, whenever its costs arose.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.rows import add_once, add_rows, changed
from self_service.domain.spend.budgets import read_budget
from self_service.models.bills import BillingAccount
from self_service.models.budgets import CostCentre, CostCentreLine
from self_service.models.people import Customer
from self_service.models.subscriptions import Product

#: Centres of one company, lines moved at once, characters of a name.
MOST, MOST_LINES, LONGEST = 200, 25, 60


class NotACompany(DomainError):
    """A person has no cost centres."""

    code = "not_a_company"
    message = N_("Cost centres are for companies. You see what you spend under Spending.")


class BadCentreName(DomainError):
    """Empty, or far too long."""

    code = "bad_centre_name"
    message = N_("Give the cost centre a name of at most {most} characters.")


class CentreTaken(DomainError):
    """Two that are called the same could not be told apart."""

    code = "centre_taken"
    message = N_("You have a cost centre of this name already. Choose another name.")


class CentreTooDeep(DomainError):
    """There is one level below the first, no more."""

    code = "centre_too_deep"
    message = N_(
        "A cost centre can stand below another one only if that stands below none, and if it has "
        "none below itself."
    )


class TooManyCentres(DomainError):
    """More than anybody reads."""

    code = "too_many_centres"
    message = N_("You have {most} cost centres. Remove one first.")


class NothingToMove(DomainError):
    """No line was chosen."""

    code = "nothing_to_move"
    message = N_("Choose the lines that you want to move first.")


def company(session: Session, actor: Actor) -> UUID:
    """Return the company whose costs whoever acts may reckon.

    Raises:
        SignInNeeded, NotAllowed: not a customer.
        NotACompany: a person.
    """
    if not is_company(session, actor):
        raise NotACompany
    return actor.customer()


def is_company(session: Session, actor: Actor) -> bool:
    """Say whether this is a company, or who acts for one; others are nobody's.

    Raises:
        SignInNeeded, NotAllowed: not a customer.
    """
    wanted = select(Customer.organization_id).where(Customer.id == actor.customer())
    return session.exec(wanted).first() is not None


def currency_of(session: Session, customer_id: UUID) -> str:
    """Return the currency of a company's bills, "" when it has no account yet."""
    wanted = select(BillingAccount.currency).where(BillingAccount.customer_id == customer_id)
    return session.exec(wanted).first() or ""


def add(
    session: Session, actor: Actor, *, name: str, above: str = "", budget: str = "", now: datetime
) -> UUID:
    """Make a cost centre; returns its id.

    Args:
        session: open transaction.
        actor: the company, or who acts for it.
        name: as somebody typed it.
        above: the centre below which it stands, whatever a client sent; "" for none.
        budget: of a month, in main units as somebody typed it; "" for none.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed, NotACompany: see `company`.
        BadCentreName, CentreTaken, CentreTooDeep, TooManyCentres, BadBudget: see there.
        NotFound: there is no such centre above, or no account to have a budget in.
    """
    customer_id = company(session, actor)
    known = _locked(session, customer_id)
    if len(known) >= MOST:
        raise TooManyCentres(most=MOST)
    row = CostCentre(
        customer_id=customer_id,
        name=_name(name),
        parent_id=_above(known, above),
        budget_minor=_budget(session, customer_id, budget),
        created_at=now,
    )
    if not add_once(session, row):
        raise CentreTaken("name")
    _record(session, actor, "centre.added", row, now)
    return row.id


def change(
    session: Session,
    actor: Actor,
    centre_id: object,
    *,
    name: str,
    above: str = "",
    budget: str = "",
    now: datetime,
) -> None:
    """Name a centre anew, put it below another one, or give it another budget.

    Raises:
        NotFound: there is no such centre; else as `add`.
    """
    customer_id = company(session, actor)
    known = _locked(session, customer_id)
    row = known.get(as_id(centre_id))
    if row is None:
        raise NotFound
    parent = _above(known, above)
    below = any(one.parent_id == row.id for one in known.values())
    if parent is not None and (below or parent == row.id):
        raise CentreTooDeep("above")
    wanted = _name(name)
    if any(one.name == wanted and one.id != row.id for one in known.values()):
        raise CentreTaken("name")
    row.name, row.parent_id = wanted, parent
    row.budget_minor = _budget(session, customer_id, budget)
    session.add(row)
    session.flush()
    _record(session, actor, "centre.changed", row, now)


def remove(session: Session, actor: Actor, centre_id: object, *, now: datetime) -> None:
    """Remove a centre: its lines are reckoned to none, and what stood below it stands alone.

    Raises:
        SignInNeeded, NotAllowed, NotACompany: see `company`.
        NotFound: there is no such centre.
    """
    row = _locked(session, company(session, actor)).get(as_id(centre_id))
    if row is None:
        raise NotFound
    changed(session, delete(CostCentreLine).where(col(CostCentreLine.centre_id) == row.id))
    below = update(CostCentre).where(col(CostCentre.parent_id) == row.id)
    changed(session, below.values(parent_id=None))
    changed(session, delete(CostCentre).where(col(CostCentre.id) == row.id))
    _record(session, actor, "centre.removed", row, now)


def move(
    session: Session, actor: Actor, lines: Collection[object], *, to: str, now: datetime
) -> int:
    """Move lines to a centre; returns how many. Two who do at once do it one after the other.

    Args:
        session: open transaction.
        actor: the company, or who acts for it.
        lines: root products, whatever a client sent; at most `MOST_LINES`.
        to: a centre, whatever a client sent; "" for none.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed, NotACompany: see `company`.
        NotFound: one of them, or the centre, is none of theirs: then none is moved.
        NothingToMove: there is no line among them.
    """
    customer_id = company(session, actor)
    known = _locked(session, customer_id)
    goal = as_id(to) if to else None
    if goal is not None and goal not in known:
        raise NotFound
    ids = {as_id(one) for one in lines}
    if not ids or len(ids) > MOST_LINES:
        raise NothingToMove("lines")
    mine = select(Product.id).where(
        col(Product.id).in_(ids),
        Product.customer_id == customer_id,
        col(Product.parent_id).is_(None),
    )
    if set(session.exec(mine)) != ids:
        raise NotFound
    changed(session, delete(CostCentreLine).where(col(CostCentreLine.product_id).in_(ids)))
    if goal is not None:
        add_rows(
            session,
            [CostCentreLine(product_id=one, centre_id=goal, moved_at=now) for one in sorted(ids)],
        )
    audit.record(
        session,
        actor,
        "centre.lines_moved",
        now=now,
        subject=known[goal].name if goal else "",
        after={"lines": sorted(str(one) for one in ids)},
    )
    return len(ids)


def _locked(session: Session, customer_id: UUID) -> dict[UUID, CostCentre]:
    """Read the centres of a company and keep others from changing them until the commit.

    The lock is the company's own row, so that those who make the first centre wait too.
    """
    lock = select(Customer.id).where(Customer.id == customer_id)
    session.exec(lock.with_for_update(key_share=True))  # rows that name it may be written
    rows = session.exec(
        select(CostCentre)
        .where(CostCentre.customer_id == customer_id)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST:
        raise BadCentreName("name", most=LONGEST)
    return name


def _above(known: dict[UUID, CostCentre], typed: str) -> UUID | None:
    if not typed:
        return None
    row = known.get(as_id(typed))
    if row is None:
        raise NotFound
    if row.parent_id is not None:
        raise CentreTooDeep("above")
    return row.id


def _budget(session: Session, customer_id: UUID, typed: str) -> int | None:
    if not typed.strip():
        return None
    currency = currency_of(session, customer_id)
    if not currency:
        raise NotFound
    return read_budget(typed, currency)


def _record(session: Session, actor: Actor, act: str, row: CostCentre, now: datetime) -> None:
    after = {"name": row.name, "budget_minor": row.budget_minor}
    audit.record(session, actor, act, now=now, subject=str(row.id), after=after)
