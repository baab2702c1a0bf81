"""Faults planted into the money: what proves the books must find each, or it proves less."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.bills import (
    allocating,
    bill_rows,
    charges,
    credit_note,
    proration,
    recurring,
    taxes,
    writing,
)
from self_service.domain.debts import dunning
from self_service.domain.debts.overdue import Overdue, OverdueBill
from self_service.domain.ledger import posting
from self_service.domain.payments import refunds, settling
from self_service.domain.vouchers import redeeming
from self_service.domain.wallet import gifts, topups
from self_service.models.bills import AppliedBillingRate, BillState
from self_service.models.dunning import SuspendedProduct
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount
from self_service.models.payments import BillAllocation, Payment, PaymentStatus
from self_service.models.vouchers import Voucher
from self_service.money import Money
from self_service.ports import ChargeStatus
from tests import debtors, payers, wallets
from tests.bills import make_product
from tests.books import empty_books, make_account, proven
from tests.conftest import NOW
from tests.factories import monthly

START = datetime(2027, 1, 1, tzinfo=UTC)
Story = Callable[[Session], None]
#: An assertion of a story or of `ledger verify`, a refusal by the database, or by pytest.
CAUGHT = (AssertionError, IntegrityError, pytest.fail.Exception)


# -- what is done, with sums computed by hand -----------------------------------------------------


def bills(session: Session) -> None:
    """31,00 a month from 1 January, ended on the 11th: 31,00 asked, 21 of 31 days given back."""
    account = make_account(session, now=START)
    row = make_product(session, account, monthly(3100), start=START)
    made = writing.bill_now(session, account.id, as_of=START, now=START)
    assert (made.net_minor, made.tax_minor, made.gross_minor) == (2605, 495, 3100)
    ended = START + timedelta(days=10)
    assert writing.bill_now(session, account.id, as_of=START, now=ended) is None
    assert charges.end_charging(session, row.product_id, at=ended)
    writing.bill_now(session, account.id, as_of=ended, now=ended)
    rows = session.exec(select(AppliedBillingRate.gross_minor).order_by(AppliedBillingRate.id))
    assert rows.all() == [3100, -2100]
    proven(session)


def payments(session: Session) -> None:
    """A bill is paid in part, then wholly; the provider says all of it twice."""
    actor, (bill,) = payers.owing(session, 5_000)
    for minor, left in ((2_000, 3_000), (3_000, 0)):
        made = payers.start(session, actor, [bill], minor)
        payers.settle(session, made)
        payers.settle(session, made)
        session.refresh(bill)
        assert bill.remaining_minor == left
    proven(session)


def late(session: Session) -> None:
    """Money that came after its payment was given up goes back once."""
    actor, bills_ = payers.owing(session, 5_000)
    made = payers.start(session, actor, bills_)
    payers.settle(session, made, ChargeStatus.CANCELED)
    for _ in range(2):
        payers.settle(session, made)
    payment = session.get_one(Payment, made, populate_existing=True)
    assert not refunds.due(session, payment, reason="asked for", now=NOW)
    proven(session)


def credits(session: Session) -> None:
    """A bill of which 20,00 were paid is given back: nothing of it is open."""
    actor, (bill,) = payers.owing(session, 5_000)
    payers.settle(session, payers.start(session, actor, [bill], 2_000))
    note = credit_note.credit_all(session, bill.id, reason="goodwill", now=NOW)
    session.refresh(bill)
    assert (note.gross_minor, bill.remaining_minor, bill.state) == (-5_000, 0, BillState.SETTLED)
    proven(session)


def debts(session: Session) -> None:
    """Who paid on the day before is not switched off."""
    owes = debtors.debtor(session)
    for day in (3, 10, 20):
        debtors.look(session, debtors.after(day))
    debtors.pay(session, owes.account, owes.bill.remaining_minor, now=debtors.after(29))
    debtors.look(session, debtors.after(30))
    assert session.exec(select(SuspendedProduct)).all() == []
    proven(session)


def wallet(session: Session) -> None:
    """A voucher is worth something once; a gift leaves its giver at once."""
    ada, ben = (wallets.person(session, f"{n}@example.com", now=NOW) for n in ("ada", "ben"))
    code = wallets.make_voucher(session, 2_000, now=NOW)
    topups.redeem(session, ada, code, terms=wallets.TERMS, now=NOW)
    with pytest.raises(redeeming.VoucherRefused):
        topups.redeem(session, ben, code, terms=wallets.TERMS, now=NOW)
    more = {"terms": wallets.TERMS, "now": NOW}
    found = gifts.propose(session, ada, "ben@example.com", wallets.euro(500), **more)
    gifts.send(session, ada, found.secret, **more)
    proven(session)


# -- what is planted -------------------------------------------------------------------------------

nearest, part, pay, claim, post = (
    taxes._nearest,
    proration.part,
    allocating._pay,
    redeeming.claim,
    gifts._post,
)
house, shift, succeeded = bill_rows.Batch._house, posting._shift, settling._succeeded
remember = bill_rows.Batch._remember


def rounds_up(value: int, divisor: int) -> int:
    return -(-value // divisor)


def one_day_more(micro: int, wanted: int, of: int) -> int:
    return part(micro, wanted + 1, of)


def tax_as_sales(self: Any, kind: AccountKind, currency: str, name: str) -> str:
    return house(self, AccountKind.REVENUE if kind is AccountKind.TAX else kind, currency, name)


def all_as_sales(self: Any, draft: Any, *_: Any, **__: Any) -> None:
    sales = house(self, AccountKind.REVENUE, draft.account.currency, "")
    self._book(
        draft,
        bill_rows.bill_key(draft.account.key, draft.account.last_sequence + 1),
        bill_rows._SALES,
        sales,
        draft.gross_minor,
        0,
    )
    for item in draft.taxes:
        made = bill_rows.bill_key(draft.account.key, draft.account.last_sequence + 1)
        sums = item.net_minor, item.tax_minor
        self._taxes.append((made, item.category.value, item.rate_bp, *sums))


def one_sided(session: Session, account: ledger.Account, minor: int) -> int | None:
    if not account.tracked or minor < 0:
        return shift(session, account, minor)
    kept = select(LedgerAccount.balance_minor).where(LedgerAccount.id == account.id)
    return session.exec(kept).one() + minor


def allocates_twice(session: Session, bill_id: Any, minor: int, payment_id: Any, now: Any) -> int:
    paid = pay(session, bill_id, minor, payment_id, now)
    again = BillAllocation(bill_id=bill_id, payment_id=payment_id, amount_minor=paid, at=now)
    session.add(again)
    session.flush()
    return paid


def used_ones_too(session: Session, codes: Any, *rest: Any) -> redeeming.Claimed:
    try:
        return claim(session, codes, *rest)
    except redeeming.VoucherRefused:
        row = session.exec(select(Voucher).where(Voucher.code_hash.in_(codes))).one()
        return redeeming.Claimed(row.id, Money(row.amount_minor, row.currency))


def nothing_taken(session: Session, kind: EntryKind, *rest: Any) -> None:
    if kind is not EntryKind.GIFT_SENT:
        post(session, kind, *rest)


def never_owed(*_: Any) -> bool:
    return False


def always_overdue(session: Session, account_id: Any, *, least: int, at: datetime) -> Overdue:
    del session, least
    return Overdue(Money(1, "EUR"), (OverdueBill(account_id, "A1", at - timedelta(days=30), 1),))


def credit_left_aside(*_: Any, **__: Any) -> int:
    return 0


def as_if_new(session: Session, payment: Payment, *rest: Any) -> settling.Outcome:
    new = {"status": PaymentStatus.PENDING_AUTHORIZATION}
    session.execute(update(Payment).where(Payment.id == payment.id).values(**new))
    session.refresh(payment)
    return succeeded(session, payment, *rest)


def forgets_what_was_charged(self: Any, draft: Any) -> None:
    remember(self, draft)
    self._charged.clear()


FAULTS: tuple[tuple[str, Any, str, Callable[..., Any], Story], ...] = (
    ("tax rounded up", taxes, "_nearest", rounds_up, bills),
    ("a part has a day more", recurring, "part", one_day_more, bills),
    ("tax lies with sales", bill_rows.Batch, "_house", tax_as_sales, bills),
    ("tax booked as sales", bill_rows.Batch, "_add_entries", all_as_sales, bills),
    ("charged again", bill_rows.Batch, "_remember", forgets_what_was_charged, bills),
    ("one side of a posting", posting, "_shift", one_sided, payments),
    ("allocated twice", allocating, "_pay", allocates_twice, payments),
    ("settled twice", settling, "_succeeded", as_if_new, payments),
    ("refunded twice", refunds, "owed", never_owed, late),
    ("credit note pays nothing", allocating, "use_credit_for", credit_left_aside, credits),
    ("switched off at zero", dunning, "overdue", always_overdue, debts),
    ("voucher used again", redeeming, "claim", used_ones_too, wallet),
    ("gift from nobody", gifts, "_post", nothing_taken, wallet),
)


@pytest.mark.parametrize("story", [bills, payments, late, credits, debts, wallet])
def test_without_a_fault_all_is_right(story: Story) -> None:
    with empty_books() as session:
        story(session)


@pytest.mark.parametrize(
    ("where", "name", "fault", "story"),
    [f[1:] for f in FAULTS],
    ids=[f[0].replace(" ", "-") for f in FAULTS],
)
def test_a_fault_is_caught(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, fault: Any, story: Story
) -> None:
    monkeypatch.setattr(where, name, fault)
    with empty_books() as session, pytest.raises(CAUGHT):
        story(session)
