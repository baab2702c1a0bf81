"""Prepaid changes, withdrawing, goods, members and races: money goes where it was said."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service import db
from self_service.domain.access import Actor, NotAllowed, Share, grants
from self_service.domain.access.grants import Granting
from self_service.domain.changes import asking, goods, performing, quoting, revoking, withdrawing
from self_service.domain.changes.refusals import (
    AlreadyRequested,
    NotEnoughCredit,
    NotReturnable,
    OtherChangeOpen,
    TooLateToWithdraw,
)
from self_service.domain.changes.view import Wish
from self_service.domain.changes.withdrawing import NameNeeded
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.wallet import renewals
from self_service.domain.wallet.renewals import Outcome
from self_service.models.access import DigitalIdentity, Role, Scope
from self_service.models.changes import (
    ChangeKind,
    ChangeStatus,
    GoodsRequest,
    GoodsWish,
    ProductChange,
)
from self_service.models.payments import Payment, Refund
from self_service.models.people import Individual
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.wallet import WalletCharge
from tests.books import proven
from tests.changing import PERIOD_END, POLICY, START, Customer, everything, open_range
from tests.order_shop import choose, fulfil, order, pay
from tests.wallets import holds, top_up

C = ChangeKind


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=12)


@pytest.fixture
def ada(session: Session) -> Customer:
    return Customer(session, open_range(session))


def refused(ada: Customer, refusal: type[DomainError], act: Callable[[], object]) -> DomainError:
    before = everything(ada.session)
    nested = ada.session.begin_nested()
    with pytest.raises(refusal) as caught:
        act()
    nested.rollback()
    ada.session.expire_all()
    assert everything(ada.session) == before
    return caught.value


def test_prepaid_upgrade_is_paid_at_once_and_refused_without_credit(ada: Customer) -> None:
    plan = ada.buy("pre-small")
    top_up(ada.session, ada.actor, 500, now=ada.now)
    ada.now = at("2026-02-14")
    quote = ada.quote(C.UPGRADE, plan, "pre-large")
    assert (quote.by_wallet, quote.due.minor) == (True, 1000 - 400)  # 14 of 28 days of each
    refusal = refused(ada, NotEnoughCredit, lambda: ada.ask(C.UPGRADE, plan, "pre-large"))
    assert refusal.data["amount"].minor == 100
    top_up(ada.session, ada.actor, 1000, now=ada.now)
    ada.ask(C.UPGRADE, plan, "pre-large")
    assert holds(ada.session, ada.actor) == 900
    ada.answer(done=False, reason="no_profile")  # what was taken goes back
    assert holds(ada.session, ada.actor) == 1500
    ada.now += timedelta(minutes=1)
    ada.change(C.UPGRADE, plan, "pre-large")
    assert holds(ada.session, ada.actor) == 900
    top_up(ada.session, ada.actor, 2000, now=ada.now)
    ada.now = at("2026-03-01")
    assert renewals.due(ada.session, now=ada.now) == (plan.id,)
    assert renewals.charge(ada.session, plan.id, retry_days=3, now=ada.now) is Outcome.TAKEN
    assert holds(ada.session, ada.actor) == 2900 - 1999
    proven(ada.session)


def test_prepaid_downgrade_comes_with_the_renewal_that_waits_for_it(ada: Customer) -> None:
    plan = ada.buy("pre-large")
    top_up(ada.session, ada.actor, 3000, now=ada.now)
    ada.now = at("2026-02-10")
    asked = ada.ask(C.DOWNGRADE, plan, "pre-small", when=PERIOD_END)
    ada.now = at("2026-03-01")
    assert asked.effective_at < ada.now
    assert renewals.due(ada.session, now=ada.now) == ()
    ada.pass_time(ada.now)
    assert renewals.due(ada.session, now=ada.now) == (plan.id,)
    renewals.charge(ada.session, plan.id, retry_days=3, now=ada.now)
    assert holds(ada.session, ada.actor) == 3000 - 799
    proven(ada.session)


def test_prepaid_extra_and_booster_leave_the_wallet_and_a_pause_gives_days(ada: Customer) -> None:
    plan = ada.buy("pre-small")
    top_up(ada.session, ada.actor, 2000, now=ada.now)
    ada.now = at("2026-02-21")
    ada.change(C.ADD, plan, "more")
    ada.change(C.BOOST, plan, "boost")
    assert holds(ada.session, ada.actor) == 2000 - 125 - 299
    extra = ada.session.exec(select(Product).where(Product.offering_id == ada.shop["more"])).one()
    assert extra.status is ProductStatus.ACTIVE
    ada.change(C.PAUSE, plan, until=at("2026-02-25"))
    ada.pass_time(at("2026-03-01"))
    assert renewals.due(ada.session, now=ada.now) == ()  # paid until 4 March now
    ada.now = at("2026-03-05")
    assert set(renewals.due(ada.session, now=ada.now)) == {plan.id, extra.id}
    assert len(ada.session.exec(select(WalletCharge)).all()) == 2
    proven(ada.session)


def test_withdrawing_on_day_thirteen_gives_everything_back(ada: Customer) -> None:
    plan = ada.buy("small", "more")
    ada.now = at("2026-02-13")
    said = withdrawing.statement(ada.session, ada.actor, plan.id, policy=POLICY, now=ada.now)
    assert (said.amount.minor, said.to_card, said.until.day) == (999 + 499, True, 14)
    refused(ada, NameNeeded, lambda: withdraw(ada, plan, " "))
    receipt = withdraw(ada, plan, "Ada Quell")
    assert (receipt.at, receipt.amount.minor) == (ada.now, 1498)
    assert set(ada.session.exec(select(Product.status)).all()) == {ProductStatus.TERMINATED}
    refund = ada.session.exec(select(Refund)).one()
    assert refund.amount_minor == ada.session.exec(select(Payment.amount_minor)).one() == 1498
    proven(ada.session)
    refused(ada, NotFound, lambda: withdraw(ada, plan, "Ada Quell"))
    ada.answer()
    ada.now = at("2026-04-13")
    assert ada.bill() is None


def test_withdrawing_on_day_fifteen_is_too_late(ada: Customer) -> None:
    plan = ada.buy("small")
    ada.now = at("2026-02-15")
    refusal = refused(ada, TooLateToWithdraw, lambda: withdraw(ada, plan, "Ada Quell"))
    assert refusal.data["date"]["en"] == "Feb 14, 2026"


def test_withdrawing_calls_planned_changes_off(ada: Customer) -> None:
    plan = ada.buy("middle")
    ada.now = at("2026-02-05")
    ada.ask(C.DOWNGRADE, plan, "small")
    withdraw(ada, plan, "Ada Quell")
    kinds = {row.kind: row.status for row in ada.session.exec(select(ProductChange))}
    assert kinds == {C.DOWNGRADE: ChangeStatus.REVOKED, C.WITHDRAW: ChangeStatus.DONE}
    proven(ada.session)


def withdraw(ada: Customer, plan: Product, who: str) -> withdrawing.Receipt:
    return withdrawing.withdraw(
        ada.session, ada.actor, plan.id, who=who, policy=POLICY, now=ada.now
    )


def test_goods_are_returned_for_two_weeks_and_swapped_for_two_years(ada: Customer) -> None:
    choose(ada.session, ada._actor, ada.shop["sleeve"], now=ada.now)
    placed = order(ada.session, ada._actor, now=ada.now)
    pay(ada.session, placed, now=ada.now)
    fulfil(ada.session, placed.order_id, now=ada.now)
    case = ada.session.exec(select(Product)).one()

    def ask(wish: GoodsWish, reason: str = "It does not fit") -> None:
        goods.request(
            ada.session,
            ada.actor,
            case.id,
            wish=wish,
            reason=reason,
            policy=POLICY.changes,
            now=ada.now,
        )

    ada.now = at("2026-02-14")
    ask(GoodsWish.RETURN)
    refused(ada, AlreadyRequested, lambda: ask(GoodsWish.SWAP))
    row = ada.session.exec(select(GoodsRequest)).one()
    goods.take_back(ada.session, ada.actor, row.id, now=ada.now)
    ada.now = at("2026-02-15")
    refused(ada, NotReturnable, lambda: ask(GoodsWish.RETURN))
    ask(GoodsWish.SWAP)
    found = goods.rights(ada.session, [case], policy=POLICY.changes)[case.id]
    assert (found.open, found.wish, found.warranty_until.year) == (True, GoodsWish.SWAP, 2028)


def member(session: Session, scope: Scope, plan: Product, now: datetime) -> Actor:
    """Somebody with whom a subscription is shared."""
    person = Individual(given_name="Max", family_name="Mora", email="max@x.org", created_at=now)
    session.add(person)
    session.flush()
    who = DigitalIdentity(
        individual_id=person.id,
        login=f"{uuid4()}@x.org",
        password_hash="",
        role=Role.SUB_USER,
        created_at=now,
    )
    session.add(who)
    session.flush()
    granting = Granting(plan.customer_id, plan.id, frozenset({scope}), who.id, None)
    grants.give(session, who.id, granting, now=now)
    return Actor(
        role=Role.SUB_USER,
        identity_id=who.id,
        shares=(Share(plan.customer_id, plan.id, scope),),
    )


def test_members_who_manage_may_and_others_may_not(ada: Customer) -> None:
    plan = ada.buy("small")
    wish = Wish(C.UPGRADE, plan.id, ada.shop["middle"])
    sees = member(ada.session, Scope.VIEW, plan, ada.now)
    manages = member(ada.session, Scope.MANAGE, plan, ada.now)
    stranger = replace(manages, identity_id=uuid4())
    for who, refusal in ((sees, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            quoting.quote(ada.session, who, wish, policy=POLICY, now=ada.now)
        with pytest.raises(refusal):
            asking.ask(ada.session, who, wish, seen="", policy=POLICY, now=ada.now)
    found = quoting.quote(ada.session, manages, wish, policy=POLICY, now=ada.now)
    asked = asking.ask(ada.session, manages, wish, seen=found.seen, policy=POLICY, now=ada.now)
    assert ada.session.get_one(ProductChange, asked.id).asked_by == manages.identity_id


def test_of_two_tabs_one_asks_and_of_revoke_and_perform_one_wins(database: db.Database) -> None:
    with database.writing() as session:
        ada = Customer(session, open_range(session))
        plan = ada.buy("middle")
        plan_id, small, actor = plan.id, ada.shop["small"], ada._actor
    now = at("2026-02-10")
    wish = Wish(C.DOWNGRADE, plan_id, small)

    def ask(_: int) -> str:
        try:
            with database.writing() as session:
                found = quoting.quote(session, actor, wish, policy=POLICY, now=now)
                asking.ask(session, actor, wish, seen=found.seen, policy=POLICY, now=now)
        except OtherChangeOpen as refusal:
            return refusal.code
        return "asked"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, range(4))) == ["asked", *["other_change_open"] * 3]
    with database.reading() as session:
        change = session.exec(select(ProductChange)).one()
    due = change.effective_at

    def revoke() -> bool:
        try:
            with database.writing() as session:
                revoking.revoke(session, actor, change.id, now=due)
        except DomainError:
            return False
        return True

    def perform() -> bool:
        with database.writing() as session:
            return performing.perform(session, change.id, now=due)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(revoke), pool.submit(perform)]
        assert sorted(one.result() for one in both) == [False, True]
    with database.reading() as session:
        assert performing.due(session, now=due) == ()
    assert due > START
