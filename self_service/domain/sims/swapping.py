"""Another SIM for a service: the old one works until the network confirmed the new one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.fulfilment.resources import ESIM, SIM_CARD
from self_service.domain.network import notices, own, requests
from self_service.domain.network.notices import NoticeKind
from self_service.domain.network.requests import Asked, Outcome
from self_service.domain.rows import add_once, changed
from self_service.domain.sims import blocking, stock
from self_service.domain.transitions import SWAP, advance
from self_service.models.catalog import OfferingKind
from self_service.models.network import NetworkAct
from self_service.models.service_settings import ServiceSetting
from self_service.models.sims import SimSwap, SwapStatus
from self_service.models.subscriptions import Product, Resource, ResourceKind

PURPOSE = "sim_swap"
#: For so long after the swap its code can be read again, for a download that broke off.
CODE_FOR = timedelta(days=2)
#: For so long that of a new service can be read; later a new eSIM is asked for.
FIRST_FOR = timedelta(days=30)
#: Where the activation code of an eSIM stands in its resource's detail.
CODE = "activation_code"
UNKNOWN_SIM = N_("Enter the long number on the back of your new SIM card, 19 or 20 digits.")
_ICCID = re.compile(r"89\d{16,18}", re.ASCII)


class NoSim(DomainError):
    """The stock is empty."""

    code = "no_sim"
    message = N_("We are out of eSIMs at the moment. Please try again tomorrow.")


class SwapUnderWay(DomainError):
    """One at a time."""

    code = "swap_under_way"
    message = N_("A change of your SIM is under way. Finish that one first.")


@dataclass(frozen=True, slots=True)
class Swap:
    """A change of SIM.

    Attributes:
        sim: ICCID of the new one.
    """

    id: UUID
    esim: bool
    status: SwapStatus
    reason: str
    asked_at: datetime
    status_changed_at: datetime
    sim: str


def to_esim(session: Session, actor: Actor, product_id: object, *, now: datetime) -> UUID:
    """Start, or take up again, a change to a new eSIM; returns the swap's id.

    Raises:
        SignInNeeded, NotFound: not for this actor.
        NotAllowed: shared with this person only.
        ConfirmationNeeded: no fresh proof.
        NotRunning: the service is not active.
        SwapUnderWay: one to a card is.
        NoSim: the stock is empty.
    """
    product = _phone(session, actor, product_id, now)
    begun = _open(session, product.id)
    if begun is not None:
        if not begun.esim:
            raise SwapUnderWay
        return begun.id
    until = now + stock.UNDER_WAY
    kept = [one for one in _kept(session, product.id, now) if one.pool == ESIM]
    if not kept and not stock.hold(
        session, product.id, ResourceKind.ICCID, ESIM, most=1, until=until, now=now
    ):
        raise NoSim
    new = next(one for one in _kept(session, product.id, now) if one.pool == ESIM)
    return _begin(session, actor, product, new, now)


def to_card(
    session: Session, actor: Actor, product_id: object, *, iccid: object, now: datetime
) -> UUID:
    """Start a change to a SIM card that the person has; returns the swap's id.

    Raises:
        Invalid: no such card is free; one answer for unknown ones and others'.
        SwapUnderWay: a change is under way.
        SignInNeeded, NotFound, NotAllowed, ConfirmationNeeded, NotRunning: as `to_esim`.
    """
    product = _phone(session, actor, product_id, now)
    if _open(session, product.id) is not None:
        raise SwapUnderWay
    typed = re.sub(r"[\s-]", "", iccid)[:40] if isinstance(iccid, str) else ""
    if not _ICCID.fullmatch(typed):
        raise Invalid({"iccid": (UNKNOWN_SIM, {})})
    keeping = (
        update(Resource)
        .where(
            col(Resource.kind) == ResourceKind.ICCID,
            col(Resource.pool) == SIM_CARD,
            col(Resource.value) == typed,
            col(Resource.product_id).is_(None),
            stock.not_held(now),
        )
        .values(held_for=product.id, held_until=now + stock.UNDER_WAY)
    )
    if not changed(session, keeping):
        raise Invalid({"iccid": (UNKNOWN_SIM, {})})
    session.expire_all()
    new = next(one for one in _kept(session, product.id, now) if one.value == typed)
    return _begin(session, actor, product, new, now)


def last(session: Session, actor: Actor, product_id: object, *, now: datetime) -> Swap | None:
    """Return the change of SIM that is under way or was last, None without one.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
    """
    product = own.owned(session, actor, product_id, now=now)
    row = _last(session, product.id)
    if row is None:
        return None
    sim = session.get_one(Resource, row.new_resource_id)
    return Swap(
        id=row.id,
        esim=row.esim,
        status=row.status,
        reason=row.reason,
        asked_at=row.asked_at,
        status_changed_at=row.status_changed_at,
        sim=sim.value,
    )


def has_code(session: Session, actor: Actor, product_id: object, *, now: datetime) -> bool:
    """Say whether `code` has something to show.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
    """
    return bool(_code(session, own.owned(session, actor, product_id, now=now), now))


def code(session: Session, actor: Actor, product_id: object, *, now: datetime) -> str:
    """Return the activation code ("LPA:1$...") of the eSIM to install, "" when there is none.

    That is the one that takes over, or the first one of a new service.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
        ConfirmationNeeded: whoever has the code has the number.
    """
    product = own.owned(session, actor, product_id, now=now)
    actor.fresh(now)
    return _code(session, product, now)


def _last(session: Session, product_id: UUID) -> SimSwap | None:
    rows = select(SimSwap).where(SimSwap.product_id == product_id)
    newest = rows.order_by(col(SimSwap.asked_at).desc(), SimSwap.id).limit(1)
    return session.exec(newest.execution_options(populate_existing=True)).first()


def _code(session: Session, product: Product, now: datetime) -> str:
    row = _last(session, product.id)
    if row is not None:
        sim = session.get_one(Resource, row.new_resource_id)
        return sim.detail[CODE] if _has_code(row, sim, now) else ""
    first = stock.of_product(session, product.id, ResourceKind.ICCID)
    if first is None or first.assigned_at is None or now >= first.assigned_at + FIRST_FOR:
        return ""
    return first.detail.get(CODE, "")


@requests.follow(PURPOSE)
def _settled(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    swap = session.get_one(SimSwap, UUID(asked.wanted["swap"]), populate_existing=True)
    to = SwapStatus.DONE if outcome.done else SwapStatus.FAILED
    if not advance(session, SimSwap, swap.id, to, allowed=SWAP, now=now, reason=outcome.reason):
        return
    product = session.get_one(Product, asked.product_id)
    if outcome.done:
        stock.take_over(session, product.id, swap.new_resource_id, old_pool=stock.RETIRED, now=now)
        _lift_block(session, asked, now)
    else:
        # the code of a profile was shown: it is nobody else's any more; a card is still in a hand
        pool = stock.RETIRED if swap.esim else ""
        stock.release(session, swap.new_resource_id, product.id, pool=pool)
    kind = NoticeKind.SWAPPED if outcome.done else NoticeKind.SWAP_FAILED
    notices.tell(session, kind, product.customer_id, swap.id, service=product.id, now=now)


def _lift_block(session: Session, asked: Asked, now: datetime) -> None:
    """The block was of the old SIM; wishes since then are about the new one."""
    row = (
        ServiceSetting.product_id == asked.product_id,
        ServiceSetting.name == blocking.KEY,
        col(ServiceSetting.value_sequence) < asked.sequence,
    )
    values = {"value": "off", "value_sequence": asked.sequence, "confirmed_at": now}
    changed(session, update(ServiceSetting).where(*row).values(**values))
    older = col(ServiceSetting.wish_sequence) < asked.sequence
    changed(session, update(ServiceSetting).where(*row[:2], older).values(wish=None))


def _phone(session: Session, actor: Actor, product_id: object, now: datetime) -> Product:
    product = own.owned(session, actor, product_id, now=now)
    actor.fresh(now)
    own.running(product, {OfferingKind.PLAN})
    requests.lock(session, product.id)
    return product


def _kept(session: Session, product_id: UUID, now: datetime) -> tuple[Resource, ...]:
    return stock.held(session, product_id, ResourceKind.ICCID, now=now)


def _open(session: Session, product_id: UUID) -> SimSwap | None:
    rows = select(SimSwap).where(
        SimSwap.product_id == product_id, SimSwap.status == SwapStatus.PENDING
    )
    return session.exec(rows.execution_options(populate_existing=True)).one_or_none()


def _begin(session: Session, actor: Actor, product: Product, new: Resource, now: datetime) -> UUID:
    old = stock.of_product(session, product.id, ResourceKind.ICCID)
    esim = new.pool == ESIM
    swap = SimSwap(
        id=uuid4(),
        product_id=product.id,
        old_resource_id=old.id if old else None,
        new_resource_id=new.id,
        esim=esim,
        status_changed_at=now,
        asked_at=now,
    )
    if not add_once(session, swap):
        raise SwapUnderWay
    wanted = {
        "swap": str(swap.id),
        "setting": "sim",
        "old": old.value if old else "",
        "new": new.value,
        "form": ESIM if esim else SIM_CARD,
    }
    key = f"sim swap {swap.id}"
    requests.ask(
        session, product.id, NetworkAct.SWAP_SIM, wanted, purpose=PURPOSE, key=key, now=now
    )
    notices.tell(
        session,
        NoticeKind.SWAP_ASKED,
        product.customer_id,
        swap.id,
        service=product.id,
        now=now,
    )
    audit.record(
        session,
        actor,
        "sim.swap",
        now=now,
        subject=f"service {product.id}",
        before={"sim": wanted["old"]},
        after={"sim": wanted["new"], "form": wanted["form"]},
        customer_id=product.customer_id,
    )
    return swap.id


def _has_code(row: SimSwap, sim: Resource, now: datetime) -> bool:
    readable = row.status is SwapStatus.PENDING or (
        row.status is SwapStatus.DONE and now < row.status_changed_at + CODE_FOR
    )
    return row.esim and readable and CODE in sim.detail
