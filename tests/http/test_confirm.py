"""A fresh proof, and the forms for password and username."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from self_service.domain.access import attempts, open_session
from self_service.domain.people import passwords
from self_service.models.access import DigitalIdentity, RecoveryCode, WebSession
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


def test_with_an_app_password_and_code_confirm_together(house: House) -> None:
    with house.signed_in() as browser:
        key, codes = set_up(house, browser)
        house.clock.move(minutes=30)
        code, before = code_of(house, key), house.rows(WebSession, RecoveryCode)
        for form in ({"password": PASSWORD}, {"code": code}, {"code": code, "password": "wrong"}):
            assert "/confirm?" in place(browser.submit("/do/confirm", **form))
            assert stale(house, browser)
        wrong = {"password": PASSWORD, "code": codes[0][:-1] + "0"}
        assert "wrong_code" in place(browser.submit("/do/confirm", **wrong))
        assert house.rows(WebSession, RecoveryCode) == before
        form = {"password": PASSWORD, "code": code}
        assert place(browser.submit("/do/confirm", **form)) == "/en/security"
        assert not stale(house, browser)
        house.clock.move(seconds=10)
        assert "wrong_code" in place(browser.submit("/do/confirm", **form))
        assert stale(house, browser)
        form = {"password": PASSWORD, "code": codes[0]}
        assert place(browser.submit("/do/confirm", **form)) == "/en/security"
        with house.database.reading() as session:
            done = session.exec(select(AuditEntry).where(AuditEntry.act == "confirmed"))
            proofs = [entry.after["proof"] for entry in done]
        assert proofs == ["password, app", "password, recovery code"]


def no_password(house: House) -> None:
    def forget(session: Any) -> None:
        session.exec(select(DigitalIdentity)).one().password_hash = ""

    house.change(forget)


def test_without_a_password_the_code_is_what_confirms(house: House) -> None:
    with house.signed_in() as browser:
        key, _ = set_up(house, browser)
        no_password(house)
        house.clock.move(minutes=30)
        assert "wrong_code" in place(browser.submit("/do/confirm", password=""))
        assert stale(house, browser)
        assert place(browser.submit("/do/confirm", code=code_of(house, key))) == "/en/security"


def test_a_new_password_is_half_a_proof_where_an_app_is_set_up(house: House) -> None:
    with house.signed_in() as browser:
        set_up(house, browser)
        house.clock.move(minutes=30)
        before = browser.cookie
        browser.submit("/do/change-password", current=PASSWORD, password=BETTER)
        assert passwords.verify_password(hash_of(house), BETTER)
        assert browser.cookie != before
        assert stale(house, browser)
        assert "/en/confirm?" in place(browser.submit("/do/second-factor-off"))


def test_refused_proofs_are_in_the_record_and_no_secret_is(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with house.signed_in() as browser:
        mine = house.actor(browser.cookie).identity_id
        set_up(house, browser)
        browser.submit("/do/confirm", password="wrong lorry")
        browser.submit("/do/confirm", password=PASSWORD, code="abc-def")
        browser.submit("/do/change-password", current="wrong lorry", password=BETTER)
        with house.database.reading() as session:
            entries = session.exec(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [(one.act, one.actor_id, one.network) for one in entries][1:] == [
        ("proof_refused", mine, "testclient"),
        ("code_refused", mine, "testclient"),
        ("proof_refused", mine, "testclient"),
    ]
    assert f"proof refused: wrong_code, account {mine}" in caplog.messages
    written = repr(house.rows(AuditEntry)) + caplog.text
    assert not any(secret in written for secret in ("wrong lorry", "abcdef", "abc-def", PASSWORD))


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
        before = house.rows(WebSession, DigitalIdentity)
        answer = browser.submit("/do/change-password", current=current, password=password)
        assert place(answer) == f"/en/security?refused={code}"
        assert "set-cookie" not in answer.headers
        assert house.rows(WebSession, DigitalIdentity) == before
        assert 'aria-invalid="true"' in browser.get(place(answer)).text


def test_a_fresh_proof_does_not_stand_for_the_old_password(house: House) -> None:
    with house.signed_in() as browser:
        before = house.rows(WebSession, DigitalIdentity)
        answer = browser.submit("/do/change-password", password=BETTER)
        assert place(answer) == "/en/security?refused=password_wrong"
        assert house.rows(WebSession, DigitalIdentity) == before


def test_a_first_password_needs_a_fresh_proof(house: House) -> None:
    with house.signed_in() as browser:
        no_password(house)
        house.clock.move(minutes=10)
        asked = place(browser.submit("/do/change-password", password=BETTER, current="any"))
        assert asked.startswith("/en/confirm?")
        assert hash_of(house) == ""
        house.clock.move(minutes=-1)
        assert "done=password" in place(browser.submit("/do/change-password", password=BETTER))
        assert passwords.verify_password(hash_of(house), BETTER)


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
