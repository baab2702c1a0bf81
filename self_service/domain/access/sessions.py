"""Server-side sessions: opened at sign-in, resolved at every act, ended at once.

One cookie serves both: while nobody is signed in its hash names the visitor's basket; after
sign-in (under a new value) it names a row of `web_session`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, or_, update
from sqlmodel import Session, select

from self_service.domain.access import acting
from self_service.domain.access.actor import SERVING, Actor, Share
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, Grant, Passkey, Role, WebSession
from self_service.models.people import Customer, Individual

#: Absolute life of a session, and how long it may stay unused.
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
#: `last_seen_at` is written at most this often: reading stays reading.
SEEN_EVERY = timedelta(minutes=1)

#: Made once: this runs before everything that anybody does.
_BEHIND = (
    select(WebSession, DigitalIdentity, Individual, Customer)
    .join(DigitalIdentity, DigitalIdentity.id == WebSession.identity_id)
    .join(Individual, Individual.id == DigitalIdentity.individual_id)
    .outerjoin(Customer, Customer.id == DigitalIdentity.customer_id)
    .where(
        WebSession.key == bindparam("key"),
        WebSession.expires_at > bindparam("now"),
        DigitalIdentity.disabled_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """A session as its owner sees it.

    Attributes:
        device: "Firefox on Linux".
        network: address that it was last seen from.
        current: the one that asks.
    """

    id: UUID
    device: str
    network: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def cookie_key(cookie: str) -> str:
    """Return the hash under which a cookie is known here; "" for no cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest() if cookie else ""


def resolve(session: Session, cookie: str, *, now: datetime, network: str = "") -> Actor:
    """Find out who is behind a cookie, now: an ended session is a visitor at once.

    Args:
        session: open transaction; where it may write, the session is noted as used.
        cookie: value that the browser sent.
        now: instant of the act.
        network: address that the browser has now, "" when that is not known.
    """
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
        web.last_seen_at, web.network = now, network or web.network
    served = acting.served(session, identity, web.acting_for)
    about = served or customer
    return Actor(
        role=identity.role,
        key=key,
        customer_id=about.id if about else None,
        identity_id=identity.id,
        name=person.given_name,
        language=person.language,
        unseen=unseen,
        full_name=f"{person.given_name} {person.family_name}",
        behalf=served.name if served else "",
        network=web.network,
        session_id=web.id,
        confirmed_at=web.confirmed_at,
        shares=_shares(session, identity, now) if identity.role is Role.SUB_USER else (),
        one_factor=identity.role in SERVING and not _has_two(session, identity),
    )


def _has_two(session: Session, identity: DigitalIdentity) -> bool:
    """Say whether somebody has an authenticator app or a passkey."""
    if identity.totp_secret:
        return True
    keys = select(Passkey.id).where(Passkey.identity_id == identity.id).limit(1)
    return session.exec(keys).first() is not None


def _shares(session: Session, identity: DigitalIdentity, now: datetime) -> tuple[Share, ...]:
    rows = session.exec(
        select(Grant).where(
            Grant.identity_id == identity.id,
            or_(Grant.expires_at.is_(None), Grant.expires_at > now),
        )
    )
    return tuple(Share(row.customer_id, row.product_id, row.scope) for row in rows)


def open_session(
    session: Session,
    identity_id: UUID,
    *,
    cookie: str,
    now: datetime,
    device: str = "",
    network: str = "",
) -> None:
    """Remember a signed-in browser under its new cookie value."""
    session.add(
        WebSession(
            key=cookie_key(cookie),
            identity_id=identity_id,
            device=device[:80],
            network=network[:64],
            confirmed_at=now,
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


def renew(session: Session, cookie: str, *, fresh: str, confirmed_at: datetime | None) -> None:
    """Give a session a new cookie value: after a proof, and when what it may do changes.

    Args:
        session: open transaction.
        cookie: value until now; one that names no session changes nothing.
        fresh: value from now on.
        confirmed_at: instant of the proof, None when there was none.
    """
    values: dict[str, object] = {"key": cookie_key(fresh)}
    if confirmed_at is not None:
        values["confirmed_at"] = confirmed_at
    changed(
        session, update(WebSession).where(WebSession.key == cookie_key(cookie)).values(**values)
    )


def devices(session: Session, actor: Actor, *, now: datetime) -> tuple[SignedInDevice, ...]:
    """List where the person is signed in, this browser first, then the last used."""
    rows = session.exec(
        select(WebSession)
        .where(
            WebSession.identity_id == actor.identity(),
            WebSession.expires_at > now,
            WebSession.last_seen_at > now - SESSION_IDLE,
        )
        .order_by(WebSession.last_seen_at.desc())
    )
    found = [
        SignedInDevice(
            row.id,
            row.device,
            row.network,
            row.created_at,
            row.last_seen_at,
            row.id == actor.session_id,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda device: not device.current))


def end(session: Session, actor: Actor, session_id: object, *, now: datetime) -> None:
    """End one of the person's own sessions; its cookie stops working at once.

    Raises:
        NotFound: the person has no such session.
    """
    del now
    wanted = as_id(session_id)
    gone = delete(WebSession).where(
        WebSession.id == wanted, WebSession.identity_id == actor.identity()
    )
    if not changed(session, gone):
        raise NotFound


def end_others(session: Session, actor: Actor, *, now: datetime) -> int:
    """End all of the person's sessions but this one; returns how many there were."""
    del now
    return changed(
        session,
        delete(WebSession).where(
            WebSession.identity_id == actor.identity(), WebSession.id != actor.session_id
        ),
    )


def end_all(session: Session, identity_id: UUID) -> int:
    """End every session of somebody: after a reset, a lock-out by staff, an erasure."""
    return changed(session, delete(WebSession).where(WebSession.identity_id == identity_id))


def end_everybodys(session: Session) -> int:
    """End every session that there is; returns how many."""
    return changed(session, delete(WebSession))


def forget_ended(session: Session, *, now: datetime) -> int:
    """Delete sessions that ended by themselves; returns how many."""
    ended = or_(WebSession.expires_at <= now, WebSession.last_seen_at <= now - SESSION_IDLE)
    return changed(session, delete(WebSession).where(ended))
