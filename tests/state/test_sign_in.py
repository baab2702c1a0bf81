"""The sign-in page: what it keeps, and the demo's people."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from self_service import i18n, settings
from self_service.state.request import PageRequest
from self_service.state.sign_in import SignInState, sign_in_values
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
async def test_a_refusal_is_said(language: str) -> None:
    assert (await shown(language=language))["refused"] == ""
    values = await shown("refused=1&login=a%40b.example", language)
    assert values["refused"]
    assert values["login"] == "a@b.example"
    assert len((await shown("login=" + "x" * 3000))["login"]) == 254


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
