"""A customer with two subscriptions, and people who are let in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from self_service.domain.access import Actor, cookie_key, resolve
from self_service.domain.people import invitations, members
from self_service.domain.people.invitations import Named
from self_service.domain.people.signing_in import Browser
from self_service.models.access import DigitalIdentity, Grant, OneTimeSecret, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.catalog import OfferingKind
from self_service.models.messages import CommunicationMessage
from self_service.models.people import Individual
from self_service.models.subscriptions import Product
from tests.conftest import NOW
from tests.mailbox import words
from tests.order_shop import Shop, choose, customer, fill, fulfil, open_shop, order, pay

#: All that members and their invitations write.
TABLES = (
    DigitalIdentity,
    Individual,
    WebSession,
    Grant,
    OneTimeSecret,
    CommunicationMessage,
    AuditEntry,
)
NEW = Named("Ben", "Quell", "en", "hash")


@dataclass(frozen=True)
class Household:
    """Who owns, and the ids of what is owned."""

    ada: Actor
    shop: Shop
    mobile: UUID
    fibre: UUID
    phone_plan: UUID  # inside `mobile`
    case: UUID  # goods without a service


def buy(session: Session, actor: Actor, shop: Shop) -> None:
    """Let a customer have a phone with a plan, two cases, and an internet access."""
    fill(session, actor, shop)
    choose(session, actor, shop["fibre"])
    placed = order(session, actor)
    pay(session, placed)
    assert fulfil(session, placed.order_id)


def household(session: Session) -> Household:
    """Ada, who has all of it."""
    shop, ada = open_shop(session), customer(session)
    buy(session, ada, shop)
    rows = session.exec(select(Product).where(Product.customer_id == ada.customer_id)).all()

    def root(kind: OfferingKind) -> UUID:
        return next(row.id for row in rows if row.kind is kind and row.parent_id is None)

    plan = next(row.id for row in rows if row.kind is OfferingKind.PLAN)
    return Household(
        ada,
        shop,
        root(OfferingKind.DEVICE),
        root(OfferingKind.BROADBAND),
        plan,
        root(OfferingKind.ACCESSORY),
    )


def wish(email: str = "ben@example.com", **changes: Any) -> dict[str, Any]:
    """The form of an invitation."""
    return {"email": email, "product": "all", "scopes": ["view"], "until": "", **changes}


def invite(session: Session, actor: Actor, *, now: datetime = NOW, **form: Any) -> str:
    """Invite somebody; returns the secret of the link."""
    members.invite(session, actor, form=wish(**form), words=words, language="en", now=now)
    session.flush()
    rows = session.exec(
        select(CommunicationMessage).where(CommunicationMessage.kind == "invitation")
    ).all()
    alive = {row.key for row in session.exec(select(OneTimeSecret))}
    return next(row.body for row in reversed(rows) if cookie_key(row.body) in alive)


def come(session: Session, secret: str, *, named: Named = NEW, now: datetime = NOW) -> Actor:
    """Accept an invitation as somebody new; returns who is signed in then."""
    cookie = uuid4().hex
    browser = Browser(before="", cookie=cookie, device="Firefox", network="192.0.2.7")
    invitations.accept_as_new(session, browser, secret=secret, named=named, told=words, now=now)
    session.flush()
    return resolve(session, cookie, now=now)


def let_in(session: Session, actor: Actor, *, now: datetime = NOW, **form: Any) -> Actor:
    """Invite somebody new who comes at once."""
    return come(session, invite(session, actor, now=now, **form), now=now)
