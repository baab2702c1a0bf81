"""Vouchers that somebody bought: their codes until redeemed, and gifts sent by mail.

Only the buyer in person reads a code. That a voucher was redeemed is said, by whom is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain import messages
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.messages import Letter
from self_service.domain.people.person_fields import check_email
from self_service.domain.people.sealing import Vault
from self_service.domain.rows import changed
from self_service.domain.vouchers import codes
from self_service.models.vouchers import Voucher, VoucherSale, VoucherStatus
from self_service.money import Money

#: A gift is sent at most so often, corrections of the address counted.
SENDINGS_MOST = 5


class SentTooOften(DomainError):
    """The mail was sent as often as it may be."""

    code = "sent_too_often"
    message = N_("This was sent too often. Pass the code on yourself: it stands beside the gift.")


class GiftOver(DomainError):
    """The voucher was redeemed, ended, or is not paid for."""

    code = "gift_over"
    message = N_("This voucher was used or is over, so nothing was sent.")


@dataclass(frozen=True, slots=True)
class Bought:
    """A voucher that somebody bought.

    Attributes:
        code: as it is printed; "" once redeemed or over, while it is not paid for, and for
            everybody but the buyer.
        status: of the voucher, None while it is not paid for.
        expires_at: None while it is not paid for.
        sent_at: when the mail with the gift went out last.
    """

    id: UUID
    amount: Money
    code: str
    status: VoucherStatus | None
    receiver: str
    bought_at: datetime
    expires_at: datetime | None
    redeemed_at: datetime | None
    sent_at: datetime | None


#: Words of the mail: words(language, code, amount, greeting, expires_at).
GiftWords = Callable[[str, str, Money, str, datetime], Letter]


def overview(
    session: Session, actor: Actor, *, vault: Vault, now: datetime, most: int = 50
) -> tuple[Bought, ...]:
    """List what the customer bought, the latest first.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    mine = VoucherSale.customer_id == actor.customer()
    rows = session.exec(
        select(VoucherSale, Voucher)
        .outerjoin(Voucher, Voucher.id == VoucherSale.voucher_id)
        .where(mine)
        .order_by(col(VoucherSale.created_at).desc(), VoucherSale.id)
        .limit(most)
    ).all()
    return tuple(_bought(sale, voucher, actor, vault, now) for sale, voucher in rows)


def _bought(
    sale: VoucherSale, voucher: Voucher | None, actor: Actor, vault: Vault, now: datetime
) -> Bought:
    status = voucher.status if voucher else None
    if voucher and status is VoucherStatus.ISSUED and voucher.expires_at <= now:
        status = VoucherStatus.EXPIRED
    readable = status is VoucherStatus.ISSUED and sale.sealed_code and not actor.acting
    return Bought(
        id=sale.id,
        amount=Money(sale.amount_minor, sale.currency),
        code=codes.grouped(vault.open(sale.sealed_code, now=now)) if readable else "",
        status=status,
        receiver=sale.receiver,
        bought_at=sale.created_at,
        expires_at=voucher.expires_at if voucher else None,
        redeemed_at=voucher.redeemed_at if voucher else None,
        sent_at=sale.sent_at,
    )


def send_again(session: Session, actor: Actor, sale_id: object, *, now: datetime) -> None:
    """Have the mail with a gift sent once more.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
        NotFound: there is no such gift, or it is somebody else's.
        GiftOver, SentTooOften: nothing is sent.
    """
    sale, _ = _gift(session, actor, sale_id, now)
    if sale.sent_at is not None:  # else the first mail is still on its way
        sale.sent_at = None
        session.flush()


def correct(
    session: Session, actor: Actor, sale_id: object, email: object, *, vault: Vault, now: datetime
) -> None:
    """Send a gift to another address. It gets another code: the first mail is worth nothing then.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
        NotFound: there is no such gift, or it is somebody else's.
        Invalid: that is no address.
        GiftOver, SentTooOften: nothing is changed.
    """
    receiver = check_email(email)
    sale, voucher = _gift(session, actor, sale_id, now)
    code = codes.fresh()
    fingerprint = codes.fingerprint(vault, code)
    unused = (Voucher.id == voucher.id, Voucher.status == VoucherStatus.ISSUED)
    if not changed(session, update(Voucher).where(*unused).values(code_hash=fingerprint)):
        raise GiftOver
    sale.receiver, sale.sent_at = receiver, None
    sale.code_hash, sale.sealed_code = fingerprint, vault.seal(code, now=now)
    session.flush()


def waiting(session: Session, *, most: int = 50) -> tuple[UUID, ...]:
    """List sales whose gift is to be sent by mail, for the job."""
    due = select(VoucherSale.id).where(*_DUE).order_by(VoucherSale.created_at).limit(most)
    return tuple(session.exec(due))


_DUE = (
    col(VoucherSale.voucher_id).is_not(None),
    VoucherSale.receiver != "",
    VoucherSale.sealed_code != "",
    col(VoucherSale.sent_at).is_(None),
)


def send(session: Session, sale_id: UUID, *, vault: Vault, words: GiftWords, now: datetime) -> bool:
    """Write the mail with a gift; False for whoever comes second, and once it is no good."""
    once = (
        update(VoucherSale)
        .where(VoucherSale.id == sale_id, *_DUE)
        .values(sent_at=now, sendings=VoucherSale.sendings + 1)
        .execution_options(synchronize_session=False)
    )
    if changed(session, once) != 1:
        return False
    sale = session.get_one(VoucherSale, sale_id, populate_existing=True)
    voucher = session.get_one(Voucher, sale.voucher_id, populate_existing=True)
    if voucher.status is not VoucherStatus.ISSUED:
        return False
    code = codes.grouped(vault.open(sale.sealed_code, now=now))
    worth = Money(sale.amount_minor, sale.currency)
    letter = words(sale.language, code, worth, sale.greeting, voucher.expires_at)
    messages.write(
        session,
        "voucher_gift",
        receiver=sale.receiver,
        language=sale.language,
        subject=letter.subject,
        body=letter.body,
        now=now,
    )
    return True


def _gift(
    session: Session, actor: Actor, sale_id: object, now: datetime
) -> tuple[VoucherSale, Voucher]:
    """Return the buyer's gift, locked, that can still be sent."""
    wanted = select(VoucherSale).where(
        VoucherSale.id == as_id(sale_id),
        VoucherSale.customer_id == actor.own_customer(),
        VoucherSale.receiver != "",
    )
    fresh = wanted.with_for_update().execution_options(populate_existing=True)
    sale = session.exec(fresh).one_or_none()
    if sale is None:
        raise NotFound
    voucher = (
        session.get(Voucher, sale.voucher_id, populate_existing=True) if sale.voucher_id else None
    )
    if voucher is None or voucher.status is not VoucherStatus.ISSUED or voucher.expires_at <= now:
        raise GiftOver
    if sale.sendings >= SENDINGS_MOST:
        raise SentTooOften
    return sale, voucher
