"""Registering without buying: an account and a mail, and no word about those there are."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor, attempts, cookie_key
from self_service.domain.access.one_time import forget_old
from self_service.domain.people import email_address, registering
from self_service.models.access import DigitalIdentity, OneTimeSecret, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.people import Customer, Individual, Site
from tests.conftest import NOW
from tests.mailbox import mail, mails, words
from tests.order_shop import customer, details, rows

VISITOR = Actor(key=cookie_key("browser"), network="192.0.2.1")
ACCOUNTS = (Individual, Customer, DigitalIdentity, Site, WebSession)


def register(session: Session, email: str = "new@example.com") -> None:
    registering.register(
        session,
        VISITOR,
        details=details(email=email, language="es"),
        password_hash="hash",
        verify=words,
        known=words,
        now=NOW,
    )


def test_somebody_new_gets_an_account_and_a_mail(session: Session) -> None:
    register(session)
    identity = session.exec(select(DigitalIdentity)).one()
    assert (identity.login, identity.email_verified_at) == ("new@example.com", None)
    assert mails(session) == [("verify_email", "new@example.com")]
    assert mail(session, "verify_email").language == "es"
    assert session.exec(select(WebSession)).all() == []
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.act, entry.network) == ("account.registered", "192.0.2.1")
    assert entry.customer_id == identity.customer_id
    assert audit.broken(session) is None


def test_the_link_proves_the_address(session: Session) -> None:
    register(session)
    secret = mail(session, "verify_email").body
    email_address.prove(session, VISITOR, secret=secret, told=words, now=NOW)
    assert session.exec(select(DigitalIdentity)).one().email_verified_at == NOW


def test_of_a_known_address_only_the_owner_is_told(session: Session) -> None:
    customer(session, "ada@example.com")
    before = rows(session, *ACCOUNTS, OneTimeSecret, AuditEntry)
    register(session, "ADA@example.com")
    assert mails(session) == [("known_already", "ada@example.com")]
    assert rows(session, *ACCOUNTS, OneTimeSecret, AuditEntry) == before


def test_the_owner_is_not_flooded(session: Session) -> None:
    customer(session, "ada@example.com")
    for _ in range(attempts.MAIL_ACCOUNT.most + 3):
        register(session, "ada@example.com")
    assert len(mails(session)) == attempts.MAIL_ACCOUNT.most


def test_an_account_that_was_shut_is_not_written_to(session: Session) -> None:
    customer(session, "ada@example.com")
    session.exec(select(DigitalIdentity)).one().disabled_at = NOW
    register(session, "ada@example.com")
    assert mails(session) == []


def test_what_was_typed_comes_back_in_the_same_browser_only(session: Session) -> None:
    registering.keep_typed(session, VISITOR, form={"given_name": "A"}, now=NOW)
    registering.keep_typed(session, VISITOR, form={"given_name": "Ada"}, now=NOW)
    assert registering.typed(session, VISITOR, now=NOW) == {"given_name": "Ada"}
    assert registering.typed(session, Actor(key=cookie_key("other")), now=NOW) == {}
    assert registering.typed(session, Actor(), now=NOW) == {}
    late = NOW + registering.KEPT_FOR
    assert registering.typed(session, VISITOR, now=late - timedelta(seconds=1))
    assert registering.typed(session, VISITOR, now=late) == {}
    assert forget_old(session, now=late) == 1


def test_a_browser_without_a_cookie_keeps_nothing(session: Session) -> None:
    registering.keep_typed(session, Actor(), form={"given_name": "Ada"}, now=NOW)
    assert session.exec(select(OneTimeSecret)).all() == []


def test_it_is_forgotten_with_the_account(session: Session) -> None:
    registering.keep_typed(session, VISITOR, form={"given_name": "Ada"}, now=NOW)
    register(session)
    assert registering.typed(session, VISITOR, now=NOW) == {}
