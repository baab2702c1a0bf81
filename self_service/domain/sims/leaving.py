"""The code by which another operator proves that the customer takes the number there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.network import notices, own, requests
from self_service.domain.network.notices import NoticeKind
from self_service.domain.network.requests import SEALED, Asked, Outcome
from self_service.domain.people.sealing import Vault
from self_service.models.catalog import OfferingKind
from self_service.models.network import NetworkAct
from self_service.models.sims import PortOutCode
from self_service.models.subscriptions import ProductStatus

PURPOSE = "port_out"
GOOD_FOR = timedelta(days=30)
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class PortOut:
    """A code for taking a number elsewhere.

    Attributes:
        confirmed: the network knows it, so the other operator can use it.
        refused: why the network would not take it, "" when it did.
    """

    confirmed: bool
    refused: str
    expires_at: datetime


def make(
    session: Session, actor: Actor, product_id: object, *, vault: Vault, now: datetime
) -> None:
    """Make a code; an earlier one ends once the network knows this one.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
        ConfirmationNeeded: whoever has the code can take the number.
    """
    product = own.owned(session, actor, product_id, now=now)
    actor.fresh(now)
    # the right to take a number along does not end with a pause
    if product.kind is not OfferingKind.PLAN or product.status is ProductStatus.TERMINATED:
        raise NotFound
    sealed = vault.seal(f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}", now=now)
    wanted = {"setting": "port_out_code", f"{SEALED}code": sealed}
    asked = requests.ask(
        session,
        product.id,
        NetworkAct.SET,
        wanted,
        purpose=PURPOSE,
        key=f"port out {uuid4()}",
        now=now,
    )
    session.merge(
        PortOutCode(
            product_id=product.id,
            sealed_code=sealed,
            request_id=asked,
            confirmed_at=None,
            refused="",
            expires_at=now + GOOD_FOR,
        )
    )
    session.flush()
    notices.tell(
        session,
        NoticeKind.PORT_OUT_CODE,
        product.customer_id,
        asked,
        service=product.id,
        now=now,
    )
    audit.record(
        session,
        actor,
        "number.port_out_code",
        now=now,
        subject=f"service {product.id}",
        customer_id=product.customer_id,
    )


def standing(
    session: Session, actor: Actor, product_id: object, *, now: datetime
) -> PortOut | None:
    """Return how the code of a service stands, None without one that is good.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
    """
    product = own.owned(session, actor, product_id, now=now)
    row = session.get(PortOutCode, product.id, populate_existing=True)
    if row is None or row.expires_at <= now:
        return None
    return PortOut(row.confirmed_at is not None, row.refused, row.expires_at)


def code(session: Session, actor: Actor, product_id: object, *, vault: Vault, now: datetime) -> str:
    """Return the code of a service that the network knows, "" without one.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
        ConfirmationNeeded: whoever has the code can take the number.
    """
    product = own.owned(session, actor, product_id, now=now)
    actor.fresh(now)
    row = session.get(PortOutCode, product.id, populate_existing=True)
    if row is None or row.confirmed_at is None or row.expires_at <= now:
        return ""
    return vault.open(row.sealed_code, now=now)


@requests.follow(PURPOSE)
def _settled(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    row = session.get(PortOutCode, asked.product_id, populate_existing=True)
    if row is None or row.request_id != asked.id:
        return  # another one was made since
    row.confirmed_at = now if outcome.done else None
    row.refused = "" if outcome.done else outcome.reason[:60] or "refused"
    session.add(row)
    session.flush()
