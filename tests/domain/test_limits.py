"""Spend limits and alerts: stories with exact amounts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import Session, func, select

from self_service.db import Database
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.access.grants import Granting, give
from self_service.domain.errors import NotFound
from self_service.domain.limits import bars, changing, choosing, overview, telling, watching
from self_service.domain.limits.changing import LimitMoved, LimitOutside, NoLimit
from self_service.domain.network import requests
from self_service.domain.people.forgetting import forget_services
from self_service.domain.people.own_data_limits import LIMITS
from self_service.domain.people.own_data_shape import Whose
from self_service.models.access import DigitalIdentity, Role, Scope
from self_service.models.audit import AuditEntry
from self_service.models.base import new_id
from self_service.models.catalog import OfferingKind
from self_service.models.limits import SpendLift, SpendLimit, UsageAlert
from self_service.models.messages import CommunicationMessage
from self_service.models.network import ServiceRequest
from self_service.models.people import Customer
from self_service.models.subscriptions import Product
from self_service.models.usage import UsagePeriod
from tests.books import make_account
from tests.crowd import at_once
from tests.limited import (
    AT,
    GIVEN,
    HOUR,
    NEXT,
    POLICY,
    ROAMING,
    alerts,
    bar,
    letters,
    limit,
    plan,
    stands,
    texts,
    watch,
)
from tests.order_shop import customer
from tests.services_world import REFUSED, answer, open_requests
from tests.used import START, add_extra, feed, included, rate, row, usage


@pytest.fixture
def ada(session: Session) -> Actor:
    return customer(session)


@pytest.fixture
def line(session: Session, ada: Actor) -> Product:
    owner = session.get_one(Customer, ada.customer())
    return plan(session, account=make_account(session, now=START, customer=owner))


def wanted(session: Session) -> list[dict[str, str]]:
    return [dict(one.wanted) for one in open_requests(session)]


def test_what_is_included_is_told_at_the_highest_of_what_was_reached(
    session: Session, line: Product
) -> None:
    texts(session, "a", 85, START + HOUR)
    watch(session)
    assert alerts(session) == [
        ("allowance message", 100, 50, False),
        ("allowance message", 100, 80, True),
    ]
    assert letters(session) == 1
    texts(session, "b", 15, START + 2 * HOUR)
    watch(session)
    assert alerts(session)[2:] == [("allowance message", 100, 100, True)]
    assert letters(session) == 1
    assert letters(session) == 0
    subjects = session.exec(select(CommunicationMessage.subject)).all()
    assert sorted(one.split(" ·")[0] for one in subjects) == [
        "80 % of your texts are used",
        "Your texts are used up",
    ]


def test_rating_anew_tells_nothing_twice_and_a_booster_makes_a_new_whole(
    session: Session, line: Product
) -> None:
    texts(session, "a", 100, START + HOUR)
    watch(session)
    texts(session, "late", 30, START)  # the month is rated anew
    watch(session)
    assert [one[2] for one in alerts(session)] == [50, 80, 100]
    boost = included("SMS", 100, days=20)
    add_extra(session, line.id, boost, kind=OfferingKind.BOOSTER, at=START + 2 * HOUR)
    rate(session)
    watch(session)
    assert len(alerts(session)) == 3  # buying more is nothing to be warned of
    texts(session, "more", 95, START + 3 * HOUR)
    watch(session)
    assert ("allowance message", 200, 80, True) in alerts(session)
    assert len(alerts(session)) == len({one[:3] for one in alerts(session)})


def test_a_hard_limit_stops_what_costs_and_what_comes_late_is_charged(
    session: Session, ada: Actor, line: Product
) -> None:
    limit(session, ada, line, "10")
    texts(session, "a", 109, START + HOUR)
    watch(session)
    assert alerts(session)[:2] == [("all", 1_000, 50, False), ("all", 1_000, 80, True)]
    assert wanted(session) == []
    texts(session, "b", 1, START + 2 * HOUR)
    watch(session)
    assert wanted(session) == [{"setting": "limit_all", "profile": "", "value": "on"}]
    assert stands(session, line).stops
    assert not bar(session, line.id).barred
    answer(session, now=AT)
    assert bar(session, line.id).barred
    texts(session, "c", 3, START + 3 * HOUR)  # on its way when it was stopped
    watch(session)
    assert open_requests(session) == []
    assert stands(session, line).spent.minor == 1_300


def test_a_soft_limit_tells_and_stops_nothing(session: Session, ada: Actor, line: Product) -> None:
    limit(session, ada, line, "10", hard=False)
    texts(session, "a", 140, START + HOUR)
    watch(session)
    assert ("all", 1_000, 100, True) in alerts(session)
    assert wanted(session) == []
    limit(session, ada, line, "10", hard=True)  # the same sum, but now it stops
    assert [one["value"] for one in wanted(session)] == ["on"]


def test_abroad_everybody_is_stopped_at_the_operators_limit(
    session: Session, line: Product
) -> None:
    texts(session, "a", 29, START + HOUR, zone="roaming")
    watch(session)
    assert [one for one in alerts(session) if one[0] == "roaming"] == [
        ("roaming", 5_950, 50, False),
        ("roaming", 5_950, 80, True),
    ]
    assert wanted(session) == []
    texts(session, "b", 1, START + 2 * HOUR, zone="roaming")
    watch(session)
    assert wanted(session) == [{"setting": "limit_roaming", "profile": "", "value": "on"}]
    assert stands(session, line).limit is None  # at home there is none


def test_the_law_wants_roaming_told_whatever_was_chosen(
    session: Session, ada: Actor, line: Product
) -> None:
    choosing.choose_alerts(session, ada, line.id, thresholds=[], **GIVEN)
    texts(session, "a", 15, START + HOUR, zone="roaming")
    texts(session, "b", 100, START + 2 * HOUR)
    watch(session)
    assert [one for one in alerts(session) if one[3]] == []  # 50 % abroad, all at home
    texts(session, "c", 10, START + 3 * HOUR, zone="roaming")
    watch(session)
    assert [one for one in alerts(session) if one[3]] == [("roaming", 5_950, 80, True)]
    assert len(alerts(session)) == 5  # the history has all


class TestLetGo:
    @pytest.fixture(autouse=True)
    def stop(self, session: Session, ada: Actor, line: Product) -> None:
        limit(session, ada, line, "10")
        texts(session, "a", 112, START + HOUR)
        watch(session)
        answer(session, now=AT)
        letters(session)

    def test_lifted_once(self, session: Session, ada: Actor, line: Product) -> None:
        given = {"kind": "all", "amount": "5", "seen": "1000", **GIVEN}
        changing.lift(session, ada, line.id, **given)
        assert wanted(session) == [{"setting": "limit_all", "profile": "", "value": "off"}]
        with pytest.raises(LimitMoved):  # pressed twice
            changing.lift(session, ada, line.id, **given)
        assert stands(session, line).limit.minor == 1_500
        answer(session, now=AT)
        texts(session, "b", 3, START + 2 * HOUR)
        watch(session)
        assert [one["value"] for one in wanted(session)] == ["on"]
        assert ("all", 1_500, 100, True) in alerts(session)
        assert stands(session, line, now=NEXT).limit.minor == 1_000

    def test_lifted_too_little(self, session: Session, ada: Actor, line: Product) -> None:
        changing.lift(session, ada, line.id, kind="all", amount="2", seen="1000", **GIVEN)
        assert wanted(session) == []
        assert stands(session, line).stops

    def test_a_higher_limit_and_none(self, session: Session, ada: Actor, line: Product) -> None:
        limit(session, ada, line, "20")
        assert [one["value"] for one in wanted(session)] == ["off"]
        limit(session, ada, line, "11")  # the answer is not there yet
        assert [one["value"] for one in wanted(session)] == ["off", "on"]
        first, second = open_requests(session)
        done = requests.Outcome(done=True)
        requests.answered(session, second.id, done, AT)
        requests.answered(session, first.id, done, AT)  # late: overtaken
        session.expire_all()
        assert bar(session, line.id).barred
        changing.remove(session, ada, line.id, kind="all", **GIVEN)
        assert [one["value"] for one in wanted(session)] == ["off"]

    def test_the_next_month(self, session: Session, line: Product) -> None:
        given: dict[str, Any] = {"policy": POLICY, "now": NEXT}
        assert bars.due(session, policy=POLICY, now=AT) == []
        assert bars.due(session, **given) == [line.id]
        assert bars.settle(session, line.id, **given) == 1
        assert bars.settle(session, line.id, **given) == 0
        answer(session, now=NEXT)
        assert not bar(session, line.id).barred
        assert bars.due(session, **given) == []

    def test_letters(self, session: Session, ada: Actor, line: Product) -> None:
        said = {
            one.subject.split(" ·")[0]: one for one in session.exec(select(CommunicationMessage))
        }
        body = said["Your spend limit is reached"].body
        assert "€10.00" in body
        assert f"/en/limits?line={line.id}" in body
        (top, *_) = telling.history(session, ada, line.id, now=AT)
        login = session.get_one(DigitalIdentity, ada.identity_id).login
        told = [one for one in telling.history(session, ada, line.id, now=AT) if one.told]
        assert top.told == (login,)
        assert {(one.about.value, one.threshold) for one in told} == {
            ("all", 100),
            ("allowance", 100),
        }


def test_the_network_says_no_people_see_it_and_it_is_asked_again(
    session: Session, ada: Actor, line: Product
) -> None:
    limit(session, ada, line, "10")
    texts(session, "a", 110, START + HOUR)
    watch(session)
    letters(session)
    answer(session, REFUSED, now=AT)
    row = bar(session, line.id)
    assert (row.barred, row.wish, row.refused) == (False, None, "not_accepted")
    assert letters(session) == 1
    newest = select(CommunicationMessage.subject).order_by(CommunicationMessage.created_at.desc())
    assert "could not stop" in " ".join(session.exec(newest))
    texts(session, "b", 1, START + 2 * HOUR)
    watch(session)
    assert wanted(session) == []  # not again at once
    later = AT + timedelta(minutes=61)
    assert bars.due(session, policy=POLICY, now=AT) == []
    assert bars.due(session, policy=POLICY, now=later) == [line.id]
    assert bars.settle(session, line.id, policy=POLICY, now=later) == 1
    answer(session, REFUSED, now=later)
    assert letters(session) == 0  # told once a month
    limit(session, ada, line, "50")
    assert bar(session, line.id).refused == ""


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (lambda s, a, p: limit(s, a, p, "0"), LimitOutside),
        (lambda s, a, p: limit(s, a, p, "0.50"), LimitOutside),
        (lambda s, a, p: limit(s, a, p, "1000.01"), LimitOutside),
        (lambda s, a, p: limit(s, a, p, "ten"), LimitOutside),
        (lambda s, a, p: limit(s, a, p, "10", kind="none"), NotFound),
        (lambda s, a, p: limit(s, Actor(), p, "10"), SignInNeeded),
        (lambda s, a, p: limit(s, replace(a, customer_id=new_id()), p, "10"), NotFound),
        (lambda s, a, p: changing.remove(s, a, "x", kind="all", **GIVEN), NotFound),
        (
            lambda s, a, p: changing.lift(
                s, a, p.id, kind="all", amount="5", seen="0", **GIVEN
            ),
            NoLimit,
        ),
        (
            lambda s, a, p: changing.lift(
                s, a, p.id, kind="roaming", amount="5", seen="1", **GIVEN
            ),
            LimitMoved,
        ),
        (
            lambda s, a, p: changing.lift(
                s, a, p.id, kind="roaming", amount="-5", seen="5950", **GIVEN
            ),
            LimitOutside,
        ),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(
    session: Session, ada: Actor, line: Product, act: Any, refusal: type[Exception]
) -> None:
    texts(session, "a", 130, START + HOUR)
    watch(session)
    before = len(alerts(session))
    with pytest.raises(refusal):
        act(session, ada, line)
    for table in (SpendLimit, SpendLift, ServiceRequest):
        assert session.exec(select(func.count()).select_from(table)).one() == 0
    assert len(alerts(session)) == before
    assert not session.exec(select(UsagePeriod.id).where(UsagePeriod.to_check)).all()


def test_members_see_by_view_and_change_by_manage(
    session: Session, ada: Actor, line: Product
) -> None:
    bo = customer(session, email="bo@example.com")
    texts(session, "a", 90, START + HOUR)
    watch(session)
    letters(session)
    with pytest.raises(NotFound):
        overview.overview(session, bo, line, **GIVEN)
    for scope in (Scope.VIEW, Scope.PAY):
        given = Granting(ada.customer(), line.id, frozenset({scope}), ada.identity_id, None)
        give(session, bo.identity_id, given, now=START)
        seen = overview.overview(session, bo, line, **GIVEN)
        assert not seen.manages
        assert [one.told for one in seen.alerts] == [(), ()]  # nobody else's address
        assert seen.alerts[0].told_at == AT
        with pytest.raises(NotAllowed):
            limit(session, bo, line, "10")
    given = Granting(ada.customer(), line.id, frozenset({Scope.MANAGE}), ada.identity_id, None)
    give(session, bo.identity_id, given, now=START)
    limit(session, bo, line, "10")
    assert overview.overview(session, bo, line, **GIVEN).manages
    acts = session.exec(select(AuditEntry.act).where(AuditEntry.act.like("limit.%"))).all()
    assert list(acts) == ["limit.all_set"]
    helper = replace(ada, role=Role.DEALER, identity_id=new_id())  # acts for Ada
    assert overview.overview(session, helper, line, **GIVEN).alerts[0].told


def test_the_same_again_is_no_change(session: Session, ada: Actor, line: Product) -> None:
    limit(session, ada, line, "10")
    limit(session, ada, line, "10.00")
    choosing.choose_alerts(session, ada, line.id, thresholds=["80", "7", "x"], **GIVEN)
    choosing.choose_alerts(session, ada, line.id, thresholds=["80"], **GIVEN)
    changing.remove(session, ada, line.id, kind="roaming", **GIVEN)
    changing.remove(session, ada, line.id, kind="roaming", **GIVEN)
    acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert [one for one in acts if one.startswith("limit.")] == [
        "limit.all_set",
        "limit.alerts",
        "limit.roaming_set",
    ]
    assert stands(session, line, ROAMING).limit is None
    seen = overview.overview(session, ada, line, **GIVEN)
    assert seen.thresholds == {80}


def test_a_month_that_is_over_is_noted_but_nobody_is_told(
    session: Session, ada: Actor, line: Product
) -> None:
    limit(session, ada, line, "10")
    texts(session, "a", 140, START + HOUR)
    watch(session, now=NEXT)
    assert [one[:3] for one in alerts(session)] == [
        ("all", 1_000, 50),
        ("all", 1_000, 80),
        ("all", 1_000, 100),
        ("allowance message", 100, 50),
        ("allowance message", 100, 80),
        ("allowance message", 100, 100),
    ]
    assert not any(one[3] for one in alerts(session))
    assert wanted(session) == []
    limit(session, ada, line, "20", now=NEXT)  # of the month that was over it says nothing
    texts(session, "b", 1, START + 2 * HOUR)
    watch(session, now=NEXT)
    assert len(alerts(session)) == 6


def test_it_is_given_out_to_its_owner_and_forgotten(
    session: Session, ada: Actor, line: Product
) -> None:
    limit(session, ada, line, "10")
    texts(session, "a", 112, START + HOUR)
    watch(session)
    letters(session)
    changing.lift(session, ada, line.id, kind="all", amount="5", seen="1000", **GIVEN)
    choosing.choose_alerts(session, ada, line.id, thresholds=["80"], **GIVEN)

    def given(customer_id: UUID, identity_id: UUID) -> list[str]:
        who = Whose(customer=customer_id, individual=new_id(), identity=identity_id)
        counts = {
            part.key: session.exec(
                select(func.count()).select_from(part.table).where(part.mine(who))
            ).one()
            for part in LIMITS
        }
        return [key for key, count in counts.items() if count]

    mine = ada.customer(), ada.identity()
    assert given(*mine) == [part.key for part in LIMITS]
    assert given(new_id(), new_id()) == []
    forget_services(session, ada.customer())
    assert given(*mine) == ["spend_lifts"]  # with what was charged for it


def test_statements_do_not_grow_with_the_months(database: Database) -> None:
    counts = []
    for lines in (2, 9):
        with database.writing() as session:
            account = make_account(session, now=START)
            rows = []
            for place in range(lines):
                number = f"+49158330{lines}{place:03d}"
                plan(session, number=number, account=account)
                rows.append(row(number, START + HOUR, "message", 90, number=number))
            feed(session, *rows)
            rate(session)
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731, B023
        event.listen(database.engine, "before_cursor_execute", listen)
        with database.writing() as session:
            assert watching.look(session, policy=POLICY, now=AT).noticed == 2 * lines
        event.remove(database.engine, "before_cursor_execute", listen)
        counts.append(len(seen))
    assert counts[1] <= counts[0]


def test_two_workers_ask_the_network_once_and_tell_once(database: Database) -> None:
    with database.writing() as session:
        line = plan(session)
        texts(session, "a", 40, START + HOUR, zone="roaming")
        product_id = line.id

    def work(session: Session) -> int:
        seen = watching.look(session, policy=POLICY, now=AT)
        return seen.noticed

    def settle(session: Session) -> int:
        return bars.settle(session, product_id, policy=POLICY, now=AT)

    assert sorted(at_once(database, [work] * 4)) == [0, 0, 0, 3]
    assert sorted(at_once(database, [settle] * 4)) == [0, 0, 0, 1]
    with database.writing() as session:
        assert len(open_requests(session)) == 1
        rows = session.exec(select(UsageAlert)).all()
        assert sorted(one.threshold for one in rows if one.told) == [100]
        assert json.dumps(wanted(session)).count("limit_roaming") == 1


def test_rating_looking_and_changing_do_not_block_each_other(database: Database) -> None:
    with database.writing() as session:
        ada = customer(session)
        owner = session.get_one(Customer, ada.customer())
        prices = included("SMS", 10, carries=True), usage("SMS", 100)
        account = make_account(session, now=START, customer=owner)
        line = plan(session, *prices, account=account, start=START)
        product_id = line.id
        texts(session, "first", 3, START + HOUR)
        texts(session, "next", 3, NEXT)  # what is left goes on, by a row about the product
        feed(session, *[row(f"r{n}", START + 2 * HOUR, "message", 2) for n in range(9)])

    def change(amount: str) -> Any:
        given = {"kind": "all", "amount": amount, "hard": True, **GIVEN}
        return lambda session: changing.set_limit(session, ada, product_id, **given)

    def look(session: Session) -> None:
        seen = watching.look(session, policy=POLICY, now=AT)
        assert seen.noticed >= 0

    acts = [rate, look, change("9"), look, change("8"), rate, look, change("7")]
    assert not [one for one in at_once(database, acts) if isinstance(one, str)]
    with database.writing() as session:
        rate(session)
        watch(session)
        stands_so = stands(session, session.get_one(Product, product_id))
        assert stands_so.spent.minor == 1_100
        assert stands_so.limit.minor in (700, 800, 900)
        assert [one.wanted["value"] for one in open_requests(session)] == ["on"]
