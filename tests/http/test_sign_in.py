"""Signing in and out by form: what the browser gets, and what strangers do not."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlmodel import Session, select

from self_service.domain.access import attempts
from self_service.domain.basket import acts as basket
from self_service.domain.people import accounts, passwords
from self_service.models.access import DigitalIdentity, Role, WebSession
from self_service.models.audit import AuditEntry
from tests.house import HERE, PASSWORD, Browser, House

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)

ADA = {"login": "ada@example.com", "password": PASSWORD}
WRONG = {"login": "ada@example.com", "password": "wrong horse battery"}


def sign_in(browser: Browser, **form: str) -> str:
    """Send the form; returns where the browser is sent."""
    answer = browser.submit("/do/sign-in", **form)
    assert answer.status_code == 303
    return answer.headers["location"]


def refused(place: str) -> bool:
    """Tell whether a place is the sign-in page that says no."""
    parts = urlsplit(place)
    query = parse_qs(parts.query)
    return parts.path.endswith("/sign-in") and query["refused"] == ["sign_in_refused"]


@both
def test_the_right_password_opens_a_session(house: House, browser: Browser) -> None:
    house.customer()
    assert sign_in(browser, **ADA, language="es") == "/es/home"
    assert house.actor(browser.cookie).role is Role.CUSTOMER


def test_capitals_and_spaces_of_an_address_do_not_matter(house: House, browser: Browser) -> None:
    house.customer()
    assert sign_in(browser, **{**ADA, "login": " ADA@Example.com "}) == "/en/home"


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong horse battery"},
        {"login": "eve@example.com"},
        {"login": "", "password": ""},
        {"password": PASSWORD + "\0x"},
        {"login": "a" * 100_000},
        {"password": "a" * 100_000},
    ],
    ids=["password", "login", "nothing", "NUL", "long login", "long"],
)
def test_wrong_and_unknown_get_the_same_answer(
    house: House, browser: Browser, changes: dict[str, str]
) -> None:
    house.customer("somebody@example.com")
    sent = {**ADA, **changes}
    answer = browser.submit("/do/sign-in", **sent)
    assert refused(answer.headers["location"])
    assert "set-cookie" not in answer.headers
    assert house.rows(WebSession) == [[]]


@both
def test_what_no_database_can_hold_is_left_out(house: House, browser: Browser) -> None:
    house.customer()
    assert refused(sign_in(browser, **{**ADA, "login": "\0"}))
    assert sign_in(browser, **{**ADA, "login": "ada@example.com\0"}) == "/en/home"


@pytest.mark.parametrize(
    "form",
    [{"login": "nobody@example.com", "password": PASSWORD}, WRONG, ADA],
    ids=["unknown", "wrong", "disabled"],
)
def test_every_refusal_takes_one_hash(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch, form: dict[str, str]
) -> None:
    disable(house, house.customer())
    done: list[str] = []
    verify = passwords.verify_password
    monkeypatch.setattr(
        passwords, "verify_password", lambda *typed: (done.append("one"), verify(*typed))[1]
    )
    assert refused(sign_in(browser, **form))
    assert done == ["one"]


def disable(house: House, identity_id: UUID) -> None:
    def off(session: Session) -> None:
        session.get_one(DigitalIdentity, identity_id).disabled_at = house.clock()

    house.change(off)


def test_a_disabled_account_does_not_sign_in(house: House, browser: Browser) -> None:
    disable(house, house.customer())
    assert refused(sign_in(browser, **ADA))
    assert house.rows(WebSession) == [[]]


def test_a_username_signs_in_too(house: House, browser: Browser) -> None:
    identity_id = house.customer()

    def name(session: Session) -> None:
        session.get_one(DigitalIdentity, identity_id).username = "ada.q"

    house.change(name)
    assert refused(sign_in(browser, login="ada.q", password="wrong horse battery"))
    assert sign_in(browser, login=" Ada.Q ", password=PASSWORD) == "/en/home"


def test_tries_from_one_network_are_counted(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.customer()
    monkeypatch.setattr(attempts, "SIGN_IN_NETWORK", attempts.Limit("few", 3, timedelta(hours=1)))
    for _ in range(3):
        assert refused(sign_in(browser, login="eve@example.com", password=PASSWORD))
    assert "refused=too_many_attempts" in sign_in(browser, **ADA)
    house.clock.move(hours=1)
    assert sign_in(browser, **ADA) == "/en/home"


def acts(house: House) -> list[tuple[str, str, UUID | None]]:
    with house.database.reading() as session:
        rows = session.exec(select(AuditEntry).order_by(AuditEntry.number))
        return [(row.act, row.subject, row.actor_id) for row in rows]


def test_the_owner_sees_tries_and_sign_ins(house: House, browser: Browser) -> None:
    mine = house.customer()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    browser.headers["user-agent"] = agent
    sign_in(browser, login="nobody@example.com", password=PASSWORD)
    sign_in(browser, **WRONG)
    sign_in(browser, **ADA)
    assert acts(house) == [
        ("sign_in_refused", "Firefox on Linux", mine),
        ("signed_in", "Firefox on Linux", mine),
    ]


def test_tries_at_a_locked_account_fill_no_record(house: House, browser: Browser) -> None:
    house.customer()
    for _ in range(accounts.MOST_FAILURES + 7):
        sign_in(browser, **WRONG)
    assert len(acts(house)) == accounts.MOST_FAILURES


def test_tries_are_logged_without_the_name(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    mine = house.customer()
    for _ in range(accounts.MOST_FAILURES + 1):  # the last finds the account locked
        sign_in(browser, **WRONG)
    sign_in(browser, login="nobody@example.com", password=PASSWORD)
    tries = [text for text in caplog.messages if text.startswith("proof refused")]
    assert tries == [
        *[f"proof refused: sign_in_refused, account {mine}"] * (accounts.MOST_FAILURES + 1),
        "proof refused: sign_in_refused, account unknown",
    ]
    assert "@example.com" not in "".join(tries)


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(house: House, browser: Browser) -> None:
    house.customer()
    for _ in range(accounts.MOST_FAILURES):
        assert refused(sign_in(browser, **WRONG))
    assert refused(sign_in(browser, **ADA))
    house.clock.move(minutes=14, seconds=59)
    assert refused(sign_in(browser, **ADA))
    house.clock.move(seconds=1)
    assert sign_in(browser, **ADA) == "/en/home"


def test_a_success_forgets_the_failures_before(house: House, browser: Browser) -> None:
    house.customer()
    for _ in range(accounts.MOST_FAILURES - 1):
        sign_in(browser, **WRONG)
    sign_in(browser, **ADA)
    assert refused(sign_in(browser, **WRONG))
    assert sign_in(browser, **ADA) == "/en/home"


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: sid=x",
        "javascript:alert(1)",
        "evil.example",
        "/\t/[",
        "//[",
        "/en/home\u2028",
        "",
    ],
)
def test_no_goal_leads_out(house: House, browser: Browser, goal: str) -> None:
    house.customer()
    assert sign_in(browser, **ADA, next=goal) == "/en/home"


@pytest.mark.parametrize("goal", ["/en/checkout", "/es/order/TW-1", "/en/store?brand=Nimbo&q=a"])
def test_a_goal_of_ours_is_kept(house: House, browser: Browser, goal: str) -> None:
    house.customer()
    assert sign_in(browser, **ADA, next=goal) == goal


def test_a_refusal_keeps_the_goal_and_no_address(house: House, browser: Browser) -> None:
    place = urlsplit(sign_in(browser, **WRONG, next="/en/checkout", language="ar"))
    assert place.path == "/ar/sign-in"
    assert parse_qs(place.query)["next"] == ["/en/checkout"]
    assert "ada" not in place.query
    page = browser.get(f"{place.path}?{place.query}").text
    assert 'value="/en/checkout"' in page


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "http://localhost:3000.evil.example",
        "https://localhost:3000",
        "http://localhost",
        HERE + "@evil.example",
    ],
)
@pytest.mark.parametrize("path", ["/do/sign-in", "/do/sign-out"])
def test_another_site_cannot_post(
    house: House, browser: Browser, path: str, origin: str | None
) -> None:
    house.customer()
    browser.cookie = "before"
    assert browser.submit(path, origin=origin, **ADA).status_code == 403
    assert browser.cookie == "before"
    assert house.rows(WebSession) == [[]]


def test_an_empty_host_opens_nothing(house: House, browser: Browser) -> None:
    answer = browser.post("/do/sign-in", data=ADA, headers={"origin": "null", "host": ""})
    assert answer.status_code == 403


def test_the_cookie_is_for_http_only(house: House, browser: Browser) -> None:
    house.customer()
    given = browser.submit("/do/sign-in", **ADA).headers["set-cookie"]
    assert re.fullmatch(r"sid=[\w-]{43}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax", given)


@pytest.mark.parametrize("house", ["https://my.example"], indirect=True)
def test_with_tls_the_cookie_is_bound_to_the_host(house: House, browser: Browser) -> None:
    house.customer()
    answer = browser.submit("/do/sign-in", origin="https://my.example", **ADA)
    given = answer.headers["set-cookie"]
    assert given.startswith("__Host-sid=")
    assert "; Secure" in given
    assert "Domain" not in given
    assert browser.submit("/do/sign-in", origin="http://my.example", **ADA).status_code == 403


def test_a_cookie_set_before_is_worth_nothing_after(house: House, browser: Browser) -> None:
    house.customer()
    browser.cookie = "fixed-by-somebody-else"
    sign_in(browser, **ADA)
    assert browser.cookie != "fixed-by-somebody-else"
    assert not house.actor("fixed-by-somebody-else").signed_in


def test_who_was_signed_in_before_is_signed_out(house: House) -> None:
    house.customer("eve@example.com")
    with house.signed_in() as browser:
        before = browser.cookie
        sign_in(browser, **{**ADA, "login": "eve@example.com"})
        assert not house.actor(before).signed_in
        assert house.actor(browser.cookie).signed_in


@both
def test_the_basket_comes_along(house: House, browser: Browser) -> None:
    house.customer()
    browser.get("/en/store")
    before = browser.cookie
    house.filled(browser)
    sign_in(browser, **ADA)
    with house.database.reading() as session:
        mine = basket.view(session, house.actor(browser.cookie), now=house.clock())
        left = basket.view(session, house.actor(before), now=house.clock())
    assert len(mine.lines) == 2
    assert left.lines == ()


def test_old_hashes_are_renewed(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity_id = house.customer()
    with house.database.reading() as session:
        before = session.get_one(DigitalIdentity, identity_id).password_hash
    monkeypatch.setattr(passwords, "needs_rehash", lambda _: True)
    sign_in(browser, **ADA)
    with house.database.reading() as session:
        after = session.get_one(DigitalIdentity, identity_id).password_hash
    assert after != before
    assert passwords.verify_password(after, PASSWORD)


def test_signing_out_leaves_nothing_for_the_next_person(house: House) -> None:
    with house.signed_in() as browser:
        house.filled(browser)
        before = browser.cookie
        assert "Remove phone" in browser.get("/en/basket").text
        answer = browser.submit("/do/sign-out", language="es")
        assert answer.headers["location"] == "/es/store"
        assert answer.headers["clear-site-data"] == '"storage"'
        assert browser.cookie not in ("", before)
        assert not house.actor(before).signed_in
        page = browser.get("/en/basket").text
        assert "Your basket is empty" in page
        assert "Remove phone" not in page


def test_a_visitor_who_signs_out_starts_anew(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    before = browser.cookie
    house.filled(browser)
    browser.submit("/do/sign-out")
    assert browser.cookie != before
    assert "Your basket is empty" in browser.get("/en/basket").text


def test_a_session_ends_when_unused_and_at_the_latest_after_twelve_hours(house: House) -> None:
    with house.signed_in() as browser:
        for _ in range(7):
            house.clock.move(minutes=100)
            assert browser.get("/en/home").status_code == 200
        house.clock.move(minutes=19)
        assert browser.get("/en/home").status_code == 200
        house.clock.move(minutes=1)
        assert browser.get("/en/home").headers["location"] == "/en/sign-in?next=%2Fen%2Fhome"


def test_two_hours_without_a_look_end_a_session(house: House) -> None:
    with house.signed_in() as browser:
        house.clock.move(minutes=119)
        assert browser.get("/en/home").status_code == 200
        house.clock.move(minutes=120)
        assert browser.get("/en/home").status_code == 303


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/do/sign-in", "/do/sign-out"])
def test_only_posts_sign_in_and_out(house: House, browser: Browser, path: str, method: str) -> None:
    assert browser.request(method, path).status_code == 405


def test_the_first_order_shows_its_device_too(house: House, browser: Browser) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    browser.headers["user-agent"] = agent
    browser.get("/en/store")
    assert browser.submit("/do/place-order", **house.ready(browser)).status_code == 303
    with house.database.reading() as session:
        opened = session.exec(select(WebSession)).one()
    assert (opened.device, opened.network) == ("Firefox on Linux", "testclient")
