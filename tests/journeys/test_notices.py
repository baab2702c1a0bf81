"""Notifications in a browser: from the bell to a bill; ways and quiet hours; this browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from self_service.domain.messages import Mail
from self_service.jobs.short_messages import push_payload
from self_service.models.messages import MessageChannel
from self_service.seed.sign_ins import CORPORATE, HYBRID, POSTPAID
from tests.conftest import NOW
from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import live, sign_in

Open = Callable[..., Visit]
#: What a browser with a push service would say; there is none here.
SUBSCRIBED = """
const bytes = (count, first) => new Uint8Array(count).fill(1).with(0, first).buffer;
Notification.requestPermission = async () => "granted";
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async ({ applicationServerKey }) => ({
  endpoint: "https://fcm.googleapis.com/fcm/send/" + applicationServerKey.slice(0, 5),
  getKey: (name) => name === "auth" ? bytes(16, 1) : bytes(65, 4),
});
"""
#: What notifications there are: title, page, direction, tag.
SHOWN = (
    "navigator.serviceWorker.ready.then((ready) => ready.getNotifications())"
    ".then((all) => all.map((one) => [one.title, one.data.path, one.dir, one.tag]))"
)


def until(page: Page, held: Callable[[], bool]) -> None:
    """Wait for something that no element shows."""
    for _ in range(100):
        if held():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come")


def test_from_the_bell_to_a_bill(visit: Open) -> None:
    window = visit(PHONE)
    page = window.page
    sign_in(page, POSTPAID)
    live(page)
    page.get_by_role("link", name=re.compile("^Notifications.*not read yet")).click()
    expect(page.get_by_role("heading", name="Notifications", level=1)).to_be_visible()
    unread = page.get_by_role("listitem").filter(has_text="New")
    expect(unread.first).to_contain_text("Your bill is ready")
    before = unread.count()
    unread.first.get_by_role("button", name=re.compile("^See the bill")).click()
    page.wait_for_url("**/en/bills/*")
    live(page)
    page.goto("/en/notifications")
    live(page)
    expect(unread).to_have_count(before - 1)
    if before > 1:
        page.get_by_role("button", name="Mark all as read").click()
        live(page)
        expect(page.get_by_role("status").filter(has_text="All are marked")).to_be_visible()
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    assert window.problems == []


@pytest.mark.parametrize(
    ("size", "person"), [(PHONE, HYBRID), (DESK, CORPORATE)], ids=["phone", "desk"]
)
def test_ways_and_quiet_hours_are_chosen(visit: Open, size: object, person: object) -> None:
    window = visit(size)
    page = window.page
    sign_in(page, person)
    live(page)
    page.goto("/en/notifications/settings")
    live(page)
    usage = page.get_by_role("group", name="Usage and spending")
    usage.get_by_label("E-mail").uncheck()
    usage.get_by_label("SMS").check()
    expect(page.get_by_role("group", name="Security").get_by_label("E-mail")).to_be_disabled()
    page.get_by_label("Quiet from").fill("22:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Give both times of your quiet hours")).to_be_visible()
    live(page)
    usage.get_by_label("E-mail").uncheck()
    usage.get_by_label("SMS").check()
    page.get_by_label("Quiet from").fill("22:00")
    page.get_by_label("Quiet until").fill("07:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    live(page)
    expect(usage.get_by_label("E-mail")).not_to_be_checked()
    expect(usage.get_by_label("SMS")).to_be_checked()
    expect(page.get_by_label("Quiet until")).to_have_value("07:00")
    assert window.problems == []


def test_a_browser_is_switched_on_and_off_again(visit: Open) -> None:
    window = visit(PHONE)
    page = window.page
    page.add_init_script(SUBSCRIBED)
    sign_in(page, POSTPAID)
    live(page)
    page.goto("/en/notifications/settings")
    live(page)
    page.get_by_role("button", name="Show them in this browser").click()
    expect(page.get_by_role("status").filter(has_text="This browser shows")).to_be_visible()
    here = page.get_by_role("listitem").filter(has_text="This browser")
    here.get_by_role("button", name=re.compile("^Switch off")).click()
    expect(page.get_by_role("status").filter(has_text="shows no more")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Switch off"))).to_have_count(0)
    assert window.problems == []


def test_choices_are_kept_without_scripts(visit: Open) -> None:
    page = visit(PHONE, scripts=False).page
    page.goto("/en/sign-in")
    page.fill("#login", HYBRID.login)
    page.fill("#password", HYBRID.password)
    page.locator("main form").first.get_by_role("button").click()
    page.wait_for_url("**/home")
    page.goto("/en/notifications/settings")
    group = page.get_by_role("group", name="News")
    group.get_by_label("E-mail").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(group.get_by_label("E-mail")).not_to_be_checked()


def test_the_service_worker_shows_what_the_server_tells(visit: Open) -> None:
    window = visit(PHONE)
    page = window.page
    page.goto("/en/store")
    origin = str(page.evaluate("location.origin"))
    window.context.grant_permissions(["notifications"], origin=origin)
    page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
        ".then(() => true)"
    )
    found: list[dict[str, str]] = []
    browser = window.context.new_cdp_session(page)
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(told["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    until(page, lambda: bool(found))
    message = Mail(
        uuid4(), "bill_ready", "", "ar", "فاتورتك · Tidewell", "/bills/7", NOW, MessageChannel.PUSH
    )
    browser.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": origin,
            "registrationId": found[-1]["registrationId"],
            "data": push_payload(message).decode(),
        },
    )
    until(page, lambda: bool(page.evaluate(SHOWN)))
    assert page.evaluate(SHOWN) == [["فاتورتك", "/ar/bills/7", "rtl", str(message.id)]]
    assert window.problems == []
