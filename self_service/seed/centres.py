"""The demo company's cost centres, its lines among them, and a budget of a person's."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.spend import budgets, centres
from self_service.models.access import DigitalIdentity
from self_service.models.budgets import CostCentre, SpendBudget
from self_service.models.catalog import OfferingKind
from self_service.models.subscriptions import Product
from self_service.seed.sign_ins import CORPORATE, POSTPAID

#: Name, monthly budget, name of the centre above; and how many phone lines stand at it.
_CENTRES = (
    ("Harbour team", "60", "", 0),
    ("Pilots", "45", "Harbour team", 2),
    ("Workshop", "110", "", 2),
)


def seed_centres(session: Session, *, now: datetime) -> None:
    """Make what is missing; who has a cost centre, or a budget, keeps what they have."""
    company, person = _actor(session, CORPORATE.login), _actor(session, POSTPAID.login)
    if company and not _has(session, CostCentre, company):
        _divide(session, company, now)
    if person and not _has(session, SpendBudget, person):
        budgets.set_budget(session, person, typed="95", now=now)


def _divide(session: Session, company: Actor, now: datetime) -> None:
    """Make the centres: one phone line and the office's fibre stay without one."""
    lines = session.exec(
        select(Product.id)
        .where(
            Product.customer_id == company.customer_id,
            col(Product.parent_id).is_(None),
            Product.kind == OfferingKind.PLAN,
        )
        .order_by(col(Product.started_at), col(Product.id))
    ).all()
    ids, first = {"": ""}, 0
    for name, budget, above, count in _CENTRES:
        made = centres.add(session, company, name=name, above=ids[above], budget=budget, now=now)
        ids[name] = str(made)
        if lines[first : first + count]:
            centres.move(session, company, lines[first : first + count], to=ids[name], now=now)
        first += count


def _actor(session: Session, login: str) -> Actor | None:
    found = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).first()
    if found is None or found.customer_id is None:
        return None
    return Actor(role=found.role, customer_id=found.customer_id, identity_id=found.id)


def _has(session: Session, table: type[CostCentre] | type[SpendBudget], actor: Actor) -> bool:
    mine = select(table.id).where(table.customer_id == actor.customer_id)
    return session.exec(mine).first() is not None
