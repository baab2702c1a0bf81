"""Topping up: by card, where the payment comes first, and by voucher, which is done at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, func, select

from self_service.domain import ledger
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.payments import booking, paying
from self_service.domain.payments.paying import Way
from self_service.domain.rows import add_rows
from self_service.domain.transitions import TOPUP, advance
from self_service.domain.usage import collecting
from self_service.domain.vouchers import redeeming
from self_service.domain.wallet import auto, buckets, renewals
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.payments import Payment, PaymentPurpose
from self_service.models.wallet import Bucket, TopupBalance, TopupStatus
from self_service.money import Money


class WalletFull(DomainError):
    """The operator lets a wallet hold no more."""

    code = "wallet_full"
    message = N_("Your wallet can hold {most} at most. Choose a smaller sum.")


def start_by_card(
    session: Session,
    actor: Actor,
    amount: Money,
    *,
    way: Way,
    once: UUID,
    terms: WalletTerms,
    now: datetime,
) -> UUID:
    """Write down a top-up by card and its payment; the caller then opens or charges it.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        amount: how much.
        way: by a saved card, or on the provider's screen.
        once: made with the form: sending it again finds the same payment.
        terms: limits.
        now: instant of asking.

    Returns:
        The payment.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
        AmountTooSmall, AmountTooLarge, WalletFull: outside of the operator's limits.
        PayByLink, CardNotUsable, NotFound: not by this person, or not by this card.
    """
    customer_id = actor.customer()
    policy = terms.policy
    row = buckets.lock(
        session,
        buckets.bucket(session, customer_id, terms.currency, now, policy=policy).id,
    )
    before = session.get(TopupBalance, once)
    if before is not None:
        return _same(before, row)
    terms.check(amount, policy.topup_least_minor, policy.topup_most_minor)
    _room(session, row, amount, terms)
    payment_id = paying.start(
        session,
        actor,
        purpose=PaymentPurpose.TOPUP,
        amount=amount,
        way=way,
        now=now,
    )
    topup = TopupBalance(
        id=once,
        bucket_id=row.id,
        amount_minor=amount.minor,
        payment_id=payment_id,
        valid_days=policy.valid_days,
        status_changed_at=now,
        created_at=now,
    )
    add_rows(session, [topup])
    return payment_id


def redeem(
    session: Session,
    actor: Actor,
    fingerprints: Sequence[str],
    *,
    terms: WalletTerms,
    now: datetime,
) -> Money:
    """Put a voucher's value into the wallet.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        fingerprints: of what was typed (`vouchers.codes.fingerprints`); the try was counted.
        terms: limits.
        now: instant of redeeming.

    Returns:
        The voucher's value.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
        VoucherRefused: unknown, used, expired or foreign: one answer.
        WalletFull: the wallet can hold no more; the voucher stays good.
    """
    customer_id = actor.customer()
    policy = terms.policy
    row = buckets.lock(
        session,
        buckets.bucket(session, customer_id, terms.currency, now, policy=policy).id,
    )
    claimed = redeeming.claim(session, fingerprints, customer_id, terms.currency, now)
    _room(session, row, claimed.amount, terms)
    issued = ledger.house(session, AccountKind.VOUCHERS, terms.currency)
    move = ledger.Movement(
        EntryKind.VOUCHER_REDEEMED,
        claimed.voucher_id,
        issued,
        buckets.account(row),
        claimed.amount,
    )
    ledger.post(session, [move], now=now)
    topup = TopupBalance(
        bucket_id=row.id,
        amount_minor=claimed.amount.minor,
        voucher_id=claimed.voucher_id,
        valid_days=policy.valid_days,
        status=TopupStatus.DONE,
        status_changed_at=now,
        created_at=now,
    )
    add_rows(session, [topup])
    _arrived(session, row, policy.valid_days, now)
    return claimed.amount


def paid(session: Session, payment: Payment, *, now: datetime) -> bool:
    """Book a payment that is done to the wallet; called by `payments.applying`.

    Returns:
        False when the top-up was given up before: the money is the account's credit, to go back.
    """
    topup, row = _behind(session, payment)
    to = TopupStatus.DONE
    if not advance(session, TopupBalance, topup.id, to, allowed=TOPUP, now=now):
        booking.to_credit(session, payment, now=now)
        return False
    booking.to_account(session, payment, buckets.account(row), now=now)
    _arrived(session, row, topup.valid_days, now)
    return True


def failed(session: Session, payment: Payment, *, now: datetime) -> None:
    """Note that a top-up's payment came to nothing; an automatic one stops the standing order."""
    topup, _ = _behind(session, payment)
    to = TopupStatus.FAILED
    moved = advance(session, TopupBalance, topup.id, to, allowed=TOPUP, now=now)
    if moved and topup.is_auto:
        auto.failed(session, topup, payment.failure_code)


def _behind(session: Session, payment: Payment) -> tuple[TopupBalance, Bucket]:
    topup = session.exec(select(TopupBalance).where(TopupBalance.payment_id == payment.id)).one()
    return topup, buckets.lock(session, topup.bucket_id)


def _arrived(session: Session, row: Bucket, valid_days: int, now: datetime) -> None:
    """Credit came: it lasts, and what waited for it runs again."""
    buckets.credited(session, row, valid_days=valid_days, now=now)
    collecting.collect(session, row.customer_id, now=now)
    renewals.retry(session, row.customer_id, now=now)


def _same(before: TopupBalance, row: Bucket) -> UUID:
    if before.bucket_id != row.id or before.payment_id is None:
        raise NotFound
    return before.payment_id


def _room(session: Session, row: Bucket, more: Money, terms: WalletTerms) -> None:
    """Refuse what would fill a wallet beyond its limit, with all that is on its way.

    Raises:
        WalletFull: it would.
    """
    coming = session.exec(
        select(func.coalesce(func.sum(TopupBalance.amount_minor), 0)).where(
            TopupBalance.bucket_id == row.id, TopupBalance.status == TopupStatus.PENDING
        )
    ).one()
    most = terms.policy.holds_most_minor
    if buckets.balance(session, row).minor + int(coming) + more.minor > most:
        raise WalletFull("amount", most=terms.money(most))
