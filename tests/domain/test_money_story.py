"""One story across all parts, with every sum computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session, select

from self_service.domain.bills import charges
from self_service.domain.debts import disputes
from self_service.domain.debts.overdue import overdue
from self_service.domain.payments import autopay
from self_service.domain.policy import BillPolicy
from self_service.models.bills import AppliedBillingRate, BillState, ChargeKind, CustomerBill
from self_service.models.ledger import AccountKind, LedgerAccount, LedgerEntry
from tests import payers
from tests.bills import bill, make_product, shown
from tests.books import balance, make_account, proven, receivable
from tests.debtors import clerk
from tests.factories import monthly

POLICY = BillPolicy()


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-{text}").replace(tzinfo=UTC)


def told(session: Session, account: LedgerAccount) -> list[tuple[str, int, int]]:
    """What the ledger tells of an account: kind, sum (below zero: taken), balance after it."""
    found = []
    for row in session.exec(select(LedgerEntry).order_by(LedgerEntry.id)):
        if row.debit_id == account.id:
            found.append((row.kind.value, -row.amount_minor, row.debit_after_minor))
        elif row.credit_id == account.id:
            found.append((row.kind.value, row.amount_minor, row.credit_after_minor))
    return found


def house(session: Session, kind: AccountKind) -> int:
    ids = session.exec(select(LedgerAccount.id).where(LedgerAccount.kind == kind)).all()
    rows = session.exec(select(LedgerEntry)).all()
    return sum(r.amount_minor * ((r.credit_id in ids) - (r.debit_id in ids)) for r in rows)


def test_bought_on_the_31st_paid_in_part_disputed_and_paid_by_itself(session: Session) -> None:
    account = make_account(session, now=on("01-31"))
    ada = payers.actor_of(account.customer_id, now=on("01-31"))
    make_product(session, account, monthly(1999), start=on("01-31T15:30"))
    calls, name = ChargeKind.USAGE, {"en": "Calls"}
    charges.add_charge(session, account.id, calls, name, 12_000_000, "calls:1", on("01-31T20:00"))
    card = payers.make_card(session, account.customer_id, now=on("01-31"))
    more = {"agreed": True, "currency": "EUR", "now": on("01-31")}
    autopay.switch_on(session, ada, card.id, **more)

    # 1 February: the plan 19,99 = 16,80 + 3,19 (19 %), calls 12,00 = 10,08 + 1,92; due in 14 days
    first = bill(session, account, on("02-01"))
    assert shown(session, first) == [1999, 1200]
    sums = first.net_minor, first.tax_minor, first.gross_minor, first.due_at
    assert sums == (1680 + 1008, 319 + 192, 3199, on("02-15"))

    # 5 February: she pays 10,00 by herself; 21,99 remain
    paid = payers.start(session, ada, [first], 1000, now=on("02-05"))
    payers.settle(session, paid, now=on("02-05"))
    session.refresh(first)
    assert (first.remaining_minor, first.state) == (2199, BillState.PARTIALLY_PAID)

    # 6 February: she disputes the calls; so long only 9,99 would be overdue and taken by itself
    line = session.exec(
        select(AppliedBillingRate.id).where(AppliedBillingRate.kind == ChargeKind.USAGE)
    ).one()
    opened = disputes.dispute(
        session, ada, line, reason="I never called Mars", policy=POLICY, now=on("02-06")
    )
    assert overdue(session, account.id, least=1, at=on("02-16")).amount.minor == 999

    # 8 February: half is accepted, 6,00 = 5,04 + 0,96; 15,99 remain
    staff = clerk(session)
    disputes.accept(session, staff, opened, minor=600, answer="Half of it", now=on("02-08"))
    session.refresh(first)
    assert (first.remaining_minor, first.disputed_minor) == (1599, 0)

    # 13 February, two days before it is due: autopay takes the rest
    assert autopay.due(session, policy=POLICY, now=on("02-12T23:59")) == ()
    assert autopay.due(session, policy=POLICY, now=on("02-13")) == (first.id,)
    taken = autopay.begin(session, first.id, policy=POLICY, now=on("02-13"))
    assert taken is not None
    payers.settle(session, taken, now=on("02-13"))
    session.refresh(first)
    assert (first.remaining_minor, first.state) == (0, BillState.SETTLED)
    assert autopay.due(session, policy=POLICY, now=on("02-20")) == ()

    # the ledger: 26,88 + 5,11 asked; 10,00, 5,04 + 0,96 and 15,99 came
    ledger_account = session.get_one(LedgerAccount, receivable(session, account).id)
    assert told(session, ledger_account) == [
        ("bill", -2688, -2688),
        ("billTax", -511, -3199),
        ("payment", 1000, -2199),
        ("creditNote", 504, -1695),
        ("creditNoteTax", 96, -1599),
        ("payment", 1599, 0),
    ]
    assert house(session, AccountKind.REVENUE) == 2688 - 504
    assert house(session, AccountKind.TAX) == 511 - 96
    assert house(session, AccountKind.CLEARING) == -(1000 + 1599)

    # 28 February has no 31st: the plan's second charge; 31 March its third
    assert shown(session, bill(session, account, on("03-01"))) == [1999]
    assert bill(session, account, on("03-31T15:29")) is None
    assert shown(session, bill(session, account, on("03-31T15:30"))) == [1999]
    numbers = session.exec(select(CustomerBill.number).order_by(CustomerBill.sequence)).all()
    assert numbers == [f"{account.number}-{n:04d}" for n in (1, 2, 3, 4)]
    assert balance(session, AccountKind.RECEIVABLE, account.id) == -2 * 1999
    proven(session)
