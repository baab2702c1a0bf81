"""Somebody with a phone plan, home internet and television, and a network that answers by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.fulfilment import resources
from self_service.domain.fulfilment.resources import ESIM, SIM_CARD
from self_service.domain.network import followers, requests
from self_service.domain.network.requests import Outcome
from self_service.domain.people.sealing import Vault
from self_service.models.catalog import OfferingKind
from self_service.models.network import RequestStatus, ServiceRequest
from self_service.models.subscriptions import Product, Resource, ResourceKind
from tests.wallets import make_service, person

VAULT = Vault("a secret for tests")
#: Imported for the purposes that they register.
FOLLOWERS = followers
NUMBER = "+4915112345678"
SIM = "8949770000000000001"
DONE = Outcome(done=True)
REFUSED = Outcome(done=False, reason="not_accepted")


@dataclass(frozen=True)
class Home:
    """Who lives there, and what runs."""

    ada: Actor
    plan: Product
    net: Product
    tv: Product


def furnish(session: Session, *, now: datetime, email: str = "ada@example.com") -> Home:
    """Somebody with three services; numbers and SIMs are on stock."""
    ada = person(session, email, now=now)
    plan, net, tv = (make_service(session, ada, now=now) for _ in range(3))
    net.kind, tv.kind = OfferingKind.BROADBAND, OfferingKind.TV
    session.flush()
    return Home(ada, plan, net, tv)


def stock(session: Session, plan: Product, *, now: datetime, number: str = NUMBER) -> None:
    """Give a plan its number and SIM, and put some more on stock."""
    for kind, value in ((ResourceKind.MSISDN, number), (ResourceKind.ICCID, SIM)):
        pool = SIM_CARD if kind is ResourceKind.ICCID else ""
        row = Resource(kind=kind, pool=pool, value=value, product_id=plan.id, assigned_at=now)
        session.add(row)
    session.flush()
    numbers = [f"+49151200000{n:02d}" for n in range(8)]
    resources.stock_up(session, ResourceKind.MSISDN, numbers)
    for pool, first in ((SIM_CARD, "894911"), (ESIM, "894922")):
        values = [f"{first}{n:013d}" for n in range(3)]
        codes = [{"form": pool, "activation_code": f"LPA:1$smdp.example$C{n}"} for n in range(3)]
        details = codes if pool == ESIM else [{"form": pool}] * 3
        resources.stock_up(session, ResourceKind.ICCID, values, pool=pool, details=details)


def open_requests(session: Session) -> list[ServiceRequest]:
    """What the network owes an answer to, in the order of the wishes."""
    rows = select(ServiceRequest).where(
        col(ServiceRequest.status).in_((RequestStatus.PENDING, RequestStatus.IN_PROGRESS))
    )
    return list(session.exec(rows.order_by(ServiceRequest.asked_at, ServiceRequest.sequence)))


def answer(session: Session, outcome: Outcome = DONE, *, now: datetime) -> None:
    """Let the network answer the only open request."""
    (row,) = open_requests(session)
    assert requests.answered(session, row.id, outcome, now)
    session.expire_all()


def value(session: Session, product: Product, kind: ResourceKind) -> str:
    """What a product has of a kind."""
    return resources.held_by(session, kind, product.id)
