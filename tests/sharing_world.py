"""Two customers with phone plans, one of whom shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.bills.accounts import billing_account
from self_service.domain.policy import SharingPolicy
from self_service.domain.sharing import groups, joining
from self_service.models.bills import ProductCharging
from self_service.models.sharing import SharingGroup, SharingLimit, SharingMember
from self_service.wiring import vault
from tests.mailbox import words
from tests.used import START, included, make_line, usage
from tests.wallets import person

POLICY = SharingPolicy()


@dataclass(frozen=True)
class Family:
    """Ada owns a group that a line of hers gives to; Ben has a line of his own.

    Attributes:
        big, small: Ada's lines: ten gigabytes and none.
        far: Ben's line: none.
    """

    ada: Actor
    ben: Actor
    big: UUID
    small: UUID
    far: UUID
    group: UUID


def family(session: Session, *, now: datetime) -> Family:
    """Make them, with lines that run since two days."""
    start = now - timedelta(days=2)
    ada = person(session, "ada@example.com", now=start)
    ben = person(session, "ben@example.com", now=start, name="Ben Other")
    price = usage("MB", 1)
    lines = []
    for who, number, included_units in ((ada, 1, 10_240), (ada, 2, 0), (ben, 3, 0)):
        account = billing_account(session, who.customer(), currency="EUR", now=start)
        prices = [included("MB", included_units)] if included_units else []
        row = make_line(
            session, *prices, price, start=start, number=f"+49158220000{number}", account=account
        )
        lines.append(row.product_id)
    group = groups.start(session, ada, lines[0], name="Us", kinds=["data"], now=now)
    return Family(ada, ben, *lines, group)


def join(
    session: Session, group: SharingGroup, line: ProductCharging, at: datetime, *, left: Any = None
) -> SharingMember:
    made = SharingMember(group_id=group.id, product_id=line.product_id, joined_at=at, left_at=left)
    session.add(made)
    session.flush()
    return made


def limit(
    session: Session, member: SharingMember, units: int | None, at: datetime, *, extra: bool = False
) -> None:
    session.add(SharingLimit(member_id=member.id, units=units, extra=extra, since=at))
    session.flush()


def give(session: Session, line: ProductCharging, kinds: str = "data") -> SharingGroup:
    said = {"name": "Us", "kinds": kinds, "created_at": START}
    group = SharingGroup(product_id=line.product_id, **said)
    session.add(group)
    session.flush()
    return group


def code_of(session: Session, who: Family, *, now: datetime, email: str = "") -> str:
    """Invite somebody; return the code."""
    said: list[str] = []

    def telling(language: str, about: str):  # type: ignore[no-untyped-def]
        said.append(about)
        return words(language, about)

    joining.invite(
        session,
        who.ada,
        who.group,
        email=email or "ben@example.com",
        vault=vault(),
        words=telling,
        language="en",
        policy=POLICY,
        now=now,
    )
    return said[0]
