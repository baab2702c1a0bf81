"""Changes of subscriptions: what is quoted is what is billed, and a refusal changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.access import ConfirmationNeeded
from self_service.domain.changes import revoking
from self_service.domain.changes.refusals import (
    NotRevocable,
    OtherChangeOpen,
    QuoteChanged,
)
from self_service.domain.changes.view import Loss
from self_service.domain.errors import DomainError
from self_service.domain.rules.problems import Impossible
from self_service.models.bills import ProductCharging
from self_service.models.changes import ChangeKind, ChangeStatus, ProductChange
from self_service.models.orders import ProductOrder
from self_service.models.subscriptions import Product, ProductStatus
from tests.books import proven
from tests.changing import (
    EARLIEST,
    QUEUED,
    START,
    Customer,
    everything,
    open_range,
)
from tests.order_shop import euro

C = ChangeKind


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=12)


@pytest.fixture
def ada(session: Session) -> Customer:
    return Customer(session, open_range(session))


def refused(ada: Customer, refusal: type[DomainError], *wish: Any, **more: Any) -> DomainError:
    """Ask for something that is refused; nothing is left of it."""
    before = everything(ada.session)
    nested = ada.session.begin_nested()
    with pytest.raises(refusal) as caught:
        ada.ask(*wish, **more)
    nested.rollback()
    ada.session.expire_all()
    assert everything(ada.session) == before
    return caught.value


def test_upgrade_in_the_middle_of_a_period_is_billed_as_quoted(ada: Customer) -> None:
    plan = ada.buy("small")
    ada.now = at("2026-02-14")
    assert ada.bill() is None  # paid with the order until 28 February
    quote = ada.quote(C.UPGRADE, plan, "middle")
    # 28 days from 31 January; 14 are left
    assert [(line.kind.value, line.amount.minor, line.days, line.of) for line in quote.lines] == [
        ("credit", -500, 14, 28),
        ("recurringCharge", 750, 14, 28),
    ]
    assert (quote.due, quote.before, quote.after) == (euro(250), euro(999), euro(1999))
    ada.change(C.UPGRADE, plan, "middle")
    ada.now += timedelta(hours=1)
    bill = ada.bill()
    assert bill is not None
    assert bill.gross_minor == 250
    assert sorted(line.gross_minor for line in ada.lines(bill)) == [-500, 750]
    # from the next anniversary on it is charged whole, on the same days as before
    ada.now = at("2026-03-31")
    assert [line.gross_minor for line in ada.lines(ada.bill())] == [1499, 1499]
    product = ada.session.get_one(Product, plan.id)
    assert (product.offering_id, product.name["en"]) == (ada.shop["middle"], "middle")
    proven(ada.session)


def test_downgrade_waits_for_the_period_across_a_leap_february(session: Session) -> None:
    start = datetime(2028, 1, 31, 10, tzinfo=UTC)
    ada = Customer(session, open_range(session), start)
    plan = ada.buy("middle", "fine")
    ada.now = at("2028-02-10")
    quote = ada.quote(C.DOWNGRADE, plan, "small")
    assert quote.at == datetime(2028, 2, 29, 10, tzinfo=UTC)
    assert {(lost.kind, lost.name.get("en", "")) for lost in quote.lost} >= {
        (Loss.EXTRA, "fine"),
        (Loss.ALLOWANCE, ""),
        (Loss.DISCOUNT, ""),
    }
    assert quote.saving == euro(1999 + 300 - 999)
    ada.ask(C.DOWNGRADE, plan, "small")
    ada.pass_time(at("2028-02-28"))
    assert session.get_one(Product, plan.id).offering_id == ada.shop["middle"]
    ada.pass_time(at("2028-03-01"))
    session.expire_all()
    assert session.get_one(Product, plan.id).offering_id == ada.shop["small"]
    extra = session.exec(select(Product).where(Product.offering_id == ada.shop["fine"])).one()
    assert extra.status is ProductStatus.TERMINATED
    bill = ada.bill()
    assert [line.gross_minor for line in ada.lines(bill)] == [999] == [quote.due.minor]
    proven(session)


def test_downgrade_that_was_performed_late_gives_the_old_charge_back(ada: Customer) -> None:
    plan = ada.buy("middle")
    ada.now = at("2026-02-10")
    ada.ask(C.DOWNGRADE, plan, "small")
    ada.now = at("2026-03-02")  # nobody performed it on 28 February
    assert [line.gross_minor for line in ada.lines(ada.bill())] == [1499]
    ada.pass_time(at("2026-03-03"))
    assert sorted(line.gross_minor for line in ada.lines(ada.bill())) == [-1499, 999]
    proven(ada.session)


def test_minimum_term_forbids_less_and_names_the_earliest_day(ada: Customer) -> None:
    plan = ada.buy("large")
    ada.now = at("2026-06-15")
    refusal = refused(ada, Impossible, C.DOWNGRADE, plan, "middle")
    assert isinstance(refusal, Impossible)
    assert refusal.code == "minimum_term"
    assert refusal.violation.fix is not None
    assert refusal.violation.fix.at == datetime(2028, 1, 31, 10, tzinfo=UTC)
    assert refusal.data["date"]["en"] == "Jan 31, 2028"
    # it can be planned for that day, and called off
    planned = ada.ask(C.DOWNGRADE, plan, "middle", when=EARLIEST)
    assert planned.effective_at == datetime(2028, 1, 31, 10, tzinfo=UTC)
    assert planned.revocable


def test_leaving_in_the_minimum_term_costs_what_was_stated(ada: Customer) -> None:
    plan = ada.buy("large", "more")
    ada.now = at("2027-12-15")
    ada.bill()
    free = ada.quote(C.LEAVE, plan, when=EARLIEST)
    assert (free.at, free.fee.minor) == (datetime(2028, 1, 31, 10, tzinfo=UTC), 0)
    early = ada.quote(C.LEAVE, plan, until=at("2027-12-31"))
    # one month of 2999 is left of the term (31 December to 31 January), half of it is asked for
    assert early.fee.minor == 1500
    assert {lost.kind for lost in early.lost} == {Loss.NUMBER, Loss.EXTRA}
    ada.ask(C.LEAVE, plan, until=at("2027-12-31"))
    ada.pass_time(at("2028-01-05"))
    bill = ada.bill()
    assert bill is not None
    assert bill.gross_minor == early.due.minor
    statuses = ada.session.exec(select(Product.status)).all()
    assert set(statuses) == {ProductStatus.TERMINATED}
    ada.now = at("2028-03-05")
    assert ada.bill() is None
    proven(ada.session)


def test_leaving_wants_a_fresh_proof(ada: Customer) -> None:
    plan = ada.buy("small")
    seen = ada.quote(C.LEAVE, plan).seen
    from self_service.domain.changes import asking
    from tests.changing import POLICY

    before = everything(ada.session)
    with pytest.raises(ConfirmationNeeded):
        asking.ask(
            ada.session,
            ada._actor,
            ada.wish(C.LEAVE, plan),
            seen=seen,
            policy=POLICY,
            now=ada.now + timedelta(hours=1),
        )
    assert everything(ada.session) == before


def test_extra_begins_with_the_rest_of_the_period_and_ends_with_one(ada: Customer) -> None:
    plan = ada.buy("small")
    ada.now = at("2026-02-21")
    quote = ada.quote(C.ADD, plan, "more")
    assert [(line.amount.minor, line.days, line.of) for line in quote.lines] == [(125, 7, 28)]
    ada.change(C.ADD, plan, "more")
    bill = ada.bill()
    assert bill is not None
    assert bill.gross_minor == quote.due.minor == 125
    ada.now = at("2026-03-10")
    assert sorted(line.gross_minor for line in ada.lines(ada.bill())) == [499, 999]
    extra = ada.session.exec(select(Product).where(Product.offering_id == ada.shop["more"])).one()
    assert extra.parent_id == plan.id
    assert refused(ada, Impossible, C.ADD, plan, "more").code == "already_chosen"
    assert refused(ada, Impossible, C.ADD, plan, "other").code == "excluded"
    assert refused(ada, Impossible, C.ADD, plan, "fine").code == "wrong_parent"
    ended = ada.ask(C.CANCEL, extra)
    assert ended.effective_at == datetime(2026, 3, 31, 10, tzinfo=UTC)
    ada.pass_time(at("2026-04-10"))
    assert [line.gross_minor for line in ada.lines(ada.bill())] == [999]
    proven(ada.session)


def test_booster_is_queued_after_the_one_that_runs(ada: Customer) -> None:
    plan = ada.buy("small")
    ada.now = at("2026-02-20")
    ada.change(C.BOOST, plan, "boost")
    ada.now += timedelta(days=2)
    quote = ada.quote(C.BOOST, plan, "boost")
    end, queued = (datetime(2026, month, day, 10, tzinfo=UTC) for month, day in ((2, 28), (3, 31)))
    assert quote.overlap is not None
    assert (quote.overlap.until, quote.overlap.ends_now, quote.overlap.ends_queued) == (
        end,
        end,
        queued,
    )
    waits = ada.ask(C.BOOST, plan, "boost", when=QUEUED)
    assert (waits.effective_at, waits.until, waits.revocable) == (end, queued, True)
    ada.pass_time(at("2026-03-01"))
    boosters = ada.session.exec(
        select(Product).where(Product.offering_id == ada.shop["boost"]).order_by(Product.started_at)
    ).all()
    assert [one.started_at for one in boosters] == [at("2026-02-20"), end]
    assert sorted(line.gross_minor for line in ada.lines(ada.bill())) == [299, 299, 999]
    proven(ada.session)


def test_pause_over_the_end_of_a_month(ada: Customer) -> None:
    plan = ada.buy("small", "more")
    ada.now = at("2026-03-20")
    ada.bill()
    since, until = at("2026-03-25"), at("2026-04-10")
    quote = ada.quote(C.PAUSE, plan, since=since, until=until)
    ada.ask(C.PAUSE, plan, since=since, until=until)
    ada.pass_time(at("2026-03-26"))
    assert ada.session.get_one(Product, plan.id).status is ProductStatus.SUSPENDED
    refused(ada, OtherChangeOpen, C.LEAVE, plan)
    ada.pass_time(at("2026-04-11"))
    assert ada.session.get_one(Product, plan.id).status is ProductStatus.ACTIVE
    lines = ada.lines(ada.bill())
    back = [line.gross_minor for line in lines if line.kind.value == "credit"]
    assert sorted(back) == sorted(line.amount.minor for line in quote.lines)
    assert sum(back) == quote.due.minor
    # 6 of 31 days in March, 10 of 30 in April, of both prices
    assert quote.due.minor == -(193 + 97 + 333 + 166)
    proven(ada.session)


def test_pause_is_ended_before_its_day(ada: Customer) -> None:
    plan = ada.buy("small")
    ada.now = at("2026-02-10")
    ada.change(C.PAUSE, plan, until=at("2026-02-27"))
    ada.now = at("2026-02-14")
    ada.change(C.RESUME, plan)
    assert ada.session.get_one(Product, plan.id).status is ProductStatus.ACTIVE
    assert [line.gross_minor for line in ada.lines(ada.bill())] == [-143]  # 4 of 28 days
    ada.pass_time(at("2026-03-01"))
    assert [line.gross_minor for line in ada.lines(ada.bill())] == [999]
    proven(ada.session)


def test_change_and_revocation_leave_no_trace_but_the_record(ada: Customer) -> None:
    plan = ada.buy("middle", "fine")
    ada.now = at("2026-02-10")
    own = (
        "product_change",
        "product_order",
        "product_order_item",
        "order_item_price",
        "order_milestone",
        "outbox_event",
        "audit_entry",
        "audit_head",
    )
    before = everything(ada.session, *own)
    planned = ada.ask(C.DOWNGRADE, plan, "small")
    refused(ada, OtherChangeOpen, C.UPGRADE, plan, "large")
    revoking.revoke(ada.session, ada.actor, planned.id, now=ada.now)
    assert everything(ada.session, *own) == before
    with pytest.raises(NotRevocable):
        revoking.revoke(ada.session, ada.actor, planned.id, now=ada.now)
    ada.pass_time(at("2026-03-02"))
    assert ada.session.get_one(Product, plan.id).offering_id == ada.shop["middle"]
    order = ada.session.get_one(
        ProductOrder, ada.session.exec(select(ProductChange.order_id)).one()
    )
    assert order.state.value == "cancelled"
    assert ada.ask(C.DOWNGRADE, plan, "small").revocable  # the place is free again


def test_refused_by_the_network_nothing_is_changed(ada: Customer) -> None:
    plan = ada.buy("small")
    ada.now = at("2026-02-14")
    touched = ("product", "product_charging", "applied_billing_rate", "ledger_entry")
    before = {name: rows for name, rows in everything(ada.session).items() if name in touched}
    asked = ada.ask(C.UPGRADE, plan, "middle")
    assert asked.status is ChangeStatus.PERFORMING
    ada.answer(done=False, reason="no_profile")
    after = {name: rows for name, rows in everything(ada.session).items() if name in touched}
    assert after == before
    row = ada.session.exec(select(ProductChange)).one()
    assert (row.status, row.failure) == (ChangeStatus.FAILED, "no_profile")
    ada.change(C.UPGRADE, plan, "middle")  # and it can be asked for again
    assert ada.session.get_one(Product, plan.id).offering_id == ada.shop["middle"]


def test_price_that_was_not_shown_is_not_asked_for(ada: Customer) -> None:
    from self_service.domain.changes import asking
    from tests.changing import POLICY

    plan = ada.buy("small")
    ada.now = at("2026-02-14")
    seen = ada.quote(C.UPGRADE, plan, "middle").seen
    before = everything(ada.session)
    with pytest.raises(QuoteChanged):
        asking.ask(
            ada.session,
            ada.actor,
            ada.wish(C.UPGRADE, plan, "middle"),
            seen=seen,
            policy=POLICY,
            now=at("2026-02-16"),
        )
    assert everything(ada.session) == before
    assert START.day == 31  # every story counts from the last of a month


def test_charging_keeps_its_days_through_many_changes(ada: Customer) -> None:
    plan = ada.buy("small")
    for day, slug in (("2026-02-05", "middle"), ("2026-02-05T01:00", "large")):
        ada.now = at(day)
        ada.change(C.UPGRADE, plan, slug)
    row = ada.session.get_one(ProductCharging, plan.id, populate_existing=True)
    assert row.anchor_at == START
    ada.now = at("2026-02-06")
    lines = [line.gross_minor for line in ada.lines(ada.bill())]
    # 23 of 28 days of each: small back, middle there and back, large
    assert sorted(lines) == sorted([-821, 1232, -1231, 2463]) or sum(lines) == 2463 - 821
    proven(ada.session)
    assert ada.quote(C.DOWNGRADE, plan, "small", when=EARLIEST).at >= at("2028-02-05") - timedelta(
        days=1
    )
