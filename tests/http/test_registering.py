"""Registering, new passwords and addresses by form: what comes of it, and what strangers learn."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import SQLModel, select

from self_service import brand, letters, settings
from self_service.domain.access import FRESH_FOR, attempts
from self_service.http import registering as door
from self_service.models.access import DigitalIdentity, OneTimeSecret, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from self_service.models.people import Individual
from tests.conftest import NOW
from tests.house import HERE, PASSWORD, Browser, House
from tests.mailbox import link_in, mail, mails
from tests.order_shop import FORM

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)

NEW_PASSWORD = "another battery staple"
TYPED = {**FORM, "email": "new@example.com", "password": PASSWORD, "page": "es"}
ALL: tuple[type[SQLModel], ...] = (
    Individual,
    DigitalIdentity,
    WebSession,
    OneTimeSecret,
    CommunicationMessage,
    AuditEntry,
)


def send(browser: Browser, path: str, **form: str) -> str:
    """Send a form; returns where the browser is sent."""
    answer = browser.submit(path, **form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def known(house: House, work: Any, *args: Any) -> Any:
    with house.database.reading() as session:
        return work(session, *args)


def identity(house: House, login: str = "ada@example.com") -> DigitalIdentity:
    with house.database.reading() as session:
        return session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).one()


def link(house: House, kind: str) -> str:
    return link_in(known(house, mail, kind).body)


def signs_in(browser: Browser, login: str, password: str) -> bool:
    place = send(browser, "/do/sign-in", login=login, password=password)
    return "refused" not in place


def nothing_changed(house: House, before: list[Any], *but: type[SQLModel]) -> None:
    after = house.rows(*ALL)
    for table, was, found in zip(ALL, before, after, strict=True):
        assert table in but or was == found, table.__name__


# registering


@both
def test_from_the_form_to_being_signed_in(house: House, browser: Browser) -> None:
    browser.get("/es/register")
    house.filled(browser)
    answer = browser.submit("/do/register", **TYPED)
    assert answer.headers["location"] == "/es/register?sent=1"
    assert "set-cookie" not in answer.headers
    assert not house.actor(browser.cookie).signed_in
    found = known(house, mail, "verify_email")
    assert found.subject.endswith(brand.current().links.brand_name)
    assert f"{HERE}/en/verified?link=" in found.body
    place = browser.follow(f"/en/verified?link={link_in(found.body)}")
    assert place.status_code == 200
    assert identity(house, "new@example.com").email_verified_at is None
    secret = link_in(found.body)
    assert send(browser, "/do/prove-email", link=secret) == "/en/verified?done=verified"
    assert identity(house, "new@example.com").email_verified_at == NOW
    assert signs_in(browser, "new@example.com", PASSWORD)
    basket = browser.get("/en/basket").text
    assert "phone" in basket


def test_the_answer_is_the_same_for_a_known_address(house: House, browser: Browser) -> None:
    house.customer("new@example.com")
    browser.get("/es/register")
    before = house.rows(*ALL)
    answer = browser.submit("/do/register", **TYPED)
    assert answer.headers["location"] == "/es/register?sent=1"
    assert known(house, mails) == [("known_already", "new@example.com")]
    nothing_changed(house, before, CommunicationMessage)


def test_a_password_is_hashed_for_a_known_address_too(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.customer("new@example.com")
    hashed: list[str] = []
    make = door.passwords.hash_password
    monkeypatch.setattr(
        door.passwords, "hash_password", lambda word: (hashed.append(word), make(word))[1]
    )
    send(browser, "/do/register", **TYPED)
    assert hashed == [PASSWORD]


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"mobile": "12"}, "invalid", "Enter a mobile number"),
        ({"password": "short"}, "password_too_short", "at least 8 characters"),
        ({"password": "password"}, "password_too_common", "Many people use"),
        ({"email": "battery@x.de", "password": "my battery horse"}, "password_telling", "e-mail"),
    ],
)
def test_what_was_typed_comes_back_with_what_is_wrong(
    house: House, browser: Browser, change: dict[str, str], code: str, said: str
) -> None:
    browser.get("/en/register")
    before = house.rows(*ALL)
    place = send(browser, "/do/register", **{**TYPED, "page": "en", **change})
    assert place == f"/en/register?refused={code}"
    nothing_changed(house, before, OneTimeSecret)
    page = browser.get(place).text
    assert said in page
    assert f'value="{FORM["given_name"]}"' in page
    assert PASSWORD not in page
    assert PASSWORD not in str(house.rows(OneTimeSecret))
    with Browser() as stranger:
        assert f'value="{FORM["given_name"]}"' not in stranger.get(place).text


def test_too_many_registrations_from_one_network(house: House, browser: Browser) -> None:
    limit = attempts.REGISTER_NETWORK
    house.change(_used_up, limit, "testclient", house.clock())
    before = house.rows(*ALL)
    place = send(browser, "/do/register", **TYPED)
    assert place == "/es/register?refused=too_many_attempts"
    nothing_changed(house, before)
    house.clock.move(hours=1)
    assert send(browser, "/do/register", **TYPED) == "/es/register?sent=1"


def _used_up(session: Any, limit: attempts.Limit, who: str, now: Any) -> None:
    for _ in range(limit.most):
        attempts.count(session, limit, who, now=now)


def test_who_is_signed_in_needs_no_account(house: House) -> None:
    with house.signed_in() as browser:
        answer = browser.get("/en/register")
    assert answer.headers["location"] == "/en/home"


def test_who_orders_proves_the_address_too(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    form = house.ready(browser, "buyer@example.com")
    send(browser, "/do/place-order", **form)
    send(browser, "/do/place-order", **form)
    assert known(house, mails) == [("verify_email", "buyer@example.com")]


# a forgotten password


@both
def test_from_the_forgotten_to_the_new_password(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with house.signed_in() as phone:
        place = send(browser, "/do/forgot", email="Ada@example.com ", language="en")
        assert place == "/en/forgot?sent=1"
        secret = link(house, "reset_password")
        assert f'value="{secret}"' in browser.follow(f"/en/reset?link={secret}").text
        form = {"link": secret, "password": NEW_PASSWORD, "language": "ar"}
        assert send(browser, "/do/reset", **form) == "/ar/reset?done=1"
        assert not house.actor(phone.cookie).signed_in
    assert not signs_in(browser, "ada@example.com", PASSWORD)
    assert signs_in(browser, "ada@example.com", NEW_PASSWORD)
    assert ("password_changed", "ada@example.com") in known(house, mails)
    ours = [row.getMessage() for row in caplog.records if row.name.startswith("self_service")]
    assert secret not in str(ours)
    assert secret not in str(house.rows(AuditEntry))
    assert send(browser, "/do/reset", **form) == "/ar/reset?refused=link_used_up"
    assert "does not work any more" in browser.get("/en/reset?refused=link_used_up").text


def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    house: House, browser: Browser
) -> None:
    house.customer()
    before = house.rows(*ALL)
    known_, unknown = (
        browser.submit("/do/forgot", email=email) for email in ("ada@example.com", "eve@x.de")
    )
    assert known_.status_code == unknown.status_code
    assert known_.headers["location"] == unknown.headers["location"]
    assert len(known(house, mails)) == 1
    nothing_changed(house, before, CommunicationMessage, OneTimeSecret)


def test_one_mailbox_is_not_flooded(house: House, browser: Browser) -> None:
    house.customer()
    for _ in range(attempts.MAIL_ACCOUNT.most + 2):
        assert send(browser, "/do/forgot", email="ada@example.com") == "/en/forgot?sent=1"
    assert len(known(house, mails)) == attempts.MAIL_ACCOUNT.most


def test_too_many_mails_from_one_network(house: House, browser: Browser) -> None:
    house.customer()
    house.change(_used_up, attempts.MAIL_NETWORK, "testclient", house.clock())
    place = send(browser, "/do/forgot", email="ada@example.com")
    assert place == "/en/forgot?refused=too_many_attempts"
    assert known(house, mails) == []


@pytest.mark.parametrize("password", ["", "short", "password", "x" * 200])
def test_a_bad_password_does_not_use_the_link_up(
    house: House, browser: Browser, password: str
) -> None:
    house.customer()
    send(browser, "/do/forgot", email="ada@example.com")
    secret, before = link(house, "reset_password"), house.rows(*ALL)
    place = send(browser, "/do/reset", link=secret, password=password)
    assert place.startswith("/en/reset?refused=password_")
    nothing_changed(house, before)
    page = browser.get(place).text
    assert 'id="password-fault"' in page
    assert f'value="{secret}"' in page
    assert send(browser, "/do/reset", link=secret, password=NEW_PASSWORD).endswith("done=1")


@pytest.mark.parametrize("secret", ["", "forged", "\0", "x" * 5000])
def test_forged_links_lead_nowhere(house: House, browser: Browser, secret: str) -> None:
    house.customer()
    before = house.rows(*ALL)
    form = {"link": secret, "password": NEW_PASSWORD}
    assert send(browser, "/do/reset", **form) == "/en/reset?refused=link_used_up"
    assert send(browser, "/do/prove-email", **form) == "/en/verified?refused=link_used_up"
    nothing_changed(house, before)
    for path in ("reset", "verified"):
        answer = browser.get(
            f"/en/{path}?{urlencode({'link': secret[:3000]})}", follow_redirects=True
        )
        assert "does not work any more" in answer.text


def test_looking_at_a_link_does_not_use_it_up(house: House, browser: Browser) -> None:
    house.customer()
    send(browser, "/do/forgot", email="ada@example.com")
    secret, before = link(house, "reset_password"), house.rows(*ALL)
    for _ in range(3):
        answer = browser.follow(f"/en/reset?link={secret}")
        browser.head(f"/en/reset?link={secret}")
    assert answer.headers["cache-control"] == "no-store"
    nothing_changed(house, before)


# another e-mail address


def fresh(house: House, email: str = "ada@example.com") -> Browser:
    return house.signed_in(email)


def test_from_the_wish_to_the_new_address(house: House) -> None:
    with fresh(house) as browser:
        place = send(browser, "/do/change-email", email="ada@new.example", language="en")
        assert place == "/en/verified?sent=1"
        assert 'href="/en/inbox"' in browser.get(place).text
        secret = link(house, "change_email")
        assert "Use this address" in browser.follow(f"/en/verified?link={secret}").text
        assert send(browser, "/do/prove-email", link=secret) == "/en/verified?done=changed"
        assert house.actor(browser.cookie).signed_in
        assert "was changed" in browser.get("/en/verified?done=changed").text
    assert identity(house, "ada@new.example").email_verified_at == NOW
    told = known(house, mail, "email_changed")
    assert told.receiver == "ada@example.com"
    assert "ada@new.example" in told.body


def test_it_needs_a_fresh_proof(house: House) -> None:
    with fresh(house) as browser:
        house.clock.move(seconds=FRESH_FOR.total_seconds())
        before = house.rows(*ALL)
        place = send(browser, "/do/change-email", email="ada@new.example")
        assert place == "/en/confirm?next=%2Fen%2Fsettings"
    nothing_changed(house, before, WebSession)


def test_visitors_sign_in_first(house: House, browser: Browser) -> None:
    place = send(browser, "/do/change-email", email="ada@new.example")
    assert place == "/en/sign-in?next=%2Fen%2Fsettings"


@pytest.mark.parametrize(
    ("email", "code"),
    [("", "email_invalid"), ("ada", "email_invalid"), ("ADA@example.com", "email_same")],
)
def test_what_is_no_new_address_is_refused(house: House, email: str, code: str) -> None:
    with fresh(house) as browser:
        before = house.rows(*ALL)
        place = send(browser, "/do/change-email", email=email)
    assert place == f"/en/settings?open=email&refused={code}"
    nothing_changed(house, before)


def test_an_address_taken_meanwhile_is_refused_kindly(house: House) -> None:
    with fresh(house) as browser:
        send(browser, "/do/change-email", email="eve@example.com")
        house.customer("eve@example.com")
        before = house.rows(*ALL)
        place = send(browser, "/do/prove-email", link=link(house, "change_email"))
        assert place == "/en/verified?refused=email_taken"
        assert "belongs to another account" in browser.get(place).text
    nothing_changed(house, before)


def test_wishes_are_limited(house: House) -> None:
    with fresh(house) as browser:
        for number in range(attempts.MAIL_ACCOUNT.most):
            send(browser, "/do/change-email", email=f"ada{number}@new.example")
        place = send(browser, "/do/change-email", email="more@new.example")
    assert place == "/en/settings?open=email&refused=too_many_attempts"


# all of them


@pytest.mark.parametrize("path", ["register", "forgot", "reset", "prove-email", "change-email"])
@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_other_sites_cannot_send_these(
    house: House, browser: Browser, path: str, origin: str | None
) -> None:
    before = house.rows(*ALL)
    answer = browser.submit(f"/do/{path}", origin, **TYPED)
    assert answer.status_code == 403
    nothing_changed(house, before)


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_letters_are_whole(house: House, language: str) -> None:
    links = brand.current().links
    for words in (
        letters.verify_email,
        letters.known_already,
        letters.reset_password,
        letters.password_changed,
        letters.change_email,
        letters.email_change_asked,
        letters.email_changed,
    ):
        letter = words(language, "ada@new.example")
        assert len(letter.subject.splitlines()) == 1
        assert links.support_email in letter.body
        assert "{" not in letter.subject + letter.body
        for piece in letter.body.split():
            if piece.startswith("http"):
                assert piece.startswith(f"{settings.get().public_url}/{language}/")


def test_nothing_of_it_lasts(house: House, browser: Browser) -> None:
    house.customer()
    send(browser, "/do/forgot", email="ada@example.com")
    secret = link(house, "reset_password")
    house.clock.at += timedelta(minutes=30)
    assert "does not work any more" in browser.follow(f"/en/reset?link={secret}").text
