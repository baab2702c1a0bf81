"""The address that names an account: proving it, and changing it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor, NotAllowed, one_time, sessions
from self_service.domain.access.one_time import LinkUsedUp, Redeemed
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.messages import Words
from self_service.domain.people import accounts, mailbox, search_words
from self_service.domain.people.person_fields import EMAIL, check_email
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, OneTimeSecret, Purpose
from self_service.models.people import Individual


class NotAnAddress(Invalid):
    """What was typed is no e-mail address."""

    code = "email_invalid"
    message = EMAIL


class SameAddress(Invalid):
    """The address is the person's already."""

    code = "email_same"
    message = N_("This is your e-mail address already.")


class EmailTaken(DomainError):
    """Another account has the address by now."""

    code = "email_taken"
    message = N_(
        "This e-mail address belongs to another account. Sign in with it, or choose another one."
    )


def ask_to_verify(session: Session, identity_id: UUID, *, words: Words, now: datetime) -> None:
    """Write the mail that proves an address; does nothing while one is on its way, or it is proven.

    Args:
        session: open transaction.
        identity_id: whose account.
        words: of the mail.
        now: instant of asking.
    """
    identity = session.get_one(DigitalIdentity, identity_id)
    if identity.email_verified_at is not None or _asked(session, identity_id, now):
        return
    secret = one_time.issue(
        session,
        Purpose.VERIFY_EMAIL,
        now=now,
        identity_id=identity_id,
        replaces=True,
        login=identity.login,
    )
    mailbox.write(session, identity, "verify_email", words, secret, now=now)
    session.flush()


def ask_to_change(
    session: Session, actor: Actor, *, email: object, prove: Words, told: Words, now: datetime
) -> None:
    """Ask for another address: the link goes there, and the present address is told.

    Whether the new address has an account is not said here: only who reads its mails learns it.

    Args:
        session: open transaction.
        actor: whose account, in person, lately proven.
        email: as typed.
        prove: words of the mail to the new address.
        told: words of the mail to the present one.
        now: instant of asking.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not (surely) the owner.
        NotAnAddress, SameAddress: nothing was changed.
    """
    if actor.acting:
        raise NotAllowed
    actor.fresh(now)
    identity = session.get_one(DigitalIdentity, actor.identity())
    wanted = _another(identity, email)
    secret = one_time.issue(
        session,
        Purpose.CHANGE_EMAIL,
        now=now,
        identity_id=identity.id,
        replaces=True,
        email=wanted,
    )
    mailbox.write(session, identity, "change_email", prove, secret, now=now, receiver=wanted)
    mailbox.write(session, identity, "email_change_asked", told, wanted, now=now)
    audit.record(session, actor, "email.change_asked", now=now, after={"email": masked(wanted)})


def masked(email: str) -> str:
    """Return what the record says of an address: it outlives an erasure, so not the whole of it."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"


def _another(identity: DigitalIdentity, typed: object) -> str:
    try:
        email = check_email(typed)
    except Invalid as invalid:
        raise NotAnAddress(invalid.faults) from None
    if accounts.normalise(email) == identity.login:
        raise SameAddress({"email": (SameAddress.message, {})})
    return email


def purpose_of(session: Session, secret: str, *, now: datetime) -> Purpose:
    """Say what a link is for, and leave it as it is.

    Raises:
        LinkUsedUp: it does not work (any more).
    """
    try:
        one_time.look(session, Purpose.VERIFY_EMAIL, secret, now=now)
    except LinkUsedUp:
        one_time.look(session, Purpose.CHANGE_EMAIL, secret, now=now)
        return Purpose.CHANGE_EMAIL
    return Purpose.VERIFY_EMAIL


def prove(session: Session, visitor: Actor, *, secret: str, told: Words, now: datetime) -> Purpose:
    """Use a link from a mail: the address is proven or, where that was asked for, changed.

    Args:
        session: open transaction.
        visitor: whose browser; need not be signed in.
        secret: of the link.
        told: words of the mail to the old address after a change.
        now: instant of the act.

    Returns:
        What the link was for.

    Raises:
        LinkUsedUp: it does not work (any more).
        EmailTaken: another account has the new address; nothing was changed.
    """
    purpose = purpose_of(session, secret, now=now)
    found = one_time.redeem(session, purpose, secret, now=now)
    identity = mailbox.usable(session, found.identity_id)
    if identity is None:
        raise LinkUsedUp
    if purpose is Purpose.CHANGE_EMAIL:
        _change(session, visitor, identity, found, told, now)
    elif found.data.get("login") == identity.login:
        identity.email_verified_at = now
        actor = mailbox.holder(session, identity, visitor)
        audit.record(session, actor, "email.verified", now=now)
    else:  # the address changed since
        raise LinkUsedUp
    return purpose


def _change(
    session: Session,
    visitor: Actor,
    identity: DigitalIdentity,
    found: Redeemed,
    told: Words,
    now: datetime,
) -> None:
    email = str(found.data["email"])
    person = session.get_one(Individual, identity.individual_id)
    before = person.email or identity.login
    _take(session, identity, email, now)
    person.email = email
    search_words.note_person(session, person.id)
    for purpose in (Purpose.RESET_PASSWORD, Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL):
        one_time.withdraw(session, purpose, identity.id)  # they lie in the old mailbox
    if visitor.identity_id == identity.id:
        sessions.end_others(session, visitor, now=now)
    else:
        sessions.end_all(session, identity.id)
    mailbox.write(session, identity, "email_changed", told, email, now=now, receiver=before)
    session.flush()
    actor = mailbox.holder(session, identity, visitor)
    audit.record(
        session,
        actor,
        "email.changed",
        now=now,
        before={"email": masked(before)},
        after={"email": masked(email)},
    )


def _take(session: Session, identity: DigitalIdentity, email: str, now: datetime) -> None:
    """Give an account a new address, unless another one has it: also when both ask at once."""
    login = accounts.normalise(email)
    other = select(DigitalIdentity.id).where(
        DigitalIdentity.login == login, DigitalIdentity.id != identity.id
    )
    if session.exec(other).first() is not None:
        raise EmailTaken
    statement = (
        update(DigitalIdentity)
        .where(DigitalIdentity.id == identity.id)
        .values(login=login, email_verified_at=now)
    )
    try:
        with session.begin_nested():
            changed(session, statement)
    except IntegrityError:
        raise EmailTaken from None


def _asked(session: Session, identity_id: UUID, now: datetime) -> bool:
    open_ = select(OneTimeSecret.key).where(
        OneTimeSecret.purpose == Purpose.VERIFY_EMAIL,
        OneTimeSecret.identity_id == identity_id,
        col(OneTimeSecret.expires_at) > now,
    )
    return session.exec(open_.limit(1)).first() is not None
