"""Accepting an invitation by form: with a new account, with the one there is, and not at all."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlmodel import select

from self_service import letters
from self_service.domain.access import resolve
from self_service.domain.people import member_list, members
from self_service.models.access import DigitalIdentity, Grant, OneTimeSecret, Role, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from self_service.models.people import Individual
from tests.conftest import NOW
from tests.house import HERE, PASSWORD, Browser, House
from tests.household import TABLES, wish
from tests.mailbox import link_in, mail, words

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
NEW = {"given_name": "Ben", "family_name": "Quell", "password": "another battery staple"}


def send(browser: Browser, **form: str) -> str:
    """Send the form; returns where the browser is sent."""
    answer = browser.submit("/do/accept-invitation", **form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def invited(house: House, email: str = "ben@example.com", owner: str = "ada@example.com") -> str:
    """Let a customer invite somebody; returns the secret of the link."""
    with house.signed_in(owner) as browser:
        house.change(_invite, browser.cookie, email, house.clock())
    with house.database.reading() as session:
        return link_in(mail(session, "invitation").body)


def _invite(session: Any, cookie: str, email: str, now: Any) -> None:
    actor = resolve(session, cookie, now=now)
    form = wish(email, scopes=["manage"], until="2026-12-24")
    members.invite(session, actor, form=form, words=letters.invitation, language="en", now=now)


def identity(house: House, login: str) -> DigitalIdentity:
    with house.database.reading() as session:
        return session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).one()


@both
def test_from_the_mail_to_home(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = invited(house)
    with house.database.reading() as session:
        letter = mail(session, "invitation")
    assert f"{HERE}/en/invitation?link=" in letter.body
    assert "Ada" not in letter.body
    before = house.rows(*TABLES)
    page = browser.follow(f"/en/invitation?link={secret}")
    assert page.headers["cache-control"] == "no-store"
    for text in ("Ada Quell", "ben@example.com", "All subscriptions", "24 Dec 2026"):
        assert text in page.text
    assert house.rows(*TABLES) == before
    cookie = browser.cookie
    assert send(browser, link=secret, language="es", **NEW) == "/es/home"
    assert browser.cookie != cookie
    actor = house.actor(browser.cookie)
    assert (actor.role, actor.customer_id, actor.name) == (Role.SUB_USER, None, "Ben")
    assert identity(house, "ben@example.com").email_verified_at == NOW
    home = browser.get("/en/home").text
    assert "Hello Ben" in home
    assert "Nothing is shared with you now" in home  # Ada has no subscription yet
    assert browser.get("/en/orders").headers["location"] == "/en/home"
    ours = [row.getMessage() for row in caplog.records if row.name.startswith("self_service")]
    assert secret not in str(ours)
    assert send(browser, link=secret, **NEW).endswith("refused=link_used_up")
    assert "does not work any more" in browser.follow(f"/en/invitation?link={secret}").text


@both
def test_with_the_account_that_there_is(house: House, browser: Browser) -> None:
    house.customer("ben@example.com")
    secret = invited(house)
    back = "/en/invitation"
    assert "Sign in to accept" in browser.follow(f"{back}?link={secret}").text
    before = house.rows(*TABLES)
    place = urlsplit(send(browser, link=secret, **NEW))
    assert (place.path, parse_qs(place.query)) == ("/en/sign-in", {"next": [back]})
    assert house.rows(*TABLES) == before
    form = {"login": "ben@example.com", "password": PASSWORD, "next": back}
    assert browser.submit("/do/sign-in", **form).headers["location"] == back
    assert "It is added to your account" in browser.get(back).text
    assert send(browser, link=secret) == "/en/home"
    assert identity(house, "ben@example.com").role is Role.CUSTOMER
    assert identity(house, "ben@example.com").email_verified_at == NOW
    (grant,) = house.rows(Grant)[0]
    assert "manage" in grant.lower()


def test_another_account_is_refused_and_the_link_stays(house: House) -> None:
    house.customer("ben@example.com")
    secret = invited(house)
    with house.signed_in("eve@example.com") as eve:
        assert "another account" in eve.follow(f"/en/invitation?link={secret}").text
        before = house.rows(*TABLES)
        place = send(eve, link=secret)
        assert place == "/en/invitation?refused=not_invited"
        assert "for another e-mail address" in eve.get(place).text
    assert house.rows(*TABLES) == before


def test_work_accounts_are_not_let_in(house: House) -> None:
    with house.signed_in("ben@example.com", Role.REPRESENTATIVE) as staff:
        secret = invited(house)
        before = house.rows(*TABLES)
        assert send(staff, link=secret).endswith("refused=work_account")
    assert house.rows(*TABLES) == before


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"password": "short"}, "password_too_short", "at least 8 characters"),
        ({"password": "password"}, "password_too_common", "Many people use"),
        ({"given_name": "<b>"}, "invalid", "marked fields"),
        ({"family_name": ""}, "invalid", "Enter the family name"),
    ],
)
def test_what_was_typed_comes_back(
    house: House, browser: Browser, change: dict[str, str], code: str, said: str
) -> None:
    secret = invited(house)
    browser.follow(f"/en/invitation?link={secret}")
    before = house.rows(DigitalIdentity, Individual, WebSession, Grant, AuditEntry)
    place = send(browser, link=secret, **{**NEW, **change})
    assert place == f"/en/invitation?refused={code}"
    assert house.rows(DigitalIdentity, Individual, WebSession, Grant, AuditEntry) == before
    page = browser.get(place).text
    assert said in page
    kept = "given_name" if "given_name" not in change else "family_name"
    assert f'value="{NEW[kept]}"' in page
    assert NEW["password"] not in page
    with Browser() as stranger:
        assert f'value="{NEW[kept]}"' not in stranger.get(place).text
    assert send(browser, link=secret, **NEW) == "/en/home"
    assert house.rows(OneTimeSecret) == [[]]


@pytest.mark.parametrize("secret", ["", "forged", "\0", "x" * 5000, "' OR 1=1 --"])
def test_forged_links_lead_nowhere(house: House, browser: Browser, secret: str) -> None:
    invited(house)
    before = house.rows(*TABLES)
    assert "link_used_up" in send(browser, link=secret, **NEW)
    answer = browser.get(
        f"/en/invitation?{urlencode({'link': secret[:3000]})}", follow_redirects=True
    )
    assert "does not work any more" in answer.text
    assert house.rows(*TABLES) == before


def test_other_secrets_are_no_invitations(house: House, browser: Browser) -> None:
    house.customer("ben@example.com")
    browser.submit("/do/forgot", email="ben@example.com")
    with house.database.reading() as session:
        secret = link_in(mail(session, "reset_password").body)
    assert send(browser, link=secret, **NEW).endswith("refused=link_used_up")


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_other_sites_cannot_send_it(house: House, browser: Browser, origin: str | None) -> None:
    secret = invited(house)
    before = house.rows(*TABLES)
    answer = browser.submit("/do/accept-invitation", origin, link=secret, **NEW)
    assert answer.status_code == 403
    assert house.rows(*TABLES) == before


def test_what_was_taken_away_is_gone_with_the_next_click(house: House, browser: Browser) -> None:
    secret = invited(house)
    send(browser, link=secret, **NEW)
    assert house.actor(browser.cookie).shares
    with house.database.writing() as session:
        owner = session.exec(select(AuditEntry).where(AuditEntry.act == "member.invited")).one()
        ada = resolve(session, "session-of-ada@example.com", now=house.clock())
        assert ada.customer_id == owner.customer_id
        (member,) = member_list.circle(session, ada, now=house.clock()).members
        members.remove(session, ada, member.access[0].id, words=words, now=house.clock())
    assert house.actor(browser.cookie).shares == ()
    assert house.actor(browser.cookie).signed_in


def test_it_ends_by_itself_as_the_clock_moves(house: House, browser: Browser) -> None:
    secret = invited(house)
    send(browser, link=secret, **NEW)
    house.clock.move(days=34)  # past the last day
    assert "Sign in" in browser.get("/en/sign-in").text
    form = {"login": "ben@example.com", "password": NEW["password"]}
    assert browser.submit("/do/sign-in", **form).headers["location"] == "/en/home"
    assert house.actor(browser.cookie).shares == ()


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_letter_is_whole(house: House, language: str) -> None:
    letter = letters.invitation(language, "secret")
    assert len(letter.subject.splitlines()) == 1
    assert f"/{language}/invitation?link=secret" in letter.body
    assert "{" not in letter.subject + letter.body
    assert house.rows(CommunicationMessage) == [[]]
