"""What a customer agrees to. Each change is a new row: what was agreed to, and when, stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.people.own import customer_row
from self_service.models.people import Consent


class Kind(StrEnum):
    """What can be agreed to."""

    MARKETING_EMAIL = "marketing_email"
    MARKETING_SMS = "marketing_sms"
    USAGE_ANALYSIS = "usage_analysis"


#: Of the texts below: a new one whenever a text says something else.
VERSION = "2026-11"
TEXTS: Mapping[Kind, tuple[str, str]] = {
    Kind.MARKETING_EMAIL: (
        N_("Offers by e-mail"),
        N_("You may send me offers and news about your own products by e-mail."),
    ),
    Kind.MARKETING_SMS: (
        N_("Offers by text message"),
        N_("You may send me offers and news about your own products by text message."),
    ),
    Kind.USAGE_ANALYSIS: (
        N_("Use of my usage"),
        N_("You may look at how much I use, to recommend a plan that fits me better."),
    ),
}


class TextChanged(DomainError):
    """Nobody agrees to a text that was not shown."""

    code = "consent_text_changed"
    message = N_("The text has changed since you opened this page. Please read it again.")


@dataclass(frozen=True, slots=True)
class Choice:
    """One change: what was said to which version of a text, and when."""

    kind: str
    given: bool
    version: str
    at: datetime


def current(session: Session, actor: Actor, *, now: datetime) -> dict[Kind, bool]:
    """Say what the customer agrees to now; what was never asked is not given.

    Raises:
        SignInNeeded, NotAllowed: not a customer, or not in person.
    """
    del now
    latest = _latest(session, actor.own_customer())
    return {kind: kind in latest and latest[kind].given for kind in Kind}


def history(session: Session, actor: Actor, *, now: datetime, most: int = 50) -> tuple[Choice, ...]:
    """List what the customer gave and withdrew, the newest first.

    Raises:
        SignInNeeded, NotAllowed: not a customer, or not in person.
    """
    del now
    rows = session.exec(
        select(Consent)
        .where(Consent.customer_id == actor.own_customer())
        .order_by(col(Consent.created_at).desc(), Consent.id)
        .limit(most)
    )
    return tuple(Choice(row.kind, row.given, row.version, row.created_at) for row in rows)


def choose(
    session: Session, actor: Actor, *, kind: object, given: object, version: object, now: datetime
) -> None:
    """Give or withdraw a consent; saying the same again changes nothing.

    Args:
        session: open transaction.
        actor: the customer in person.
        kind: one of `Kind`.
        given: True gives, all else withdraws: doubt is no consent.
        version: of the text that was shown.
        now: instant of the act.

    Raises:
        NotFound: there is no such consent.
        TextChanged: given to another version than today's; withdrawing is always possible.
        SignInNeeded, NotAllowed, AccountClosed: not the customer in person.
    """
    customer = customer_row(session, actor, in_person=True)
    if not isinstance(kind, str) or kind not in tuple(Kind):
        raise NotFound
    said = given is True
    if said and version != VERSION:
        raise TextChanged
    if not _write(session, customer.id, kind, said, now):
        return
    act = "consent.given" if said else "consent.withdrawn"
    told = {"version": VERSION}
    audit.record(session, actor, act, now=now, subject=str(kind), after=told)


def withdraw_all(session: Session, customer_id: UUID, *, now: datetime) -> None:
    """Withdraw everything, as part of an act that is recorded by itself."""
    for kind in _latest(session, customer_id):
        _write(session, customer_id, kind, False, now)


def _write(session: Session, customer_id: UUID, kind: str, given: bool, now: datetime) -> bool:
    """Add a row unless it says nothing new; returns whether it did."""
    last = _latest(session, customer_id).get(kind)
    if last is None and not given:
        return False
    if last is not None and last.given == given and (not given or last.version == VERSION):
        return False
    # two in the same instant stay in order
    at = now if last is None else max(now, last.created_at + timedelta(microseconds=1))
    session.add(
        Consent(customer_id=customer_id, kind=kind, given=given, version=VERSION, created_at=at)
    )
    session.flush()
    return True


def _latest(session: Session, customer_id: UUID) -> dict[str, Consent]:
    rows = session.exec(
        select(Consent).where(Consent.customer_id == customer_id).order_by(Consent.created_at)
    )
    return {row.kind: row for row in rows}
