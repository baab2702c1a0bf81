"""Laws of changes: whatever the days and prices, the quote is the bill, and the books add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.bills import taxes
from self_service.domain.bills.recurring import Charging, SoldPrice, owed
from self_service.domain.changes import paying, revoking, sums
from self_service.domain.ledger import rules_changes
from self_service.models.base import NOBODY
from self_service.models.bills import ChargeTiming, ProductCharging
from self_service.models.catalog import PeriodUnit, PriceType
from self_service.models.changes import ChangeKind, ChangeStatus, ProductChange
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.wallet import WalletCharge
from tests.books import empty_books, proven
from tests.changing import START, Customer, everything, open_range
from tests.wallets import top_up

SCALE = taxes.to_micro(1, "EUR")
minutes = st.integers(0, 3 * 365 * 24 * 60)
prices = st.integers(1, 99_999)
timings = st.sampled_from(ChargeTiming)


def recurring(minor: int, position: int = 0, unit: PeriodUnit = PeriodUnit.MONTH) -> SoldPrice:
    never = PeriodUnit.MONTH, 0
    return SoldPrice(PriceType.RECURRING, minor, 0, unit, 1, *never, position, "{}")


@given(
    start=minutes,
    change=st.integers(1, 800 * 24 * 60),
    billed=st.integers(0, 800 * 24 * 60),
    old=prices,
    new=prices,
    timing=timings,
    unit=st.sampled_from([PeriodUnit.MONTH, PeriodUnit.YEAR]),
)
@settings(max_examples=150, deadline=None)
def test_a_change_charges_each_day_once(
    start: int,
    change: int,
    billed: int,
    old: int,
    new: int,
    timing: ChargeTiming,
    unit: PeriodUnit,
) -> None:
    """Billed before the change or not, early or late: old days and new days, each at its price."""
    begin = datetime(2027, 12, 31, tzinfo=UTC) + timedelta(minutes=start)
    at = begin + timedelta(minutes=change)
    until = begin + timedelta(minutes=billed)
    charging = sums.begun(NOBODY, {}, (recurring(old),), anchor=begin, at=begin)
    before = owed(charging, (), timing=timing, as_of=until, scale=SCALE)
    moved = charging._replace(charged_until=before.charged_until)
    settled = sums.settle(moved, (), at=at, timing=timing, scale=SCALE)
    ended = owed(charging._replace(ends_at=at), (), timing=timing, as_of=at, scale=SCALE)
    paid = [*before.lines, *settled.due, *settled.back]
    exact = sum(line.micro for line in ended.lines)
    assert abs(sum(line.micro for line in paid) - exact) <= len(paid)  # cut-off millionths
    # the new price goes on where the old one ended, on the same days
    begun = sums.begun(NOBODY, {}, (recurring(new, 1, unit),), anchor=sums.origin(charging), at=at)
    first = sums.first_lines(begun, timing=ChargeTiming.ADVANCE, scale=SCALE)
    assert [line.period_start for line in first] == [at]
    assert first[0].micro <= new * SCALE
    sources = [line.source for line in (*paid, *first)]
    assert len(set(sources)) == len(sources)


@given(at=st.integers(1, 720), minor=prices, term=st.integers(1, 24))
@settings(max_examples=60, deadline=None)
def test_what_is_left_of_a_term_falls_with_time(at: int, minor: int, term: int) -> None:
    end = START + timedelta(days=30 * term)
    charging: Charging = sums.begun(NOBODY, {}, (recurring(minor),), anchor=START, at=START)

    def left(day: int) -> int:
        leaving = START + timedelta(days=day)
        return sums.until_term(charging, (), at=leaving, term_end=end, scale=SCALE)

    assert left(at) >= left(at + 1) >= 0
    assert left(30 * term) == 0


@given(
    day=st.integers(0, 200),
    hour=st.integers(0, 23),
    slug=st.sampled_from(["middle", "large"]),
    extra=st.booleans(),
    early=st.booleans(),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_quote_is_bill(day: int, hour: int, slug: str, extra: bool, early: bool) -> None:
    with empty_books() as session:
        ada = Customer(session, open_range(session))
        plan = ada.buy("small", *(["more"] if extra else []))
        ada.now = START + timedelta(days=day, hours=hour, minutes=1)
        if early:
            ada.bill()
        before = without(ada)
        quote = ada.quote(ChangeKind.UPGRADE, plan, slug)
        ada.change(ChangeKind.UPGRADE, plan, slug)
        bill = ada.bill()
        assert (bill.gross_minor if bill else 0) == before + quote.due.minor
        proven(session)
        session.rollback()


#: What a change writes of its own: the record, its order, its letters.
OWN = (
    "audit_entry",
    "audit_head",
    "order_item_price",
    "order_milestone",
    "outbox_event",
    "product_change",
    "product_order",
    "product_order_item",
)
PLANNED = (ChangeKind.DOWNGRADE, ChangeKind.CANCEL, ChangeKind.PAUSE, ChangeKind.LEAVE)


@given(day=st.integers(0, 100), ahead=st.integers(1, 40), kind=st.sampled_from(PLANNED))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_change_that_is_called_off_leaves_nothing(day: int, ahead: int, kind: ChangeKind) -> None:
    with empty_books() as session:
        ada = Customer(session, open_range(session))
        plan = ada.buy("middle", "more")
        extra = session.exec(select(Product).where(Product.parent_id == plan.id)).one()
        ada.now = START + timedelta(days=day, minutes=1)
        ada.bill()
        before = everything(session, *OWN)
        bill = without(ada)
        then = ada.now + timedelta(days=ahead)
        change = {
            ChangeKind.DOWNGRADE: lambda: ada.ask(kind, plan, "small"),
            ChangeKind.CANCEL: lambda: ada.ask(kind, extra),
            ChangeKind.PAUSE: lambda: ada.ask(
                kind, plan, since=then, until=then + timedelta(days=9)
            ),
            ChangeKind.LEAVE: lambda: ada.ask(kind, plan, until=then),
        }[kind]()
        revoking.revoke(session, ada.actor, change.id, now=ada.now)
        assert everything(session, *OWN) == before
        assert without(ada) == bill
        ada.pass_time(then + timedelta(days=40))
        assert {one.status for one in session.exec(select(Product))} == {ProductStatus.ACTIVE}
        session.rollback()


def without(ada: Customer) -> int:
    """What a bill would ask for without the change; nothing of it stays."""
    nested = ada.session.begin_nested()
    bill = ada.bill()
    minor = bill.gross_minor if bill else 0
    nested.rollback()
    ada.session.expire_all()
    return minor


def broken(session: Session, rule: object) -> int:
    session.flush()
    return len(session.execute(rule()).all())  # type: ignore[operator]


def test_rules_of_the_books_find_what_breaks_them(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("pre-small")
    top_up(session, ada.actor, 2000, now=ada.now)
    ada.now += timedelta(days=14)
    ada.ask(ChangeKind.UPGRADE, plan, "pre-large")
    ada.answer(done=False, reason="no")
    ada.now += timedelta(minutes=1)
    ada.change(ChangeKind.UPGRADE, plan, "pre-large")
    proven(session)
    nested = session.begin_nested()
    done = update(ProductChange).where(ProductChange.status == ChangeStatus.DONE)
    session.execute(done.values(status=ChangeStatus.FAILED))
    assert broken(session, rules_changes.failed_change_kept_no_money) == 1
    nested.rollback()
    nested = session.begin_nested()
    session.execute(update(ProductCharging).values(order_item_id=plan.order_item_id))
    item = session.exec(select(ProductChange.from_item_id)).first()
    session.execute(update(ProductCharging).values(order_item_id=item))
    assert broken(session, rules_changes.changed_product_is_charged_as_agreed) == 1
    nested.rollback()
    nested = session.begin_nested()
    session.execute(update(Product).values(status=ProductStatus.TERMINATED))
    assert broken(session, rules_changes.ended_product_is_charged_no_more) >= 1
    nested.rollback()
    session.expire_all()
    taken = session.exec(select(WalletCharge).order_by(WalletCharge.charged_at)).all()
    assert paying.give_back(session, taken[0].id, now=ada.now) is False
    nested = session.begin_nested()
    more = {"net_minor": WalletCharge.net_minor + 1, "gross_minor": WalletCharge.gross_minor + 1}
    session.execute(update(WalletCharge).values(more))
    assert broken(session, rules_changes.wallet_charge_went_back_whole) == 1
    nested.rollback()
