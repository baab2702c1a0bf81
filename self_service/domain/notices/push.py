"""Browsers that show notices: registered by their owner, forgotten when they are gone."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.notices.wishes import in_person
from self_service.domain.rows import add_once, changed
from self_service.models.access import DigitalIdentity
from self_service.models.notices import PushSubscription
from self_service.ports import PushTarget

#: Browsers of one person; the oldest goes.
MOST = 10
_LONGEST = 800
#: A point of the curve P-256, uncompressed (65 bytes), and 16 bytes, as base64url.
_KEY, _SECRET = re.compile(r"B[A-Za-z0-9_-]{86}"), re.compile(r"[A-Za-z0-9_-]{22}")


class PushRefused(DomainError):
    """What a browser says of its push service cannot be used."""

    code = "push_refused"
    message = N_("Notifications cannot be shown in this browser. You still get them by e-mail.")


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that shows notices.

    Attributes:
        here: it was switched on in the session that asks.
    """

    id: UUID
    device: str
    since: datetime
    here: bool


def register(
    session: Session,
    actor: Actor,
    *,
    endpoint: object,
    receiver_key: object,
    auth_secret: object,
    device: str,
    services: Collection[str],
    now: datetime,
) -> UUID:
    """Show the actor's notices in a browser; whoever it showed notices to before, it does no more.

    Args:
        session: open transaction.
        actor: for themselves.
        endpoint: address at the browser's push service; from anybody.
        receiver_key: of the browser, base64url; from anybody.
        auth_secret: of the browser, base64url; from anybody.
        device: what people know the browser by.
        services: hosts of push services that are called; also hosts below them.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not somebody for themselves.
        PushRefused: no browser says this, or its push service is not one of those.
    """
    identity_id = in_person(actor)
    keys = _checked(receiver_key, _KEY), _checked(auth_secret, _SECRET)
    row = PushSubscription(
        identity_id=identity_id,
        endpoint=_address(endpoint, services),
        receiver_key=keys[0],
        auth_secret=keys[1],
        device=device[:80],
        session_id=actor.session_id,
        created_at=now,
    )
    if not add_once(session, row):
        values = row.model_dump(exclude={"id", "endpoint"})
        same = col(PushSubscription.endpoint) == row.endpoint
        changed(session, update(PushSubscription).where(same).values(**values))
    _leave_room(session, identity_id)
    audit.record(session, actor, "notices.push_on", now=now, subject=row.device)
    known = select(PushSubscription.id).where(PushSubscription.endpoint == row.endpoint)
    return session.exec(known).one()


def listed(session: Session, actor: Actor, *, now: datetime) -> tuple[Browser, ...]:
    """List the actor's browsers that show notices, the last first.

    Raises:
        SignInNeeded, NotAllowed: not somebody for themselves.
    """
    del now
    mine = select(PushSubscription).where(PushSubscription.identity_id == in_person(actor))
    rows = session.exec(mine.order_by(col(PushSubscription.created_at).desc(), PushSubscription.id))
    return tuple(
        Browser(row.id, row.device, row.created_at, _here(row, actor))
        for row in rows.fetchmany(MOST)
    )


def remove(session: Session, actor: Actor, browser_id: object, *, now: datetime) -> None:
    """Show no more notices in a browser.

    Raises:
        SignInNeeded, NotAllowed: not somebody for themselves.
        NotFound: it is not theirs.
    """
    mine = (
        col(PushSubscription.identity_id) == in_person(actor),
        col(PushSubscription.id) == as_id(browser_id),
    )
    if not changed(session, delete(PushSubscription).where(*mine)):
        raise NotFound
    audit.record(session, actor, "notices.push_off", now=now)


def target(session: Session, browser_id: str) -> PushTarget | None:
    """Return where a message to a browser goes, None once it or its owner's sign-in is gone."""
    row = session.exec(
        select(PushSubscription)
        .join(DigitalIdentity, DigitalIdentity.id == PushSubscription.identity_id)
        .where(PushSubscription.id == as_id(browser_id), col(DigitalIdentity.disabled_at).is_(None))
    ).one_or_none()
    return PushTarget(row.endpoint, row.receiver_key, row.auth_secret) if row else None


def gone(session: Session, browser_id: str) -> None:
    """Forget a browser of which its push service says that it is gone."""
    changed(session, delete(PushSubscription).where(col(PushSubscription.id) == as_id(browser_id)))


def _here(row: PushSubscription, actor: Actor) -> bool:
    return row.session_id is not None and row.session_id == actor.session_id


def _leave_room(session: Session, identity_id: UUID) -> None:
    mine = col(PushSubscription.identity_id) == identity_id
    newest = select(PushSubscription.id).where(mine)
    newest = newest.order_by(col(PushSubscription.created_at).desc(), PushSubscription.id)
    kept = session.exec(newest.limit(MOST)).all()
    changed(session, delete(PushSubscription).where(mine, col(PushSubscription.id).not_in(kept)))


def _checked(value: object, shape: re.Pattern[str]) -> str:
    found = value.rstrip("=") if isinstance(value, str) and len(value) < 200 else ""
    if not shape.fullmatch(found):
        raise PushRefused
    return found


def _address(value: object, services: Collection[str]) -> str:
    """Return the address of a push service, which our server is to call: only of known ones.

    Raises:
        PushRefused: it is no such address.
    """
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isascii():
        raise PushRefused
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise PushRefused from None
    host = parts.hostname or ""
    known = any(host == one or host.endswith(f".{one}") for one in services)
    plain = value.isprintable() and not {" ", "\\", "@", "#"} & set(value)
    if parts.scheme != "https" or port not in (None, 443) or not known or not plain:
        raise PushRefused
    return value
