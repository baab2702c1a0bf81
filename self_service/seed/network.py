"""What the demo's network knows: where it reaches, settings of customers, a number on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import outbox
from self_service.domain.access import Actor
from self_service.domain.coverage import importing
from self_service.domain.network import followers, lines, notices, requests
from self_service.domain.network.requests import Outcome
from self_service.domain.people.sealing import Vault
from self_service.domain.service_settings import settings as service_settings
from self_service.domain.sims import porting, porting_form
from self_service.models.access import DigitalIdentity, Role
from self_service.models.catalog import OfferingKind
from self_service.models.coverage import CoverageArea
from self_service.models.network import RequestStatus, ServiceRequest
from self_service.models.subscriptions import Product, ProductStatus
from self_service.seed.sign_ins import HYBRID, POSTPAID

_AREAS = Path(__file__).parent / "coverage.csv"
#: Imported so that every purpose has its follower.
FOLLOWERS = followers
#: Whose, of what kind of service, which setting, for whom, what, and days ago.
_SETTINGS = (
    (POSTPAID.login, OfferingKind.PLAN, "premium", "", "on", 200),
    (POSTPAID.login, OfferingKind.PLAN, "roaming", "", "off", 30),
    (POSTPAID.login, OfferingKind.BROADBAND, "wifi_name", "", "Leuchtturm", 140),
    (POSTPAID.login, OfferingKind.BROADBAND, "speed_profile", "", "gaming", 20),
    (POSTPAID.login, OfferingKind.TV, "content_level", "children", "child", 120),
    (POSTPAID.login, OfferingKind.TV, "content_hours", "children", "20:00-07:00", 120),
)
_PORTING = {"number": "+4915112300456", "donor": "Nordfunk", "donor_code": "NF-20871"}
_MOVES_IN = timedelta(days=5)


def seed_network(session: Session, *, vault: Vault, now: datetime) -> None:
    """Load coverage and what customers set, unless the network was asked something before."""
    _cover(session, now)
    if session.exec(select(ServiceRequest.id).limit(1)).first() is not None:
        return
    for login, kind, key, profile, value, days in _SETTINGS:
        owner = _actor(session, login, now - timedelta(days=days))
        for product in _services(session, owner, kind)[:1]:
            at = max(now - timedelta(days=days), product.started_at or now)
            given = {"key": key, "profile": profile, "value": value}
            service_settings.change(session, owner, product.id, **given, vault=vault, now=at)
            _answer(session, Outcome(done=True), at)
    _line(session, now)
    _port(session, vault, now)
    # nobody is written to about what is long past, and the network answered it
    asked = outbox.open_events(session, of=(outbox.EventKind.NETWORK_ASKED,))
    for event in (*notices.waiting(session), *asked):
        outbox.finish(session, event.id, now=now)


def _cover(session: Session, now: datetime) -> None:
    if session.exec(select(CoverageArea.id).limit(1)).first() is None:
        operator = Actor(Role.ADMINISTRATOR, identity_id=UUID(int=0), full_name="Demo")
        importing.load(session, operator, _AREAS.read_text().splitlines(), now=now)


def _line(session: Session, now: datetime) -> None:
    """Somebody looked at a slow line the other day."""
    at = now - timedelta(days=3)
    owner = _actor(session, POSTPAID.login, at)
    for product in _services(session, owner, OfferingKind.BROADBAND)[:1]:
        lines.check(session, owner, product.id, now=at)
        told = {"state": "slow", "down_percent": "38", "hours_up": "412"}
        _answer(session, Outcome(done=True, told=told), at)


def _port(session: Session, vault: Vault, now: datetime) -> None:
    at = now - timedelta(days=1)
    owner = _actor(session, HYBRID.login, at)
    day = porting_form.first_day(at + _MOVES_IN)
    for product in _services(session, owner, OfferingKind.PLAN)[-1:]:
        form = {**_PORTING, "port_on": day.isoformat()}
        porting.request(session, owner, product.id, form=form, vault=vault, now=at)
        _answer(session, Outcome(done=True), at)


def _answer(session: Session, outcome: Outcome, now: datetime) -> None:
    open_ = select(ServiceRequest.id).where(ServiceRequest.status == RequestStatus.PENDING)
    for request_id in session.exec(open_).all():
        requests.answered(session, request_id, outcome, now)


def _services(session: Session, owner: Actor, kind: OfferingKind) -> Sequence[Product]:
    mine = select(Product).where(
        Product.customer_id == owner.customer(),
        Product.kind == kind,
        Product.status == ProductStatus.ACTIVE,
    )
    return session.exec(mine.order_by(col(Product.started_at), col(Product.id))).all()


def _actor(session: Session, login: str, now: datetime) -> Actor:
    """Return somebody of the demo, who proved then who they are."""
    found = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).one()
    return Actor(
        role=found.role,
        customer_id=found.customer_id,
        identity_id=found.id,
        full_name=login,
        confirmed_at=now,
    )
