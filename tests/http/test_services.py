"""The page of a service, its forms, and the pages that show codes, from the door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from self_service.domain.network import requests
from self_service.models.access import WebSession
from self_service.models.network import ServiceRequest
from self_service.models.service_settings import ServiceSetting
from self_service.models.sims import SimSwap
from self_service.models.subscriptions import Resource
from tests import services_world as world
from tests.conftest import NOW
from tests.house import Browser, House, browser, house, stocked
from tests.services_world import DONE, REFUSED, answer
from tests.wallets import make_service

__all__ = ["browser", "house", "stocked"]


@pytest.fixture
def ada(house: House) -> Iterator[Browser]:
    with house.signed_in() as somebody:
        yield somebody


def plan_of(house: House, who: Browser, **kinds: str) -> str:
    """Give somebody a phone plan with its number and SIM; returns its id."""
    actor = house.actor(who.cookie)

    def make(session: Session) -> str:
        plan = make_service(session, actor, now=NOW)
        plan.name = {"en": "Drift M"}
        for name, value in kinds.items():
            setattr(plan, name, value)
        session.flush()
        session.execute(delete(Resource).where(col(Resource.product_id).is_(None)))
        world.stock(session, plan, now=NOW)
        return str(plan.id)

    return str(house.change(make))


def page(who: Browser, service: str, query: str = "") -> str:
    return re.sub(r"\s+", " ", who.get(f"/en/services/{service}{query}").text)


def post(who: Browser, act: str, service: str, **form: str) -> str:
    answered = who.submit(f"/do/service/{act}", language="en", service=service, **form)
    assert answered.status_code == 303
    return str(answered.headers["location"])


def settle(house: House, outcome: requests.Outcome = DONE) -> None:
    house.change(lambda session: answer(session, outcome, now=house.clock()))


def age(house: House) -> None:
    """Let the proofs of everybody grow old."""

    def wear(session: Session) -> None:
        for row in session.exec(select(WebSession)):
            row.confirmed_at = NOW - timedelta(hours=1)

    house.change(wear)


def test_a_setting_is_shown_as_being_set_and_then_as_set(house: House, ada: Browser) -> None:
    plan = plan_of(house, ada)
    assert "Use abroad" in page(ada, plan)
    where = post(ada, "setting", plan, key="roaming", value="off")
    assert where == f"/en/services/{plan}?done=setting"
    shown = page(ada, plan, "?done=setting")
    assert "We told the network." in shown
    assert "Being set to Off…" in shown
    settle(house)
    assert "Set on 21 Nov 2026" in page(ada, plan)
    post(ada, "setting", plan, key="roaming", value="on")
    settle(house, REFUSED)
    assert "Not changed. The network did not accept this value." in page(ada, plan)


def test_hours_are_two_times_and_a_slip_is_said_in_words(house: House, ada: Browser) -> None:
    plan = plan_of(house, ada)
    post(ada, "setting", plan, key="content_hours", start="21:00", end="06:30")
    assert "Being set to 21:00–06:30…" in page(ada, plan)
    where = post(ada, "setting", plan, key="content_hours", start="21:00", end="")
    assert where.endswith("?refused=hours")
    assert "Choose when the pause begins and when it ends." in page(ada, plan, "?refused=hours")


def test_guesses_at_a_pin_end(house: House, ada: Browser) -> None:
    plan = plan_of(house, ada)
    assert post(ada, "pin", plan, pin="2468").endswith("?done=pin")
    post(ada, "setting", plan, key="content_level", value="child")
    said = [
        post(ada, "setting", plan, key="content_level", value="all", pin=f"000{guess}")
        for guess in range(6)
    ]
    assert [where.rsplit("=", 1)[1] for where in said] == ["pin_wrong"] * 5 + ["too_many_attempts"]
    right = post(ada, "setting", plan, key="content_level", value="all", pin="2468")
    assert right.endswith("?refused=too_many_attempts")


def test_an_esim_shows_its_code_to_who_proved_who_they_are(house: House, ada: Browser) -> None:
    plan = plan_of(house, ada)
    code = f"/sim-code/en/{plan}"
    assert ada.get(code).headers["location"].endswith("?refused=no_code")
    post(ada, "esim", plan)
    assert code in page(ada, plan)
    shown = ada.get(code)
    assert shown.headers["cache-control"] == "no-store"
    assert "LPA:1$smdp.example$C" in shown.text
    assert 'src="data:image/svg+xml;base64,' in shown.text
    age(house)
    again = ada.get(code).headers["location"]
    assert again == f"/en/confirm?next=%2Fsim-code%2Fen%2F{plan}"
    assert post(ada, "esim", plan).startswith("/en/confirm?next=")
    assert post(ada, "block", plan).endswith("?done=block")
    assert "The SIM is being blocked…" in page(ada, plan)


def test_a_number_is_chosen_brought_and_taken_away(house: House, ada: Browser) -> None:
    plan = plan_of(house, ada)
    post(ada, "numbers", plan)
    shown = page(ada, plan)
    assert "+4915120000003" in shown
    assert "Kept for you until 21 Nov 2026" in shown
    post(ada, "number", plan, number="+4915120000003")
    settle(house)
    assert "+4915120000003" in page(ada, plan)
    form = {"number": "+49 151 98765432", "donor": "Other", "donor_code": "K-1"}
    assert post(ada, "port", plan, **form).endswith("?refused=invalid")
    post(ada, "port", plan, **form, port_on="2026-11-25")
    settle(house)
    shown = page(ada, plan)
    assert "Agreed:" in shown
    assert "moves on Wednesday 25 November 2026" in shown
    assert "K-1" not in shown
    assert post(ada, "port-cancel", plan).endswith("?done=port-cancel")
    settle(house)
    post(ada, "leave", plan)
    settle(house)
    shown = ada.get(f"/port-out-code/en/{plan}")
    assert re.search(r"\d{3} \d{3} \d{3}", shown.text)
    assert shown.headers["cache-control"] == "no-store"


def test_a_line_is_looked_at_and_the_result_stays(house: House, ada: Browser) -> None:
    net = plan_of(house, ada, kind="broadband")
    shown = page(ada, net)
    assert "Look at my line" in shown
    assert "Block the SIM" not in shown
    post(ada, "check", net)
    assert post(ada, "restart", net).endswith("?refused=line_busy")
    told = {"state": "slow", "down_percent": "12"}
    settle(house, requests.Outcome(done=True, told=told))
    assert "Your line is slow: 12 % of its speed." in page(ada, net)


def test_nothing_of_a_service_is_a_strangers(house: House, ada: Browser) -> None:
    plan = plan_of(house, ada)
    with house.signed_in("eve@example.com") as eve:
        assert "Drift M" not in page(eve, plan)
        for act in ("block", "esim", "numbers", "leave", "restart"):
            assert post(eve, act, plan).endswith("?refused=not_found")
        assert post(eve, "setting", plan, key="roaming", value="off").endswith("=not_found")
        assert eve.get(f"/sim-code/en/{plan}").headers["location"].endswith("=not_found")
    tables = (ServiceRequest, ServiceSetting, SimSwap)
    with house.database.reading() as session:
        assert [session.exec(select(table)).all() for table in tables] == [[], [], []]


def test_coverage_is_for_everybody_and_the_list_for_customers(house: House, ada: Browser) -> None:
    from self_service.models.coverage import CoverageArea, Technology

    def cover(session: Session) -> None:
        row = {"technology": Technology.FIBRE, "down_mbps": 1000}
        session.add(CoverageArea(country="DE", postcode_prefix="204", **row))

    house.change(cover)
    asked = "street_address=Tal+1&postal_code=80331&city=M%C3%BCnchen"
    with Browser() as nobody:
        shown = nobody.get("/en/coverage?" + asked.replace("80331", "20457")).text
        assert "Fibre, up to 1,000 Mbit/s" in shown
        form = {"kind": "broadband", "street_address": "Tal 1", "postal_code": "80331"}
        form |= {"city": "München", "language": "en"}
        sent = nobody.submit("/do/coverage-wait", **form).headers["location"]
        assert sent.startswith("/en/sign-in?next=%2Fen%2Fcoverage")
    assert "Not available yet" in ada.get("/en/coverage?" + asked).text
    assert ada.submit("/do/coverage-wait", **form).headers["location"].endswith("done=joined")
    shown = ada.get("/en/coverage?" + asked).text
    assert "On the list since 21 Nov 2026" in shown
    leave = re.search(r'name="leave" value="([0-9a-f-]+)"', shown)
    assert leave
    gone = ada.submit("/do/coverage-wait", leave=leave[1], language="en").headers["location"]
    assert gone == "/en/coverage?done=left"
