"""Many at once: of those who accept a code or answer a wish one does, and no unit goes twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import select

from self_service import db
from self_service.domain.sharing import members, requests
from self_service.domain.usage import course, together
from self_service.models.sharing import SharedUse, SharingMember
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.domain.test_sharing import FAR, GB, SMALL, accept, add, ask, limit, seen
from tests.mailbox import words
from tests.sharing_world import code_of, family
from tests.used import charged, feed, rate, row

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_of_many_who_accept_answer_or_rate_at_once_one_does(database: db.Database) -> None:
    with database.writing() as session:
        us = family(session, now=NOW)
        code = code_of(session, us, now=NOW)
    came = at_once(database, [lambda session: accept(session, us, code)] * 6)
    assert sorted(map(str, came)) == ["None", *["group_code_used_up"] * 5]
    with database.writing() as session:
        limit(session, us, "1")
        ask(session, us.ben)
        add(session, us, us.small)
    with database.reading() as session:
        (wish,) = seen(session, us.ada).groups[0].wishes

    def answering(grant: bool) -> Any:
        given = {"grant": grant, "words": words, "now": NOW}
        return lambda session: requests.answer(session, us.ada, wish.id, **given)

    came = at_once(database, [answering(True), answering(False)] * 3)
    assert came.count(None) == 1
    assert came.count("more_request_over") == 5
    with database.writing() as session:
        limit_id = (
            session.exec(select(SharingMember).where(SharingMember.product_id == us.far)).one().id
        )
        members.set_limit(session, us.ada, limit_id, kind="data", amount="", now=NOW)
        at = NOW + HOUR
        rows = [
            row(f"{number}{place}", at + place * timedelta(minutes=1), "data", GB, number=number)
            for number in (FAR, SMALL)
            for place in range(8)
        ]
    deliveries = [
        lambda session, part=part: feed(session, *part, now=at + DAY)
        for part in (rows[::3], rows[1::3], rows[2::3])
    ]
    rating = [
        lambda session, way=way: way(session, now=at + DAY, limit=1)
        for way in (together.rate, course.rate, together.rate)
    ]
    at_once(database, [*deliveries, *rating])
    for _ in range(2):
        at_once(database, rating)
    with database.writing() as session:
        rate(session, now=at + DAY)
    assert sum(one.units for one in everything(database, SharedUse)) == 10 * GB
    with database.reading() as session:
        over = charged(session)
    assert sum(units for units, _ in over.values()) == 6 * GB
    assert {name[-1] for name in over} == {"5", "6", "7"}
