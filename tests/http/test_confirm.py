"""A fresh proof, and the forms for password and username."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from self_service.domain.access import attempts, open_session
from self_service.domain.people import passwords
from self_service.models.access import DigitalIdentity, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.house import PASSWORD, Browser, House
from tests.http.test_second_factor import code_of, set_up

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)

BETTER = "mossbank lorry seven"


def place(answer: Any) -> str:
    assert answer.status_code == 303
    return str(answer.headers["location"])


def stale(house: House, browser: Browser) -> bool:
    at = house.actor(browser.cookie).confirmed_at
    return at is None or at != house.clock()


@both
def test_a_password_confirms_under_a_new_cookie(house: House) -> None:
    with house.signed_in() as browser:
        before, session_id = browser.cookie, house.actor(browser.cookie).session_id
        house.clock.move(minutes=30)
        answer = browser.submit("/do/confirm", password=PASSWORD, next="/es/settings")
        assert place(answer) == "/es/settings"
        assert not stale(house, browser)
        assert browser.cookie != before
        assert not house.actor(before).signed_in
        assert house.actor(browser.cookie).session_id == session_id


def test_a_code_confirms_too_and_once(house: House) -> None:
    with house.signed_in() as browser:
        key, codes = set_up(house, browser)
        house.clock.move(minutes=30)
        form = {"code": code_of(house, key)}
        assert place(browser.submit("/do/confirm", **form)) == "/en/security"
        assert not stale(house, browser)
        house.clock.move(seconds=10)
        assert "wrong_code" in place(browser.submit("/do/confirm", **form))
        assert stale(house, browser)
        assert place(browser.submit("/do/confirm", code=codes[0])) == "/en/security"


@pytest.mark.parametrize("form", [{"password": "wrong"}, {"password": ""}, {"code": "123456"}, {}])
def test_what_proves_nothing_changes_nothing(house: House, form: dict[str, str]) -> None:
    with house.signed_in() as browser:
        house.clock.move(minutes=30)
        before = house.rows(WebSession)
        answer = browser.submit("/do/confirm", **form, next="/en/settings")
        parts = urlsplit(place(answer))
        assert parts.path == "/en/confirm"
        assert parse_qs(parts.query)["next"] == ["/en/settings"]
        assert "set-cookie" not in answer.headers
        assert house.rows(WebSession) == before
        page = browser.get(place(answer)).text
        assert "is not right" in page


def test_proofs_cannot_be_tried_out(house: House) -> None:
    with house.signed_in() as browser:
        for _ in range(attempts.CODE_ACCOUNT.most):
            browser.submit("/do/confirm", password="wrong")
        assert "too_many_attempts" in place(browser.submit("/do/confirm", password=PASSWORD))
        house.clock.move(minutes=15)
        assert place(browser.submit("/do/confirm", password=PASSWORD)) == "/en/security"


def test_visitors_sign_in_and_are_not_signed_in_by_it(house: House, browser: Browser) -> None:
    house.customer()
    browser.cookie = "fixed-by-somebody-else"
    assert "/en/sign-in?" in place(browser.submit("/do/confirm", password=PASSWORD))
    assert house.rows(WebSession) == [[]]


@pytest.mark.parametrize("goal", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_no_goal_leads_out(house: House, goal: str) -> None:
    with house.signed_in() as browser:
        assert place(browser.submit("/do/confirm", password=PASSWORD, next=goal)) == "/en/security"


@pytest.mark.parametrize("path", ["/do/confirm", "/do/change-password", "/do/change-username"])
def test_another_site_cannot_post(house: House, path: str) -> None:
    with house.signed_in() as browser:
        before = house.rows(WebSession, DigitalIdentity)
        form = {"password": PASSWORD, "current": PASSWORD, "username": "ada"}
        assert browser.submit(path, origin="https://evil.example", **form).status_code == 403
        assert house.rows(WebSession, DigitalIdentity) == before


def hash_of(house: House) -> str:
    with house.database.reading() as session:
        return session.exec(select(DigitalIdentity.password_hash)).one()


@both
def test_another_password_ends_every_other_session(house: House) -> None:
    with house.signed_in() as browser:
        mine = house.actor(browser.cookie).identity()
        house.change(open_session, mine, cookie="elsewhere", now=house.clock())
        before = browser.cookie
        house.clock.move(minutes=30)
        answer = browser.submit("/do/change-password", current=PASSWORD, password=BETTER)
        assert place(answer) == "/en/security?done=password"
        assert house.actor(browser.cookie).confirmed_at == house.clock()
        for ended in (before, "elsewhere"):
            assert not house.actor(ended).signed_in
        assert passwords.verify_password(hash_of(house), BETTER)
        assert "is changed" in browser.get(place(answer)).text
        assert len(house.rows(AuditEntry)[0]) == len(house.rows(CommunicationMessage)[0]) == 1
        assert BETTER not in repr(house.rows(AuditEntry, CommunicationMessage))


@pytest.mark.parametrize(
    ("current", "password", "code"),
    [
        ("wrong", BETTER, "password_wrong"),
        (PASSWORD, "short", "password_too_short"),
        (PASSWORD, "Samantha1", "password_too_common"),
        (PASSWORD, "", "password_too_short"),
        (PASSWORD, "x" * 129, "password_too_long"),
    ],
)
def test_a_refused_password_changes_nothing(
    house: House, current: str, password: str, code: str
) -> None:
    with house.signed_in() as browser:
        before = house.rows(WebSession, DigitalIdentity, AuditEntry)
        answer = browser.submit("/do/change-password", current=current, password=password)
        assert place(answer) == f"/en/security?refused={code}"
        assert "set-cookie" not in answer.headers
        assert house.rows(WebSession, DigitalIdentity, AuditEntry) == before
        assert 'aria-invalid="true"' in browser.get(place(answer)).text


def test_without_the_old_password_a_fresh_proof_is_needed(house: House) -> None:
    with house.signed_in() as browser:
        house.clock.move(minutes=10)
        before = hash_of(house)
        asked = place(browser.submit("/do/change-password", password=BETTER))
        assert asked.startswith("/en/confirm?")
        assert hash_of(house) == before
        browser.submit("/do/confirm", password=PASSWORD)
        assert "done=password" in place(browser.submit("/do/change-password", password=BETTER))


def test_old_passwords_cannot_be_tried_out(house: House) -> None:
    with house.signed_in() as browser:
        for _ in range(attempts.CODE_ACCOUNT.most):
            browser.submit("/do/change-password", current="wrong", password=BETTER)
        answer = browser.submit("/do/change-password", current=PASSWORD, password=BETTER)
        assert "too_many_attempts" in place(answer)


def test_a_username_is_saved_and_signs_in(house: House, browser: Browser) -> None:
    with house.signed_in() as owner:
        answer = owner.submit("/do/change-username", username="Ada.Q", language="ar")
        assert place(answer) == "/ar/security?done=username"
        assert 'value="ada.q"' in owner.get(place(answer)).text
        for username, code in (("a@b.example", "username_unfit"), ("x", "username_unfit")):
            again = place(owner.submit("/do/change-username", username=username))
            assert again == f"/en/security?refused={code}"
        house.clock.move(minutes=10)
        assert "/confirm?" in place(owner.submit("/do/change-username", username="other"))
    answer = browser.submit("/do/sign-in", login="ada.q", password=PASSWORD)
    assert place(answer) == "/en/home"


def test_usernames_cannot_be_tried_out(house: House) -> None:
    with house.signed_in() as browser:
        for number in range(10):
            browser.submit("/do/change-username", username=f"name-{number}")
        assert "too_many_attempts" in place(browser.submit("/do/change-username", username="ada"))


def test_visitors_change_nothing(house: House, browser: Browser) -> None:
    for path in ("/do/change-password", "/do/change-username"):
        assert "/en/sign-in?" in place(browser.submit(path, password=BETTER, username="ada"))
