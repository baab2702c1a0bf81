"""Online vouchers sold one by one: bought here by card, for oneself or as a gift.

The code is made when somebody sets out to buy, sealed for the buyer; a voucher knows it once the
money came. `domain.payments.applying` calls `paid` and `failed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.payments import booking, paying
from self_service.domain.payments.paying import Way
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import VoucherPolicy
from self_service.domain.rows import add_once, changed
from self_service.domain.transitions import VOUCHER, advance
from self_service.domain.vouchers import codes, worth
from self_service.domain.vouchers.batch_rows import free_number, lock
from self_service.domain.vouchers.gift_form import Gift
from self_service.models.base import new_id
from self_service.models.payments import Payment, PaymentPurpose
from self_service.models.vouchers import (
    BatchStatus,
    Voucher,
    VoucherBatch,
    VoucherKind,
    VoucherSale,
    VoucherStatus,
)
from self_service.money import Money


class NotSold(DomainError):
    """A value that is not sold."""

    code = "voucher_not_sold"
    message = N_("Choose one of the values.")


class SaleOver(DomainError):
    """The same form was used for a payment that failed, or asked for something else."""

    code = "voucher_sale_over"
    message = N_("This form was used before. Load the page again and start anew.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to buy.

    Attributes:
        key: the form's own number: the same form sent twice buys once.
        gift: to whom, None for oneself.
        language: of the mail.
    """

    amount: Money
    key: str
    gift: Gift | None = None
    language: str = "en"


def start(
    session: Session,
    actor: Actor,
    wish: Wish,
    *,
    way: Way,
    policy: VoucherPolicy,
    vault: Vault,
    now: datetime,
) -> UUID:
    """Set out to buy a voucher; nothing is charged yet.

    Args:
        session: open transaction.
        actor: a customer in person.
        wish: what to buy.
        way: how it is paid.
        policy: values that are sold, and how long they last.
        vault: seals the code.
        now: instant of asking.

    Returns:
        The payment's id.

    Raises:
        SignInNeeded, NotAllowed, PayByLink: not a customer in person.
        NotSold: a value that is not sold.
        SaleOver: the form was used before, for something else.
        CardNotUsable, NotFound: the card; nothing was changed.
    """
    if wish.amount.minor not in policy.online_choices_minor:
        raise NotSold("value")
    customer_id = actor.own_customer()
    sale = new_sale(wish, vault=vault, policy=policy, now=now)
    sale.customer_id, sale.external_key = customer_id, f"{customer_id}:{wish.key}"[:80]
    if not add_once(session, sale):
        return _again(session, sale)
    payment_id = paying.start(
        session, actor, purpose=PaymentPurpose.VOUCHER, amount=wish.amount, way=way, now=now
    )
    named = update(VoucherSale).where(VoucherSale.id == sale.id).values(payment_id=payment_id)
    changed(session, named)
    return payment_id


def new_sale(wish: Wish, *, vault: Vault, policy: VoucherPolicy, now: datetime) -> VoucherSale:
    """Return a sale with a code of its own, not added yet."""
    code = codes.fresh()
    return VoucherSale(
        external_key=wish.key[:80],
        amount_minor=wish.amount.minor,
        currency=wish.amount.currency,
        receiver=wish.gift.receiver if wish.gift else "",
        greeting=wish.gift.greeting if wish.gift else "",
        language=wish.language,
        valid_days=policy.online_valid_days,
        code_hash=codes.fingerprint(vault, code),
        sealed_code=vault.seal(code, now=now),
        created_at=now,
    )


def paid(session: Session, payment: Payment, *, now: datetime) -> None:
    """Book the money of a sale and make its voucher good."""
    sale = session.exec(
        select(VoucherSale).where(VoucherSale.payment_id == payment.id).with_for_update()
    ).one()
    booking.to_account(session, payment, worth.vouchers(session, payment.currency), now=now)
    hand_over(session, sale, now=now)


