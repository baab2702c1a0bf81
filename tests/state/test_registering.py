"""The form of somebody new, and the pages behind links: live and as HTML."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session

from self_service import db
from self_service.domain.access import one_time
from self_service.models.access import Purpose
from self_service.pages import forgot, inbox, register, reset, verified
from self_service.state.inbox import InboxState, inbox_values
from self_service.state.registering import RegisterState, register_values
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.resetting import (
    ForgotState,
    ResetState,
    VerifiedState,
    forgot_values,
    reset_values,
    verified_values,
)
from tests.conftest import NOW
from tests.order_shop import customer
from tests.paper import live, printed
from tests.tab import keep_signed_in, loaded, open_tab

PAGES = [
    (register, RegisterState, register_values, "/register"),
    (forgot, ForgotState, forgot_values, "/forgot"),
    (reset, ResetState, reset_values, "/reset"),
    (verified, VerifiedState, verified_values, "/verified"),
    (inbox, InboxState, inbox_values, "/inbox"),
]


@pytest.fixture
def link(portal: db.Database) -> Any:
    """Makes a link for ada, who is signed in behind the cookie "ada"."""
    with portal.writing() as session:
        ada = customer(session)
        keep_signed_in(session, ada, "ada")

    def issue(session: Session, purpose: Purpose) -> str:
        return one_time.issue(session, purpose, now=NOW, identity_id=ada.identity_id)

    def make(purpose: Purpose) -> str:
        with portal.writing() as session:
            return issue(session, purpose)

    return make


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize(("module", "state", "loader", "path"), PAGES, ids=lambda p: str(p)[:20])
async def test_every_page_is_html_and_live(
    portal: db.Database, module: Any, state: Any, loader: Any, path: str, language: str
) -> None:
    for query in ({}, {"sent": "1"}, {"done": "1"}, {"done": "changed"}, {"refused": "x"}):
        values = await loader(PageRequest("", language, path, query))
        printed(module.view, state, values, language)
    assert live(module.view, state, language)


async def test_the_form_says_at_once_what_is_wrong(portal: db.Database) -> None:
    tab = open_tab(RegisterState, "/en/register")
    assert await loaded(tab) == []
    await tab.check("email", "ada")
    assert "complete e-mail address" in tab.faults["email"]
    assert tab.fault_count == 1
    await tab.check("email", "ada@example.com")
    assert (tab.faults["email"], tab.fault_count, tab.fault_text) == ("", 0, "")
    await tab.check("password", "secret words")
    assert "secret words" not in str(tab.typed)
    await tab.choose_country("ES")
    assert "country_area" in [row.name for row in tab.address]
    assert tab.typed["email"] == "ada@example.com"


@pytest.mark.parametrize("name", [None, 7, "", "nothing", "__class__", [], {}])
@pytest.mark.parametrize("value", [None, 7, [], {}, "x" * 100_000, "\0\ud800"])
async def test_handlers_take_whatever_is_sent(portal: db.Database, name: Any, value: Any) -> None:
    tab = open_tab(RegisterState, "/en/register")
    await loaded(tab)
    before = tab.typed
    await tab.check(name, value)
    assert tab.typed == before
    await tab.check("given_name", value)
    await tab.choose_country(value)
    assert set(tab.typed) == set(before)


@pytest.mark.parametrize("state", [RegisterState, ResetState])
async def test_a_password_is_shown_on_request_only(portal: db.Database, state: Any) -> None:
    tab = open_tab(state, "/en/register")
    await loaded(tab)
    kinds = [tab.password_type]
    for _ in range(2):
        await tab.show_password()
        kinds.append(tab.password_type)
    assert kinds == ["password", "text", "password"]
    await tab.show_password()
    await loaded(tab)
    assert tab.password_type == "password"


async def test_who_is_signed_in_goes_home(link: Any) -> None:
    with pytest.raises(Elsewhere) as other:
        await register_values(PageRequest("ada", "es", "/register"))
    assert other.value.path == "/es/home"


async def test_what_a_link_is_good_for(link: Any) -> None:
    secret = link(Purpose.RESET_PASSWORD)
    values = await reset_values(PageRequest("", "en", "/reset", link=secret))
    assert (values["step"], values["link"], values["refused"]) == ("choose", secret, "")
    for purpose, step in ((Purpose.VERIFY_EMAIL, "verify"), (Purpose.CHANGE_EMAIL, "change")):
        found = link(purpose)
        values = await verified_values(PageRequest("", "en", "/verified", link=found))
        assert (values["step"], values["link"], values["refused"]) == (step, found, "")
        values = await reset_values(PageRequest("", "en", "/reset", link=found))
        assert (values["step"], values["link"]) == ("dead", "")
    values = await verified_values(PageRequest("", "en", "/verified", link=secret))
    assert (values["step"], values["link"]) == ("dead", "")
    assert values["refused"].startswith("This link does not work")
