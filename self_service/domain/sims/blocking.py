"""Blocking a lost SIM: at once, free of charge, and taken back as easily."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.network import notices, own, requests
from self_service.domain.network.notices import NoticeKind
from self_service.domain.network.requests import Asked, Outcome
from self_service.domain.service_settings import wishes
from self_service.domain.sims import stock
from self_service.models.access import Scope
from self_service.models.catalog import OfferingKind
from self_service.models.network import NetworkAct
from self_service.models.service_settings import ServiceSetting
from self_service.models.subscriptions import Product, ResourceKind

PURPOSE = "sim_block"
#: Kept like a setting, but set by these functions only.
KEY = "sim_blocked"


class BlockedAlready(DomainError):
    """Nothing to do."""

    code = "sim_blocked_already"
    message = N_("This SIM is blocked already.")


class NotBlocked(DomainError):
    """Nothing to do."""

    code = "sim_not_blocked"
    message = N_("This SIM is not blocked.")


def block(session: Session, actor: Actor, product_id: object, *, now: datetime) -> None:
    """Block the SIM of a service. No proof is asked for: a lost phone cannot wait.

    Raises:
        SignInNeeded, NotAllowed, NotFound: not for this actor.
        BlockedAlready: it is, or is about to be.
    """
    product = _phone(session, actor, product_id, now)
    if standing(session, product.id)[0]:
        raise BlockedAlready
    _wish(session, actor, product, "on", now)


def unblock(session: Session, actor: Actor, product_id: object, *, now: datetime) -> None:
    """Let the SIM of a service work again.

    Raises:
        SignInNeeded, NotAllowed, NotFound: not for this actor.
        ConfirmationNeeded: who holds the lost phone may hold this session too.
        NotBlocked: it is not.
    """
    product = _phone(session, actor, product_id, now)
    actor.fresh(now)
    if not standing(session, product.id)[0]:
        raise NotBlocked
    _wish(session, actor, product, "off", now)


def standing(session: Session, product_id: UUID) -> tuple[bool, str]:
    """Return whether a SIM is, or is about to be, blocked, and what is under way.

    The caller asked whose it is.

    Returns:
        Blocked or not, once all is answered; "on" or "off" while that is asked for, else "".
    """
    rows = select(ServiceSetting).where(
        ServiceSetting.product_id == product_id, ServiceSetting.name == KEY
    )
    row = session.exec(rows.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return False, ""
    return (row.wish or row.value) == "on", row.wish or ""


@requests.follow(PURPOSE)
def _settled(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    wishes.settle(session, asked, outcome, now)
    if not outcome.done:
        return
    product = session.get_one(Product, asked.product_id)
    on = asked.wanted["value"] == "on"
    notices.tell(
        session,
        NoticeKind.SIM_BLOCKED if on else NoticeKind.SIM_UNBLOCKED,
        product.customer_id,
        asked.id,
        service=product.id,
        now=now,
    )


def _phone(session: Session, actor: Actor, product_id: object, now: datetime) -> Product:
    product = own.service(session, actor, product_id, Scope.MANAGE, now=now)
    if product.kind is not OfferingKind.PLAN:
        raise own.NotFound
    requests.lock(session, product.id)
    return product


def _wish(session: Session, actor: Actor, product: Product, value: str, now: datetime) -> None:
    sim = stock.of_product(session, product.id, ResourceKind.ICCID)
    act = NetworkAct.BLOCK_SIM if value == "on" else NetworkAct.UNBLOCK_SIM
    wishes.wish(
        session,
        product.id,
        KEY,
        value,
        act=act,
        purpose=PURPOSE,
        more={"sim": sim.value if sim else ""},
        now=now,
    )
    audit.record(
        session,
        actor,
        f"sim.{act.value}",
        now=now,
        subject=f"service {product.id}",
        customer_id=product.customer_id,
    )
