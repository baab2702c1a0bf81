"""Many at the same moment: a link lets one in, and nobody is let in once too often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from self_service import db
from self_service.domain.people import members
from self_service.models.access import DigitalIdentity, Grant, OneTimeSecret
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.household import come, household, invite, wish
from tests.mailbox import words

MANY = 8


def test_a_link_lets_one_in(database: db.Database) -> None:
    with database.writing() as session:
        secret = invite(session, household(session).ada)

    def accept(session: Session) -> str:
        return come(session, secret).role.value

    came = at_once(database, [accept] * MANY)
    assert sorted(came) == ["link_used_up"] * (MANY - 1) + ["sub_user"]
    assert len(everything(database, Grant)) == 1
    assert len(everything(database, DigitalIdentity)) == 2


def test_the_last_place_is_taken_once(database: db.Database) -> None:
    with database.writing() as session:
        ada = household(session).ada
        for number in range(members.MOST - 1):
            invite(session, ada, email=f"p{number}@example.com")

    def inviting(number: int) -> Callable[[Session], Any]:
        return lambda session: members.invite(
            session,
            ada,
            form=wish(f"last{number}@example.com"),
            words=words,
            language="en",
            now=NOW,
        )

    came = at_once(database, [inviting(number) for number in range(MANY)])
    assert came.count(None) == 1
    assert came.count("too_many_members") == MANY - 1
    assert len(everything(database, OneTimeSecret)) == members.MOST
