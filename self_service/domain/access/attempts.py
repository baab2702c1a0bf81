"""How often something may be tried: counted in the database, so that all workers share it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from self_service.domain.errors import N_, DomainError
from self_service.domain.rows import changed
from self_service.models.access import Attempts


class TooManyAttempts(DomainError):
    """Tried too often in a while."""

    code = "too_many_attempts"
    message = N_("That was too often in a row. Please wait a quarter of an hour and try again.")


class TooManyOrders(DomainError):
    """New customers of one network ordered too often in an hour."""

    code = "too_many_orders"
    message = N_("Too many orders came from your network. Please sign in, or try again in an hour.")


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within so long; `name` is part of what is counted."""

    name: str
    most: int
    within: timedelta


_QUARTER = timedelta(minutes=15)
#: A network may hold many people (a school, a mobile carrier's gateway), so it gets more.
SIGN_IN_NETWORK = Limit("sign-in network", 100, _QUARTER)
CODE_ACCOUNT = Limit("code account", 8, _QUARTER)
MAIL_ACCOUNT = Limit("mail account", 4, timedelta(hours=1))
MAIL_NETWORK = Limit("mail network", 30, timedelta(hours=1))
PIN_SERVICE = Limit("content pin", 5, _QUARTER)
REGISTER_NETWORK = Limit("register network", 20, timedelta(hours=1))


def new_orders(most: int) -> Limit:
    """Return how many orders of new customers a network may place in an hour."""
    return Limit("order network", most, timedelta(hours=1))


def count(session: Session, limit: Limit, who: str, *, now: datetime) -> bool:
    """Count one try; False when it is one too many.

    Call it in a transaction of its own: a refusal that rolls back must not undo the count.

    Args:
        session: open transaction.
        limit: what is tried.
        who: account or network; "" counts nothing.
        now: instant of the try.
    """
    if not who:
        return True
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    over = Attempts.until <= now
    statement = (
        make(Attempts)
        .values(key=f"{limit.name} {who}"[:120], count=1, until=now + limit.within)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((over, 1), else_=Attempts.count + 1),
                "until": case((over, now + limit.within), else_=Attempts.until),
            },
        )
        .returning(Attempts.count)
    )
    found: int = session.execute(statement).scalar_one()
    return found <= limit.most


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete counts that are over; returns how many."""
    return changed(session, delete(Attempts).where(Attempts.until <= now))
