"""The demo's inbox: the mails, newest first, and nothing anywhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from self_service import db, settings
from self_service.domain import messages
from self_service.domain.errors import NotFound
from self_service.models.messages import MessageChannel
from self_service.state.inbox import InboxState, PartRow, inbox_values
from self_service.state.request import PageRequest
from tests.conftest import NOW
from tests.tab import loaded, open_tab

HOME = settings.get().public_url


@pytest.fixture
def mailed(portal: db.Database) -> None:
    with portal.writing() as session:
        for number, language in enumerate(("en", "ar", "xx")):
            messages.write(
                session,
                "test",
                receiver="ada@example.com",
                language=language,
                subject=f"Mail {number}",
                body=f"Here:\n\n{HOME}/en/reset?link=abc\n\nNot https://evil.example/x\n",
                now=NOW + timedelta(minutes=number),
            )


async def test_newest_first_with_links_of_ours(mailed: None) -> None:
    tab = open_tab(InboxState, "/en/inbox")
    assert await loaded(tab) == []
    assert [row.subject for row in tab.mails] == ["Mail 2", "Mail 1", "Mail 0"]
    assert [row.direction for row in tab.mails] == ["ltr", "rtl", "ltr"]
    assert [row.language for row in tab.mails] == ["en", "ar", "en"]
    assert PartRow(f"{HOME}/en/reset?link=abc", "/en/reset?link=abc") in tab.mails[0].parts
    assert [part.href for part in tab.mails[0].parts if part.href] == ["/en/reset?link=abc"]


async def test_sms_and_push_stand_there_as_they_would_be_read(portal: db.Database) -> None:
    with portal.writing() as session:
        for number, way in enumerate((MessageChannel.SMS, MessageChannel.PUSH)):
            messages.write(
                session,
                "test",
                receiver="+491511234567",
                language="es",
                subject="Low",
                body="/wallet?open=topup" if number else "",
                now=NOW + timedelta(minutes=number),
                channel=way,
            )
    tab = open_tab(InboxState, "/en/inbox")
    await loaded(tab)
    assert [(row.way, row.receiver) for row in tab.mails] == [
        ("Browser", ""),
        ("SMS", "+491511234567"),
    ]
    hrefs = [part.href for row in tab.mails for part in row.parts]
    assert hrefs == ["/es/wallet?open=topup", "/es/notifications"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"DEMO": "false"},
        {"SMTP_HOST": "mail.example", "SMTP_FROM": "portal@x.example"},
    ],
)
async def test_it_is_nowhere_else(
    mailed: None, monkeypatch: pytest.MonkeyPatch, elsewhere: dict[str, str]
) -> None:
    for name, value in elsewhere.items():
        monkeypatch.setenv(f"SELF_SERVICE_{name}", value)
    settings.get.cache_clear()
    try:
        with pytest.raises(NotFound):
            await inbox_values(PageRequest("", "en", "/inbox"))
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()
