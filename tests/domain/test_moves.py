"""Moving: planned for a day, called off until then, done when it has come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from self_service import clock
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.domain.people import accounts, erasure, moves, own_data, retention, sites
from self_service.domain.pricing.periods import add_months
from self_service.models.access import Role
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from self_service.models.orders import ProductOrder
from self_service.models.people import PlannedMove, Site
from tests.conftest import NOW
from tests.domain.test_erasure import found_in, settled
from tests.mailbox import mail, mails, words
from tests.order_shop import choose, customer, fill, fulfil, open_shop, order, pay, rows
from tests.settings_people import ANYTHING, HOSTILE, PLACE, acts, ada, dealer_for, one, other

TABLES = (PlannedMove, Site, ProductOrder, AuditEntry, CommunicationMessage)
DAY = date(2026, 12, 24)
#: Its first instant in Berlin, where the operator counts days.
BEGUN = datetime(2026, 12, 23, 23, 0, tzinfo=UTC)
NEW = {
    "country": "DE",
    "street_address": "Hafenstraße 12",
    "city": "Hamburg",
    "postal_code": "20457",
    "move_on": DAY.isoformat(),
}


@pytest.fixture(autouse=True)
def berlin() -> None:
    """Days are those of Berlin; `conftest.zone` takes it back."""
    clock.set_zone("Europe/Berlin")


def home_of(session: Session, actor: Actor) -> sites.Location:
    return sites.listed(session, actor, now=NOW)[0]


def plan(session: Session, actor: Actor, site_id: object = None, **changes: Any) -> Any:
    where = home_of(session, actor).id if site_id is None else site_id
    form = {**NEW, **changes}
    return moves.plan(session, actor, where, form=form, place=PLACE, told=words, now=NOW)


def call_off(session: Session, actor: Actor, site_id: object, now: datetime = NOW) -> None:
    moves.call_off(session, actor, site_id, told=words, now=now)


def move_all(session: Session, now: datetime) -> int:
    return sum(
        moves.take_effect(session, found, told=words, now=now)
        for found in moves.due(session, now=now)
    )


def refused(session: Session, kind: type[DomainError], act: Any) -> DomainError:
    """What was refused, when nothing changed by it."""
    before = rows(session, *TABLES)
    with pytest.raises(kind) as caught:
        act()
    session.expire_all()
    assert rows(session, *TABLES) == before
    return caught.value


def test_a_move_is_planned_and_shown(session: Session) -> None:
    actor = ada(session)
    home = home_of(session, actor)
    plan(session, actor)
    (found,) = moves.listed(session, actor, now=NOW)
    assert (found.site_id, found.move_on, found.can_be_called_off) == (home.id, DAY, True)
    assert (found.address.city, found.services) == ("Hamburg", ())
    assert home_of(session, actor) == home
    assert acts(session) == ["site.move_planned"]
    letter = mail(session, "move_planned")
    assert (letter.receiver, letter.body) == ("ada@example.com", "2026-12-24")


def test_services_at_the_place_are_named(session: Session) -> None:
    shop, actor = open_shop(session), ada(session)
    home = home_of(session, actor).id
    office = sites.add(session, actor, form={**NEW, "label": "office"}, place=PLACE, now=NOW)
    fill(session, actor, shop)
    placed = order(session, actor)
    pay(session, placed)
    fulfil(session, placed.order_id)
    plan(session, actor, home)
    plan(session, actor, office)
    found = {move.site_id: move.services for move in moves.listed(session, actor, now=NOW)}
    assert [service.name["en"] for service in found[home]] == ["plan"]  # no phone, no extra
    assert found[office] == ()


def test_it_is_done_on_its_day_and_once(session: Session) -> None:
    actor = ada(session)
    home = home_of(session, actor)
    move = plan(session, actor)
    just_before = BEGUN - timedelta(microseconds=1)
    assert moves.due(session, now=just_before) == ()
    assert not moves.take_effect(session, move, told=words, now=just_before)
    assert sites.listed(session, actor, now=just_before) == (home,)
    assert move_all(session, BEGUN) == 1
    new, old = sites.listed(session, actor, now=BEGUN)
    assert (old.id, old.closed_at, old.address) == (home.id, BEGUN, home.address)
    assert (new.label, new.address.city, new.closed_at) == (home.label, "Hamburg", None)
    assert moves.listed(session, actor, now=BEGUN) == ()
    assert acts(session) == ["site.move_planned", "site.moved"]
    assert one(session, AuditEntry, act="site.moved").customer_id == actor.customer_id
    assert mail(session, "moved").body == "2026-12-24"
    before = rows(session, *TABLES)
    assert move_all(session, BEGUN) == 0
    assert not moves.take_effect(session, move, told=words, now=BEGUN)
    assert rows(session, *TABLES) == before


def test_the_new_place_is_the_main_one_and_gets_orders(session: Session) -> None:
    shop, actor = open_shop(session), ada(session)
    later = NOW + timedelta(minutes=1)
    sites.add(session, actor, form={**NEW, "label": "office"}, place=PLACE, now=later)
    plan(session, actor, street_address="Kai 1")
    move_all(session, BEGUN)
    details = accounts.details_of(session, actor)
    assert details is not None
    assert details.address.street_address == "Kai 1"
    choose(session, actor, shop["case"], now=BEGUN)
    order(session, actor, now=BEGUN)
    went_to = one(session, Site, id=one(session, ProductOrder).site_id)
    assert (went_to.address["street_address"], went_to.closed_at) == ("Kai 1", None)


def test_it_is_called_off_until_its_day(session: Session) -> None:
    actor = ada(session)
    home = home_of(session, actor)
    plan(session, actor)
    call_off(session, actor, home.id, now=BEGUN - timedelta(seconds=1))
    assert moves.listed(session, actor, now=NOW) == ()
    assert move_all(session, BEGUN) == 0
    assert sites.listed(session, actor, now=BEGUN) == (home,)
    assert acts(session) == ["site.move_planned", "site.move_called_off"]
    assert mail(session, "move_called_off").body == "2026-12-24"
    refused(session, NotFound, lambda: call_off(session, actor, home.id))
    plan(session, actor)
    refused(session, moves.MoveBegun, lambda: call_off(session, actor, home.id, now=BEGUN))
    (found,) = moves.listed(session, actor, now=BEGUN)
    assert not found.can_be_called_off


def test_one_at_a_time(session: Session) -> None:
    actor = ada(session)
    home = home_of(session, actor).id
    plan(session, actor)
    refused(session, sites.MovePlanned, lambda: plan(session, actor, home, city="Bremen"))
    row = one(session, PlannedMove)
    twin = PlannedMove(**{**row.model_dump(), "id": uuid4()})
    session.add(twin)
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_place_that_is_left_stays_until_its_day(session: Session) -> None:
    actor = ada(session)
    home = home_of(session, actor).id
    sites.add(session, actor, form={**NEW, "label": "office"}, place=PLACE, now=NOW)
    plan(session, actor, home)
    refused(session, sites.MovePlanned, lambda: sites.close(session, actor, home, now=NOW))
    call_off(session, actor, home)
    sites.close(session, actor, home, now=NOW)
    refused(session, moves.PlaceClosed, lambda: plan(session, actor, home))
    refused(session, moves.PlaceClosed, lambda: call_off(session, actor, home))


def test_the_plan_follows_a_corrected_address(session: Session) -> None:
    shop, actor = open_shop(session), ada(session)
    home = home_of(session, actor).id
    choose(session, actor, shop["case"])
    order(session, actor)
    plan(session, actor, home)
    other_street = {**NEW, "label": "home", "street_address": "Deich 3"}
    corrected = sites.change(session, actor, home, form=other_street, place=PLACE, now=NOW)
    assert corrected != home
    session.expire_all()
    (found,) = moves.listed(session, actor, now=NOW)
    assert (found.site_id, found.address.street_address) == (corrected, "Hafenstraße 12")
    assert move_all(session, BEGUN) == 1
    assert one(session, Site, id=corrected).closed_at == BEGUN
    assert one(session, Site, id=home).closed_at == NOW
    assert home_of(session, actor).address.street_address == "Hafenstraße 12"


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("2026-11-21", moves.TOO_SOON),
        ("2026-11-22", moves.TOO_SOON),
        ("0001-01-01", moves.TOO_SOON),
        ("2027-11-23", moves.TOO_FAR),
        ("9999-12-31", moves.TOO_FAR),
        ("2026-02-30", moves.NO_DAY),
        ("24.12.2026", moves.NO_DAY),
        ("20261224", moves.NO_DAY),
        ("", moves.NO_DAY),
    ],
)
def test_days_out_of_reach_are_refused(session: Session, day: str, fault: str) -> None:
    actor = ada(session)
    # noon in Berlin on 22 November
    noon = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    home, form = home_of(session, actor).id, {**NEW, "move_on": day}
    said = refused(
        session,
        Invalid,
        lambda: moves.plan(session, actor, home, form=form, place=PLACE, told=words, now=noon),
    )
    assert isinstance(said, Invalid)
    assert {name: found[0] for name, found in said.faults.items()} == {"move_on": fault}


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        (datetime(2026, 11, 22, 11, tzinfo=UTC), date(2026, 11, 23), date(2027, 11, 22)),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), date(2026, 11, 24), date(2027, 11, 23)),
        (datetime(2028, 2, 29, 11, tzinfo=UTC), date(2028, 3, 1), date(2029, 2, 28)),
    ],
    ids=["noon", "after midnight in Berlin", "leap day"],
)
def test_from_tomorrow_to_a_year_ahead(
    session: Session, now: datetime, first: date, last: date
) -> None:
    actor = ada(session)
    home = home_of(session, actor).id
    assert (moves.first_day(now), moves.last_day(now)) == (first, last)
    for day in (first, last):
        form = {**NEW, "move_on": day.isoformat()}
        moves.plan(session, actor, home, form=form, place=PLACE, told=words, now=now)
        assert moves.listed(session, actor, now=now)[0].move_on == day
        call_off(session, actor, home, now=now)


def test_whoever_acts_for_the_customer_may_and_others_may_not(session: Session) -> None:
    actor, eve = ada(session), other(session)
    home = home_of(session, actor).id
    sub_user = Actor(identity_id=eve.identity(), role=Role.SUB_USER)
    for who, kind in ((eve, NotFound), (Actor(), SignInNeeded), (sub_user, NotAllowed)):
        for act in (
            lambda who=who: plan(session, who, home),
            lambda who=who: call_off(session, who, home),
        ):
            refused(session, kind, act)
    plan(session, dealer_for(actor), home)
    assert mails(session) == [("move_planned", "ada@example.com")]
    refused(session, NotFound, lambda: call_off(session, eve, home))
    for wanted in (uuid4(), "", [], 7, *HOSTILE):
        refused(session, NotFound, lambda wanted=wanted: call_off(session, actor, wanted))
    assert moves.listed(session, eve, now=NOW) == ()
    call_off(session, dealer_for(actor), home)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(street=ANYTHING, code=ANYTHING, day=st.one_of(ANYTHING, st.dates().map(date.isoformat)))
def test_anything_typed_is_clean_or_refused(session: Session, **typed: Any) -> None:
    actor = session.info.get("ada") or session.info.setdefault("ada", ada(session))
    form = {"street_address": typed["street"], "postal_code": typed["code"], "city": ""}
    said = refused(session, Invalid, lambda: plan(session, actor, **form, move_on=typed["day"]))
    assert isinstance(said, Invalid)
    assert "city" in said.faults
    assert set(said.faults) <= {*form, "move_on"}


def test_faults_of_address_and_day_come_together(session: Session) -> None:
    actor = ada(session)
    said = refused(session, Invalid, lambda: plan(session, actor, postal_code="1", move_on="soon"))
    assert isinstance(said, Invalid)
    assert list(said.faults) == ["postal_code", "move_on"]


def test_the_record_says_neither_where_nor_when(session: Session) -> None:
    actor = ada(session)
    plan(session, actor)
    move_all(session, BEGUN)
    said = {name for name, _ in found_in(session, "Hafenstraße 12", DAY.isoformat())}
    assert "audit_entry" not in said
    assert said >= {"planned_move", "site"}


def test_it_is_given_out_and_forgotten(session: Session) -> None:
    actor = settled(session)
    home = home_of(session, actor).id
    plan(session, actor, home, street_address="Quell 7")
    data = own_data.gather(session, actor, now=NOW)
    (row,) = data.parts["planned_moves"]
    assert (row["move_on"], row["address"]["street_address"]) == ("2026-12-24", "Quell 7")
    assert erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    session.expire_all()
    assert session.exec(select(PlannedMove)).all() == []
    assert move_all(session, BEGUN) == 0


def test_what_is_left_of_it_goes_when_retention_ends(session: Session) -> None:
    actor = settled(session)
    erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    site = one(session, Site)  # kept: something was delivered there
    session.add(
        PlannedMove(
            site_id=site.id,
            customer_id=actor.customer(),
            address={},
            move_on=DAY,
            created_at=NOW,
            cancelled_at=NOW,
        )
    )
    session.flush()
    assert retention.run(session, years=10, now=add_months(NOW, 120)) == 1
    assert rows(session, PlannedMove, Site) == [[], []]


def test_what_does_not_run_at_the_new_address_is_said_before(session: Session) -> None:
    from self_service.domain.coverage.reach import Reach
    from self_service.models.coverage import CoverageArea, Technology

    def cover(prefix: str, from_: date | None = None) -> None:
        row = {"country": "DE", "technology": Technology.FIBRE, "down_mbps": 100}
        session.add(CoverageArea(postcode_prefix=prefix, available_from=from_, **row))
        session.flush()

    shop, ada = open_shop(session), customer(session)
    choose(session, ada, shop["fibre"])
    placed = order(session, ada)
    pay(session, placed)
    fulfil(session, placed.order_id)
    cover("1")
    fault = refused(session, Invalid, lambda: plan(session, ada))
    assert isinstance(fault, Invalid)
    assert fault.faults == {"accept": (moves.NOT_THERE, {"services": "fibre"})}
    cover("20457", DAY + timedelta(days=1))
    refused(session, Invalid, lambda: plan(session, ada))
    plan(session, ada, accept="on")
    assert [one.runs for one in moves.listed(session, ada, now=NOW)[0].services] == [Reach.LATER]
    moves.call_off(session, ada, home_of(session, ada).id, told=words, now=NOW)
    cover("204", DAY)
    cover("2045")
    plan(session, ada, move_on=(DAY + timedelta(days=1)).isoformat())
    assert [one.runs for one in moves.listed(session, ada, now=NOW)[0].services] == [Reach.YES]


def test_an_order_is_refused_where_home_internet_does_not_come(session: Session) -> None:
    from self_service.domain.coverage.reach import NoHomeInternet
    from self_service.models.coverage import CoverageArea, Technology

    shop, ada = open_shop(session), customer(session)
    row = {"country": "DE", "technology": Technology.FIBRE, "down_mbps": 100}
    session.add(CoverageArea(postcode_prefix="99999", **row))
    choose(session, ada, shop["fibre"])
    with pytest.raises(NoHomeInternet):
        order(session, ada)
