"""Batches of vouchers, made and ended by staff.

Administrators change them; customer service looks. Whatever makes or ends money wants a fresh
proof of who is there, and is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.people.sealing import Vault
from self_service.domain.rows import changed
from self_service.domain.transitions import VOUCHER, advance
from self_service.domain.vouchers import codes, worth
from self_service.domain.vouchers.batch_form import NewBatch
from self_service.domain.vouchers.batch_rows import (
    by_serial,
    find,
    free_number,
    lock,
    serial_of,
)
from self_service.models.access import Role
from self_service.models.base import new_id
from self_service.models.vouchers import (
    BatchStatus,
    Voucher,
    VoucherBatch,
    VoucherKind,
    VoucherStatus,
)

#: Rows that are inserted by one statement.
_CHUNK = 5_000
#: Rows of batches that are ended in one round of the job.
_ROUND = 50


class BatchOver(DomainError):
    """The batch was made void before."""

    code = "batch_over"
    message = N_("This batch is void already. Nothing was changed.")


class VoucherOver(DomainError):
    """One that was redeemed, made void, or expired."""

    code = "voucher_over"
    message = N_("This voucher was used, has expired or is void already. Nothing was changed.")


def create(session: Session, actor: Actor, wish: NewBatch, *, vault: Vault, now: datetime) -> str:
    """Make a batch with all its vouchers.

    Args:
        session: open transaction.
        actor: an administrator with a fresh proof.
        wish: checked by `batch_form.read`.
        vault: seals the key of a print batch, takes fingerprints of its codes.
        now: instant of making.

    Returns:
        The number of the batch.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not for this person, or not now.
    """
    who = _administrator(actor, now)
    printed = wish.kind is VoucherKind.PRINT
    key = codes.new_key() if printed else ""
    batch = VoucherBatch(
        number=free_number(session),
        kind=wish.kind,
        name=wish.name,
        amount_minor=wish.amount.minor,
        currency=wish.amount.currency,
        count=wish.count,
        dealer_id=wish.dealer_id,
        status_changed_at=now,
        sealed_key=vault.seal(key, now=now) if printed else "",
        expires_at=wish.expires_at,
        created_by=who if who.int else None,  # the command line has no account
        created_at=now,
    )
    session.add(batch)
    session.flush()
    for rows in _vouchers(batch, key, vault, now):
        session.execute(insert(Voucher), rows)
    if printed:
        worth.issued(session, batch, now=now)
    said = {
        "count": batch.count,
        "amount": batch.amount_minor,
        "currency": batch.currency,
        "kind": batch.kind.value,
    }
    audit.record(session, actor, "vouchers.create", now=now, subject=batch.number, after=said)
    return batch.number


def void_batch(session: Session, actor: Actor, number: str, *, now: datetime) -> int:
    """End a batch: of a print batch all that can still be redeemed, of an online one its stock.

    Online vouchers that people paid for stay good; one of them is ended by `void_voucher`.

    Returns:
        How many vouchers became void.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not for this person, or not now.
        NotFound: there is no such batch.
        BatchOver: it is void already.
    """
    _administrator(actor, now)
    batch = find(session, number)
    ended = (
        update(VoucherBatch)
        .where(VoucherBatch.id == batch.id, VoucherBatch.status == BatchStatus.ACTIVE)
        .values(status=BatchStatus.VOID, status_changed_at=now, sealed_key="")
    )
    if changed(session, ended) != 1:
        raise BatchOver
    printed = batch.kind is VoucherKind.PRINT
    count = _end(session, batch, VoucherStatus.ISSUED if printed else VoucherStatus.STOCK, now)
    if printed:
        worth.batch_ended(session, batch, count, now=now)
    session.expire(batch)
    audit.record(
        session, actor, "vouchers.void_batch", now=now, subject=number, after={"count": count}
    )
    return count


def void_voucher(session: Session, actor: Actor, serial: str, *, now: datetime) -> None:
    """End one voucher that was not redeemed, known by what is printed beside its code.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not for this person, or not now.
        NotFound: there is no such voucher.
        VoucherOver: it cannot be ended any more.
    """
    _administrator(actor, now)
    batch, voucher = by_serial(session, serial)
    before, to = voucher.status, VoucherStatus.VOID
    if not advance(session, Voucher, voucher.id, to, allowed=VOUCHER, now=now):
        raise VoucherOver
    if before is VoucherStatus.ISSUED:
        worth.voucher_ended(session, batch, voucher, now=now)
    audit.record(session, actor, "vouchers.void", now=now, subject=serial_of(batch, voucher.serial))


def expire(session: Session, *, now: datetime) -> int:
    """Book what can no longer be redeemed because its date is over; for the job.

    Returns:
        How many vouchers expired.
    """
    lapsed = select(Voucher.batch_id).where(
        Voucher.status == VoucherStatus.ISSUED, Voucher.expires_at <= now
    )
    done = 0
    for batch_id in session.exec(lapsed.distinct().limit(_ROUND)).all():
        batch = lock(session, batch_id)
        count = _end(session, batch, VoucherStatus.ISSUED, now, lapsed=True)
        worth.batch_ended(session, batch, count, now=now)
        done += count
    return done


def _administrator(actor: Actor, now: datetime) -> UUID:
    who = actor.one_of(Role.ADMINISTRATOR)
    actor.fresh(now)
    return who


def _vouchers(
    batch: VoucherBatch, key: str, vault: Vault, now: datetime
) -> Iterator[list[dict[str, object]]]:
    """Yield the rows of a batch in chunks; online ones have neither code nor date yet."""
    printed = batch.kind is VoucherKind.PRINT
    same: dict[str, object] = {
        "batch_id": batch.id,
        "amount_minor": batch.amount_minor,
        "currency": batch.currency,
        "status": VoucherStatus.ISSUED if printed else VoucherStatus.STOCK,
        "status_changed_at": now,
        "expires_at": batch.expires_at,
        "redeemed_at": None,
        "redeemed_by": None,
    }
    for first in range(1, batch.count + 1, _CHUNK):
        yield [
            same
            | {
                "id": new_id(),
                "serial": serial,
                "code_hash": codes.fingerprint(vault, codes.derived(key, serial))
                if printed
                else None,
            }
            for serial in range(first, min(first + _CHUNK, batch.count + 1))
        ]


def _end(
    session: Session,
    batch: VoucherBatch,
    standing: VoucherStatus,
    now: datetime,
    *,
    lapsed: bool = False,
) -> int:
    over = [col(Voucher.expires_at) <= now] if lapsed else []
    to = VoucherStatus.EXPIRED if lapsed else VoucherStatus.VOID
    statement = (
        update(Voucher)
        .where(Voucher.batch_id == batch.id, Voucher.status == standing, *over)
        .values(status=to, status_changed_at=now)
        .execution_options(synchronize_session=False)
    )
    return changed(session, statement)
