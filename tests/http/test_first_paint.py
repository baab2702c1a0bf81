"""The first response: readable, in its language, of this person only, and nothing to run in it."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from self_service import i18n, wiring
from self_service.components import page
from self_service.domain.access import NotAllowed, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.models.catalog import OfferingKind
from self_service.state.request import Elsewhere
from tests.factories import make_offering, one_time
from tests.house import Browser, House
from tests.order_shop import choose

PAGES = ("/store", "/basket", "/sign-in", "/checkout")
HOSTILE = "\"><script>alert(1)</script><img src=x onerror='x'>{{7*7}}</script>"


def boot(text: str) -> dict[str, dict[str, object]]:
    """The values from which the live page starts."""
    found = re.search(r'<script type="application/json" id="rx-boot">(.*?)</script>', text, re.S)
    assert found is not None
    return json.loads(found.group(1))


class Elements(HTMLParser):
    """The elements of a page and what is said in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def scripts(self) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == "script"]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_readable_in_each_language(
    house: House, browser: Browser, path: str, language: str
) -> None:
    browser.get(f"/{language}/store")
    house.filled(browser)
    answer = browser.get(f"/{language}{path}")
    assert answer.status_code == 200
    direction = i18n.LANGUAGES[language].direction
    assert f'<html lang="{language}" dir="{direction}">' in answer.text
    assert answer.text.count("<title>") == 1
    assert answer.text.count("<h1") == 1
    assert answer.text.count("<main") == 1
    assert "<!--first-paint-->" not in answer.text
    assert "MISSING" not in answer.text
    assert "rx_state" not in answer.text.split("<body>")[1]
    assert answer.headers["cache-control"] == "no-store"
    states = boot(answer.text)
    assert len(states) == (2 if path == "/basket" else 3)
    assert all(name.endswith("_rx_state_") for found in states.values() for name in found)


def test_the_store_shows_what_is_on_sale(house: House, browser: Browser) -> None:
    text = browser.get("/en/store").text
    assert 'href="/en/product/phone"' in text
    assert "€599.00" in text
    assert "<title>Store · Tidewell</title>" in text
    assert "<title>phone · Tidewell</title>" in browser.get("/en/product/phone").text
    assert '<link rel="alternate" hreflang="es" href="http://localhost:3000/es/store">' in text
    assert "noindex" not in text


def test_private_pages_are_not_listed(house: House, browser: Browser) -> None:
    for path in ("/basket", "/nothing"):
        assert '<meta name="robots" content="noindex">' in browser.get(f"/en{path}").text


