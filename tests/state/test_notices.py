"""The live pages of notifications, and the bell around every page."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlmodel import Session

from self_service import db
from self_service.domain.access import Actor
from self_service.domain.notices import history
from self_service.models.access import DigitalIdentity
from self_service.models.notices import Notice, Topic
from self_service.state.notice_settings import NoticeSettingsState
from self_service.state.notices import NoticesState
from self_service.state.request import PageRequest
from self_service.state.shell import shell_values
from tests.conftest import NOW
from tests.order_shop import customer
from tests.tab import keep_signed_in, loaded, open_tab


@pytest.fixture
def ada(portal: db.Database) -> Actor:
    with portal.writing() as session:
        who = customer(session)
        keep_signed_in(session, who, "ada")
        fill(session, who, 3, topic=Topic.MONEY, kind="bill_ready", path="/bills/7")
    return who


def fill(session: Session, who: Actor, count: int, **values: object) -> None:
    session.add_all(
        Notice(
            identity_id=who.identity(),
            language="ar",
            subject=f"مرحبا {n}",
            created_at=NOW,
            **values,
        )
        for n in range(count)
    )
    session.flush()


async def bell(cookie: str, language: str = "en") -> str:
    return str((await shell_values(PageRequest(cookie=cookie, language=language)))["unread"])


async def test_the_history_keeps_the_language_of_its_words(portal: db.Database, ada: Actor) -> None:
    with portal.writing() as session:
        fill(session, ada, history.PAGE, kind="odd", path="//evil.example/x")
    tab = open_tab(NoticesState, "/es/notifications", "ada")
    assert await loaded(tab) == []
    assert len(tab.notices) == history.PAGE
    assert (tab.notices[0].language, tab.notices[0].direction) == ("ar", "rtl")
    assert tab.older == "/es/notifications?page=2"
    assert {row.href.split("/")[1] for row in tab.notices} == {"es"}  # never another site
    assert [chip.selected for chip in tab.topics] == [True, False, False]
    tab = open_tab(NoticesState, "/es/notifications?topic=money", "ada")
    await loaded(tab)
    assert {row.href for row in tab.notices} == {"/es/bills/7"}
    assert (tab.older, tab.newer, tab.filtered) == ("", "", True)


async def test_the_settings_load_for_who_is_signed_in(portal: db.Database, ada: Actor) -> None:
    tab = open_tab(NoticeSettingsState, "/en/notifications/settings", "ada")
    assert await loaded(tab) == []
    assert [row.key for row in tab.topics] == [topic.value for topic in Topic]
    assert tab.channels[0] == "E-mail"
    fixed = {box.name for row in tab.topics for box in row.boxes if box.fixed}
    assert fixed == {"money_email", "security_email"}
    assert len(await loaded(open_tab(NoticeSettingsState, "/en/notifications/settings"))) == 1


async def test_the_bell_counts_by_one_look_into_an_index(portal: db.Database, ada: Actor) -> None:
    assert (await bell("ada"), await bell("")) == ("3", "")
    with portal.writing() as session:
        fill(session, ada, 120, kind="x")
    asked: list[str] = []
    event.listen(portal.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert await bell("ada") == "99+"
    (counted,) = [statement for statement in asked if "notice" in statement]
    assert "LIMIT" in counted
    with portal.reading() as session:
        identity = session.get_one(DigitalIdentity, ada.identity_id)
        assert identity is not None
    with portal.writing() as session:
        history.read_all(session, ada, history.ALL, now=NOW)
    assert await bell("ada", "ar") == ""
