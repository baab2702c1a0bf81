"""What the operator's provider says about a sign-in: taken only as far as its token proves it."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey, RSAKey
from sqlmodel import select

from self_service import settings
from self_service.adapters.authlib_oidc import AuthlibProvider
from self_service.http import oidc
from self_service.models.access import DigitalIdentity, LinkedAccount, OneTimeSecret, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.people import Customer
from tests.house import Browser, House
from tests.http.test_second_factor import code_of, set_up
from tests.issuer import Issuer, asked, base64url, unsigned

#: What a sign-in writes; a refused one writes none of it.
WRITTEN = (WebSession, DigitalIdentity, LinkedAccount, Customer)
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
SECRET = "a secret of the portal and the provider"
REFEDS = "https://refeds.org/profile/mfa"


def provider(issuer: Issuer, **more: Any) -> AuthlibProvider:
    return AuthlibProvider(
        issuer="https://id.example",
        client_id="portal",
        client_secret=SECRET,
        name="Harbour ID",
        clock=issuer.clock,
        transport=issuer.transport,
        **more,
    )


@pytest.fixture
def there(house: House, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """The provider; it is asked that sign-ins are at most an hour old."""
    made = Issuer(house.clock)
    adapter = provider(made, max_age=3_600)
    monkeypatch.setattr(oidc, "identity_provider", lambda: adapter)
    return made


def begin(browser: Browser, **form: str) -> str:
    """Press the button; returns the address at the provider."""
    if not browser.cookie:
        browser.cookie = "a visitor"
    return str(browser.submit("/do/oidc", language="en", **form).headers["location"])


def end(browser: Browser, address: str) -> str:
    """Come back with a code; returns where the portal leads then."""
    answer = browser.get(f"/oidc/callback?code=x&state={asked(address)['state']}")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def come(browser: Browser, there: Issuer, **changes: Any) -> str:
    """Sign in there by a token that says so."""
    address = begin(browser)
    there.token = there.signed(there.claims(address, **changes))
    return end(browser, address)


def refused(place: str) -> str:
    return parse_qs(urlsplit(place).query)["refused"][0]


def test_a_right_token_signs_in(house: House, browser: Browser, there: Issuer) -> None:
    assert come(browser, there) == "/en/home"
    assert house.actor(browser.cookie).name == "Ona"


def confused(there: Issuer, claims: dict[str, Any]) -> str:
    """Signed by a shared secret that is the public key, which everybody knows."""
    key = there.key.as_pem(private=False)
    signed = unsigned(claims, alg="HS256", kid="one").rpartition(".")[0]
    return f"{signed}.{base64url(hmac.digest(key, signed.encode(), 'sha256'))}"


def changed(there: Issuer, claims: dict[str, Any]) -> str:
    """The claims about somebody else, under the signature of these."""
    right, others = there.signed(claims), there.signed({**claims, "sub": "eve"})
    return ".".join((right.split(".")[0], others.split(".")[1], right.split(".")[2]))


FORGED = {
    "another key": lambda there, claims: there.signed(claims, OTHER),
    "cut signature": lambda there, claims: there.signed(claims)[:-8],
    "no signature": lambda there, claims: there.signed(claims).rpartition(".")[0] + ".",
    "changed claims": changed,
    "alg none": lambda _, claims: unsigned(claims),
    "alg none, a signature": lambda there, claims: (
        unsigned(claims) + there.signed(claims).rpartition(".")[2]
    ),
    "HS256 by the public key": confused,
    "HS256 by our secret": lambda there, claims: there.signed(
        claims, OctKey.import_key(SECRET), alg="HS256"
    ),
    "no token": lambda *_: "",
    "no words": lambda *_: "a.b.c",
}


@pytest.mark.parametrize("how", FORGED)
def test_forged_tokens(house: House, browser: Browser, there: Issuer, how: str) -> None:
    before = house.rows(*WRITTEN)
    address = begin(browser)
    there.token = FORGED[how](there, there.claims(address))
    assert refused(end(browser, address)) == "provider"
    assert browser.cookie == "a visitor"
    assert house.rows(*WRITTEN) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": None},
        {"aud": ["portal", "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": -61},
        {"exp": None},
        {"iat": None},
        {"iat": 3_600},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"auth_time": -3_661},
        {"auth_time": 3_600},
        {"auth_time": None},
        {"auth_time": "now"},
        {"auth_time": True},
        {"amr": "mfa"},
    ],
    ids=str,
)
def test_tokens_that_are_not_about_this_sign_in(
    house: House, browser: Browser, there: Issuer, changes: dict[str, Any]
) -> None:
    before, now = house.rows(*WRITTEN), int(house.clock().timestamp())
    moved = {name: now + value if type(value) is int else value for name, value in changes.items()}
    assert refused(come(browser, there, **moved)) == "provider"
    assert browser.cookie == "a visitor"
    assert house.rows(*WRITTEN) == before


def test_a_sign_in_there_is_not_older_than_we_ask(
    house: House, browser: Browser, there: Issuer
) -> None:
    assert asked(begin(browser))["max_age"] == "3600"
    now = int(house.clock().timestamp())
    assert come(browser, there, auth_time=now - 3_600) == "/en/home"


def test_without_a_limit_any_age_is_taken(
    house: House, browser: Browser, there: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = provider(there)
    monkeypatch.setattr(oidc, "identity_provider", lambda: adapter)
    assert not {"max_age", "acr_values"} & asked(begin(browser)).keys()
    assert come(browser, there, auth_time=None) == "/en/home"


def test_the_strength_that_we_ask_for_must_be_there(
    house: House, browser: Browser, there: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = provider(there, acr=("gold", "silver"))
    monkeypatch.setattr(oidc, "identity_provider", lambda: adapter)
    assert asked(begin(browser))["acr_values"] == "gold silver"
    before = house.rows(*WRITTEN)
    for acr in (None, "", "bronze", "gold silver", ["gold"]):
        assert refused(come(browser, there, acr=acr)) == "provider"
    assert house.rows(*WRITTEN) == before
    assert come(browser, there, acr="silver") == "/en/home"


def test_the_settings_reach_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELF_SERVICE_OIDC_MAX_AGE", "60")
    monkeypatch.setenv("SELF_SERVICE_OIDC_ACR", "gold silver")
    config = settings.Settings()
    assert (config.oidc_max_age, config.oidc_acr.split()) == (60, ["gold", "silver"])
    monkeypatch.setenv("SELF_SERVICE_OIDC_MAX_AGE", "-1")
    with pytest.raises(ValueError, match="oidc_max_age"):
        settings.Settings()


def with_app(house: House, there: Issuer) -> str:
    """Ona connects her account with the provider and sets up an app here; returns its key."""
    with house.signed_in("ona@example.com") as owner:
        address = begin(owner, connect="yes")
        there.token = there.signed(there.claims(address))
        assert end(owner, address) == "/en/security"
        return set_up(house, owner)[0]


@pytest.mark.parametrize(
    "said",
    [{}, {"amr": ["pwd"]}, {"amr": ["pwd", "pin"]}, {"amr": [1, {}]}, {"acr": "1"}],
    ids=str,
)
def test_one_factor_there_asks_for_the_code_here(
    house: House, browser: Browser, there: Issuer, said: dict[str, Any]
) -> None:
    key = with_app(house, there)
    before = house.rows(WebSession)
    assert come(browser, there, sid="s-1", **said) == "/en/second-factor?next=%2Fen%2Fhome"
    assert browser.cookie == "a visitor"
    assert house.rows(WebSession) == before
    assert "wrong_code" in browser.submit("/do/second-factor", code="no").headers["location"]
    assert house.rows(WebSession) == before
    answer = browser.submit("/do/second-factor", code=code_of(house, key))
    assert answer.headers["location"] == "/en/home"
    assert house.actor(browser.cookie).signed_in
    with house.database.reading() as session:
        opened = session.exec(select(WebSession).where(WebSession.issuer != "")).one()
        last = session.exec(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (opened.provider_session, opened.id_token) == ("s-1", there.token)
    assert last is not None
    assert (last.act, last.after) == ("signed_in", {"proof": "provider, app"})


@pytest.mark.parametrize(
    "said",
    [{"amr": ["mfa"]}, {"amr": ["pwd", "otp"]}, {"amr": ["hwk", "face"]}, {"acr": REFEDS}],
    ids=str,
)
def test_two_factors_there_are_enough(
    house: House, browser: Browser, there: Issuer, said: dict[str, Any]
) -> None:
    with_app(house, there)
    tickets = len(house.rows(OneTimeSecret)[0])
    assert come(browser, there, **said) == "/en/home"
    assert house.actor(browser.cookie).signed_in
    assert len(house.rows(OneTimeSecret)[0]) == tickets


def tell(browser: Browser, token: str) -> int:
    """Bring the portal word that somebody left; returns what it answers."""
    return browser.post("/oidc/back-channel", data={"logout_token": token}).status_code


def test_word_that_somebody_left(house: House, browser: Browser, there: Issuer) -> None:
    come(browser, there)
    assert tell(browser, there.signed(there.logout(), typ="logout+jwt")) == 200
    assert not house.actor(browser.cookie).signed_in


def test_who_left_there_does_not_come_in_by_a_code_afterwards(
    house: House, browser: Browser, there: Issuer
) -> None:
    key = with_app(house, there)
    come(browser, there)
    assert tell(browser, there.signed(there.logout(), typ="logout+jwt")) == 200
    before = house.rows(WebSession)
    answer = browser.submit("/do/second-factor", code=code_of(house, key))
    assert refused(answer.headers["location"]) == "link_used_up"
    assert house.rows(WebSession) == before


@pytest.mark.parametrize(
    ("header", "changes"),
    [
        ({"typ": "JWT"}, {}),
        ({"typ": "at+jwt"}, {}),
        ({"typ": ""}, {}),
        ({}, {"iat": 301}),
        ({}, {"iat": -301}),
        ({}, {"exp": -61}),
        ({}, {"aud": "another"}),
        ({}, {"iss": "https://evil.example"}),
        ({}, {"events": None}),
        ({}, {"nonce": "n"}),
        ({}, {"sub": None}),
        ({}, {"jti": None}),
    ],
    ids=str,
)
def test_word_that_is_none(
    house: House,
    browser: Browser,
    there: Issuer,
    header: dict[str, str],
    changes: dict[str, Any],
) -> None:
    come(browser, there)
    now = int(house.clock().timestamp())
    moved = {name: now + value if type(value) is int else value for name, value in changes.items()}
    token = there.signed(there.logout(**moved), **{"typ": "logout+jwt", **header})
    assert tell(browser, token) == 400
    assert house.actor(browser.cookie).signed_in
