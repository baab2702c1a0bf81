"""The sign-in page: what it keeps, and the demo's people."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from self_service import i18n, settings
from self_service.state.request import PageRequest
from self_service.state.sign_in import REFUSALS, SignInState, sign_in_values
from tests.house import House
from tests.live import live


async def shown(query: str = "", language: str = "en") -> dict[str, Any]:
    return await sign_in_values(PageRequest.at(f"/{language}/sign-in?{query}", ""))


async def test_leads_home_unless_told_otherwise() -> None:
    assert (await shown(language="es"))["goal"] == "/es/home"
    assert (await shown("next=/en/checkout"))["goal"] == "/en/checkout"


@pytest.mark.parametrize("goal", ["https://evil.example", "//evil.example", "/\\evil", "x"])
async def test_a_goal_outside_is_not_even_written(goal: str) -> None:
    assert (await shown(f"next={quote(goal)}"))["goal"] == "/en/home"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_is_said(language: str, code: str) -> None:
    assert (await shown(language=language))["refused"] == ""
    assert (await shown("refused=made+up", language))["refused"] == ""
    assert (await shown(f"refused={code}", language))["refused"]


async def test_an_address_in_the_query_is_not_taken_over() -> None:
    assert "a@b.example" not in repr(await shown("login=a%40b.example"))


async def test_the_demo_shows_its_people_and_no_other_installation_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = (await shown())["demo"]
    assert len(people) >= 3
    assert all(row.login and row.password and row.about for row in people)
    monkeypatch.setenv("SELF_SERVICE_DEMO", "false")
    settings.get.cache_clear()
    assert (await shown())["demo"] == []
    settings.get.cache_clear()


async def test_the_live_page_shows_the_same(house: House) -> None:
    async with live() as tab:
        tab.url = "/ar/sign-in?next=%2Far%2Forders"
        await tab.send(SignInState.load)
        assert tab.shows(SignInState, "goal") == "/ar/orders"
