"""Bills as people see them: the list, one bill, who sees them, the table of lines."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.bills import csv_file, detail, document
from self_service.domain.bills import list as bill_list
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.allocating import Share, use_credit, use_payment
from self_service.domain.bills.detail import Source
from self_service.domain.bills.list import PAGE, Standing
from self_service.domain.bills.reach import bill_of
from self_service.domain.errors import NotFound
from self_service.models.access import DigitalIdentity, Grant, Role, Scope
from self_service.models.bills import ChargeKind, TaxCategory
from self_service.models.documents import Document
from self_service.models.dunning import BillDispute, DisputeStatus
from self_service.models.people import Individual
from tests.bills_view import Charged, customer_actor, person, write_bill
from tests.books import make_account, make_payment, proven
from tests.conftest import NOW

DAY = timedelta(days=1)


def somebody(session: Session, *shares: tuple[Scope, object, object]) -> Actor:
    """A sub-user with these grants: (scope, customer, product or None)."""
    who = Individual(given_name="Eve", family_name="Quell", created_at=NOW)
    session.add(who)
    session.flush()
    identity = DigitalIdentity(
        individual_id=who.id, login="eve@x.example", password_hash="-", created_at=NOW
    )
    identity.role = Role.SUB_USER
    session.add(identity)
    session.flush()
    for scope, customer_id, product_id in shares:
        session.add(
            Grant(
                identity_id=identity.id,
                customer_id=customer_id,
                product_id=product_id,
                scope=scope,
                granted_by=identity.id,
                created_at=NOW,
            )
        )
    session.flush()
    return Actor(role=Role.SUB_USER, identity_id=identity.id)


def test_newest_first_page_by_page_with_their_standing(session: Session) -> None:
    ada = person(session, now=NOW)
    account = make_account(session, now=NOW, customer=ada)
    for number in range(PAGE + 2):
        at = NOW - (PAGE + 2 - number) * 30 * DAY
        write_bill(session, account, Charged(net=1_000 + number), now=at, due=at + 14 * DAY)
    lock_account(session, account.id)
    paid = make_payment(session, account, 1_190, now=NOW)
    oldest = bill_list.bills(session, customer_actor(ada), now=NOW, page=2).bills[-1]
    use_payment(session, account.id, paid, [Share(oldest.id, 1_190)], now=NOW)
    session.expire_all()
    first = bill_list.bills(session, customer_actor(ada), now=NOW)
    last = bill_list.bills(session, customer_actor(ada), now=NOW, page=99)
    assert (len(first.bills), first.pages, len(last.bills), last.page) == (PAGE, 2, 2, 2)
    assert [bill.gross.minor for bill in first.bills[:2]] == [1_203, 1_202]
    assert last.bills[-1].standing is Standing.PAID
    assert last.bills[-1].settled_at == NOW
    assert {bill.standing for bill in first.bills} == {Standing.OVERDUE}
    proven(session)


def test_an_account_sums_what_is_open_overdue_doubted_and_credit(session: Session) -> None:
    ada = person(session, now=NOW)
    account = make_account(session, now=NOW, customer=ada)
    late = write_bill(session, account, Charged(), now=NOW - 30 * DAY, due=NOW - DAY)
    write_bill(session, account, Charged(net=2_000, tax=380), now=NOW, due=NOW + 5 * DAY)
    late.disputed_minor = 500
    session.flush()
    found = bill_list.bills(session, customer_actor(ada), now=NOW).account
    assert found is not None
    sums = (found.open, found.overdue, found.disputed, found.credit)
    assert [one.minor for one in sums] == [3_570, 1_190, 500, 0]
    assert (found.due_next, found.autopay, found.last_payment) == (late.due_at, False, None)
    lock_account(session, account.id)
    paid = make_payment(session, account, 4_000, now=NOW)
    use_payment(session, account.id, paid, [], now=NOW)
    use_credit(session, account.id, now=NOW)
    session.expire_all()
    after = bill_list.bills(session, customer_actor(ada), now=NOW).account
    assert after is not None
    assert (after.open.minor, after.overdue.minor, after.credit.minor) == (0, 0, 430)
    assert after.last_payment is not None
    assert after.last_payment.amount.minor == 4_000
    proven(session)


def test_who_was_never_billed_has_no_account_and_none_is_made(session: Session) -> None:
    ada = person(session, now=NOW)
    found = bill_list.bills(session, customer_actor(ada), now=NOW)
    assert (found.account, found.bills, found.pages) == (None, (), 1)


def test_strangers_see_nothing(session: Session) -> None:
    ada, eve = person(session, now=NOW), person(session, now=NOW, name="Eve Adler")
    account = make_account(session, now=NOW, customer=ada)
    bill = write_bill(session, account, Charged(), now=NOW)
    make_account(session, now=NOW, customer=eve)
    with pytest.raises(NotFound):
        bill_list.bills(session, customer_actor(eve), now=NOW, account=account.number)
    with pytest.raises(NotFound):
        detail.detail(session, customer_actor(eve), bill.number, now=NOW)
    with pytest.raises(NotFound):
        document.stored(session, customer_actor(eve), bill.number, now=NOW)
    with pytest.raises(NotFound):
        csv_file.bill_csv(session, customer_actor(eve), bill.number, language="en", now=NOW)
    with pytest.raises(SignInNeeded):
        bill_list.bills(session, Actor(), now=NOW)
    with pytest.raises(SignInNeeded):
        detail.detail(session, Actor(), bill.number, now=NOW)


@pytest.mark.parametrize(
    ("scopes", "pays"),
    [((Scope.VIEW,), False), ((Scope.MANAGE,), False), ((Scope.PAY,), True)],
    ids=["view", "manage", "pay"],
)
def test_who_may_see_all_subscriptions_sees_the_bills(
    session: Session, scopes: tuple[Scope, ...], pays: bool
) -> None:
    ada = person(session, now=NOW)
    account = make_account(session, now=NOW, customer=ada)
    bill = write_bill(session, account, Charged(), now=NOW)
    eve = somebody(session, *((scope, ada.id, None) for scope in scopes))
    found = bill_list.bills(session, eve, now=NOW)
    assert [one.number for one in found.bills] == [bill.number]
    assert (found.reach.own, found.reach.can_pay, found.reach.owner) == (False, pays, "Ada Quell")
    assert bill_of(session, eve, bill.number, now=NOW)[1].can_pay is pays


def test_who_may_see_nothing_sees_no_bills(session: Session) -> None:
    with pytest.raises(NotFound):
        bill_list.bills(session, somebody(session), now=NOW)


def test_one_bill_whole(session: Session) -> None:
    ada = person(session, now=NOW)
    account = make_account(session, now=NOW, customer=ada)
    first = write_bill(session, account, Charged(), now=NOW - 30 * DAY, regular=True)
    usage = {"usage": [{"at": "2026-11-02", "what": "+49 30 1", "quantity": "3", "minor": 40}]}
    bill = write_bill(
        session,
        account,
        Charged("Calls", 100, 19, ChargeKind.USAGE, detail=usage),
        Charged("Plan"),
        Charged("Half price", -500, -95, ChargeKind.DISCOUNT),
        Charged("Magazine", 500, 35, ChargeKind.ONE_TIME, bp=700),
        now=NOW,
        regular=True,
    )
    note = write_bill(session, account, Charged(net=-100, tax=-19), now=NOW, credits=bill)
    found = detail.detail(session, customer_actor(ada), bill.number, now=NOW)
    assert [line.name["en"] for line in found.groups[0].lines] == [
        "Plan",
        "Half price",
        "Magazine",
        "Calls",
    ]
    assert found.groups[0].gross == found.summary.gross == found.net + found.tax
    assert found.groups[0].lines[-1].usage[0].what == "+49 30 1"
    assert [(row.rate_bp, row.net.minor, row.tax.minor) for row in found.taxes] == [
        (1_900, 600, 114),
        (700, 500, 35),
    ]
    assert (found.before, [one.number for one in found.credit_notes]) == (
        first.number,
        [note.number],
    )
    corrected = detail.detail(session, customer_actor(ada), note.number, now=NOW)
    assert (corrected.credits, corrected.summary.standing) == (bill.number, Standing.CREDIT_NOTE)
    proven(session)


def test_payments_credit_and_doubts_stand_beside_a_bill(session: Session) -> None:
    ada = person(session, now=NOW)
    account = make_account(session, now=NOW, customer=ada)
    bill = write_bill(session, account, Charged(net=2_000, tax=380), now=NOW)
    lock_account(session, account.id)
    paid = make_payment(session, account, 1_000, now=NOW)
    use_payment(session, account.id, paid, [Share(bill.id, 600)], now=NOW)
    use_credit(session, account.id, now=NOW)
    session.expire_all()
    line = detail.detail(session, customer_actor(ada), bill.number, now=NOW).groups[0].lines[0]
    session.add(
        BillDispute(
            bill_id=bill.id,
            rate_id=line.id,
            amount_minor=100,
            reason="Never used",
            status_changed_at=NOW,
            created_at=NOW,
        )
    )
    session.flush()
    found = detail.detail(session, customer_actor(ada), bill.number, now=NOW)
    assert [(one.source, one.amount.minor) for one in found.settlements] == [
        (Source.PAYMENT, 600),
        (Source.CREDIT, 400),
    ]
    assert found.disputes[line.id].status is DisputeStatus.OPEN
    assert found.summary.remaining.minor == 1_380
    proven(session)


def test_the_file_is_kept_once(session: Session) -> None:
    ada = person(session, now=NOW)
    bill = write_bill(session, make_account(session, now=NOW, customer=ada), Charged(), now=NOW)
    assert document.stored(session, customer_actor(ada), bill.number, now=NOW) == (bill.id, None)
    first = document.keep(session, bill.id, content=b"one", name="1.pdf", now=NOW)
    second = document.keep(session, bill.id, content=b"two", name="2.pdf", now=NOW)
    assert first == second
    assert document.stored(session, customer_actor(ada), bill.number, now=NOW)[1] == first
    assert session.exec(select(func.count()).select_from(Document)).one() == 1


def test_lines_as_a_table_run_no_formula(session: Session) -> None:
    ada = person(session, now=NOW)
    account = make_account(session, now=NOW, customer=ada)
    usage = {"usage": [{"what": "@SUM(1)", "quantity": "=1+1", "minor": 5}]}
    bill = write_bill(
        session,
        account,
        Charged("=cmd|' /C calc'!A0", 1_000, 190),
        Charged("Calls", -5, -1, ChargeKind.USAGE, detail=usage),
        Charged("Free", 0, 0, bp=0, category=TaxCategory.ZERO),
        now=NOW,
    )
    text = csv_file.bill_csv(session, customer_actor(ada), bill.number, language="en", now=NOW)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["item"] for row in rows] == ["'=cmd|' /C calc'!A0", "Calls", "Calls", "Free"]
    assert [row["gross"] for row in rows] == ["11.90", "-0.06", "", "0.00"]
    assert (rows[2]["usage_what"], rows[2]["usage_quantity"]) == ("'@SUM(1)", "'=1+1")
    covered = rows[0]["period_first_day"], rows[0]["period_last_day"]
    assert covered == ("2026-10-22", "2026-11-20")
    assert sum(round(float(row["gross"] or 0) * 100) for row in rows) == bill.gross_minor
