"""Credit notes: documents of their own that take back what a bill asked for, in whole or in part.

A bill is never changed. Its credit note has negative sums at the rates of the bill, is booked the
other way round, pays what is still open of the bill, and leaves the rest to the account as credit.
What was suspended for a debt that is gone by it comes back at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.bills import allocating, taxes, writing
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.bulk import uid
from self_service.domain.bills.drafting import DraftLine, totalled
from self_service.domain.bills.gathering import gather
from self_service.domain.debts import dunning
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.models.bills import AppliedBillingRate, ChargeKind, CustomerBill, TaxCategory


class TooMuch(DomainError):
    """More than what a line asked for, less what was credited of it before."""

    code = "credit_too_much"
    message = N_("That is more than what is left of this line.")


class NothingToCredit(DomainError):
    """All of the bill was credited, or it asked for nothing."""

    code = "nothing_to_credit"
    message = N_("There is nothing to credit on this bill.")


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line of a bill of which something is given back.

    Attributes:
        rate_id: the line.
        gross_minor: how much of it, tax included; None for all that is left of it.
    """

    rate_id: int
    gross_minor: int | None = None


@dataclass(frozen=True, slots=True)
class _Left:
    net: int
    gross: int


def credit(
    session: Session,
    bill_id: UUID,
    lines: Iterable[CreditLine],
    reason: str,
    now: datetime,
) -> CustomerBill:
    """Write a credit note for lines of a bill.

    Args:
        session: open transaction.
        bill_id: the bill.
        lines: of it, each once.
        reason: for the reader.
        now: instant of writing.

    Returns:
        The credit note; its sums are below zero.

    Raises:
        NotFound: there is no such bill or line.
        TooMuch: a line asked for less than is to be given back.
        NothingToCredit: nothing is left.
    """
    bill, rows = _read(session, bill_id)
    left = _left(session, bill, rows.values())
    wanted = []
    for line in lines:
        row = rows.get(line.rate_id)
        if row is None:
            raise NotFound("line")
        whole = left[line.rate_id]
        minor = whole.gross if line.gross_minor is None else line.gross_minor
        if not 0 <= minor <= whole.gross:
            raise TooMuch("amount")
        wanted.append((row, _part(row, whole, minor)))
    return _write(session, bill, wanted, reason, now)


def credit_all(session: Session, bill_id: UUID, *, reason: str, now: datetime) -> CustomerBill:
    """Write a credit note for all that is left of a bill, its credits included.

    Raises:
        NotFound: there is no such bill.
        NothingToCredit: nothing is left.
    """
    bill, rows = _read(session, bill_id)
    left = _left(session, bill, rows.values())
    return _write(session, bill, [(row, left[key]) for key, row in rows.items()], reason, now)


def _read(session: Session, bill_id: UUID) -> tuple[CustomerBill, dict[int, AppliedBillingRate]]:
    account_id = session.exec(
        select(CustomerBill.account_id).where(CustomerBill.id == bill_id)
    ).first()
    if account_id is None:
        raise NotFound("bill")
    lock_account(session, account_id)
    bill = session.exec(
        select(CustomerBill)
        .where(CustomerBill.id == bill_id)
        .execution_options(populate_existing=True)
    ).one()
    rows = session.exec(
        select(AppliedBillingRate)
        .where(AppliedBillingRate.bill_id == bill_id)
        .order_by(AppliedBillingRate.position)
    ).all()
    return bill, {row.id: row for row in rows if row.id is not None}


def _left(
    session: Session, bill: CustomerBill, rows: Iterable[AppliedBillingRate]
) -> dict[int, _Left]:
    """Return what is left of each line after earlier credit notes."""
    left = {row.id: _Left(row.net_minor, row.gross_minor) for row in rows if row.id is not None}
    given = session.exec(
        select(AppliedBillingRate)
        .join(CustomerBill, CustomerBill.id == AppliedBillingRate.bill_id)
        .where(CustomerBill.credited_id == bill.id)
    )
    for row in given.all():
        key = int(row.detail["line"])
        left[key] = _Left(left[key].net + row.net_minor, left[key].gross + row.gross_minor)
    return left


def _part(row: AppliedBillingRate, left: _Left, minor: int) -> _Left:
    """Split a part of a line as the line was split; all that is left takes what is left of both."""
    if minor == left.gross:
        return left
    found = taxes.split(
        minor, category=row.tax_category, account=TaxCategory.STANDARD, standard_bp=row.tax_bp
    )
    return _Left(found.net, found.gross)


def _write(
    session: Session,
    bill: CustomerBill,
    wanted: Sequence[tuple[AppliedBillingRate, _Left]],
    reason: str,
    now: datetime,
) -> CustomerBill:
    gathered = gather(session, [bill.account_id.hex], as_of=now)
    account = gathered.accounts[0]
    note = f"{account.last_sequence + 1}"
    scale = taxes.to_micro(1, bill.currency)
    lines = [
        _line(row, part, reason, now, note, scale) for row, part in wanted if part.gross or part.net
    ]
    whole = totalled(account, now, lines, 0, gathered.cycles[account.cycle].day)
    if whole.gross_minor >= 0:
        raise NothingToCredit
    occasion = writing.Occasion(now, credited_id=bill.id)
    made = writing.write(session, whole, occasion)
    allocating.add_credit(session, account.id, -whole.gross_minor)
    minor = -whole.gross_minor
    allocating.use_credit_for(session, account.id, bill.id, minor, now=now)
    session.expire(bill)
    dunning.on_paid(session, account.id, now)
    return made


def _line(
    row: AppliedBillingRate, part: _Left, reason: str, now: datetime, note: str, scale: int
) -> DraftLine:
    return DraftLine(
        kind=ChargeKind.CREDIT,
        name=json.dumps(row.name),
        detail={"line": row.id, "reason": reason},
        product=uid(row.product_id),
        charged_at=now,
        period_start=row.period_start,
        period_end=row.period_end,
        micro=-part.gross * scale,
        source=f"c{row.id}:{note}",
        rate_id=None,
        category=row.tax_category,
        rate_bp=row.tax_bp,
        net_minor=-part.net,
        tax_minor=part.net - part.gross,
        gross_minor=-part.gross,
    )
