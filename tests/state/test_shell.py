"""Around the page: who is signed in, what is said, and what is shown when something broke."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from self_service.domain.access import SESSION_IDLE
from self_service.models.access import Role
from self_service.models.people import Customer
from self_service.models.subscriptions import Product
from self_service.state import shell
from self_service.state.request import PageRequest
from self_service.state.shell import ShellState, shell_values
from tests.bills import make_product
from tests.books import make_account
from tests.factories import monthly
from tests.house import House
from tests.live import live


async def test_greets_who_is_signed_in(house: House) -> None:
    with house.signed_in() as browser:
        values = await shell_values(PageRequest(browser.cookie))
    assert (values["signed_in"], values["greeting_name"]) == (True, "Ada")
    assert values["brand_name"] == "Tidewell"


@pytest.mark.parametrize("cookie", ["", "forged"])
async def test_knows_no_stranger(house: House, cookie: str) -> None:
    values = await shell_values(PageRequest(cookie))
    assert (values["signed_in"], values["greeting_name"]) == (False, "")


async def test_looking_keeps_a_session_in_use(house: House) -> None:
    with house.signed_in() as browser:
        for _ in range(3):
            house.clock.move(seconds=SESSION_IDLE.total_seconds() - 1)
            assert (await shell_values(PageRequest(browser.cookie)))["signed_in"]
        house.clock.move(seconds=SESSION_IDLE.total_seconds())
        assert not (await shell_values(PageRequest(browser.cookie)))["signed_in"]


async def test_a_session_in_use_is_noted_once_a_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[PageRequest] = []

    async def note(self: PageRequest) -> None:
        noted.append(self)

    monkeypatch.setattr(shell.PageRequest, "stay_signed_in", note)
    with house.signed_in() as browser:
        await shell_values(PageRequest(browser.cookie))
        assert noted == []
        house.clock.move(seconds=60)
        await shell_values(PageRequest(browser.cookie))
    assert len(noted) == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("not_allowed", "Your account does not allow this."),
        ("not_found", "We could not find that."),
        ("basket_empty", "Your basket is empty. Choose something in the store first."),
        ("bad_quantity", "This is not possible."),
        ("no such code", "This is not possible."),
        ("<script>", "This is not possible."),
    ],
)
async def test_a_refusal_that_nobody_caught_is_said(house: House, code: str, words: str) -> None:
    async with live() as tab:
        await tab.send(ShellState.refused, code=code)
        assert (tab.notice, tab.gone_to) == (words, "")


async def test_what_is_said_can_be_put_away(house: House) -> None:
    async with live() as tab:
        await tab.send(ShellState.say, text="x" * 1000)
        assert tab.notice == "x" * 300
        await tab.send(ShellState.say, text="")
        assert tab.notice == ""


async def test_what_was_said_a_while_ago_is_not_said_on_the_next_page(house: House) -> None:
    async with live() as tab:
        await tab.send(ShellState.say, text="Added to your basket.")
        house.clock.move(seconds=2)
        await tab.send(ShellState.load)
        assert tab.notice == "Added to your basket."
        house.clock.move(seconds=1)
        await tab.send(ShellState.load)
        assert tab.notice == ""


@pytest.mark.parametrize("text", [None, 5, ["a"], {"a": 1}])
async def test_anything_may_be_said(house: House, text: object) -> None:
    async with live() as tab:
        await tab.send(ShellState.say, text=text)
        assert isinstance(tab.notice, str)


async def test_a_bug_shows_its_number_until_the_next_page(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("a secret detail")

    async with live() as tab:
        with monkeypatch.context() as patch:
            patch.setattr(shell.brand, "current", broken)
            await tab.send(ShellState.load)
        assert f"bug {tab.failed}" in caplog.text
        assert len(tab.failed) == 8
        assert "secret detail" not in str(tab.vars)
        await tab.send(ShellState.load)
        assert tab.failed == ""


@pytest.mark.parametrize("prepaid", [True, False], ids=["prepaid", "monthly"])
async def test_tabs_follow_what_the_customer_has(house: House, prepaid: bool) -> None:
    def moved(session: Session, *, by_wallet: bool) -> None:
        session.exec(select(Product)).one().prepaid = by_wallet

    def subscribed(session: Session) -> None:
        account = make_account(session, now=house.clock(), customer=session.get_one(Customer, ada))
        make_product(session, account, monthly(1_000), start=house.clock())

    with house.signed_in() as browser:
        request = PageRequest(browser.cookie)
        ada = house.actor(browser.cookie).customer()
        values = await shell_values(request)
        assert (values["has_wallet"], values["has_bills"], values["has_money"]) == (0, 0, 1)
        house.change(subscribed)
        for by_wallet in (prepaid, not prepaid):  # without a new sign-in
            house.change(moved, by_wallet=by_wallet)
            values = await shell_values(request)
            assert (values["has_wallet"], values["has_bills"]) == (by_wallet, not by_wallet)
            assert not values["has_both"]


async def test_who_works_here_has_no_money_of_their_own(house: House) -> None:
    with house.signed_in("sam@example.com", Role.REPRESENTATIVE) as browser:
        values = await shell_values(PageRequest(browser.cookie))
    assert (values["helping"], values["has_money"], values["administering"]) == (True, False, False)
