"""Buying vouchers in tests: paid, redeemed, mailed, and what a refusal must not change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.access import Actor
from self_service.domain.messages import Letter
from self_service.domain.payments import settling
from self_service.domain.payments.paying import Way
from self_service.domain.policy import VoucherPolicy
from self_service.domain.vouchers import (
    bought,
    codes,
    redeeming,
    sales,
    worth,
)
from self_service.domain.vouchers.gift_form import Gift
from self_service.domain.vouchers.sales import Wish
from self_service.models.ledger import AccountKind, EntryKind, LedgerEntry
from self_service.models.messages import CommunicationMessage
from self_service.models.payments import Payment
from self_service.models.vouchers import (
    Voucher,
    VoucherBatch,
    VoucherSale,
)
from self_service.money import Money
from self_service.ports import Charge, ChargeStatus
from tests.conftest import NOW
from tests.voucher_shop import EUR, VAULT, customer

POLICY = VoucherPolicy(online_choices_minor=(1_000, 2_500), partner_most_a_day_minor=3_500)
WAY = Way("sandbox", back="/en/vouchers")
GIFT = Gift("bo@example.com", "All the best")


def euros(minor: int) -> Money:
    return Money(minor, EUR)


def start(session: Session, actor: Actor, minor: int = 1_000, **more: Any) -> UUID:
    """Set out to buy."""
    wish = Wish(euros(minor), more.pop("key", uuid4().hex), more.pop("gift", None))
    return sales.start(
        session, actor, wish, way=WAY, policy=POLICY, vault=VAULT, now=more.pop("now", NOW)
    )


def settle(session: Session, payment_id: UUID, status: ChargeStatus, now: datetime = NOW) -> None:
    """Let the provider say how a payment went."""
    payment = session.get_one(Payment, payment_id)
    amount = Money(payment.amount_minor, payment.currency)
    charge = Charge(f"ch_{payment_id}", str(payment_id), status, amount, Money.zero(EUR))
    settling.settle(session, charge=charge, now=now)


def buy(session: Session, actor: Actor, **more: Any) -> VoucherSale:
    """Buy a voucher, paid."""
    payment_id = start(session, actor, **more)
    settle(session, payment_id, ChargeStatus.SUCCEEDED)
    wanted = select(VoucherSale).where(VoucherSale.payment_id == payment_id)
    return session.exec(wanted.execution_options(populate_existing=True)).one()


def redeem(session: Session, typed: str, now: datetime = NOW) -> None:
    """Redeem as the wallet does."""
    who = customer(session, now).customer()
    claimed = redeeming.claim(session, codes.fingerprints(VAULT, typed), who, EUR, now)
    wallet = ledger.owned(session, AccountKind.WALLET, who, EUR)
    source = worth.vouchers(session, EUR)
    move = ledger.Movement(
        EntryKind.VOUCHER_REDEEMED, claimed.voucher_id, source, wallet, claimed.amount
    )
    ledger.post(session, [move], now=now)


def mine(session: Session, actor: Actor, now: datetime = NOW) -> bought.Bought:
    """The one voucher that somebody bought."""
    (found,) = bought.overview(session, actor, vault=VAULT, now=now)
    return found


def letter(language: str, code: str, amount: Money, greeting: str, until: datetime) -> Letter:
    return Letter("gift", f"{language} {code} {amount.minor} {greeting} {until:%Y}")


def snapshot(session: Session) -> list[Any]:
    """All that a refusal must not change."""
    session.flush()
    tables = (VoucherBatch, Voucher, VoucherSale, Payment, LedgerEntry, CommunicationMessage)
    return [sorted(map(str, session.exec(select(table)).all())) for table in tables]
