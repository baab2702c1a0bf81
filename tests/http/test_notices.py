"""Notifications from the door: history, bell, choices and browsers, before any script runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlmodel import Session, select

from self_service.domain.messages import Letter
from self_service.domain.people import mailbox
from self_service.models.access import Assignment, DigitalIdentity, Role, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.notices import Notice, NoticeSettings, PushSubscription
from tests.conftest import NOW
from tests.house import HERE, Browser, House, browser, house, stocked

__all__ = ["browser", "house", "stocked"]
KINDS = {
    "wallet_low": f"Little is left.\n\nHere:\n\n{HERE}/en/wallet?open=topup",
    "bill_ready": f"Your bill is ready.\n\n{HERE}/pay-link/en?link=SECRET\n\n{HERE}/en/bills/7",
    "password_changed": f"It was changed.\n\n{HERE}/en/forgot",
}
SAID = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
    "p256dh": "B" + "A" * 86,
    "auth": "A" * 22,
    "language": "en",
}
WRITTEN = (Notice, NoticeSettings, PushSubscription, AuditEntry)


@pytest.fixture
def ada(house: House) -> Iterator[Browser]:
    with house.signed_in() as somebody:
        house.change(tell, house.actor(somebody.cookie).identity_id)
        yield somebody


def tell(session: Session, identity_id: Any) -> None:
    identity = session.get_one(DigitalIdentity, identity_id)
    for kind, body in KINDS.items():
        letter = Letter(f"About {kind} <b> · Tidewell", body)
        mailbox.write(session, identity, kind, lambda *_, letter=letter: letter, now=NOW)


def shown(who: Browser, path: str) -> str:
    answer = who.get(path)
    assert answer.status_code == 200, answer.headers.get("location")
    return re.sub(r"\s+", " ", answer.text)


def post(who: Browser, act: str, **form: str) -> str:
    answer = who.submit(f"/do/{act}", language="en", **form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def send(who: Browser, **said: Any) -> Any:
    return who.post("/do/push/on", json={**SAID, **said}, headers={"origin": HERE})


def test_what_was_told_is_shown_marked_and_led_to(house: House, ada: Browser) -> None:
    page = shown(ada, "/en/notifications")
    assert page.count(">New<") == 3
    assert "About wallet_low &lt;b&gt;" in page
    assert "Little is left." in page
    assert "SECRET" not in page
    assert "It was changed." not in page  # of security only the headline
    assert re.search(r"Notifications</span>.{0,200}>3<", page)  # the bell
    only = shown(ada, "/en/notifications?topic=money&page=1")
    assert ("bill_ready" in only, "wallet_low" in only) == (True, False)
    with house.database.reading() as session:
        ids = {row.kind: str(row.id) for row in session.exec(select(Notice))}
    assert post(ada, "notices/open", notice=ids["wallet_low"]) == "/en/wallet?open=topup"
    assert post(ada, "notices/open", notice=ids["bill_ready"]) == "/en/bills/7"
    assert post(ada, "notices/open", notice=ids["password_changed"]) == "/en/forgot"
    page = shown(ada, "/en/notifications")
    assert (">New<" in page, "Mark all as read" in page) == (False, False)
    house.change(tell, house.actor(ada.cookie).identity_id)
    where = post(ada, "notices/read", which="all")
    assert where == "/en/notifications?done=read"
    page = shown(ada, where)
    assert "All are marked as read." in page
    assert ">New<" not in page
    assert "There is nothing about this topic" in shown(ada, "/en/notifications?topic=news")


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=999999", "topic=x", "page=٣"]
)
def test_any_address_of_the_history_is_read(ada: Browser, query: str) -> None:
    assert "Notifications" in shown(ada, f"/en/notifications?{query}")


def test_choices_are_kept_and_shown_again(house: House, ada: Browser) -> None:
    page = shown(ada, "/en/notifications/settings")
    assert re.search(r'name="usage_email"[^>]* checked', page)
    assert 'name="security_email"' not in page  # it cannot be switched off
    form = {"usage_sms": "on", "quiet_from": "22:00", "quiet_until": "07:15"}
    where = post(ada, "notices/settings", **form)
    page = shown(ada, where)
    assert "Saved." in page
    assert re.search(r'name="usage_sms"[^>]* checked', page)
    assert not re.search(r'name="usage_email"[^>]* checked', page)
    assert 'value="22:00"' in page
    assert 'value="07:15"' in page
    before = house.rows(*WRITTEN)
    where = post(ada, "notices/settings", quiet_from="22:00")
    assert where == "/en/notifications/settings?refused=quiet_hours_unclear"
    assert "Give both times of your quiet hours" in shown(ada, where)
    assert house.rows(*WRITTEN) == before


def test_a_browser_is_switched_on_and_off(house: House, ada: Browser) -> None:
    answer = send(ada)
    assert (answer.status_code, answer.json()) == (
        200,
        {"to": "/en/notifications/settings?done=on"},
    )
    page = shown(ada, answer.json()["to"])
    assert "This browser shows your notifications now." in page
    assert ">This browser<" in page
    with house.database.reading() as session:
        (row,) = session.exec(select(PushSubscription)).all()
    assert row.endpoint not in page
    with house.signed_in("eve@example.com") as eve:
        where = post(eve, "push/off", browser=str(row.id))
        assert where == "/en/notifications/settings?refused=not_found"
    assert post(ada, "push/off", browser=str(row.id)).endswith("done=off")
    assert house.rows(PushSubscription) == [[]]


@pytest.mark.parametrize(
    "said",
    [
        {"endpoint": "https://169.254.169.254/latest"},
        {"endpoint": None},
        {"p256dh": 7},
        {"auth": {"a": 1}},
    ],
    ids=["inside", "none", "number", "object"],
)
def test_what_no_browser_says_is_refused(house: House, ada: Browser, said: dict[str, Any]) -> None:
    before = house.rows(*WRITTEN)
    answer = send(ada, **said)
    assert (answer.status_code, answer.json()["refused"]) == (422, "push_refused")
    assert house.rows(*WRITTEN) == before


def test_another_site_and_nobody_change_nothing(
    house: House, ada: Browser, browser: Browser
) -> None:
    before = house.rows(*WRITTEN)
    for act in ("notices/read", "notices/settings", "notices/open", "push/off"):
        assert ada.submit(f"/do/{act}", origin="https://evil.example").status_code == 403
        assert urlsplit(post(browser, act)).path == "/en/sign-in"
    evil = ada.post("/do/push/on", json=SAID, headers={"origin": "https://evil.example"})
    assert (evil.status_code, send(browser).status_code) == (403, 422)
    for path in ("/en/notifications", "/en/notifications/settings"):
        assert browser.get(path).headers["location"].startswith("/en/sign-in?next=")
    assert house.rows(*WRITTEN) == before


def test_who_serves_a_customer_reads_along_and_touches_nothing(house: House, ada: Browser) -> None:
    customer = house.actor(ada.cookie).customer_id
    with house.signed_in("dan@example.com", Role.DEALER) as dealer:
        who = house.actor(dealer.cookie).identity_id

        def serve(session: Session) -> None:
            session.add(Assignment(dealer_id=who, customer_id=customer, created_at=NOW))
            for row in session.exec(select(WebSession).where(WebSession.identity_id == who)):
                row.acting_for = customer
            identity = session.get_one(DigitalIdentity, who)
            identity.totp_secret = "set up"  # whoever works here has a second factor

        house.change(serve)
        page = shown(dealer, "/en/notifications")
        assert ("Little is left." in page, "password_changed" in page) == (True, False)
        for act in ("Mark all as read", "Choose how you are told", ">New<"):
            assert act not in page
        before = house.rows(Notice, NoticeSettings, PushSubscription)
        with house.database.reading() as session:
            notice = session.exec(select(Notice.id)).first()
        assert post(dealer, "notices/open", notice=str(notice)).endswith("refused=not_allowed")
        assert post(dealer, "notices/read", which="all").endswith("refused=not_allowed")
        assert post(dealer, "notices/settings").endswith("refused=not_allowed")
        assert send(dealer).json()["refused"] == "not_allowed"
        away = dealer.get("/en/notifications/settings").headers["location"]
        assert away == "/en/notifications"
        assert house.rows(Notice, NoticeSettings, PushSubscription) == before
