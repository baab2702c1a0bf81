"""Coverage: what reaches an address, what a file says, and who waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.coverage import importing, reach, waiting
from self_service.domain.coverage.places import fold_street, spot
from self_service.domain.coverage.reach import NoHomeInternet, NoTelevision, Reach
from self_service.domain.coverage.waiting import CoveredAlready, TooManyWaits
from self_service.domain.errors import Invalid, NotFound
from self_service.domain.people.postal_address import PostalAddress
from self_service.models.access import Role
from self_service.models.catalog import OfferingKind as K
from self_service.models.coverage import CoverageArea, CoverageWait, Technology
from tests.services_world import furnish
from tests.wallets import person

HEAD = (
    "country,postcode_prefix,street,house_from,house_to,technology,down_mbps,up_mbps,available_from"
)
FILE = f"""{HEAD}
DE,204,,,,dsl,100,40,
DE,20457,,,,fibre,1000,500,
DE,20457,Hafenstr.,1,9,fibre,0,0,
DE,20457,Hafenstraße,10,19,fibre,500,250,2027-03-01
DE,204,,,,tv,1,0,
DE,,,,,4g,150,50,
""".splitlines()
ADMIN_FORM = {"country": "DE", "city": "Hamburg", "postal_code": "20457"}


def load(session: Session, now: datetime, *lines: str) -> importing.Imported:
    who = Actor(role=Role.ADMINISTRATOR, identity_id=person_id(session, now))
    return importing.load(session, who, lines or FILE, now=now)


def person_id(session: Session, now: datetime) -> Any:
    return person(session, f"root{now.timestamp()}@example.com", now=now, name="R A").identity_id


def at(street: str, code: str = "20457", country: str = "DE") -> PostalAddress:
    return PostalAddress(country, street, "Hamburg", code)


def best(session: Session, address: PostalAddress, now: datetime) -> list[tuple[str, int, bool]]:
    found = reach.check(session, address, now=now)
    return [(one.technology.value, one.down_mbps, one.now) for one in found.of(K.BROADBAND)]


def test_what_is_said_most_precisely_counts(session: Session, now: datetime) -> None:
    assert load(session, now).rows == 6
    assert best(session, at("Am Markt 3"), now) == [("fibre", 1000, True), ("dsl", 100, True)]
    assert best(session, at("Am Markt 3", "20459"), now) == [("dsl", 100, True)]
    assert best(session, at("Hafenstraße 5"), now) == [("dsl", 100, True)]
    later = [("dsl", 100, True), ("fibre", 500, False)]
    assert best(session, at("HAFENSTRASSE 12 b"), now) == later
    on = date(2027, 3, 1)
    assert reach.check(session, at("Hafenstr. 12"), now=now, on=on).of(K.BROADBAND)[0].now
    assert reach.check(session, at("x", "80331"), now=now).reach(K.BROADBAND) is Reach.NO
    assert reach.check(session, at("x", "80331"), now=now).reach(K.PLAN) is Reach.YES
    assert reach.check(session, at("x", "28001", "ES"), now=now).reach(K.TV) is Reach.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hafenstr.", "HAFENSTRASSE"),
        ("Hafen-Straße", "hafen strasse"),
        ("Rue de l'Église", "rue de l eglise"),
        ("Harbour St", "harbour street"),
    ],
)
def test_streets_are_known_however_they_are_written(one: str, other: str) -> None:
    assert fold_street(one) == fold_street(other) != ""


def test_a_house_number_stands_on_either_side() -> None:
    assert (spot(at("12 Harbour Street")), spot(at("x")).house) == (
        spot(at("Harbour Street 12")),
        0,
    )


def test_an_order_is_refused_only_where_nothing_comes(session: Session, now: datetime) -> None:
    reach.require(session, at("x", "80331"), {K.BROADBAND}, now=now)  # no data: nothing is refused
    load(session, now)
    reach.require(session, at("Hafenstraße 12"), {K.BROADBAND, K.TV, K.PLAN}, now=now)
    reach.require(session, at("x", "80331"), {K.PLAN, K.DEVICE}, now=now)
    for kind, refusal in ((K.TV, NoTelevision), (K.BROADBAND, NoHomeInternet)):
        with pytest.raises(refusal):
            reach.require(session, at("x", "80331"), {kind, K.PLAN}, now=now)


def test_bad_rows_are_reported_and_good_ones_replaced(session: Session, now: datetime) -> None:
    load(session, now)
    told = load(
        session,
        now + timedelta(seconds=1),
        HEAD,
        "DE,20457,,,,fibre,2000,1000,",
        "D,1,,,,fibre,1,1,",
        "DE,1,,9,3,fibre,1,1,",
        "DE,1,,,,pigeon,1,1,",
        "DE,1,,,,fibre,fast,1,",
        "DE,1,,,,fibre,1,1,soon",
        "DE,1,,,,fibre,1,1,,more",
    )
    assert (told.rows, [bad.line for bad in told.bad]) == (1, [3, 4, 5, 6, 7, 8])
    fast = select(CoverageArea.down_mbps).where(
        CoverageArea.postcode_prefix == "20457",
        CoverageArea.street == "",
        CoverageArea.technology == Technology.FIBRE,
    )
    assert session.exec(fast).all() == [2000]
    with pytest.raises(ValueError, match="technology"):
        load(session, now + timedelta(seconds=2), "country,down_mbps")
    ada = person(session, "ada@example.com", now=now)
    with pytest.raises(NotAllowed):
        importing.load(session, ada, FILE, now=now)


def join(session: Session, actor: Actor, now: datetime, **changes: str) -> Any:
    form = {**ADMIN_FORM, "postal_code": "80331", "city": "München", "street_address": "Tal 1"}
    kind = changes.pop("kind", "broadband")
    return waiting.join(session, actor, kind=kind, form={**form, **changes}, country="DE", now=now)


def test_whoever_waits_is_told_once_and_may_leave(session: Session, now: datetime) -> None:
    load(session, now)
    ada = furnish(session, now=now).ada
    one = join(session, ada, now)
    assert join(session, ada, now) == one
    two = join(session, ada, now, kind="tv")
    assert waiting.tell_covered(session, now=now) == 0
    load(session, now + timedelta(seconds=1), HEAD, "DE,8033,Tal,1,5,fibre,300,100,")
    assert [waiting.tell_covered(session, now=now) for _ in range(2)] == [1, 0]
    session.expire_all()
    listed = {wait.id: wait.told_at for wait in waiting.listed(session, ada, now=now)}
    assert listed == {one: now, two: None}
    eve = person(session, "eve@example.com", now=now, name="Eve Stranger")
    with pytest.raises(NotFound):
        waiting.leave(session, eve, two, now=now)
    assert waiting.listed(session, eve, now=now) == ()
    waiting.leave(session, ada, two, now=now)
    assert [wait.id for wait in waiting.listed(session, ada, now=now)] == [one]


def test_a_list_cannot_be_joined(session: Session, now: datetime) -> None:
    load(session, now)
    ada = furnish(session, now=now).ada
    cases: list[tuple[type[Exception], dict[str, Any]]] = [
        (SignInNeeded, {"actor": Actor()}),
        (NotFound, {"kind": "plan"}),
        (Invalid, {"postal_code": "x"}),
        (CoveredAlready, {"postal_code": "20457", "city": "Hamburg"}),
    ]
    for error, case in cases:
        who = case.pop("actor", ada)
        with pytest.raises(error):
            join(session, who, now, **case)
    assert not session.exec(select(CoverageWait)).all()
    for house in range(waiting.MOST):
        join(session, ada, now, street_address=f"Tal {house + 1}")
    with pytest.raises(TooManyWaits):
        join(session, ada, now, street_address="Tal 99")
