"""A link that brings a promotion code to the store: `/en/store?code=SAVE10`."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from self_service.domain.basket import acts as basket
from self_service.models.access import Role
from self_service.models.basket import ShoppingCart
from self_service.models.promotions import CartPromotion
from tests.house import Browser, House
from tests.order_shop import BLACK, choose
from tests.promoted import make_code, off_once, told

TAKEN = "The code ONCE20 is in your basket."
UNKNOWN = "We do not know this code."


@pytest.fixture
def codes(house: House) -> None:
    """One code, which takes 20.00 off once."""
    house.change(off_once)


def seen(house: House, browser: Browser) -> basket.BasketView:
    """The basket of whoever is behind a browser."""
    with house.database.reading() as session:
        return basket.view(session, house.actor(browser.cookie), now=house.clock())


def content(page: str) -> str:
    """What a page shows: without the values that its live half starts from."""
    return page.split('id="content"')[1]


@pytest.mark.usefixtures("codes")
def test_it_waits_in_the_basket_for_what_it_is_for(house: House, browser: Browser) -> None:
    first = browser.get("/en/store?brand=x&code=once20&sort=name")
    assert first.status_code == 303
    assert first.headers["cache-control"] == "no-store"
    goal = first.headers["location"]
    assert urlsplit(goal).path == "/en/store"
    said = {"brand": ["x"], "sort": ["name"], "code_taken": ["ONCE20"]}
    assert parse_qs(urlsplit(goal).query) == said
    page = content(browser.get(goal).text)
    assert TAKEN in page
    assert "code_taken" not in page  # no link of the store carries it along
    assert told(seen(house, browser)) == {"ONCE20": ""}
    house.change(lambda s: choose(s, house.actor(browser.cookie), house.shop["phone"], BLACK))
    (code,) = seen(house, browser).codes
    assert (code.applied, code.saved.minor) == (True, 2_000)
    assert TAKEN not in browser.get("/en/store?sort=name").text


@pytest.mark.usefixtures("codes")
def test_the_same_link_again_changes_nothing(house: House, browser: Browser) -> None:
    goals = {browser.get("/en/store?code=ONCE20").headers["location"] for _ in range(3)}
    assert goals == {"/en/store?code_taken=ONCE20"}
    assert len(house.rows(CartPromotion)[0]) == len(house.rows(ShoppingCart)[0]) == 1


@pytest.mark.parametrize("code", ["NOPE", "' or 1=1 --", "<b>", " ", "x" * 3000], ids=range(5))
def test_an_unknown_code_is_said_once(house: House, browser: Browser, code: str) -> None:
    browser.get("/en/store")
    house.filled(browser)
    before = house.rows(CartPromotion, ShoppingCart)
    answer = browser.get("/en/store", params={"code": code, "sort": "name"})
    goal = answer.headers["location"]
    assert parse_qs(urlsplit(goal).query)["code_refused"] == ["code_unknown"]
    page = browser.get(goal)
    assert page.status_code == 200
    assert content(page.text).count(UNKNOWN) == 1
    assert "code_refused=" not in content(page.text)
    assert house.rows(CartPromotion, ShoppingCart) == before
    assert UNKNOWN not in browser.get("/en/store").text


def test_an_unknown_code_opens_no_basket(house: House, browser: Browser) -> None:
    assert "code_unknown" in browser.get("/en/store?code=NOPE").headers["location"]
    assert house.rows(ShoppingCart) == [[]]


@pytest.mark.usefixtures("codes")
def test_products_too_and_no_other_page(house: House, browser: Browser) -> None:
    answer = browser.get("/es/product/phone?colour=Blue&code=ONCE20")
    assert answer.headers["location"] == "/es/product/phone?colour=Blue&code_taken=ONCE20"
    page = browser.get(answer.headers["location"]).text
    assert "ONCE20" in content(page)
    with Browser() as other:
        assert other.get("/en/compare?code=ONCE20").status_code == 200
        assert other.get("/en/store?code=").status_code == 200
    assert len(house.rows(CartPromotion)[0]) == 1


@pytest.mark.usefixtures("codes")
def test_it_takes_no_other_codes_place(house: House, browser: Browser) -> None:
    house.change(make_code, "ALONE", alone=True)
    browser.get("/en/store?code=ONCE20")
    back = browser.get("/en/store?code=alone").headers["location"]
    assert back == "/en/store?code_refused=code_not_together&code=ALONE&other=ONCE20"
    text = "The code ALONE cannot be used together with ONCE20."
    assert content(browser.get(back).text).count(text) == 1
    assert told(seen(house, browser)) == {"ONCE20": ""}


@pytest.mark.usefixtures("codes")
def test_a_browser_without_cookies_is_told(house: House) -> None:
    with Browser() as browser:
        goal = browser.get("/en/store?code=ONCE20").headers["location"]
    with Browser() as without:
        page = content(without.get(goal).text)
    assert TAKEN not in page
    assert "Please allow cookies for this site" in page


@pytest.mark.usefixtures("codes")
def test_whose_basket(house: House) -> None:
    """A customer's code goes into the customer's basket; who has no basket gets the page."""
    ada = house.signed_in()
    ada.get("/en/store?code=ONCE20")
    with house.database.reading() as session:
        cart = session.exec(select(ShoppingCart)).one()
    assert cart.customer_id == house.actor(ada.cookie).customer_id
    staff = house.signed_in("sam@example.com", Role.REPRESENTATIVE)
    goal = staff.get("/en/store?code=ONCE20").headers["location"]
    assert staff.get(goal).status_code == 200
    assert len(house.rows(CartPromotion)[0]) == 1


@pytest.mark.usefixtures("codes")
def test_guesses_by_links_are_counted(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    for number in range(20):
        assert "code_unknown" in browser.get(f"/en/store?code=G{number}").headers["location"]
    last = browser.get("/en/store?code=ONCE20").headers["location"]
    assert last == "/en/store?code_refused=code_too_many_tries"
    assert "You tried many codes." in browser.get(last).text
    assert house.rows(CartPromotion) == [[]]
