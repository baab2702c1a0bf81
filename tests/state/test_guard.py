"""The way in: every event is from anybody until its handler's policy and the cookie say more."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from reflex_base.utils import format
from starlette.requests import Request

from self_service import buckets, settings
from self_service.domain import access
from self_service.models.access import Role
from self_service.models.basket import CartItem
from self_service.self_service import app
from self_service.state import guard
from self_service.state.basket import BasketState
from self_service.state.order import OrderState
from self_service.state.shell import ShellState
from tests.house import House
from tests.live import live
from tests.tab import open_tab


async def test_a_handler_without_a_policy_does_not_run(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(BasketState.event_handlers["add"].fn, "_policy")
    async with live() as tab:
        await tab.send(BasketState.add, offering_id=str(house.shop["case"]))
        assert house.rows(CartItem) == [[]]
        assert "handler without a policy" in caplog.text
        assert tab.failed == ""


@pytest.mark.parametrize("cookie", ["", "forged", "'; DROP TABLE web_session; --", "x" * 9000])
async def test_a_secured_handler_sends_strangers_to_sign_in(house: House, cookie: str) -> None:
    with house.signed_in() as browser:
        number = _order(house, browser)
    before = house.rows()
    async with live(cookie) as tab:
        tab.url = f"/es/order/{number}"
        await tab.send(OrderState.cancel)
        assert tab.gone_to == f"/es/sign-in?next=%2Fes%2Forder%2F{number}"
        assert tab.failed == ""
    assert house.rows() == before


async def test_a_secured_handler_runs_for_its_person(house: House) -> None:
    with house.signed_in() as browser:
        number = _order(house, browser)
    async with live(browser.cookie) as tab:
        tab.url = f"/en/order/{number}"
        await tab.send(OrderState.cancel)
        assert tab.notice == "Your order is cancelled."


async def test_an_ended_session_is_a_stranger(house: House) -> None:
    with house.signed_in() as browser:
        number = _order(house, browser)
    house.clock.move(hours=13)
    async with live(browser.cookie) as tab:
        tab.url = f"/en/order/{number}"
        await tab.send(OrderState.cancel)
        assert tab.gone_to.startswith("/en/sign-in")


def _order(house: House, browser: Any) -> str:
    browser.submit("/do/place-order", **house.ready(browser))
    return house.orders()[0].number


async def test_roles_are_checked_before_the_handler(house: House) -> None:
    ran: list[str] = []

    async def handler(self: Any) -> None:
        del self
        ran.append("ran")

    for_staff = guard.secured(Role.REPRESENTATIVE)(handler)
    with (
        house.signed_in() as customer,
        house.signed_in("s@example.com", Role.REPRESENTATIVE) as staff,
    ):
        with pytest.raises(access.SignInNeeded):
            await for_staff(open_tab(ShellState, "/en/store"))
        with pytest.raises(access.NotAllowed):
            await for_staff(open_tab(ShellState, "/en/store", customer.cookie))
        assert ran == []
        await for_staff(open_tab(ShellState, "/en/store", staff.cookie))
    assert ran == ["ran"]
    assert for_staff._policy == (Role.REPRESENTATIVE,)


def test_a_secured_handler_must_be_async() -> None:
    with pytest.raises(TypeError, match="must be async"):
        guard.secured()(lambda self: None)


@pytest.mark.parametrize("name", ["setvar", "set_is_hydrated"])
async def test_what_the_framework_offers_sets_no_var_of_ours(house: House, name: str) -> None:
    state = ShellState.get_full_name() if name == "setvar" else "reflex___state____state"
    payload = {"var_name": "signed_in", "value": True} if name == "setvar" else {"value": True}
    async with live() as tab:
        await tab.send(f"{state}.{name}", **payload)
        await tab.send(ShellState.load)
        assert tab.shows(ShellState, "signed_in") is False


async def test_the_client_storage_event_sets_no_var_of_ours(house: House) -> None:
    async with live() as tab:
        await tab.send(
            "reflex___state____state.reflex___state____update_vars_internal_state"
            ".update_vars_internal",
            vars={
                f"{ShellState.get_full_name()}.signed_in_rx_state_": True,
                f"{ShellState.get_full_name()}.notice_rx_state_": "forged",
                f"{ShellState.get_full_name()}.notice": "forged",
            },
        )
        await tab.send(ShellState.say, text="")
        assert (tab.shows(ShellState, "signed_in"), tab.notice) == (False, "")


def test_a_flood_is_dropped_and_other_tabs_are_not() -> None:
    gate = guard.Gate()
    allowed = sum(gate.allows("flood") for _ in range(500))
    assert guard.BURST <= allowed <= guard.BURST + 5
    assert gate.allows("another")


def test_a_bucket_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [0.0]
    monkeypatch.setattr(buckets.time, "monotonic", lambda: at[0])
    gate = guard.Gate()
    assert sum(gate.allows("tab") for _ in range(200)) == guard.BURST
    at[0] = 1.0
    assert sum(gate.allows("tab") for _ in range(200)) == guard.RATE
    at[0] = 3600.0
    assert sum(gate.allows("tab") for _ in range(200)) == guard.BURST


def test_new_tabs_bring_a_network_no_new_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [0.0]
    monkeypatch.setattr(buckets.time, "monotonic", lambda: at[0])
    gate = guard.Gate(rate=30)
    taken = sum(gate.allows(f"tab {number}", "192.0.2.1") for number in range(1_000))
    assert taken == 30 * guard.NETWORK_BURST
    assert gate.allows("a tab elsewhere", "192.0.2.2")
    assert gate.allows("a tab whose network is not known", "")
    at[0] = 1.0
    assert sum(gate.allows(f"new {number}", "192.0.2.1") for number in range(100)) == 30


def test_without_a_limit_only_tabs_count() -> None:
    gate = guard.Gate(rate=0)
    assert all(gate.allows(f"tab {number}", "192.0.2.1") for number in range(2_000))
    assert gate.networks.levels == {}


async def test_a_flood_does_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with live() as tab:
        await tab.send(BasketState.add, offering_id=str(house.shop["case"]))
        gate = next(m for m in app._middlewares if isinstance(m, guard.Gate))
        monkeypatch.setattr(gate, "allows", lambda *_: False)
        await tab.send(BasketState.add, offering_id=str(house.shop["case"]))
        assert tab.shows(BasketState, "count") == 1


@pytest.mark.parametrize(
    "header",
    [
        "sid=abc",
        'prefs={"a":1}; sid=abc',
        "x=a b; sid=abc; y",
        "bad cookie; sid=abc",
        "sid=old; sid=abc",
        'sid="abc"',
        " sid = abc ; ",
        "=; ;;sid=abc",
        "\u00e9=\u00ff; sid=abc",
    ],
)
def test_both_doors_read_a_cookie_alike(header: str) -> None:
    scope = {"type": "http", "headers": [(b"cookie", header.encode("latin-1"))]}
    name = settings.get().cookie_name
    assert guard.cookie_of(header) == Request(scope).cookies.get(name) == "abc"


@pytest.mark.parametrize("header", ["", "x=1", "sidx=1", "xsid=1", ";", "SID=1"])
def test_no_cookie_of_ours_is_none(header: str) -> None:
    assert guard.cookie_of(header) == ""


def test_an_argument_may_be_called_as_one_of_the_guards(house: House) -> None:
    def operation(_: Any, actor: access.Actor, *, now: Any, **rest: Any) -> tuple[Any, ...]:
        return actor.key, now, rest

    key, now, rest = house.change(guard.call_as, operation, "a", cookie="b", operation="c")
    assert (key, now) == (access.cookie_key("a"), house.clock())
    assert rest == {"cookie": "b", "operation": "c"}


async def test_cookies_are_neither_sent_nor_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with house.signed_in() as browser:
        secret = browser.cookie + "'\"\\x"
    async with live(secret) as tab:
        with caplog.at_level(logging.DEBUG):
            await tab.send(ShellState.load)
            await tab.send("no.such.handler", payload="x")
        assert "event without a handler" in caplog.text
        assert "no.such.handler" not in caplog.text
        assert browser.cookie not in caplog.text
        assert browser.cookie not in format.json_dumps(tab.vars)
