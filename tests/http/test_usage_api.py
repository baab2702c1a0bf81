"""Networks deliver usage records: what they send, and what they get."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlmodel import select

from self_service.domain.usage import partners
from self_service.models.usage import Usage, UsageRejected
from self_service.wiring import vault
from tests.conftest import NOW
from tests.house import Browser, House
from tests.used import START, make_line, row
from tests.voucher_shop import administrator


@pytest.fixture
def key(house: House) -> str:
    """The key of a network, with one line in use."""
    with house.database.writing() as session:
        make_line(session)
        return partners.add(session, administrator(NOW), "core", vault=vault(), now=NOW)


def send(browser: Browser, key: str, body: Any, kind: str = "application/json") -> Any:
    headers = {"authorization": f"Bearer {key}", "content-type": kind}
    content = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return browser.post("/api/usage", content=content, headers=headers)


def test_each_row_is_answered_and_a_second_time_changes_nothing(house: House, key: str) -> None:
    rows = [row("a", START, "voice", 60), row("b", START, "smoke", 60), 7]
    text = "id,usageDate,usageType,units,number\nc,2026-10-05T10:00:00Z,sms,1,+4915822000001\n"
    with Browser() as browser:
        first, again = send(browser, key, rows), send(browser, key, rows)
        table = send(browser, key, text, "text/csv; charset=utf-8")
    assert first.status_code == 200
    said = first.json()
    assert (said["read"], said["taken"], said["repeated"]) == (3, 1, 0)
    assert [(one["line"], one["id"], one["code"]) for one in said["rejected"]] == [
        (2, "b", "unknown_kind"),
        (3, "", "unreadable"),
    ]
    assert said["rejected"][0]["reason"] == "This must be data, voice or message."
    assert (again.json()["taken"], again.json()["repeated"]) == (0, 3)
    assert table.json()["taken"] == 1
    with house.database.reading() as session:
        assert sorted(session.exec(select(Usage.source, Usage.record_id)).all()) == [
            ("core", "a"),
            ("core", "c"),
        ]
        assert len(session.exec(select(UsageRejected)).all()) == 2


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "{}", "7", '"abc"', b"\xff\xfe", json.dumps([1] * 1001), "[" * 50_000],
    ids=["empty", "torn", "none", "object", "number", "text", "bytes", "too many", "deep"],
)
def test_what_is_no_delivery_is_refused_whole(house: House, key: str, body: Any) -> None:
    with Browser() as browser:
        answer = send(browser, key, body)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:self-service:bad_delivery")
    with house.database.reading() as session:
        assert session.exec(select(UsageRejected)).all() == []


@pytest.mark.parametrize(
    "shown", ["", "Bearer ", "Bearer wrong", "Basic abc", "Bearer " + "x" * 200]
)
def test_without_a_key_nothing_is_taken(house: House, key: str, shown: str) -> None:
    with Browser() as browser:
        body = json.dumps([row("a", START, "voice", 60)])
        answer = browser.post("/api/usage", content=body, headers={"authorization": shown})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    with house.database.reading() as session:
        assert session.exec(select(Usage)).all() == []
