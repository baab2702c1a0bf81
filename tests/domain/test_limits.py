"""Spend limits and alerts: stories with exact amounts."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.limits import bars, choosing
from self_service.models.catalog import OfferingKind
from self_service.models.messages import CommunicationMessage
from self_service.models.subscriptions import Product
from tests.limited import (
    AT,
    GIVEN,
    HOUR,
    NEXT,
    POLICY,
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
from tests.services_world import REFUSED, answer, open_requests
from tests.used import START, add_extra, included, rate

__all__ = ["ada", "line"]


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
