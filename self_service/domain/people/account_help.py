"""What an administrator does for somebody who cannot: end sessions, take a second factor away.

It is done to staff and to customers, never to oneself, with a fresh proof of who does it; it
stands in the record of whom it is about, and a lost second factor is told by mail (ASVS 7.4.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, or_, select

from self_service.domain import audit
from self_service.domain.access import Actor, one_time, sessions
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.messages import Words
from self_service.domain.people import accounts, mailbox
from self_service.domain.people.credentials import in_person
from self_service.domain.people.second_factor import NotOn
from self_service.domain.people.staff_checks import NotYourself, administrator
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, Purpose, RecoveryCode


def end_sessions(session: Session, actor: Actor, *, whose: object, now: datetime) -> int:
    """Sign somebody out everywhere, at once; returns how many sessions there were.

    Args:
        session: open transaction.
        actor: an administrator.
        whose: id of a sign-in or of a customer, from anybody.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: nobody.
        NotYourself: the actor is meant.
    """
    ended = 0
    for identity in _meant(session, actor, whose, now):
        count = sessions.end_all(session, identity.id)
        one_time.withdraw(session, Purpose.SECOND_FACTOR, identity.id)  # one on the way in
        _note(session, actor, "sessions.ended_for", identity, now, {"ended_sessions": count})
        ended += count
    return ended


def turn_off_second_factor(
    session: Session, actor: Actor, *, whose: object, told: Words, now: datetime
) -> None:
    """Remove somebody's authenticator app and its recovery codes; they are told by mail.

    Args:
        session: open transaction.
        actor: an administrator.
        whose: id of a sign-in or of a customer, from anybody.
        told: words of the mail.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: nobody.
        NotYourself: the actor is meant.
        NotOn: they have none.
    """
    found = [row for row in _meant(session, actor, whose, now) if row.totp_secret]
    if not found:
        raise NotOn
    for identity in found:
        identity.totp_secret, identity.totp_step = "", 0
        session.flush()
        changed(session, delete(RecoveryCode).where(RecoveryCode.identity_id == identity.id))
        one_time.withdraw(session, Purpose.SECOND_FACTOR, identity.id)
        mailbox.write(session, identity, "second_factor_removed", told, now=now)
        _note(session, actor, "second_factor.removed_for", identity, now, {})


def end_all_sessions(session: Session, actor: Actor, *, now: datetime) -> int:
    """Sign everybody out, whoever asks included; returns how many sessions there were.

    For the command line only: no screen offers it.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
    """
    administrator(actor, now)
    ended = sessions.end_everybodys(session)
    after = {"ended_sessions": ended}
    audit.record(session, in_person(session, actor), "sessions.all_ended", now=now, after=after)
    return ended


def find(session: Session, login: str) -> UUID:
    """Return whose account a login is, be it of staff or of a customer.

    Raises:
        NotFound: nobody's.
    """
    named = DigitalIdentity.login == accounts.normalise(login)
    found = session.exec(select(DigitalIdentity.id).where(named)).first()
    if found is None:
        raise NotFound
    return found


def _meant(
    session: Session, actor: Actor, whose: object, now: datetime
) -> Sequence[DigitalIdentity]:
    """Return the sign-ins that are meant, and keep others from changing them."""
    administrator(actor, now)
    wanted = as_id(whose)
    found = session.exec(
        select(DigitalIdentity)
        .where(or_(DigitalIdentity.id == wanted, DigitalIdentity.customer_id == wanted))
        .order_by(DigitalIdentity.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not found:
        raise NotFound
    if any(row.id == actor.identity_id for row in found):
        raise NotYourself
    return found


def _note(
    session: Session,
    actor: Actor,
    act: str,
    identity: DigitalIdentity,
    now: datetime,
    after: dict[str, int],
) -> None:
    audit.record(
        session,
        in_person(session, actor),
        act,
        now=now,
        subject=identity.login,
        after=after,
        customer_id=identity.customer_id,
    )
