"""Many at the same moment: one account for an address, one use of a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from self_service import db
from self_service.domain import messages
from self_service.domain.access import Actor, one_time
from self_service.domain.people import email_address, registering, resetting
from self_service.models.access import DigitalIdentity, Purpose
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.mailbox import words
from tests.order_shop import customer, details

MANY = 8


def change_link(session: Session, number: int, email: str) -> str:
    """Let somebody ask for another address; returns the link."""
    actor = customer(session, f"person{number}@example.com")
    return one_time.issue(
        session, Purpose.CHANGE_EMAIL, now=NOW, identity_id=actor.identity_id, email=email
    )


def proving(secret: str) -> Callable[[Session], Any]:
    return lambda session: email_address.prove(session, Actor(), secret=secret, told=words, now=NOW)


def test_an_address_is_taken_once(database: db.Database) -> None:
    with database.writing() as session:
        links = [change_link(session, number, "wanted@example.com") for number in range(MANY)]
    came = at_once(database, [proving(secret) for secret in links])
    assert sorted(came) == [Purpose.CHANGE_EMAIL, *["email_taken"] * (MANY - 1)]
    logins = [row.login for row in everything(database, DigitalIdentity)]
    assert logins.count("wanted@example.com") == 1
    assert len(everything(database, AuditEntry)) == 1
    assert len(everything(database, CommunicationMessage)) == 1


def test_registering_many_times_makes_one_account(database: db.Database) -> None:
    def register(session: Session) -> None:
        registering.register(
            session,
            Actor(),
            details=details(email="new@example.com"),
            password_hash="hash",
            verify=words,
            known=words,
            now=NOW,
        )

    assert at_once(database, [register] * MANY) == [None] * MANY
    assert len(everything(database, DigitalIdentity)) == 1
    kinds = [row.kind for row in everything(database, CommunicationMessage)]
    assert kinds.count("verify_email") == 1
    assert set(kinds) == {"verify_email", "known_already"}


def test_a_reset_link_is_used_once(database: db.Database) -> None:
    with database.writing() as session:
        ada = customer(session)
        secret = one_time.issue(
            session, Purpose.RESET_PASSWORD, now=NOW, identity_id=ada.identity_id
        )

    def reset(number: int) -> Callable[[Session], Any]:
        return lambda session: resetting.reset(
            session,
            Actor(),
            secret=secret,
            password_hash=f"hash {number}",
            told=words,
            now=NOW,
        )

    came = at_once(database, [reset(number) for number in range(MANY)])
    assert sorted(came, key=str) == [None, *["link_used_up"] * (MANY - 1)]
    assert everything(database, DigitalIdentity)[0].password_hash == f"hash {came.index(None)}"


def test_a_mail_is_taken_by_one_worker(database: db.Database) -> None:
    with database.writing() as session:
        messages.write(
            session, "test", receiver="a@b.de", language="en", subject="s", body="b", now=NOW
        )
    (mail,) = everything(database, CommunicationMessage)
    came = at_once(database, [lambda session: messages.claim(session, mail.id, now=NOW)] * MANY)
    assert sorted(came) == [*[False] * (MANY - 1), True]