def failed(session: Session, payment: Payment, *, now: datetime) -> None:
    """Forget a sale that was not paid: its code was never good, and the form may be sent again.

    Money that comes after all is given back (`settling`), so nothing is owed.
    """
    del now
    for sale in session.exec(select(VoucherSale).where(VoucherSale.payment_id == payment.id)):
        session.delete(sale)
    session.flush()


def hand_over(session: Session, sale: VoucherSale, *, now: datetime) -> Voucher:
    """Give a sale that is paid for its voucher: from stock, else made for it.

    Args:
        session: open transaction, in which the caller books the money.
        sale: in it the code, and how long the voucher lasts.
        now: instant of sale.
    """
    expires_at = now + timedelta(days=sale.valid_days)
    voucher_id = _from_stock(session, sale, expires_at, now) or _made(
        session, sale, expires_at, now
    )
    sale.voucher_id, sale.sold_at = voucher_id, now
    session.add(sale)
    session.flush()
    return session.get_one(Voucher, voucher_id, populate_existing=True)


def _again(session: Session, sale: VoucherSale) -> UUID:
    """Return the payment of the same form, sent before."""
    mine = (VoucherSale.partner == "", VoucherSale.external_key == sale.external_key)
    before = session.exec(select(VoucherSale).where(*mine)).one()
    same = (before.amount_minor, before.receiver) == (sale.amount_minor, sale.receiver)
    if not same or before.payment_id is None:
        raise SaleOver
    return before.payment_id


def _from_stock(
    session: Session, sale: VoucherSale, expires_at: datetime, now: datetime
) -> UUID | None:
    """Take one from stock, None when there is none; what somebody else is taking is left out."""
    wanted = (
        select(Voucher.id)
        .join(VoucherBatch, VoucherBatch.id == Voucher.batch_id)
        .where(
            VoucherBatch.status == BatchStatus.ACTIVE,
            VoucherBatch.kind == VoucherKind.ONLINE,
            VoucherBatch.amount_minor == sale.amount_minor,
            VoucherBatch.currency == sale.currency,
            col(VoucherBatch.dealer_id).is_(None),
            Voucher.status == VoucherStatus.STOCK,
            Voucher.expires_at > now,
        )
        .order_by(VoucherBatch.created_at, Voucher.serial)
        .limit(1)
        .with_for_update(of=Voucher, skip_locked=True)
    )
    found = session.exec(wanted).first()
    values = {"code_hash": sale.code_hash, "expires_at": expires_at}
    to = VoucherStatus.ISSUED
    if found and advance(session, Voucher, found, to, allowed=VOUCHER, now=now, **values):
        return found
    return None


def _made(session: Session, sale: VoucherSale, expires_at: datetime, now: datetime) -> UUID:
    batch = _on_demand(session, sale, now)
    serial = batch.count + 1
    changed(session, update(VoucherBatch).where(VoucherBatch.id == batch.id).values(count=serial))
    voucher = Voucher(
        id=new_id(),
        batch_id=batch.id,
        serial=serial,
        code_hash=sale.code_hash,
        amount_minor=sale.amount_minor,
        currency=sale.currency,
        status_changed_at=now,
        expires_at=expires_at,
    )
    session.add(voucher)
    session.flush()
    return voucher.id


def _on_demand(session: Session, sale: VoucherSale, now: datetime) -> VoucherBatch:
    """Return the batch that grows with what is sold of one value, locked."""
    open_one = select(VoucherBatch.id).where(
        VoucherBatch.on_demand,
        VoucherBatch.status == BatchStatus.ACTIVE,
        VoucherBatch.amount_minor == sale.amount_minor,
        VoucherBatch.currency == sale.currency,
    )
    found = session.exec(open_one).first()
    if found is None:
        batch = VoucherBatch(
            number=free_number(session),
            kind=VoucherKind.ONLINE,
            amount_minor=sale.amount_minor,
            currency=sale.currency,
            count=0,
            on_demand=True,
            status_changed_at=now,
            created_at=now,
        )
        add_once(session, batch)
        found = session.exec(open_one).one()
    return lock(session, found)
