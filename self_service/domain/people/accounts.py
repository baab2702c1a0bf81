"""Who has an account: registering with an order, and signing in.

Hashing takes a tenth of a second on purpose, so callers hash and verify in a thread pool, before
the transaction: `find_login`, then verify, then `sign_in_succeeded` or `sign_in_failed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, or_, update
from sqlmodel import Session, select

from self_service.domain import access
from self_service.domain.access import Actor
from self_service.domain.basket.handover import merge_on_sign_in
from self_service.domain.errors import N_, DomainError
from self_service.domain.people import search_words
from self_service.domain.people.person_fields import PersonDetails, PostalAddress
from self_service.domain.rows import add_once, add_rows, changed
from self_service.models.access import DigitalIdentity, Role
from self_service.models.people import Customer, Individual, Site

#: Wrong passwords in a row that lock an account, and for how long.
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)


class LoginTaken(DomainError):
    """Somebody, most likely this person, has an account with this address."""

    code = "login_taken"
    message = N_("There is an account with this e-mail address. Sign in; your basket is kept.")


class SignInRefused(DomainError):
    """One answer for an unknown address, a wrong password and a locked account."""

    code = "sign_in_refused"
    message = N_(
        "E-mail address, username or password is not right. After several tries in a row, wait "
        "15 minutes before the next one."
    )


@dataclass(frozen=True, slots=True)
class Registered:
    """The rows of a new customer."""

    identity_id: UUID
    customer_id: UUID
    site_id: UUID


@dataclass(frozen=True, slots=True)
class Credential:
    """What a password is checked against; locked or disabled: refused whatever was typed."""

    id: UUID
    password_hash: str
    locked: bool


def normalise(login: str) -> str:
    """Return the form in which a name that was typed names an account: capitals do not matter."""
    return login.strip().casefold()[:254]


def register(
    session: Session, *, details: PersonDetails, password_hash: str, now: datetime
) -> Registered:
    """Make a customer with an account, from details that were checked.

    Args:
        session: open transaction.
        details: from `person_fields.check_person`.
        password_hash: from `passwords.hash_password`, made before the transaction.
        now: instant of registration.

    Raises:
        LoginTaken: the address has an account; the transaction is to be given up.
    """
    person = _person(details, now)
    name = f"{details.given_name} {details.family_name}"
    customer = Customer(name=name[:160], individual_id=person.id, created_at=now)
    identity = DigitalIdentity(
        individual_id=person.id,
        customer_id=customer.id,
        login=normalise(details.email),
        password_hash=password_hash,
        role=Role.CUSTOMER,
        created_at=now,
    )
    known = select(DigitalIdentity.id).where(DigitalIdentity.login == identity.login)
    if session.exec(known).first() is not None:
        raise LoginTaken("email")
    add_rows(session, [person])
    add_rows(session, [customer])
    if not add_once(session, identity):  # two registered at the same moment
        raise LoginTaken("email")
    search_words.note(session, customer.id)
    return Registered(
        identity.id, customer.id, add_site(session, customer.id, details.address, now=now)
    )


def add_site(session: Session, customer_id: UUID, address: PostalAddress, *, now: datetime) -> UUID:
    """Add a place to a customer."""
    filled = {field: value for field, value in address.as_form().items() if value}
    site = Site(customer_id=customer_id, address=filled, created_at=now)
    add_rows(session, [site])
    return site.id


def find_login(session: Session, login: str, *, now: datetime) -> Credential | None:
    """Return what the password of an account is checked against, None for an unknown one.

    It is named by its e-mail address or, without an @, by its username.

    Verify against nothing then (`passwords.verify_unknown`), so that the answer takes as long.
    """
    name = normalise(login)
    named = DigitalIdentity.login if "@" in name else DigitalIdentity.username
    identity = session.exec(select(DigitalIdentity).where(named == name)).first()
    if identity is None:
        return None
    locked = identity.locked_until is not None and identity.locked_until > now
    refused = locked or identity.disabled_at is not None
    return Credential(identity.id, identity.password_hash, refused)


def sign_in_failed(session: Session, identity_id: UUID, *, now: datetime) -> None:
    """Count a wrong password; the fifth in a row locks the account for a quarter of an hour.

    It returns, so that the count is committed; the caller then raises `SignInRefused`.
    """
    is_last = DigitalIdentity.failed_attempts + 1 >= MOST_FAILURES
    statement = (
        update(DigitalIdentity)
        .where(DigitalIdentity.id == identity_id, _not_locked(now))
        .values(
            failed_attempts=case((is_last, 0), else_=DigitalIdentity.failed_attempts + 1),
            locked_until=case((is_last, now + LOCKED_FOR), else_=None),
        )
        .execution_options(synchronize_session=False)
    )
    changed(session, statement)


def sign_in_succeeded(
    session: Session, identity_id: UUID, *, now: datetime, new_hash: str = ""
) -> None:
    """Forget the wrong passwords before the right one.

    Args:
        session: open transaction.
        identity_id: of the credential that was verified.
        now: instant of the sign-in.
        new_hash: made with today's parameters, when the stored one is older; else "".

    Raises:
        SignInRefused: the account is locked or disabled, perhaps since it was looked up.
    """
    values: dict[str, object] = {"failed_attempts": 0, "locked_until": None}
    enabled = DigitalIdentity.disabled_at.is_(None)
    if new_hash:
        values["password_hash"] = new_hash
    statement = (
        update(DigitalIdentity)
        .where(DigitalIdentity.id == identity_id, enabled, _not_locked(now))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not changed(session, statement):
        raise SignInRefused


def signed_in(
    session: Session,
    identity_id: UUID,
    *,
    visitor_key: str,
    cookie: str,
    now: datetime,
    device: str = "",
    network: str = "",
) -> Actor:
    """Open a session under a new cookie and bring the visitor's basket into the customer's.

    Args:
        session: open transaction.
        identity_id: who signed in.
        visitor_key: `Actor.key` of the browser before, "" when it had no cookie.
        cookie: the fresh value that the browser gets.
        now: instant of the sign-in.
        device: "Firefox on Linux".
        network: address of the browser.

    Returns:
        The actor behind the new cookie.
    """
    access.open_session(
        session, identity_id, cookie=cookie, now=now, device=device, network=network
    )
    session.flush()
    actor = access.resolve(session, cookie, now=now)
    if visitor_key and actor.customer_id is not None:
        merge_on_sign_in(session, visitor_key=visitor_key, customer_id=actor.customer_id, now=now)
    return actor


def details_of(session: Session, actor: Actor) -> PersonDetails | None:
    """Return the details of the customer whom this is about, None when they are not complete."""
    row = session.exec(
        select(Individual, Site)
        .join(Customer, Customer.individual_id == Individual.id)
        .join(Site, Site.customer_id == Customer.id)
        .where(Customer.id == actor.customer_id, Site.closed_at.is_(None))
        .order_by(Site.created_at)
        .limit(1)
    ).first()
    if row is None or row[0].birth_date is None:
        return None
    person, site = row
    return PersonDetails(
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        mobile=person.mobile,
        birth_date=person.birth_date,
        language=person.language,
        address=PostalAddress(**site.address),
    )


def _person(details: PersonDetails, now: datetime) -> Individual:
    return Individual(
        given_name=details.given_name,
        family_name=details.family_name,
        birth_date=details.birth_date,
        email=details.email,
        mobile=details.mobile,
        language=details.language,
        created_at=now,
    )


def _not_locked(now: datetime) -> ColumnElement[bool]:
    return or_(DigitalIdentity.locked_until.is_(None), DigitalIdentity.locked_until <= now)
