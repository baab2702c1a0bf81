"""The security page and the page that asks for a fresh proof."""

from __future__ import annotations

from typing import Any

import pytest

from self_service import db
from self_service.domain.access import SignInNeeded, open_session, resolve, sessions
from self_service.models.access import WebSession
from self_service.pages import confirm, security
from self_service.state.confirm import ConfirmState, confirm_values
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.security import SecurityState, security_values
from self_service.state.security_rows import (
    DONE,
    NEW_PASSWORD_FAULTS,
    PASSWORD_FAULTS,
    PROOF_FAULTS,
    REFUSALS,
    USERNAME_FAULTS,
)
from self_service.state.shell import ShellState
from tests.conftest import NOW
from tests.order_shop import customer, rows
from tests.paper import printed
from tests.tab import keep_signed_in, loaded, open_tab


@pytest.fixture
def people(portal: db.Database) -> db.Database:
    """Ada, signed in twice, and Eve, behind cookies of these names."""
    with portal.writing() as session:
        for name in ("ada", "eve"):
            actor = customer(session, f"{name}@example.com")
            sessions.end_all(session, actor.identity())
            keep_signed_in(session, actor, name)
            if name == "ada":
                open_session(
                    session, actor.identity(), cookie="phone", now=NOW, device="Safari on iOS"
                )
    return portal


async def shown(cookie: str = "ada", query: str = "", language: str = "en") -> dict[str, Any]:
    return await security_values(PageRequest.at(f"/{language}/security?{query}", cookie))


async def test_devices_in_words(people: db.Database) -> None:
    values = await shown()
    assert [(row.device, row.current) for row in values["devices"]] == [
        ("Unknown device", True),
        ("Safari on iOS", False),
    ]
    assert values["devices"][0].seen == "Today, 10:00"
    assert values["others"]
    assert not (await shown("eve"))["others"]


@pytest.mark.parametrize("cookie", ["", "forged"])
async def test_visitors_sign_in_first(people: db.Database, cookie: str) -> None:
    for values, path in ((security_values, "security"), (confirm_values, "confirm")):
        with pytest.raises(Elsewhere) as other:
            await values(PageRequest.at(f"/es/{path}", cookie))
        assert other.value.path == f"/es/sign-in?next=%2Fes%2F{path}"


def signed_in(people: db.Database, cookie: str) -> bool:
    with people.reading() as session:
        return resolve(session, cookie, now=NOW).signed_in


async def call(tab: Any, name: str, *payload: Any) -> Any:
    """Call a handler as an event does."""
    return await type(tab).event_handlers[name].fn(tab, *payload)


async def test_a_device_is_signed_out_at_once(people: db.Database) -> None:
    tab = open_tab(SecurityState, "/en/security", "ada")
    assert await loaded(tab) == []
    await call(tab, "end", tab.devices[1].id)
    assert not signed_in(people, "phone")
    assert signed_in(people, "ada")
    assert [row.current for row in tab.devices] == [True]
    assert not tab.others
    shell = await tab.get_state(ShellState)
    assert shell.notice == "The device is signed out."


async def test_nobody_signs_another_out(people: db.Database) -> None:
    hers = (await shown("eve"))["devices"][0].id
    tab = open_tab(SecurityState, "/en/security", "ada")
    with people.reading() as session:
        before = rows(session, WebSession)
    for payload in (hers, "", "x" * 9999, None, 3, ["a"], {"a": 1}):
        await call(tab, "end", payload)
    with people.reading() as session:
        assert rows(session, WebSession) == before


async def test_all_others_are_signed_out(people: db.Database) -> None:
    tab = open_tab(SecurityState, "/en/security", "ada")
    await call(tab, "end_others")
    assert [signed_in(people, name) for name in ("ada", "phone", "eve")] == [True, False, True]


async def test_visitors_sign_nobody_out(people: db.Database) -> None:
    tab = open_tab(SecurityState, "/en/security", "")
    for name, payload in (("end", ["x"]), ("end_others", [])):
        with pytest.raises(SignInNeeded):
            await call(tab, name, *payload)


@pytest.mark.parametrize("language", ["en", "es", "ar"])
async def test_every_code_has_its_words_and_nothing_else_is_said(
    people: db.Database, language: str
) -> None:
    for words, query, name in (
        (REFUSALS, "refused", "refused"),
        (PASSWORD_FAULTS, "refused", "password_fault"),
        (NEW_PASSWORD_FAULTS, "refused", "new_password_fault"),
        (USERNAME_FAULTS, "refused", "username_fault"),
        (DONE, "done", "done"),
    ):
        for code in words:
            assert (await shown("ada", f"{query}={code}", language))[name]
    values = await shown("ada", "refused=%3Cb%3E&done=hello", language)
    assert "<b>" not in repr(values)
    assert values["done"] == values["refused"] == ""


async def test_the_proof_page_leads_back_and_never_out(people: db.Database) -> None:
    values = await confirm_values(PageRequest.at("/en/confirm?next=/en/settings", "ada"))
    assert (values["goal"], values["has_password"], values["has_code"]) == (
        "/en/settings",
        True,
        False,
    )
    out = await confirm_values(PageRequest.at("/en/confirm?next=//evil.example", "ada"))
    assert out["goal"] == "/en/security"
    for code in PROOF_FAULTS:
        said = await confirm_values(PageRequest.at(f"/en/confirm?refused={code}", "ada"))
        assert said["refused"]


@pytest.mark.parametrize("factor", [True, False])
async def test_pages_as_they_are_printed(people: db.Database, factor: bool) -> None:
    values = await shown() | {"second_factor": factor}
    page = printed(security.view, SecurityState, values)
    assert ("Remove the app" in page) is factor
    assert ("Set up an app" in page) is not factor
    assert "Safari on iOS" in page
    proof = await confirm_values(PageRequest.at("/en/confirm", "ada"))
    page = printed(confirm.view, ConfirmState, proof | {"has_code": factor})
    assert ("Code of your app" in page) is factor


async def test_no_secret_is_state(people: db.Database) -> None:
    held = {**SecurityState.get_fields(), **ConfirmState.get_fields()}
    assert not [name for name in held if "secret" in name or "hash" in name]
    assert "hash" not in repr(await shown())
