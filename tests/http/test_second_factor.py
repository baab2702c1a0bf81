"""The second factor by form: set up on plain pages, asked for at sign-in, gone when turned off."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlmodel import select

from self_service.domain.access import attempts
from self_service.models.access import DigitalIdentity, RecoveryCode, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.house import PASSWORD, Browser, House

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)

ADA = {"login": "ada@example.com", "password": PASSWORD}


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def key_of(page: str) -> str:
    """The key that a set-up page shows."""
    found = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page)
    assert found
    return found[1].replace(" ", "")


def code_of(house: House, key: str) -> str:
    return pyotp.TOTP(key).at(house.clock())


def set_up(house: House, browser: Browser) -> tuple[str, list[str]]:
    """Turn the second factor on; returns the app's key and the recovery codes."""
    page = browser.get("/second-factor/set-up?language=en").text
    key = key_of(page)
    answer = browser.submit(
        "/do/second-factor-on", proposal=hidden(page, "proposal"), code=code_of(house, key)
    )
    assert answer.headers["cache-control"] == "no-store"
    codes = re.findall(r">([a-z2-9]{5}-[a-z2-9]{5})<", answer.text)
    house.clock.move(minutes=1)
    return key, codes


def place(answer: Any) -> str:
    assert answer.status_code == 303
    return str(answer.headers["location"])


@both
def test_with_an_app_a_password_opens_nothing_by_itself(house: House, browser: Browser) -> None:
    with house.signed_in() as owner:
        key, codes = set_up(house, owner)
    assert len(codes) == 10
    before = house.rows(WebSession)
    answer = browser.submit("/do/sign-in", **ADA, next="/en/orders")
    assert place(answer) == "/en/second-factor?next=%2Fen%2Forders"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert browser.cookie == ""
    assert house.rows(WebSession) == before
    assert "/en/orders" in browser.get(place(answer)).text
    form = {"code": code_of(house, key), "next": "/en/orders"}
    assert place(browser.submit("/do/second-factor", **form)) == "/en/orders"
    assert house.actor(browser.cookie).signed_in


def test_a_ticket_is_used_up_and_a_code_too(house: House, browser: Browser) -> None:
    with house.signed_in() as owner:
        key, _ = set_up(house, owner)
    browser.submit("/do/sign-in", **ADA)
    ticket = browser.cookies["ticket"]
    form = {"code": code_of(house, key)}
    assert place(browser.submit("/do/second-factor", **form)) == "/en/home"
    assert not browser.cookies.get("ticket")
    with Browser() as thief:
        thief.submit("/do/sign-in", **ADA)
        again = place(thief.submit("/do/second-factor", **form))
        assert "/second-factor?" in again
        assert "wrong_code" in again
        assert "not right" in thief.get(again).text
        thief.cookies.clear()
        thief.cookies.set("ticket", ticket)
        house.clock.move(minutes=1)
        late = place(thief.submit("/do/second-factor", code=code_of(house, key)))
        assert "/sign-in?" in late
        assert parse_qs(urlsplit(late).query)["refused"] == ["link_used_up"]
        assert not house.actor(thief.cookie).signed_in


@pytest.mark.parametrize("ticket", ["", "made-up"])
def test_without_a_ticket_a_code_opens_nothing(house: House, browser: Browser, ticket: str) -> None:
    with house.signed_in() as owner:
        key, _ = set_up(house, owner)
    browser.cookies.set("ticket", ticket)
    answer = browser.submit("/do/second-factor", code=code_of(house, key))
    assert "/sign-in?" in place(answer)
    assert "set-cookie" not in answer.headers


def test_a_recovery_code_signs_in_once(house: House, browser: Browser) -> None:
    with house.signed_in() as owner:
        _, codes = set_up(house, owner)
    for expected in ("/en/home", "wrong_code"):
        browser.submit("/do/sign-in", **ADA)
        assert expected in place(browser.submit("/do/second-factor", code=codes[0]))


def test_codes_cannot_be_tried_out(house: House, browser: Browser) -> None:
    with house.signed_in() as owner:
        key, _ = set_up(house, owner)
    browser.submit("/do/sign-in", **ADA)
    for _ in range(attempts.CODE_ACCOUNT.most):
        browser.submit("/do/second-factor", code="no code")
    answer = place(browser.submit("/do/second-factor", code=code_of(house, key)))
    assert "too_many_attempts" in answer
    house.clock.move(minutes=16)
    browser.submit("/do/sign-in", **ADA)
    assert place(browser.submit("/do/second-factor", code=code_of(house, key))) == "/en/home"


