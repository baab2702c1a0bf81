"""What a page is asked for: any address is read, and none does harm."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.state.request import Elsewhere, PageRequest, readable, show, sign_in_first
from self_service.state.shell import ShellState
from tests.tab import open_tab

ANY = st.text(max_size=60) | st.text("/?#%&=;:@[]\\\0\t\n .aé\ud800", max_size=40)


@pytest.mark.parametrize(
    ("url", "language", "path", "query"),
    [
        ("/en/store", "en", "/store", {}),
        ("/es/store/", "es", "/store", {}),
        ("/ar/order/TW-1?step=2&x=", "ar", "/order/TW-1", {"step": "2"}),
        ("/en/store?q=a&q=b", "en", "/store", {"q": "b"}),
        ("/en/store?q=a%20b+c%C3%A9#top", "en", "/store", {"q": "a b cé"}),
        ("/en/product/caf%C3%A9", "en", "/product/café", {}),
        ("/de/store", "en", "/store", {}),
        ("/", "en", "/", {}),
        ("", "en", "/", {}),
        ("/en", "en", "/", {}),
        ("/en//store", "en", "//store", {}),
        ("//[x/y", "en", "/[x/y", {}),
        ("/en/store?q=%00x%ff", "en", "/store", {"q": "x\ufffd"}),
        ("/en/a%3Fb%23c", "en", "/a?b#c", {}),
    ],
)
def test_addresses_are_read(url: str, language: str, path: str, query: dict[str, str]) -> None:
    found = PageRequest.at(url, "cookie")
    assert (found.language, found.path, dict(found.query)) == (language, path, query)
    assert found.cookie == "cookie"


@given(ANY)
def test_any_address_is_read(url: str) -> None:
    found = PageRequest.at(url, "")
    assert found.language in i18n.LANGUAGES
    assert found.path.startswith("/")
    for text in (found.path, found.last, *found.query, *found.query.values()):
        assert "\0" not in text
        text.encode()


@given(st.sampled_from(["/en/", "/ar/"]), ANY, st.dictionaries(ANY, ANY, max_size=4))
def test_signing_in_leads_back_and_nowhere_else(
    start: str, path: str, query: dict[str, str]
) -> None:
    asked = PageRequest.at(start + quote(readable(path)), "")
    asked = PageRequest(language=asked.language, path=asked.path, query=query)
    try:
        goal = parse_qs(urlsplit(asked.sign_in).query)["next"][0]
    except UnicodeEncodeError:  # only `at` makes requests, and it makes them readable
        return
    assert goal.startswith(start[:-1])
    assert routes.inside(goal, "/") in (goal, "/")


@given(ANY)
def test_a_goal_stays_inside(goal: str) -> None:
    from urllib.parse import urljoin

    found = routes.inside(goal, "/home")
    plain = found.translate(dict.fromkeys(map(ord, "\t\r\n"))).replace("\\", "/")
    assert plain.startswith("/")
    assert not plain.startswith("//")
    if "[" not in plain:
        assert urlsplit(urljoin("https://shop.example/a", plain)).netloc == "shop.example"


def test_a_long_address_is_cut() -> None:
    found = PageRequest.at("/en/store?" + "&".join(f"a{n}=1" for n in range(100_000)), "")
    assert len(found.query) < 1000
    assert len(PageRequest.at("/en/" + "x" * 100_000, "").path) < 5000


def test_the_live_tab_asks_as_the_browser_did() -> None:
    state = open_tab(ShellState, "/es/order/TW-1?step=2", "c")
    assert PageRequest.of(state) == PageRequest("c", "es", "/order/TW-1", {"step": "2"})


def test_visitors_are_sent_to_sign_in_and_back() -> None:
    with pytest.raises(Elsewhere) as sent:
        sign_in_first(PageRequest(language="es", path="/orders", query={"page": "2"}), Actor())
    assert sent.value.path == "/es/sign-in?next=%2Fes%2Forders%3Fpage%3D2"


async def test_show_fills_the_state_or_goes_elsewhere() -> None:
    state = open_tab(ShellState, "/en/store")

    async def fill(request: PageRequest) -> dict[str, Any]:
        return {"greeting_name": request.path}

    async def leave(_: PageRequest) -> dict[str, Any]:
        raise Elsewhere("/en/basket")

    assert await show(state, fill) is None
    assert state.greeting_name == "/store"
    spec = await show(state, leave)
    assert '"/en/basket"' in str(spec.args)


@pytest.mark.parametrize("name", ["language", "path", "self", "query"])
def test_any_name_may_stand_in_a_query(name: str) -> None:
    assert routes.page("en", "/store", **{name: "x"}) == f"/en/store?{name}=x"
