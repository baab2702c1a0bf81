"""The secret of a link from a mail stays in no address, and reaches only the page it is for."""

from __future__ import annotations

from typing import Any

import pytest

from self_service import i18n, routes, settings
from self_service.http import one_time
from self_service.state.request import PageRequest
from tests.house import Browser, House

SECRET = "a-secret_of-a-link"


def cookies(answer: Any) -> list[str]:
    return [line for line in answer.headers.get_list("set-cookie") if "link-" in line]


@pytest.mark.parametrize("path", routes.LINKED)
def test_opening_a_link_cleans_the_address(house: House, browser: Browser, path: str) -> None:
    answer = browser.get(f"/es{path}?refused=x&link={SECRET}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/es{path}?refused=x"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    put = cookies(answer)
    assert {line.split("Path=")[1].split(";")[0] for line in put} == {
        "/_event",
        *(f"/{language}{path}" for language in i18n.LANGUAGES),
    }
    for line in put:
        assert line.startswith(f"link-{path[1:]}={SECRET};")
        assert "HttpOnly" in line
        assert "SameSite=lax" in line
        assert f"Max-Age={one_time.LIFE};" in line


@pytest.mark.parametrize("path", ["/store", "/sign-in", "/register", "/forgot"])
def test_other_pages_take_no_links(house: House, browser: Browser, path: str) -> None:
    answer = browser.get(f"/en{path}?link={SECRET}")
    assert answer.status_code == 200
    assert cookies(answer) == []


@pytest.mark.parametrize("link", ["", "a b", "x;y", "é", "x" * 101, "%00", "%0d%0aX: y"])
def test_what_is_no_secret_is_not_kept(house: House, browser: Browser, link: str) -> None:
    answer = browser.get(f"/en/reset?link={link}")
    for line in cookies(answer):
        assert line.startswith('link-reset="";')
        assert "Max-Age=0" in line
    assert "x" not in answer.headers
    assert "link=" not in answer.headers.get("location", "")


def test_each_page_gets_its_own() -> None:
    sent = {"link-reset": SECRET}
    assert PageRequest.at("/ar/reset", "", cookies=sent).link == SECRET
    assert PageRequest.at("/en/verified", "", cookies=sent).link == ""
    assert PageRequest.at("/en/store", "", cookies=sent).link == ""


def test_with_tls_the_cookie_is_for_tls_only(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.Settings, "https", True)
    put = cookies(browser.get(f"/en/reset?link={SECRET}"))
    assert len(put) == 4
    for line in put:
        assert line.startswith("__Secure-link-reset=")
        assert "Secure" in line.split(";", 1)[1]