def test_refused_codes_are_in_the_record(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with house.signed_in() as owner:
        mine = house.actor(owner.cookie).identity_id
        set_up(house, owner)
    browser.submit("/do/sign-in", **ADA)
    browser.submit("/do/second-factor", code="no-code-of-hers")
    with house.database.reading() as session:
        last = session.exec(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert last is not None
    assert (last.act, last.actor_id, last.role) == ("code_refused", mine, "visitor")
    assert f"proof refused: wrong_code, account {mine}" in caplog.messages
    assert "no-code-of-hers" not in repr(house.rows(AuditEntry)) + caplog.text


def test_one_signs_out_from_the_plain_pages_too(house: House) -> None:
    with house.signed_in() as browser:
        page = browser.get("/second-factor/set-up?language=es").text
        form = {"proposal": hidden(page, "proposal"), "code": "abcdef"}
        wrong = browser.submit("/do/second-factor-on", **form).text
        right = browser.submit(
            "/do/second-factor-on", **form | {"code": code_of(house, key_of(page))}
        ).text
        for shown in (page, wrong, right):
            assert re.search(r'<form method="post" action="/do/sign-out">', shown)
        assert place(browser.submit("/do/sign-out", language="es")) == "/es/store"
        assert not house.actor(browser.cookie).signed_in


def test_an_account_disabled_in_between_does_not_sign_in(house: House, browser: Browser) -> None:
    with house.signed_in() as owner:
        key, _ = set_up(house, owner)
    browser.submit("/do/sign-in", **ADA)

    def disable(session: Any) -> None:
        session.exec(select(DigitalIdentity)).one().disabled_at = house.clock()

    house.change(disable)
    before = house.rows(WebSession, DigitalIdentity)
    answer = place(browser.submit("/do/second-factor", code=code_of(house, key)))
    assert "/sign-in?" in answer
    assert house.rows(WebSession, DigitalIdentity) == before


def test_the_key_is_shown_on_a_page_that_nothing_keeps(house: House) -> None:
    with house.signed_in() as browser:
        answer = browser.get("/second-factor/set-up?language=ar")
        assert answer.headers["cache-control"] == "no-store"
        assert 'dir="rtl"' in answer.text
        assert 'src="data:image/svg+xml;base64,' in answer.text
        assert key_of(answer.text) != key_of(browser.get("/second-factor/set-up").text)
        assert house.rows(AuditEntry, RecoveryCode) == [[], []]


def test_a_wrong_first_code_shows_the_same_key_again(house: House) -> None:
    with house.signed_in() as browser:
        page = browser.get("/second-factor/set-up").text
        answer = browser.submit(
            "/do/second-factor-on", proposal=hidden(page, "proposal"), code="abcdef"
        )
        assert key_of(answer.text) == key_of(page)
        assert 'role="alert"' in answer.text
        assert house.rows(AuditEntry, RecoveryCode) == [[], []]


def test_set_up_asks_for_a_fresh_proof_and_leads_back(house: House, browser: Browser) -> None:
    assert "/en/sign-in?" in place(browser.get("/second-factor/set-up"))
    with house.signed_in() as owner:
        house.clock.move(minutes=11)
        asked = place(owner.get("/second-factor/set-up?language=es"))
        parts = urlsplit(asked)
        assert parts.path == "/es/confirm"
        goal = parse_qs(parts.query)["next"][0]
        assert place(owner.submit("/do/confirm", next=goal, password=PASSWORD)) == goal
        assert key_of(owner.get(goal).text)


@pytest.mark.parametrize(
    "path", ["/do/second-factor-on", "/do/second-factor-off", "/do/recovery-codes"]
)
def test_changes_need_a_fresh_proof_and_our_own_page(
    house: House, browser: Browser, path: str
) -> None:
    with house.signed_in() as owner:
        set_up(house, owner)
        before = house.rows(DigitalIdentity, RecoveryCode, AuditEntry, CommunicationMessage)
        assert owner.submit(path, origin="https://evil.example").status_code == 403
        assert "/en/sign-in" in place(browser.submit(path))
        house.clock.move(minutes=10)
        assert "/en/confirm?" in place(owner.submit(path))
        after = house.rows(DigitalIdentity, RecoveryCode, AuditEntry, CommunicationMessage)
        assert after == before


def test_turned_off_the_password_is_enough_and_the_owner_is_told(
    house: House, browser: Browser
) -> None:
    with house.signed_in() as owner:
        _, codes = set_up(house, owner)
        renewed = owner.submit("/do/recovery-codes").text
        assert codes[0] not in renewed
        assert place(owner.submit("/do/second-factor-off")) == (
            "/en/security?done=second_factor_off"
        )
        assert "refused=second_factor_off" in place(owner.submit("/do/second-factor-off"))
    assert place(browser.submit("/do/sign-in", **ADA)) == "/en/home"
    assert len(house.rows(CommunicationMessage)[0]) == 3
    assert house.rows(RecoveryCode) == [[]]