def test_the_basket_shows_its_lines_and_totals(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    house.filled(browser)
    text = browser.get("/en/basket").text
    assert "Remove phone" in text
    assert "€663.69" in text
    assert f'href="/en/choose/phone?line={_line_id(text)}"' in text


def _line_id(text: str) -> str:
    found = re.search(r"[?]line=([0-9a-f-]{36})", text)
    assert found is not None
    return found.group(1)


def test_a_visitor_gets_one_cookie(house: House, browser: Browser) -> None:
    first = browser.get("/en/store")
    assert re.fullmatch(
        r"sid=[\w-]{43}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax",
        first.headers["set-cookie"],
    )
    assert "set-cookie" not in browser.get("/en/store").headers
    assert Browser().get("/en/store").headers["set-cookie"] != first.headers["set-cookie"]


def test_no_page_shows_another_persons_things(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    with house.signed_in() as other:
        house.ready(other)
        mine = other.get("/en/checkout").text
        assert "Lindenweg 4" in mine
        assert "ada@example.com" in mine
        for path in PAGES:
            text = browser.get(f"/en{path}").text
            assert "Lindenweg 4" not in text
            assert "Ada" not in text
            assert "Remove phone" not in text


def test_nothing_secret_is_in_a_page(house: House) -> None:
    with house.signed_in() as browser:
        house.ready(browser)
        for path in ("/store", "/basket", "/checkout", "/home", "/orders", "/sign-in"):
            text = browser.get(f"/en{path}").text
            for secret in (
                browser.cookie,
                wiring.secret(),
                "password_hash",
                "$argon2",
                "visitor_key",
            ):
                assert secret not in text


@pytest.mark.parametrize(
    "path", ["/nothing", "/product", "/store/x", "/product/a/b", "//store", "/store.html"]
)
def test_unknown_addresses_are_not_found(house: House, browser: Browser, path: str) -> None:
    answer = browser.get(f"/es{path}")
    assert answer.status_code == 404
    assert '<html lang="es" dir="ltr">' in answer.text
    assert i18n.translate("es", "We could not find that.") in answer.text
    assert 'href="/es/store"' in answer.text
    assert "rx-boot" not in answer.text


def test_a_slash_at_the_end_does_not_matter(house: House, browser: Browser) -> None:
    assert browser.get("/en/store/").status_code == 200


@pytest.mark.parametrize("path", ["/home", "/orders", "/order/TW-0000-0000"])
def test_own_pages_ask_visitors_to_sign_in_and_come_back(
    house: House, browser: Browser, path: str
) -> None:
    answer = browser.get(f"/ar{path}?page=2")
    goal = quote(f"/ar{path}?page=2", safe="")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/ar/sign-in?next={goal}"


@pytest.mark.parametrize(
    ("refusal", "status", "location"),
    [
        (Elsewhere("/en/basket"), 303, "/en/basket"),
        (SignInNeeded(), 303, "/en/sign-in?next=%2Fen%2Fstore"),
        (NotAllowed(), 404, None),
        (DomainError(), 404, None),
    ],
)
def test_refusals_of_loaders(
    house: House,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    refusal: Exception,
    status: int,
    location: str | None,
) -> None:
    async def refuse(_: object) -> dict[str, object]:
        raise refusal

    store = page.find("/store")
    assert store is not None
    replaced = page.Page(
        store.path, store.title, store.description, store.view, store.state, refuse
    )
    monkeypatch.setattr(page, "PAGES", [replaced])
    answer = browser.get("/en/store")
    assert (answer.status_code, answer.headers.get("location")) == (status, location)


@pytest.mark.parametrize(
    "query",
    [
        f"q={quote(HOSTILE)}",
        f"login={quote(HOSTILE)}&next={quote(HOSTILE)}&refused=1",
        f"refused={quote(HOSTILE)}&step={quote(HOSTILE)}",
        f"category={quote(HOSTILE)}&brand={quote(HOSTILE)}&sort={quote(HOSTILE)}",
        f"compare={quote(HOSTILE)}",
        f"{quote(HOSTILE)}={quote(HOSTILE)}",
        "language=xx&path=/x&self=1",
        "&".join(f"a{n}=1" for n in range(500)),
        "q=%00%ff%ed%a0%80",
        "=&&&%%%;;;",
        "page=" + "9" * 5000,
    ],
)
def test_hostile_queries_are_words(house: House, browser: Browser, query: str) -> None:
    browser.get("/en/store")
    house.filled(browser)
    for path in PAGES:
        answer = browser.get(f"/en{path}?{query}")
        assert answer.status_code == 200
        found = Elements(answer.text)
        assert len(found.scripts()) == 3  # the build's own two and the values
        assert not any("onerror" in attributes for _, attributes in found.tags)
        boot(answer.text)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    query=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
)
def test_no_address_breaks_the_door(house: House, browser: Browser, path: str, query: str) -> None:
    for place in (f"/en/{quote(path)}", "/ar/store", "/es/sign-in"):
        answer = browser.get(f"{place}?{quote(query, safe='=&%')}")
        assert answer.status_code in (200, 303, 404)


def test_what_was_typed_is_escaped(house: House, browser: Browser) -> None:
    text = browser.get(f"/en/store?q={quote(HOSTILE)}").text
    assert html.escape(HOSTILE[:20]) in text.replace("&#34;", "&quot;")
    assert "<img" not in text.split("<body>")[1].split("rx-boot")[0].replace('<img src="/', "")
    assert boot(text)


def test_a_name_from_the_catalogue_is_a_word_everywhere(house: House, browser: Browser) -> None:
    def put_on_sale(session: Session) -> UUID:
        return make_offering(
            session,
            slug="evil",
            kind=OfferingKind.ACCESSORY,
            name=f"</title>{HOSTILE}",
            brand=HOSTILE,
            prices=[one_time(100)],
        ).id

    offering_id = house.change(put_on_sale)
    browser.get("/en/store")
    house.change(choose, house.actor(browser.cookie), offering_id)
    for path in ("/store", "/product/evil", "/basket"):
        text = browser.get(f"/en{path}").text
        found = Elements(text)
        assert "alert(1)" in text
        assert len(found.scripts()) == 3
        assert not any("onerror" in attributes for _, attributes in found.tags)
        boot(text)
