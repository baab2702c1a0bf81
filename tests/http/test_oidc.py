"""Signing in with the operator's own provider: the real way, through a certified one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from self_service import wiring
from self_service.adapters.authlib_oidc import AuthlibProvider
from self_service.http import oidc
from self_service.models.access import DigitalIdentity, LinkedAccount, Role, WebSession
from self_service.models.people import Customer
from tests.house import HERE, Browser, House
from tests.oidc_provider import Provider, running

#: One process of a parallel run, so that the provider is started once.
pytestmark = pytest.mark.xdist_group("oidc")
SECRET = "a-secret-that-only-tests-know-and-nobody-else"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The provider, for all tests of this file."""
    with running(tmp_path_factory.mktemp("oidc"), HERE) as provider:
        yield provider


@pytest.fixture(autouse=True)
def connected(there: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The portal knows the provider; nobody is signed in there."""
    there.forget()
    adapter = AuthlibProvider(
        issuer=there.issuer,
        client_id="portal",
        client_secret=SECRET,
        name="Harbour ID",
        clock=lambda: datetime.now(UTC),  # the provider's own, not the house's
        max_age=600,
    )
    monkeypatch.setattr(oidc, "identity_provider", lambda: adapter)
    return there


def go(browser: Browser, **form: str) -> str:
    """Press the button; returns where the browser is sent."""
    if not browser.cookie:
        browser.cookie = "a visitor"
    answer = browser.submit("/do/oidc", language="en", **form)
    assert answer.status_code == 303
    return answer.headers["location"]


def back(browser: Browser, address: str) -> str:
    """Follow the provider's answer; returns where the portal sends the browser then."""
    assert address.startswith(f"{HERE}/oidc/callback?")
    answer = browser.get(address.removeprefix(HERE))
    assert answer.status_code == 303
    return answer.headers["location"]


def refused(place: str) -> str:
    return parse_qs(urlsplit(place).query)["refused"][0]


def count(house: House, kind: type) -> int:
    with house.database.reading() as session:
        return len(session.exec(select(kind)).all())


def test_somebody_new_gets_an_account(house: House, browser: Browser, there: Provider) -> None:
    assert back(browser, there.sign_in(go(browser), "ona")) == "/en/home"
    actor = house.actor(browser.cookie)
    assert (actor.role, actor.name, actor.signed_in) == (Role.CUSTOMER, "Ona", True)
    with house.database.reading() as session:
        identity = session.exec(select(DigitalIdentity)).one()
    assert (identity.login, identity.password_hash) == ("ona@example.com", "")
    assert identity.email_verified_at == house.clock()


def test_the_same_person_again(house: House, browser: Browser, there: Provider) -> None:
    back(browser, there.sign_in(go(browser), "ona"))
    first = house.actor(browser.cookie).identity_id
    other = Browser()
    assert back(other, there.sign_in(go(other, next="/en/orders"), "ona")) == "/en/orders"
    assert house.actor(other.cookie).identity_id == first
    assert (count(house, Customer), count(house, LinkedAccount)) == (1, 1)


def test_an_account_with_the_address_is_not_opened(
    house: House, browser: Browser, there: Provider
) -> None:
    house.customer("ona@example.com")
    place = back(browser, there.sign_in(go(browser), "ona"))
    assert refused(place) == "not_linked"
    assert not house.actor(browser.cookie).signed_in
    assert (count(house, LinkedAccount), count(house, WebSession)) == (0, 0)


def test_an_address_nobody_vouches_for(house: House, browser: Browser, there: Provider) -> None:
    assert refused(back(browser, there.sign_in(go(browser), "unproven-ona"))) == "no_email_there"
    assert count(house, DigitalIdentity) == 0


def test_connecting_needs_both_proofs(house: House, there: Provider) -> None:
    with house.signed_in("ada@example.com") as browser:
        house.clock.move(minutes=11)  # the sign-in here is not fresh any more
        place = back(browser, there.sign_in(go(browser, connect="yes"), "ona"))
        assert refused(place) == "confirmation_needed"
        assert count(house, LinkedAccount) == 0
        house.clock.move(minutes=-11)
        assert back(browser, there.sign_in(go(browser, connect="yes"), "ona")) == "/en/security"
        mine = house.actor(browser.cookie).identity_id
    other = Browser()
    back(other, there.sign_in(go(other), "ona"))
    assert house.actor(other.cookie).identity_id == mine


def test_one_account_there_opens_one_here(house: House, there: Provider) -> None:
    with house.signed_in("ada@example.com") as ada:
        back(ada, there.sign_in(go(ada, connect="yes"), "ona"))
    with house.signed_in("eve@example.com") as eve:
        place = back(eve, there.sign_in(go(eve, connect="yes"), "ona"))
    assert refused(place) == "linked_to_another"
    assert count(house, LinkedAccount) == 1


def test_a_way_begun_in_another_browser(house: House, browser: Browser, there: Provider) -> None:
    """Login CSRF: somebody is sent the end of another's way."""
    address = there.sign_in(go(browser), "mallory")
    victim = Browser()
    victim.cookie = "somebody else"
    assert refused(back(victim, address)) == "provider"
    assert not house.actor(victim.cookie).signed_in
    assert count(house, WebSession) == 0


def test_a_way_works_once(house: House, browser: Browser, there: Provider) -> None:
    address = there.sign_in(go(browser), "ona")
    browser_cookie = browser.cookie
    back(browser, address)
    browser.cookie = browser_cookie
    assert back(browser, address) == "/"


@pytest.mark.parametrize("change", ["code=wrong", "code=", "iss=http%3A%2F%2Fevil.example"])
def test_answers_that_do_not_fit(
    house: House, browser: Browser, there: Provider, change: str
) -> None:
    name = change.split("=")[0]
    path, query = there.sign_in(go(browser), "ona").split("?")
    kept = [pair for pair in query.split("&") if not pair.startswith(f"{name}=")]
    assert refused(back(browser, f"{path}?{'&'.join([*kept, change])}")) == "provider"
    assert (count(house, WebSession), count(house, DigitalIdentity)) == (0, 0)


def test_leaving_there_ends_the_session_here(
    house: House, browser: Browser, there: Provider
) -> None:
    back(browser, there.sign_in(go(browser), "ona"))
    with house.signed_in("ada@example.com") as ada:
        proof = oidc.linked_accounts.proof_of
        with house.database.reading() as session:
            token = proof(session, browser.cookie)
        address = f"{there.issuer}/session/end?id_token_hint={token}&client_id=portal"
        there.sign_out(address + f"&post_logout_redirect_uri={HERE}/en/store")
        answer = browser.post("/oidc/back-channel", data={"logout_token": there.told()})
        assert answer.status_code == 200
        assert not house.actor(browser.cookie).signed_in
        assert house.actor(ada.cookie).signed_in


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 9_000])
def test_messages_that_are_none(house: House, browser: Browser, token: str) -> None:
    with house.signed_in("ada@example.com") as ada:
        answer = browser.post("/oidc/back-channel", data={"logout_token": token})
        assert answer.status_code == 400
        assert house.actor(ada.cookie).signed_in


def test_an_id_token_is_no_logout(house: House, browser: Browser, there: Provider) -> None:
    back(browser, there.sign_in(go(browser), "ona"))
    with house.database.reading() as session:
        token = oidc.linked_accounts.proof_of(session, browser.cookie)
    assert browser.post("/oidc/back-channel", data={"logout_token": token}).status_code == 400
    assert house.actor(browser.cookie).signed_in


def test_without_a_provider(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "identity_provider", lambda: None)
    assert go(browser) == "/en/sign-in"
    assert browser.post("/oidc/back-channel", data={"logout_token": "x"}).status_code == 400
    assert wiring.identity_provider() is None
