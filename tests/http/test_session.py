"""What an open page asks for: whether the browser still has the session that the page shows."""

from __future__ import annotations

import pytest

from self_service.models.access import WebSession
from tests.house import PASSWORD, Browser, House


def mark(browser: Browser) -> str:
    """What an open page asks for to know whether its session is still the same."""
    answer = browser.get("/do/session")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "set-cookie" not in answer.headers
    return str(answer.text)


def test_an_open_page_learns_of_a_new_cookie_and_of_the_end(house: House) -> None:
    with house.signed_in() as browser:
        first, cookie = mark(browser), browser.cookie
        assert len(first) == 16
        assert mark(browser) == first
        assert first not in house.actor(cookie).key
        browser.submit("/do/confirm", password=PASSWORD)
        second = mark(browser)
        assert second not in ("", first)
        with Browser() as left:  # a tab's websocket came with the older cookie
            left.cookie = cookie
            assert mark(left) == ""
        browser.submit("/do/sign-out")
        assert mark(browser) == ""


def test_asking_keeps_no_session_alive(house: House) -> None:
    with house.signed_in() as browser:
        before = house.rows(WebSession)
        for _ in range(12):
            house.clock.move(minutes=10)
            last = mark(browser)
        assert last == ""
        assert house.rows(WebSession) == before


@pytest.mark.parametrize("cookie", ["", "forged", "x" * 9000])
def test_strangers_have_no_mark(house: House, browser: Browser, cookie: str) -> None:
    browser.cookie = cookie
    assert mark(browser) == ""


def test_who_is_signed_in_already_is_led_on(house: House, browser: Browser) -> None:
    """A tab that was left open is sent to sign in by an older cookie; loaded anew it is not."""
    page = "/en/sign-in?next=%2Fen%2Forders"
    assert browser.get(page).status_code == 200
    with house.signed_in() as owner:
        assert owner.get(page).headers["location"] == "/en/orders"
        assert owner.get("/en/sign-in?next=//evil.example").headers["location"] == "/en/home"
        assert owner.get("/en/sign-in").status_code == 200
        assert owner.get(f"{page}&refused=not_linked").status_code == 200
