"""Who is acting, and what that allows.

The actor comes from the server-side session behind an HttpOnly cookie, never from an argument of
an event. One cookie serves both: while nobody is signed in its hash names the visitor's basket;
after sign-in (under a new value) it names a row of `web_session`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, select

from self_service.domain.errors import N_, DomainError
from self_service.models.access import DigitalIdentity, Role, WebSession
from self_service.models.people import Customer, Individual

#: Absolute life of a session, and how long it may stay unused.
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
#: `last_seen_at` is written at most this often: reading stays reading.
SEEN_EVERY = timedelta(minutes=1)


class SignInNeeded(DomainError):
    """Nobody is signed in, or the session ended."""

    code = "sign_in_needed"
    message = N_("Please sign in to continue. Your basket is kept.")


class NotAllowed(DomainError):
    """Signed in, but not for this."""

    code = "not_allowed"
    message = N_("Your account does not allow this.")


#: Made once: this runs before everything that anybody does.
_BEHIND = (
    select(WebSession, DigitalIdentity, Individual, Customer)
    .join(DigitalIdentity, DigitalIdentity.id == WebSession.identity_id)
    .join(Individual, Individual.id == DigitalIdentity.individual_id)
    .outerjoin(Customer, Customer.id == DigitalIdentity.customer_id)
    .where(WebSession.key == bindparam("key"), WebSession.expires_at > bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        role: what the person is; VISITOR when nobody is signed in.
        key: hash of the browser's cookie ("" without one); names the visitor's basket.
        customer_id: whose data this is about, None for visitors and staff.
        identity_id: who signed in, None for visitors.
        name: for greeting.
        language: preferred language, "" when not known.
        unseen: the session was not noted as used for a while: a reading transaction cannot do it.
    """

    role: Role = Role.VISITOR
    key: str = ""
    customer_id: UUID | None = None
    identity_id: UUID | None = None
    name: str = ""
    language: str = ""
    unseen: bool = False

    @property
    def signed_in(self) -> bool:
        """Say whether somebody is signed in."""
        return self.identity_id is not None

    def customer(self) -> UUID:
        """Return the customer this actor acts for.

        Raises:
            SignInNeeded: nobody is signed in.
            NotAllowed: signed in, but not as a customer.
        """
        if self.customer_id is not None:
            return self.customer_id
        raise NotAllowed if self.signed_in else SignInNeeded


def cookie_key(cookie: str) -> str:
    """Return the hash under which a cookie is known here; "" for no cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest() if cookie else ""


def resolve(session: Session, cookie: str, *, now: datetime) -> Actor:
    """Find out who is behind a cookie, now: an ended session is a visitor at once."""
    key = cookie_key(cookie)
    if not key:
        return Actor()
    row = session.exec(_BEHIND, params={"key": key, "now": now}).first()
    if row is None:
        return Actor(key=key)
    web, identity, person, customer = row
    if web.last_seen_at + SESSION_IDLE <= now:
        return Actor(key=key)
    unseen = web.last_seen_at + SEEN_EVERY <= now
    if unseen:
        web.last_seen_at = now
    return Actor(
        role=identity.role,
        key=key,
        customer_id=customer.id if customer else None,
        identity_id=identity.id,
        name=person.given_name,
        language=person.language,
        unseen=unseen,
    )


def open_session(session: Session, identity_id: UUID, *, cookie: str, now: datetime) -> None:
    """Remember a signed-in browser under its new cookie value."""
    session.add(
        WebSession(
            key=cookie_key(cookie),
            identity_id=identity_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LIFE,
        )
    )


def close_session(session: Session, cookie: str) -> None:
    """Forget a signed-in browser; closing twice does nothing."""
    web = session.get(WebSession, cookie_key(cookie))
    if web is not None:
        session.delete(web)
