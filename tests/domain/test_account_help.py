"""What an administrator does for somebody who cannot: it ends things, tells, and is recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed, open_session, resolve
from self_service.domain.errors import NotFound
from self_service.domain.messages import Letter
from self_service.domain.people import account_help, second_factor
from self_service.domain.people.staff_checks import NotYourself
from self_service.models.access import DigitalIdentity, RecoveryCode, Role, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.conftest import NOW
from tests.domain.test_second_factor import set_up
from tests.domain.test_serving import employ
from tests.order_shop import customer, rows, unchanged_but

TABLES = (DigitalIdentity, WebSession, RecoveryCode, CommunicationMessage, AuditEntry)


def words(language: str, _: str = "") -> Letter:
    return Letter("Removed", f"in {language}")


@pytest.fixture
def ines(session: Session) -> Actor:
    """The administrator."""
    return employ(session, "ines", Role.ADMINISTRATOR)


@pytest.fixture
def ada(session: Session) -> Actor:
    """A customer."""
    return customer(session)


def refuses(session: Session, refusal: Any, act: Any) -> None:
    before = rows(session, *TABLES)
    unchanged_but(session, refusal, act)
    assert rows(session, *TABLES) == before


def test_sessions_end_at_once_and_it_is_recorded(session: Session, ines, ada) -> None:
    cookies = ("phone", "laptop")
    for cookie in cookies:
        open_session(session, ada.identity(), cookie=cookie, now=NOW)
    session.flush()
    ended = account_help.end_sessions(session, ines, whose=str(ada.customer_id), now=NOW)
    assert ended >= 2
    assert not any(resolve(session, cookie, now=NOW).signed_in for cookie in cookies)
    entry = session.exec(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.act, entry.customer_id) == ("sessions.ended_for", ada.customer_id)
    assert entry.actor_id == ines.identity_id


def test_a_lost_app_is_removed_and_its_owner_told(session: Session, ines, ada) -> None:
    set_up(session, ada)
    session.execute(CommunicationMessage.__table__.delete())
    account_help.turn_off_second_factor(session, ines, whose=ada.identity_id, told=words, now=NOW)
    assert session.get_one(DigitalIdentity, ada.identity()).totp_secret == ""
    assert session.exec(select(RecoveryCode)).all() == []
    assert session.exec(select(CommunicationMessage)).one().kind == "second_factor_removed"
    refuses(
        session,
        second_factor.NotOn,
        lambda: account_help.turn_off_second_factor(
            session, ines, whose=ada.identity_id, told=words, now=NOW
        ),
    )


def test_only_an_administrator_who_is_there_now_and_never_for_oneself(
    session: Session, ines, ada
) -> None:
    sam = employ(session, "sam", Role.REPRESENTATIVE)
    later = NOW + timedelta(minutes=11)
    for actor, whose, at, refusal in (
        (sam, ada.identity_id, NOW, NotAllowed),
        (ada, ines.identity_id, NOW, NotAllowed),
        (ines, ada.identity_id, later, ConfirmationNeeded),
        (ines, ines.identity_id, NOW, NotYourself),
        (ines, "nobody", NOW, NotFound),
        (ines, None, NOW, NotFound),
    ):
        refuses(
            session,
            refusal,
            lambda actor=actor, whose=whose, at=at: account_help.end_sessions(
                session, actor, whose=whose, now=at
            ),
        )
        refuses(
            session,
            refusal,
            lambda actor=actor, whose=whose, at=at: account_help.turn_off_second_factor(
                session, actor, whose=whose, told=words, now=at
            ),
        )


def test_everybody_is_signed_out_from_the_command_line(session: Session, ines, ada) -> None:
    open_session(session, ada.identity(), cookie="phone", now=NOW)
    session.flush()
    assert account_help.end_all_sessions(session, ines, now=NOW) >= 1
    assert not resolve(session, "phone", now=NOW).signed_in
    refuses(
        session,
        NotAllowed,
        lambda: account_help.end_all_sessions(session, ada, now=NOW),
    )
