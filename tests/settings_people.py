"""Customers whose settings are changed, and input that must not get in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, select

from self_service.domain.access import Actor
from self_service.domain.people.own import Place
from self_service.models.access import DigitalIdentity, Role
from self_service.models.audit import AuditEntry
from self_service.models.people import (
    Consent,
    ContactMedium,
    Customer,
    Individual,
    PlannedMove,
    Site,
)
from tests.order_shop import LANGUAGES, customer, rows

PLACE = Place(LANGUAGES, "DE")
#: All that settings write.
TABLES = (
    Individual,
    Customer,
    DigitalIdentity,
    Site,
    PlannedMove,
    ContactMedium,
    Consent,
    AuditEntry,
)
#: What a form never means: refused at the field, or nothing at all.
HOSTILE = (
    "x" * 1_000_000,
    "\x00",
    "a\x00b",
    "abc\u202egnp",
    "\u202e\u2066",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "-1",
    "-99999999999999999999999999",
    str(10**40),
    "NaN",
    "\ud800",
    "\ufdd0",
    "😀",
    "' OR 1=1 --",
)
ANYTHING = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
    st.text(st.sampled_from("\u200e\u200f\u202e\u2067\u0627\u0628\x00<>&'\" aé"), max_size=30),
    st.integers(),
    st.floats(),
    st.none(),
    st.booleans(),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)


def ada(session: Session, email: str = "ada@example.com") -> Actor:
    """A customer who just signed in."""
    return customer(session, email)


def dealer_for(actor: Actor) -> Actor:
    """A dealer who acts for a customer."""
    return replace(actor, role=Role.DEALER, behalf="Ada Quell", full_name="Dan Dealer")


def other(session: Session) -> Actor:
    """Another customer."""
    return customer(session, "eve@example.com")


def everything(session: Session) -> list[Any]:
    """All rows that settings write."""
    session.flush()
    session.expire_all()
    return rows(session, *TABLES)


def one(session: Session, table: type[SQLModel], **values: Any) -> Any:
    """The only row of a table with these values, as it is stored."""
    session.flush()
    session.expire_all()
    return session.exec(select(table).filter_by(**values)).one()


def acts(session: Session) -> list[str]:
    """What was recorded, in order."""
    session.flush()
    return list(session.exec(select(AuditEntry.act).order_by(AuditEntry.number)))
