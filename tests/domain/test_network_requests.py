"""Requests to the network: asked once, settled once, in whatever order answers come."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.network import requests
from self_service.domain.network.requests import Asked, Outcome
from self_service.domain.service_settings import wishes
from self_service.models.messages import OutboxEvent
from self_service.models.network import NetworkAct, RequestStatus, ServiceRequest
from self_service.models.service_settings import ServiceSetting
from tests.services_world import DONE, REFUSED, furnish

seen: list[tuple[int, bool]] = []


@pytest.fixture(autouse=True)
def followed(monkeypatch: pytest.MonkeyPatch) -> None:
    def note(_: Session, asked: Asked, outcome: Outcome, __: datetime) -> None:
        seen.append((asked.sequence, outcome.done))

    seen.clear()
    monkeypatch.setitem(requests.FOLLOWERS, "test", note)


def ask(session: Session, product_id: object, key: str, now: datetime, **wanted: str) -> object:
    return requests.ask(
        session,
        product_id,  # type: ignore[arg-type]
        NetworkAct.SET,
        wanted,
        purpose="test",
        key=key,
        now=now,
    )


def test_a_wish_is_asked_once_under_its_key_and_numbered(session: Session, now: datetime) -> None:
    home = furnish(session, now=now)
    first = ask(session, home.plan.id, "a", now)
    assert ask(session, home.plan.id, "a", now) == first
    ask(session, home.plan.id, "b", now)
    ask(session, home.net.id, "c", now)
    rows = session.exec(select(ServiceRequest).order_by(ServiceRequest.key)).all()
    assert [(row.key, row.sequence) for row in rows] == [("a", 1), ("b", 2), ("c", 1)]
    events = session.exec(select(OutboxEvent.key).where(OutboxEvent.kind == "network_asked")).all()
    assert sorted(events) == sorted(str(row.id) for row in rows)


def test_an_answer_settles_once_and_hides_what_was_sealed(session: Session, now: datetime) -> None:
    home = furnish(session, now=now)
    asked = ask(session, home.plan.id, "a", now, sealed_code="s", day="x")
    assert requests.answered(session, asked, REFUSED, now)  # type: ignore[arg-type]
    assert not requests.answered(session, asked, DONE, now)  # type: ignore[arg-type]
    assert not requests.taken(session, asked, now=now)  # type: ignore[arg-type]
    row = session.exec(select(ServiceRequest)).one()
    assert (row.status, row.reason) == (RequestStatus.FAILED, "not_accepted")
    assert row.wanted == {"sealed_code": "", "day": "x"}
    assert seen == [(1, False)]


def test_what_is_not_answered_is_due_again_later_and_for_one_caller(
    session: Session, now: datetime
) -> None:
    home = furnish(session, now=now)
    ask(session, home.plan.id, "a", now)
    assert len(requests.claim_due(session, now=now)) == 1
    assert requests.claim_due(session, now=now) == ()
    later = now + requests.RETRIES[0]
    (again,) = requests.claim_due(session, now=later)
    assert requests.claim_due(session, now=later) == ()
    requests.answered(session, again.id, DONE, later)
    assert requests.claim_due(session, now=later + timedelta(days=9)) == ()


answers = st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.booleans()), min_size=1, max_size=6)


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=answers)
def test_in_any_order_the_last_wish_counts(
    session: Session, now: datetime, told: list[tuple[bool, float, bool]]
) -> None:
    """Each wish: whether it is done, when its answer comes, whether that comes twice."""
    home = furnish(session, now=now, email=f"{len(told)}@example.com")
    wished = [
        wishes.wish(session, home.plan.id, "roaming", str(number), now=now)
        for number in range(len(told))
    ]
    order = sorted(range(len(told)), key=lambda number: told[number][1])
    for number in order + [number for number in order if told[number][2]]:
        outcome = DONE if told[number][0] else REFUSED
        requests.answered(session, wished[number], outcome, now)
    session.expire_all()
    row = session.exec(
        select(ServiceSetting).where(ServiceSetting.product_id == home.plan.id)
    ).one()
    done = [str(number) for number, (fine, _, _) in enumerate(told) if fine]
    assert row.value == (done[-1] if done else None)
    assert row.wish is None
    assert row.refused == ("" if told[-1][0] else "not_accepted")
    session.rollback()


def test_a_lost_answer_leaves_the_wish_open(session: Session, now: datetime) -> None:
    home = furnish(session, now=now)
    first = wishes.wish(session, home.plan.id, "roaming", "off", now=now)
    wishes.wish(session, home.plan.id, "roaming", "on", now=now)
    requests.answered(session, first, DONE, now)
    session.expire_all()
    row = session.exec(select(ServiceSetting)).one()
    assert (row.value, row.wish, row.refused) == ("off", "on", "")
