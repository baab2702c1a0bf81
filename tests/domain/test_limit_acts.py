"""What people do with limits: change them, lift them, see them; and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, func, select

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.access.grants import Granting, give
from self_service.domain.errors import NotFound
from self_service.domain.limits import bars, changing, choosing, overview, telling
from self_service.domain.limits.changing import LimitMoved, LimitOutside, NoLimit
from self_service.domain.network import requests
from self_service.domain.people.forgetting import forget_services
from self_service.domain.people.own_data_limits import LIMITS
from self_service.domain.people.own_data_shape import Whose
from self_service.domain.subscriptions.problems import ProblemKind, problems
from self_service.models.access import DigitalIdentity, Role, Scope
from self_service.models.audit import AuditEntry
from self_service.models.base import new_id
from self_service.models.limits import SpendLift, SpendLimit
from self_service.models.messages import CommunicationMessage
from self_service.models.network import ServiceRequest
from self_service.models.subscriptions import Product
from self_service.models.usage import UsagePeriod
from tests.limited import (
    AT,
    GIVEN,
    HOUR,
    NEXT,
    POLICY,
    ROAMING,
    ada,
    alerts,
    bar,
    letters,
    limit,
    line,
    stands,
    texts,
    wanted,
    watch,
)
from tests.order_shop import customer
from tests.services_world import answer, open_requests
from tests.used import START

__all__ = ["ada", "line"]


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

    def test_home_says_so_until_then(self, session: Session, ada: Actor, line: Product) -> None:
        (problem,) = problems(session, ada, now=AT)
        assert (problem.kind, problem.product_id) == (ProblemKind.STOPPED, line.id)
        changing.lift(session, ada, line.id, kind="all", amount="5", seen="1000", **GIVEN)
        assert problems(session, ada, now=AT) == ()

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
