"""Payment agreements: parts that add up, dunning that waits, and what a broken one brings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from self_service import clock, db
from self_service.domain.access import Actor
from self_service.domain.bills.detail import detail
from self_service.domain.bills.list import Standing, standing_of
from self_service.domain.debts import agreements, dunning, keeping
from self_service.domain.debts.keeping import InstalmentState
from self_service.domain.debts.overdue import overdue
from self_service.domain.debts.plans import plan
from self_service.domain.errors import Invalid
from self_service.models.audit import AuditEntry
from self_service.models.dunning import (
    AgreedBill,
    AgreedInstalment,
    AgreementStatus,
    PaymentAgreement,
)
from self_service.money import Money
from tests.books import empty_books, make_account, make_bill, proven
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.debtors import (
    DUE,
    OVER,
    POLICY,
    Debtor,
    after,
    case_of,
    debtor,
    fresh,
    look,
    pay,
    states,
    told,
)

S = InstalmentState
_FIRST, _LAST = (datetime(year, 1, 1) for year in (2026, 2033))  # noqa: DTZ001  (asked for so)
#: The day after the due day, on which people of these tests agree.
TODAY = "2026-12-06"


def agree(session: Session, ada: Debtor, *, now: datetime = OVER, **changes: Any) -> Any:
    form = {"count": "3", "first": "2026-12-31", "total": "11900", **changes}
    return agreements.accept(session, ada.ada, policy=POLICY, now=now, **form)


def check(session: Session, ada: Debtor, now: datetime) -> str:
    return keeping.check(session, ada.account.id, policy=POLICY, now=now)


def parts(session: Session, ada: Debtor, now: datetime) -> list[tuple[int, str]]:
    found = keeping.current(session, ada.ada, now=now)
    assert found is not None
    return [(part.left.minor, part.state.value) for part in found.parts]


@given(
    total=st.integers(6, 10_000_000),
    count=st.integers(2, 6),
    first=st.datetimes(_FIRST, _LAST, timezones=st.just(UTC)),
    zone=st.sampled_from(("UTC", "Europe/Berlin", "Pacific/Auckland", "America/Sao_Paulo")),
)
def test_instalments_add_up(total: int, count: int, first: datetime, zone: str) -> None:
    clock.set_zone(zone)
    found = plan(Money(total, "JPY"), count, first)
    assert sum(part.amount.minor for part in found) == total
    assert [part.number for part in found] == list(range(1, count + 1))
    assert all(part.amount.minor > 0 for part in found)
    assert len({part.amount.minor for part in found[:-1]}) == 1
    assert 0 <= found[-1].amount.minor - found[0].amount.minor < count
    days = [part.due_at.astimezone(clock.zone()).date() for part in found]
    assert days[0] == first.astimezone(clock.zone()).date()
    assert days == sorted(set(days))


def test_the_last_takes_the_rest_and_short_months_their_last_day() -> None:
    found = plan(Money(10_000, "EUR"), 3, datetime(2027, 12, 31, 12, tzinfo=UTC))
    assert [part.amount.minor for part in found] == [3_333, 3_333, 3_334]
    days = [part.due_at.date() for part in found]
    assert days == [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29)]


def test_agreed_and_kept_to_the_end(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    look(session, after(3))
    agree(session, ada, now=after(4))
    assert overdue(session, ada.account.id, least=1, at=after(50)).amount.minor == 0
    assert case_of(session, ada.account).closed_at == after(4)
    assert look(session, after(25)) == []
    rows = fresh(session, AgreedInstalment)
    assert [(row.due_at, row.amount_minor) for row in rows] == [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), 3_966),
        (datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC), 3_966),
        (datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC), 3_968),
    ]
    assert check(session, ada, datetime(2026, 12, 27, 23, 59, tzinfo=UTC)) == ""
    near = datetime(2026, 12, 28, tzinfo=UTC)
    assert [check(session, ada, near) for _ in range(2)] == ["reminded", ""]
    pay(session, ada.account, 5_000, now=near)
    assert parts(session, ada, near) == [(0, S.PAID), (2_932, S.PARTLY), (3_968, S.OPEN)]
    pay(session, ada.account, 6_900, now=datetime(2027, 1, 30, tzinfo=UTC))
    (agreement,) = fresh(session, PaymentAgreement)
    assert agreement.status.value == "kept"
    assert keeping.current(session, ada.ada, now=after(60)) is None
    assert told(session) == ["remind", "agreed", "instalment_soon", "agreement_kept"]
    assert [row.act for row in fresh(session, AuditEntry)][-1] == "agreement.accepted"
    proven(session)


def test_broken_after_the_grace_and_dunning_goes_on_where_it_stopped(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    for days in (3, 10, 20):
        look(session, after(days))
    agree(session, ada, now=after(21))  # 26 December
    pay(session, ada.account, 1_000, now=after(22))
    last = datetime(2027, 1, 4, tzinfo=UTC)  # due on the 31st, three days of grace
    assert check(session, ada, last - timedelta(seconds=1)) == "reminded"
    assert check(session, ada, last) == "broken"
    assert check(session, ada, last) == ""
    case = case_of(session, ada.account)
    assert (case.step, case.closed_at) == (3, None)
    assert case.next_at == last + timedelta(days=10)
    assert look(session, last + timedelta(days=10)) == ["suspend"]
    assert overdue(session, ada.account.id, least=1, at=last).amount.minor == 10_900
    assert told(session)[-2:] == ["agreement_broken", "suspend"]
    proven(session)


def test_who_agrees_after_suspension_is_on_again_and_off_when_it_is_broken(
    session: Session,
) -> None:
    ada = debtor(session)
    look(session, OVER)
    for days in (3, 10, 20, 30):
        look(session, after(days))
    assert "suspended" in states(session).values()
    agree(session, ada, now=after(31), first="2027-01-20")
    assert set(states(session).values()) == {"active"}
    late = datetime(2027, 1, 24, tzinfo=UTC)
    assert check(session, ada, late) == "broken"
    assert look(session, late) == []
    assert look(session, late + timedelta(days=10)) == ["suspend"]
    assert "suspended" in states(session).values()
    proven(session)


def test_newer_bills_are_dunned_beside_an_agreement(session: Session) -> None:
    ada = debtor(session)
    agree(session, ada)
    newer = make_bill(session, ada.account, gross=2_000, tax=0, now=OVER, due=after(5))
    debt = overdue(session, ada.account.id, least=500, at=after(6))
    assert [(bill.bill_id, bill.minor) for bill in debt.bills] == [(newer.id, 2_000)]
    look(session, after(6))
    assert look(session, after(8)) == ["remind"]
    proven(session)


def test_what_was_agreed_about_is_not_called_overdue(session: Session) -> None:
    ada = debtor(session)
    late = (Standing.OVERDUE, 11_900, DUE)
    assert stands(session, ada) == late
    ada.bill.disputed_minor = 1_900
    session.flush()
    agree(session, ada, total="10000")
    assert stands(session, ada) == (Standing.AGREED, 0, None)
    ada.bill.disputed_minor = 0  # it was rejected: this rest was not agreed about
    session.flush()
    assert stands(session, ada) == late
    ada.bill.disputed_minor = 1_900
    (agreed,) = fresh(session, PaymentAgreement)
    agreed.status = AgreementStatus.BROKEN
    session.flush()
    assert stands(session, ada) == late
    proven(session)


def stands(session: Session, whose: Debtor) -> tuple[Standing, int, datetime | None]:
    """Return how a bill is called, what is overdue in all, and what is due next."""
    session.expire_all()
    shown = detail(session, whose.ada, whose.bill.number, now=after(1)).summary
    account = standing_of(session, whose.account, now=after(1))
    return shown.standing, account.overdue.minor, account.due_next


def test_what_is_disputed_stays_beyond_the_agreement(session: Session) -> None:
    ada = debtor(session)
    ada.bill.disputed_minor = 1_900
    session.flush()
    agree(session, ada, total="10000")
    (row,) = fresh(session, AgreedBill)
    assert (row.amount_minor, row.beyond_minor) == (10_000, 1_900)
    pay(session, ada.account, 4_000, now=after(2))
    ada.bill.disputed_minor = 0  # it was rejected
    session.flush()
    found = keeping.current(session, ada.ada, now=after(2))
    assert found is not None
    assert found.paid.minor == 4_000
    assert overdue(session, ada.account.id, least=1, at=after(3)).amount.minor == 1_900
    proven(session)


def test_a_payment_goes_to_the_agreed_bills_the_oldest_first(session: Session) -> None:
    ada = debtor(session, gross=3_000)
    older = make_bill(
        session, ada.account, gross=2_000, tax=0, now=NOW, due=DUE - timedelta(days=9)
    )
    agree(session, ada, total="5000")
    found = keeping.shares(session, ada.account.id, 2_500)
    assert [(share.bill_id, share.minor) for share in found] == [
        (older.id, 2_000),
        (ada.bill.id, 500),
    ]
    everything_ = keeping.shares(session, ada.account.id, 99_999)
    assert sum(share.minor for share in everything_) == 5_000


BAD = {
    "one": {"count": "1"},
    "too many": {"count": "7"},
    "no number": {"count": "²"},
    "nothing": {"count": None},
    "past": {"first": "2026-12-05"},
    "far": {"first": "2027-01-07"},
    "no day": {"first": "soon"},
    "a list": {"first": []},
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_agreed_changes_nothing(session: Session, change: dict[str, Any]) -> None:
    ada = debtor(session)
    look(session, OVER)
    with pytest.raises(Invalid) as refused:
        agree(session, ada, **change)
    assert set(refused.value.faults) == set(change)
    assert fresh(session, PaymentAgreement) == fresh(session, AgreedInstalment) == []
    assert case_of(session, ada.account).closed_at is None


def test_another_sum_than_was_shown(session: Session) -> None:
    ada = debtor(session)
    with pytest.raises(agreements.DebtChanged):
        agree(session, ada, total="11899")
    with pytest.raises(agreements.NothingToAgree):
        agree(session, ada, now=DUE)
    pay(session, ada.account, 9_000, now=OVER)  # 29 euro remain: too little to agree about
    with pytest.raises(agreements.NothingToAgree):
        agree(session, ada, total="2900")
    assert fresh(session, PaymentAgreement) == []


def test_one_agreement_at_a_time(database: db.Database) -> None:
    with database.writing() as session:
        ada = debtor(session)

    def accept(session: Session) -> Any:
        return bool(agree(session, ada))

    came = at_once(database, [accept] * 6)
    assert sorted(map(str, came)) == ["True", *["agreed_already"] * 5]
    assert len(everything(database, PaymentAgreement)) == 1
    assert len(everything(database, AgreedInstalment)) == 3


def test_others_have_nothing_to_agree(session: Session) -> None:
    ada = debtor(session)
    stranger = Actor(customer_id=ada.home.shop["plan"], identity_id=ada.ada.identity_id)
    with pytest.raises(agreements.NothingToAgree):
        agreements.offer(session, stranger, policy=POLICY, now=OVER)
    assert keeping.current(session, stranger, now=OVER) is None


@settings(max_examples=25, deadline=None)
@given(payments=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6_000)), max_size=6))
def test_what_is_paid_counts_once(payments: list[tuple[int, int]]) -> None:
    with empty_books() as session:
        account = make_account(session, now=NOW)
        make_bill(session, account, gross=7_000, tax=0, now=NOW, due=DUE)
        make_bill(session, account, gross=2_900, tax=0, now=NOW, due=DUE)
        ada = Actor(customer_id=account.customer_id)
        form = {"count": 4, "first": TODAY, "total": 9_900}
        agreements.accept(session, ada, policy=POLICY, now=OVER, **form)
        at, paid = OVER, 0
        for days, minor in payments:
            at += timedelta(days=days)
            pay(session, account, minor, now=at)
            paid += minor
            found = keeping.current(session, ada, now=at)
            assert (found is None) == (paid >= 9_900)
            if found:
                assert found.paid.minor == paid
                assert sum(part.left.minor for part in found.parts) == 9_900 - paid
            assert overdue(session, account.id, least=1, at=at).amount.minor == 0
            assert dunning.candidates(session, now=NOW) == []
        proven(session)
