"""Redeeming a voucher: one conditional UPDATE decides, and refusals tell nothing apart.

How `wallet.topups.redeem` uses this: read the code (`codes.fingerprints`, a slip is told at the
field and counts nothing), count the guess in a transaction of its own (`count_guess`), then in the
transaction that books it `claim`, and book VOUCHERS -> wallet with kind VOUCHER_REDEEMED and the
voucher as its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col

from self_service.domain.access import Actor, attempts
from self_service.domain.access.attempts import Limit
from self_service.domain.errors import N_, DomainError
from self_service.domain.policy import VoucherPolicy
from self_service.domain.rows import changed
from self_service.models.access import Attempts
from self_service.models.vouchers import Voucher, VoucherSale, VoucherStatus
from self_service.money import Money

#: A network may hold many people, so it gets more guesses than a customer.
_NETWORK = 10


class VoucherRefused(DomainError):
    """One answer for unknown, used, void, expired and foreign codes: nothing to probe."""

    code = "voucher_refused"
    message = N_("This voucher cannot be used. Check the code and the date on your voucher.")


class TooManyGuesses(DomainError):
    """Too many codes that could not be used, by this customer or from this network."""

    code = "too_many_guesses"
    message = N_("Too many codes could not be used. Please wait a while and try again.")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A voucher that is the caller's now, to be booked in the same transaction."""

    voucher_id: UUID
    amount: Money


def claim(
    session: Session,
    fingerprints: Sequence[str],
    customer_id: UUID,
    currency: str,
    now: datetime,
) -> Claimed:
    """Take a voucher for a customer; of any number of callers one gets it.

    Args:
        session: open transaction, in which the caller books it.
        fingerprints: of the typed code (`codes.fingerprints`).
        customer_id: whose wallet it goes to.
        currency: of that wallet, ISO 4217.
        now: instant of redeeming.

    Raises:
        VoucherRefused: it cannot be used; nothing changed.
    """
    statement = (
        update(Voucher)
        .where(
            col(Voucher.code_hash).in_(fingerprints),
            Voucher.status == VoucherStatus.ISSUED,
            Voucher.currency == currency,
            Voucher.expires_at > now,
        )
        .values(
            status=VoucherStatus.REDEEMED,
            status_changed_at=now,
            redeemed_at=now,
            redeemed_by=customer_id,
        )
        .returning(Voucher.id, Voucher.amount_minor)
        .execution_options(synchronize_session=False)
    )
    found = session.execute(statement).first()
    if found is None:
        raise VoucherRefused("code")
    voucher_id, minor = found
    _forget(session, voucher_id, customer_id)
    return Claimed(voucher_id, Money(int(minor), currency))


def count_guess(
    session: Session, actor: Actor, *, network: str, policy: VoucherPolicy, now: datetime
) -> bool:
    """Count one code that is about to be tried; False when it is one too many.

    Call it in a transaction of its own, before `claim`, and refuse with `TooManyGuesses`: a
    refusal that rolls back must not undo the count. A code that is taken clears the customer's
    count (not the network's: a bought voucher must not buy a network new guesses).

    Args:
        session: open transaction.
        actor: who types.
        network: address that the browser has, "" when not known.
        policy: how many in a row.
        now: instant of the try.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    within = timedelta(minutes=policy.wait_minutes)
    customer = attempts.count(
        session, Limit(_CUSTOMER, policy.guesses, within), str(actor.customer()), now=now
    )
    most = policy.guesses * _NETWORK
    # both are counted, whatever the first says
    return attempts.count(session, Limit("voucher network", most, within), network, now=now) and (
        customer
    )


_CUSTOMER = "voucher customer"


def _forget(session: Session, voucher_id: UUID, customer_id: UUID) -> None:
    """Forget the code that its buyer could read, and the wrong ones before it."""
    sold_here = (VoucherSale.voucher_id == voucher_id, VoucherSale.partner == "")
    changed(session, update(VoucherSale).where(*sold_here).values(sealed_code=""))
    changed(session, delete(Attempts).where(Attempts.key == f"{_CUSTOMER} {customer_id}"))
