"""SIMs and numbers: block, swap, choose, bring in, take out; the old lives until the new does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.domain.fulfilment import resources
from self_service.domain.fulfilment.resources import ESIM
from self_service.domain.network import notices, requests
from self_service.domain.sims import (
    blocking,
    choosing,
    leaving,
    porting,
    porting_form,
    stock,
    swapping,
)
from self_service.domain.sims.blocking import BlockedAlready, NotBlocked
from self_service.domain.sims.choosing import NumberBusy, NumberGone
from self_service.domain.sims.porting import PortingTooLate
from self_service.domain.sims.swapping import NoSim
from self_service.models.access import Grant, Scope
from self_service.models.audit import AuditEntry
from self_service.models.network import ServiceRequest
from self_service.models.service_settings import ServiceSetting
from self_service.models.sims import NumberPorting, PortingStatus, PortOutCode, SimSwap, SwapStatus
from self_service.models.subscriptions import Resource, ResourceKind
from tests import services_world as world
from tests.mailbox import mails, words
from tests.order_shop import rows
from tests.services_world import DONE, NUMBER, REFUSED, SIM, VAULT, Home, answer, open_requests
from tests.wallets import fresh, person

TABLES = (ServiceRequest, SimSwap, NumberPorting, PortOutCode, ServiceSetting, AuditEntry, Resource)
PORT = {"number": "+49 151 23456789", "donor": "Other Mobile", "donor_code": "K-77"}


@pytest.fixture
def home(session: Session, now: datetime) -> Home:
    found = world.furnish(session, now=now)
    world.stock(session, found.plan, now=now)
    return found


def stale(home: Home, now: datetime) -> Actor:
    return replace(home.ada, confirmed_at=now - timedelta(hours=1))


def refused(session: Session, kind: type[DomainError], act: Any) -> DomainError:
    session.flush()
    before = rows(session, *TABLES)
    with pytest.raises(kind) as caught:
        act()
    assert rows(session, *TABLES) == before
    return caught.value


def sim_of(session: Session, home: Home) -> str:
    return world.value(session, home.plan, ResourceKind.ICCID)


def number_of(session: Session, home: Home) -> str:
    return world.value(session, home.plan, ResourceKind.MSISDN)


def told(session: Session, now: datetime) -> list[str]:
    for event in notices.waiting(session):
        notices.write(session, event, lambda _: words, now=now)
    return [kind.removeprefix("service_") for kind, _ in mails(session)]


def blocked(session: Session) -> list[tuple[str | None, str | None]]:
    session.expire_all()
    return [(row.value, row.wish) for row in session.exec(select(ServiceSetting))]


def test_a_lost_sim_is_blocked_without_a_proof_and_unblocked_with_one(
    session: Session, home: Home, now: datetime
) -> None:
    old = stale(home, now)
    blocking.block(session, old, home.plan.id, now=now)
    refused(session, BlockedAlready, lambda: blocking.block(session, old, home.plan.id, now=now))
    (asked,) = open_requests(session)
    assert (asked.act, asked.wanted["sim"]) == ("block_sim", SIM)
    answer(session, now=now)
    assert blocked(session) == [("on", None)]
    refused(
        session, ConfirmationNeeded, lambda: blocking.unblock(session, old, home.plan.id, now=now)
    )
    blocking.unblock(session, home.ada, home.plan.id, now=now)
    refused(session, NotBlocked, lambda: blocking.unblock(session, home.ada, home.plan.id, now=now))
    answer(session, now=now)
    assert blocked(session) == [("off", None)]
    assert told(session, now) == ["sim_blocked", "sim_unblocked"]
    refused(session, NotFound, lambda: blocking.block(session, home.ada, home.net.id, now=now))


def test_the_old_sim_dies_only_when_the_new_one_is_confirmed(
    session: Session, home: Home, now: datetime
) -> None:
    blocking.block(session, home.ada, home.plan.id, now=now)
    answer(session, now=now)
    first = swapping.to_esim(session, home.ada, home.plan.id, now=now)
    assert sim_of(session, home) == SIM
    # taken up again: the same profile, nothing new is asked
    assert swapping.to_esim(session, home.ada, home.plan.id, now=now) == first
    code = swapping.code(session, home.ada, home.plan.id, now=now)
    assert code.startswith("LPA:1$smdp.example$C")
    answer(session, now=now)
    swap = swapping.last(session, home.ada, home.plan.id, now=now)
    assert swap is not None
    assert swap.status is SwapStatus.DONE
    assert swapping.has_code(session, home.ada, home.plan.id, now=now)
    assert sim_of(session, home) == swap.sim
    old = session.exec(select(Resource).where(Resource.value == SIM)).one()
    assert (old.product_id, old.pool) == (None, stock.RETIRED)
    assert blocked(session) == [("off", None)]
    late = now + swapping.CODE_FOR
    assert swapping.code(session, fresh(home.ada, late), home.plan.id, now=late) == ""
    assert told(session, now) == ["sim_blocked", "swap_asked", "swapped"]


def test_the_first_esim_is_installed_by_its_owner_within_a_month(
    session: Session, home: Home, now: datetime
) -> None:
    assert not swapping.has_code(session, home.ada, home.plan.id, now=now)  # a card
    sim = session.exec(select(Resource).where(Resource.value == SIM)).one()
    sim.detail = {swapping.CODE: "LPA:1$smdp.example$FIRST"}
    session.flush()
    assert swapping.has_code(session, home.ada, home.plan.id, now=now)
    code = swapping.code(session, home.ada, home.plan.id, now=now)
    assert code == "LPA:1$smdp.example$FIRST"
    late = now + swapping.FIRST_FOR
    assert not swapping.has_code(session, fresh(home.ada, late), home.plan.id, now=late)
    swapping.to_card(session, home.ada, home.plan.id, iccid="8949110000000000001", now=now)
    assert not swapping.has_code(session, home.ada, home.plan.id, now=now)


def test_a_refused_swap_leaves_the_old_sim_and_no_one_else_gets_the_new(
    session: Session, home: Home, now: datetime
) -> None:
    swapping.to_esim(session, home.ada, home.plan.id, now=now)
    answer(session, REFUSED, now=now)
    swap = swapping.last(session, home.ada, home.plan.id, now=now)
    assert swap is not None
    assert (swap.status, swap.reason) == (SwapStatus.FAILED, "not_accepted")
    assert not swapping.has_code(session, home.ada, home.plan.id, now=now)
    assert sim_of(session, home) == SIM
    assert resources.free(session, ResourceKind.ICCID, ESIM) == 2
    assert swapping.to_esim(session, home.ada, home.plan.id, now=now) != swap.id
    # one that is kept is given to no order either
    other = resources.allocate(session, ResourceKind.ICCID, ESIM, home.net.id, now=now)
    assert other not in ("", swap.sim)
    assert resources.allocate(session, ResourceKind.ICCID, ESIM, home.tv.id, now=now) == ""


def test_a_card_in_the_hand_takes_over(session: Session, home: Home, now: datetime) -> None:
    def to_card(iccid: str) -> Any:
        return swapping.to_card(session, home.ada, home.plan.id, iccid=iccid, now=now)

    for typed in ("", "123", SIM, "8949110000000000099", "8949220000000000000"):
        assert refused(session, Invalid, lambda typed=typed: to_card(typed))
    to_card("894911 0000000000001")
    assert swapping.code(session, home.ada, home.plan.id, now=now) == ""
    answer(session, REFUSED, now=now)
    to_card("8949110000000000001")
    answer(session, now=now)
    assert sim_of(session, home) == "8949110000000000001"


def test_what_moves_a_number_wants_a_proof_and_the_owner(
    session: Session, home: Home, now: datetime
) -> None:
    eve = person(session, "eve@example.com", now=now, name="Eve Stranger")
    old, day = stale(home, now), porting_form.first_day(now).isoformat()
    acts = {
        "esim": lambda who: swapping.to_esim(session, who, home.plan.id, now=now),
        "card": lambda who: swapping.to_card(session, who, home.plan.id, iccid="", now=now),
        "code": lambda who: swapping.code(session, who, home.plan.id, now=now),
        "leave": lambda who: leaving.make(session, who, home.plan.id, vault=VAULT, now=now),
        "choose": lambda who: choosing.choose(session, who, home.plan.id, number="1", now=now),
    }
    for act in acts.values():
        refused(session, ConfirmationNeeded, lambda act=act: act(old))
        refused(session, NotFound, lambda act=act: act(eve))
    form = {**PORT, "port_on": day}
    given = {"form": form, "vault": VAULT, "now": now}
    refused(session, NotFound, lambda: porting.request(session, eve, home.plan.id, **given))
    grant = Grant(
        identity_id=eve.identity(),
        customer_id=home.ada.customer(),
        product_id=home.plan.id,
        granted_by=home.ada.identity(),
        scope=Scope.MANAGE,
        created_at=now,
    )
    session.add(grant)
    for act in acts.values():
        refused(session, NotAllowed, lambda act=act: act(eve))
    blocking.block(session, eve, home.plan.id, now=now)


def test_stock_runs_out(session: Session, home: Home, now: datetime) -> None:
    kept = stock.hold(
        session,
        home.net.id,
        ResourceKind.ICCID,
        ESIM,
        most=9,
        until=now + timedelta(hours=1),
        now=now,
    )
    assert kept == 3
    refused(session, NoSim, lambda: swapping.to_esim(session, home.ada, home.plan.id, now=now))


def test_numbers_are_kept_for_ten_minutes_and_one_is_chosen(
    session: Session, home: Home, now: datetime
) -> None:
    offer = choosing.offer(session, home.ada, home.plan.id, now=now)
    assert len(set(offer.numbers)) == choosing.OFFERED
    assert choosing.offer(session, home.ada, home.plan.id, now=now) == offer
    assert resources.allocate(session, ResourceKind.MSISDN, "", home.net.id, now=now) not in (
        "",
        *offer.numbers,
    )
    late = now + choosing.KEPT_FOR
    assert choosing.offered(session, home.ada, home.plan.id, now=late) is None
    chosen = offer.numbers[2]

    def choose(number: str, at: datetime) -> Any:
        who = fresh(home.ada, at)
        return choosing.choose(session, who, home.plan.id, number=number, now=at)

    refused(session, NumberGone, lambda: choose(chosen, late))
    refused(session, NumberGone, lambda: choose("+4915120000099", now))
    choose(chosen, now)
    refused(session, NumberBusy, lambda: choosing.offer(session, home.ada, home.plan.id, now=now))
    assert number_of(session, home) == NUMBER
    answer(session, now=now)
    assert number_of(session, home) == chosen
    old = session.exec(select(Resource).where(Resource.value == NUMBER)).one()
    assert (old.product_id, old.pool) == (None, stock.RESTING)
    assert told(session, now) == ["number_changed"]


def test_a_refused_number_goes_back(session: Session, home: Home, now: datetime) -> None:
    free = resources.free(session, ResourceKind.MSISDN, "")
    number = choosing.offer(session, home.ada, home.plan.id, now=now).numbers[0]
    choosing.choose(session, home.ada, home.plan.id, number=number, now=now)
    answer(session, REFUSED, now=now)
    assert number_of(session, home) == NUMBER
    kept = select(Resource).where(col(Resource.held_until).is_not(None))
    assert not session.exec(kept).all()
    assert resources.free(session, ResourceKind.MSISDN, "") == free


def port(session: Session, home: Home, now: datetime, **changes: str) -> Any:
    form = {**PORT, "port_on": porting_form.first_day(now).isoformat(), **changes}
    return porting.request(session, home.ada, home.plan.id, form=form, vault=VAULT, now=now)


def standing(session: Session, home: Home, now: datetime) -> PortingStatus | None:
    found = porting.last(session, home.ada, home.plan.id, now=now)
    return found.status if found else None


def test_a_number_comes_on_its_day(session: Session, home: Home, now: datetime) -> None:
    one = port(session, home, now)
    refused(session, NumberBusy, lambda: port(session, home, now))
    (asked,) = open_requests(session)
    assert VAULT.open(asked.wanted["sealed_code"], now=now) == "K-77"
    answer(session, now=now)
    assert standing(session, home, now) is PortingStatus.SCHEDULED
    assert porting.due(session, now=now) == ()
    day = now + timedelta(days=1)
    assert porting.due(session, now=day) == (one,)
    assert porting.begin(session, one, now=day)
    assert not porting.begin(session, one, now=day)
    refused(
        session, PortingTooLate, lambda: porting.cancel(session, home.ada, home.plan.id, now=day)
    )
    assert number_of(session, home) == NUMBER
    answer(session, now=day)
    assert number_of(session, home) == "+4915123456789"
    row = session.exec(select(NumberPorting)).one()
    assert (row.status, row.sealed_code) == (PortingStatus.DONE, "")
    assert told(session, day) == ["porting_agreed", "porting_done"]
    fault = refused(session, Invalid, lambda: port(session, home, day))
    assert isinstance(fault, Invalid)
    assert set(fault.faults) == {"number"}


def test_a_number_that_is_refused_or_called_off_changes_nothing(
    session: Session, home: Home, now: datetime
) -> None:
    port(session, home, now)
    answer(session, REFUSED, now=now)
    assert standing(session, home, now) is PortingStatus.REFUSED
    refused(session, NotFound, lambda: porting.cancel(session, home.ada, home.plan.id, now=now))
    port(session, home, now + timedelta(seconds=1))
    porting.cancel(session, home.ada, home.plan.id, now=now + timedelta(seconds=2))
    for row in open_requests(session):  # the answers come after it was called off
        requests.answered(session, row.id, DONE, now)
    assert standing(session, home, now) is PortingStatus.CANCELLED
    assert number_of(session, home) == NUMBER
    assert {row.sealed_code for row in session.exec(select(NumberPorting))} == {""}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "151 23456789"),
        ("number", "+49 1"),
        ("number", "+4915120000003"),
        ("donor", " "),
        ("donor_code", "x" * 41),
        ("port_on", "2026-11-21"),
        ("port_on", "2027-11-21"),
        ("port_on", "tomorrow"),
    ],
    ids=["bare", "short", "ours", "no-donor", "long", "today", "far", "words"],
)
def test_a_porting_that_cannot_be(
    session: Session, home: Home, now: datetime, field: str, value: str
) -> None:
    fault = refused(session, Invalid, lambda: port(session, home, now, **{field: value}))
    assert isinstance(fault, Invalid)
    assert set(fault.faults) == {field}


def test_a_code_for_leaving_is_good_once_the_network_knows_it(
    session: Session, home: Home, now: datetime
) -> None:
    def code(at: datetime = now) -> str:
        return leaving.code(session, fresh(home.ada, at), home.plan.id, vault=VAULT, now=at)

    leaving.make(session, home.ada, home.plan.id, vault=VAULT, now=now)
    first = open_requests(session)[0]
    assert code() == ""
    leaving.make(session, home.ada, home.plan.id, vault=VAULT, now=now)
    requests.answered(session, first.id, DONE, now)  # of a code that is replaced
    assert code() == ""
    answer(session, now=now)
    found = code()
    assert len(found) == 9
    assert found.isdigit()
    assert found not in str(rows(session, PortOutCode, ServiceRequest, AuditEntry))
    refused(
        session,
        ConfirmationNeeded,
        lambda: leaving.code(session, stale(home, now), home.plan.id, vault=VAULT, now=now),
    )
    assert code(now + leaving.GOOD_FOR) == ""
    assert told(session, now) == ["port_out_code", "port_out_code"]
