"""Codes of a print batch for the print house: until it has them all, then never again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.people.sealing import Vault
from self_service.domain.rows import changed
from self_service.domain.vouchers import batch_rows, codes
from self_service.models.access import Role
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherStatus
from self_service.money import Money


class NoCodes(DomainError):
    """The key of the codes is gone, or there never was one."""

    code = "no_codes"
    message = N_("The codes of this batch cannot be written out any more.")


class SheetTooLarge(DomainError):
    """More cards than are typeset in one go."""

    code = "sheet_too_large"
    message = N_("A PDF holds 1,000 vouchers at most. Use the CSV file for this batch.")


class NotExported(DomainError):
    """The print of what was never handed out cannot be confirmed."""

    code = "not_exported"
    message = N_("Export the codes first. Nothing was changed.")


#: Cards in one PDF.
SHEET_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Card:
    """One voucher as it is printed."""

    serial: str
    code: str


@dataclass(frozen=True, slots=True)
class Export:
    """A batch whose codes are written out.

    Attributes:
        expires_at: first instant at which its vouchers are no good.
        number_of_export: 1 for the first.
        serials: of the vouchers that can still be redeemed.
        key: what the codes are made from; never shown.
    """

    number: str
    name: str
    amount: Money
    expires_at: datetime
    number_of_export: int
    serials: tuple[int, ...] = field(repr=False)
    key: str = field(repr=False)

    def cards(self) -> Iterator[Card]:
        """Yield what is printed; each code is made as it is asked for."""
        for serial in self.serials:
            code = codes.grouped(codes.derived(self.key, serial))
            yield Card(f"{self.number}-{serial:06d}", code)


def export(
    session: Session, actor: Actor, number: str, *, form: str, vault: Vault, now: datetime
) -> Export:
    """Hand out the codes of a print batch; recorded and counted.

    Args:
        session: open transaction.
        actor: an administrator with a fresh proof.
        number: of the batch.
        form: "csv" or "pdf", for the record.
        vault: opens the key.
        now: instant of export.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not for this person, or not now.
        NotFound: there is no such batch.
        NoCodes: its print was confirmed, it is void, or it is sold online.
    """
    actor.one_of(Role.ADMINISTRATOR)
    actor.fresh(now)
    batch = batch_rows.lock(session, batch_rows.find(session, number).id)
    if not batch.sealed_key or batch.expires_at is None:
        raise NoCodes
    batch.exports, batch.exported_at = batch.exports + 1, now
    session.flush()
    good = select(Voucher.serial).where(
        Voucher.batch_id == batch.id, Voucher.status == VoucherStatus.ISSUED
    )
    serials = tuple(session.exec(good.order_by(Voucher.serial)))
    said = {"form": form, "export": batch.exports, "count": len(serials)}
    audit.record(session, actor, "vouchers.export", now=now, subject=batch.number, after=said)
    return Export(
        number=batch.number,
        name=batch.name,
        amount=Money(batch.amount_minor, batch.currency),
        expires_at=batch.expires_at,
        number_of_export=batch.exports,
        serials=serials,
        key=vault.open(batch.sealed_key, now=now),
    )


def fits_sheet(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Ask whether a batch can be typeset, before its codes are handed out.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
        NotFound: there is no such batch.
        SheetTooLarge: it has too many vouchers.
    """
    del now
    actor.one_of(Role.ADMINISTRATOR)
    if batch_rows.find(session, number).count > SHEET_MOST:
        raise SheetTooLarge


def confirm(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Say that the print house has everything: the key is destroyed, nobody exports again.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
        NotFound: there is no such batch.
        NoCodes: there is no key any more.
        NotExported: the codes were never handed out.
    """
    actor.one_of(Role.ADMINISTRATOR)
    batch = batch_rows.find(session, number)
    if not batch.sealed_key:
        raise NoCodes
    destroyed = (
        update(VoucherBatch)
        .where(VoucherBatch.id == batch.id, VoucherBatch.exports > 0, VoucherBatch.sealed_key != "")
        .values(sealed_key="", confirmed_at=now)
    )
    if changed(session, destroyed) != 1:
        raise NotExported
    session.expire(batch)
    audit.record(session, actor, "vouchers.print_confirmed", now=now, subject=number)


def sample(session: Session, name: str, *, vault: Vault, now: datetime) -> str:
    """Return a code that can be redeemed of a batch with this name, "" when there is none.

    For the demo alone: it shows a code to try on the page where codes are typed.
    """
    wanted = (
        select(VoucherBatch.sealed_key, Voucher.serial)
        .join(Voucher, Voucher.batch_id == VoucherBatch.id)
        .where(
            VoucherBatch.name == name,
            VoucherBatch.sealed_key != "",
            Voucher.status == VoucherStatus.ISSUED,
            Voucher.expires_at > now,
        )
        .order_by(VoucherBatch.created_at, Voucher.serial)
        .limit(1)
    )
    found = session.exec(wanted).first()
    return codes.grouped(codes.derived(vault.open(found[0], now=now), found[1])) if found else ""
