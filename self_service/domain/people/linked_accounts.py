"""Accounts at the operator's OpenID Connect provider that sign in here.

An account there opens an account here only after both were proven: the one here by a fresh
sign-in, the one there by coming back from it. The same e-mail address alone proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from self_service.domain import access, audit
from self_service.domain.access import Actor, one_time
from self_service.domain.access.sessions import cookie_key
from self_service.domain.errors import N_, DomainError
from self_service.domain.people import search_words
from self_service.domain.people.accounts import normalise
from self_service.domain.rows import add_once, add_rows, changed
from self_service.models.access import DigitalIdentity, LinkedAccount, Purpose, Role, WebSession
from self_service.models.people import Customer, Individual
from self_service.ports import ProviderEnded, ProviderPerson


class NotLinked(DomainError):
    """The provider knows the person; there is an account here that was not connected yet."""

    code = "not_linked"
    message = N_(
        "There is an account with your e-mail address. Sign in with your password, then connect "
        "the two under Security."
    )


class LinkedToAnother(DomainError):
    """The account at the provider signs in somebody else here."""

    code = "linked_to_another"
    message = N_("That account is connected with another account here. Disconnect it there first.")


class NoEmailThere(DomainError):
    """The provider does not vouch for an e-mail address, without which there is no account."""

    code = "no_email_there"
    message = N_("Your sign-in there has no confirmed e-mail address. Please add one there first.")


@dataclass(frozen=True, slots=True)
class Linked:
    """A connected account."""

    id: UUID
    issuer: str
    created_at: datetime


def find(session: Session, person: ProviderPerson) -> UUID | None:
    """Return whose account here is connected with a person there, None for nobody's."""
    return session.exec(
        select(LinkedAccount.identity_id)
        .join(DigitalIdentity, col(DigitalIdentity.id) == LinkedAccount.identity_id)
        .where(
            LinkedAccount.issuer == person.issuer,
            LinkedAccount.subject == person.subject,
            col(DigitalIdentity.disabled_at).is_(None),
        )
    ).first()


def welcome(session: Session, person: ProviderPerson, *, language: str, now: datetime) -> UUID:
    """Return the account of a person whom the provider sent; somebody new gets one.

    Raises:
        NotLinked: there is an account with the address that is not connected.
        NoEmailThere: the provider does not vouch for an address.
    """
    known = find(session, person)
    if known is not None:
        return known
    if not (person.email and person.email_verified):
        raise NoEmailThere
    login = normalise(person.email)
    individual = Individual(
        given_name=person.given_name[:80],
        family_name=person.family_name[:80],
        email=person.email[:254],
        language=language,
        created_at=now,
    )
    name = f"{individual.given_name} {individual.family_name}".strip() or login
    customer = Customer(name=name[:160], individual_id=individual.id, created_at=now)
    identity = DigitalIdentity(
        individual_id=individual.id,
        customer_id=customer.id,
        login=login,
        password_hash="",
        role=Role.CUSTOMER,
        email_verified_at=now,
        created_at=now,
    )
    taken = select(DigitalIdentity.id).where(DigitalIdentity.login == login)
    if session.exec(taken).first() is not None:
        raise NotLinked
    add_rows(session, [individual])
    add_rows(session, [customer])
    if not add_once(session, identity):  # two came at the same moment
        raise NotLinked
    search_words.note(session, customer.id)
    _add(session, identity.id, person, now)
    return identity.id


def connect(session: Session, actor: Actor, *, now: datetime, person: ProviderPerson) -> None:
    """Connect a person at the provider with the account that is signed in.

    Raises:
        ConfirmationNeeded: the sign-in here is not fresh.
        LinkedToAnother: that person signs in somebody else.
    """
    actor.fresh(now)
    owner = find(session, person)
    if owner == actor.identity():
        return
    if owner is not None or not _add(session, actor.identity(), person, now):
        raise LinkedToAnother
    audit.record(session, actor, "security.account_connected", now=now, subject=person.issuer)


def disconnect(session: Session, actor: Actor, *, now: datetime) -> None:
    """Take away the connection; a person without a password keeps it, or nobody could come in.

    Raises:
        ConfirmationNeeded: the sign-in here is not fresh.
        NotAllowed: there would be no way to sign in.
    """
    actor.fresh(now)
    identity = session.get_one(DigitalIdentity, actor.identity())
    if not identity.password_hash:
        raise access.NotAllowed
    gone = delete(LinkedAccount).where(col(LinkedAccount.identity_id) == identity.id)
    if changed(session, gone):
        audit.record(session, actor, "security.account_disconnected", now=now)


def of(session: Session, actor: Actor, *, now: datetime) -> tuple[Linked, ...]:
    """List what is connected with the account that is signed in."""
    del now
    rows = session.exec(select(LinkedAccount).where(LinkedAccount.identity_id == actor.identity()))
    return tuple(Linked(row.id, row.issuer, row.created_at) for row in rows)


def kept(person: ProviderPerson) -> dict[str, str]:
    """Return what is kept with a session here of the session there that opened it."""
    return {
        "issuer": person.issuer,
        "provider_session": person.session[:255],
        "id_token": person.id_token if len(person.id_token) <= 8_000 else "",
    }


def note_session(session: Session, cookie: str, there: dict[str, str]) -> None:
    """Remember by which session there a session here was opened, so that both can end together."""
    mine = col(WebSession.key) == cookie_key(cookie)
    changed(session, update(WebSession).where(mine).values(**there))


def proof_of(session: Session, cookie: str) -> str:
    """Return the ID token by which a session was opened, "" for none."""
    web = session.get(WebSession, cookie_key(cookie))
    return web.id_token if web else ""


def ended(session: Session, message: ProviderEnded) -> int:
    """End what a provider says has ended there: one session, or all of a person's by it.

    Returns:
        How many sessions ended; a message that comes twice finds none.
    """
    statement = delete(WebSession).where(col(WebSession.issuer) == message.issuer)
    if message.session:
        statement = statement.where(col(WebSession.provider_session) == message.session)
    if message.subject:
        whose = select(LinkedAccount.identity_id).where(
            LinkedAccount.issuer == message.issuer, LinkedAccount.subject == message.subject
        )
        statement = statement.where(col(WebSession.identity_id).in_(whose))
        for identity_id in session.exec(whose).all():  # who is still asked for a code
            one_time.withdraw(session, Purpose.SECOND_FACTOR, identity_id)
    return changed(session, statement)


def _add(session: Session, identity_id: UUID, person: ProviderPerson, now: datetime) -> bool:
    row = LinkedAccount(
        identity_id=identity_id, issuer=person.issuer, subject=person.subject, created_at=now
    )
    return add_once(session, row)
