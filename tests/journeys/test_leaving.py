"""Leaving for good: one's data taken along, what has to be kept explained, then nothing opens."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlmodel import col, select

from self_service import db
from self_service.models.access import DigitalIdentity, WebSession
from self_service.seed.sign_ins import POSTPAID, DemoSignIn
from tests.journeys.conftest import DESK, Server, Visit
from tests.journeys.steps import Buyer, answer, check_out, live, put_in, sign_in

Open = Callable[..., Visit]


def buy(page: Page, buyer: Buyer) -> DemoSignIn:
    """Order a phone without a plan, and wait until it is there."""
    put_in(page)
    check_out(page, buyer)
    answer(page, buyer, "Approve")
    page.wait_for_url("**/order/**")
    live(page)
    expect(page.get_by_text("Your order is complete")).to_be_visible(timeout=30_000)
    return DemoSignIn("Ana Ruiz", buyer.email, buyer.password, "", {})


def to_settings(page: Page) -> None:
    page.goto("/en/settings")
    live(page)
    expect(page.get_by_role("heading", name="Delete my account")).to_be_visible()


def let_pass(server: Server, login: str, minutes: int) -> None:
    """Make the last proof of who somebody is older."""
    base = db.Database(db.make_engine(f"sqlite:///{server.folder / 'portal.db'}"))
    with base.writing() as session:
        found = session.exec(
            select(WebSession)
            .join(DigitalIdentity, col(DigitalIdentity.id) == WebSession.identity_id)
            .where(DigitalIdentity.login == login)
        ).all()
        assert found
        for row in found:
            row.confirmed_at -= timedelta(minutes=minutes)
    base.engine.dispose()


def confirm(page: Page, password: str) -> None:
    """Type the password once more, and come back to the settings."""
    page.wait_for_url("**/confirm**")
    live(page)
    page.fill("#password", password)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/settings**")
    live(page)


def taken_along(page: Page) -> dict[str, bytes]:
    """Download one's own data; returns the files in it."""
    with page.expect_download() as started:
        page.get_by_role("link", name="Get my data").click()
    assert started.value.suggested_filename.startswith("my-data-")
    with zipfile.ZipFile(io.BytesIO(started.value.path().read_bytes())) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def delete(page: Page) -> None:
    summary = page.get_by_text("What happens if I do that?")
    if not page.get_by_label("Yes, I am sure").is_visible():
        summary.click()
    page.get_by_label("Yes, I am sure").check()
    page.get_by_role("button", name="Delete my account").click()


def test_data_come_along_and_the_account_is_gone(visit: Open, server: Server) -> None:
    window, elsewhere, buyer = visit(), visit(DESK), Buyer()
    page = window.page
    account = buy(page, buyer)
    sign_in(elsewhere.page, account)

    let_pass(server, buyer.email, minutes=11)
    to_settings(page)
    page.get_by_role("link", name="Get my data").click()
    confirm(page, buyer.password)
    files = taken_along(page)
    said = json.loads(files["data.json"])
    assert (said["person"][0]["given_name"], said["person"][0]["email"]) == ("Ana", buyer.email)
    assert len(said["orders"]) == len(said["payments"]) == 1
    assert buyer.email in files["data.html"].decode()
    (summary,) = (content for name, content in files.items() if name.startswith("documents/"))
    assert summary.startswith(b"%PDF")
    assert buyer.password not in str(files)

    let_pass(server, buyer.email, minutes=11)
    to_settings(page)
    page.get_by_text("What happens if I do that?").click()
    expect(page.get_by_text("The law makes us keep your bills")).to_be_visible()
    delete(page)
    confirm(page, buyer.password)
    delete(page)
    page.wait_for_url("**/erased/en")
    expect(page.locator("h1")).to_have_text("Your account is deleted")
    expect(page.locator("main")).to_contain_text("for 10 years")

    for left in (page, elsewhere.page):
        left.goto("/en/orders")
        left.wait_for_url("**/sign-in**")
        live(left)
    page.fill("#login", buyer.email)
    page.fill("#password", buyer.password)
    page.locator("main form").first.get_by_role("button").click()
    page.wait_for_url("**refused=**")
    live(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert window.problems == elsewhere.problems == []


def test_who_has_a_running_subscription_is_told_why_not(visit: Open) -> None:
    window = visit()
    page = window.page
    sign_in(page, POSTPAID)
    to_settings(page)
    section = page.locator("#erasure")
    expect(section).to_contain_text("You still have a running subscription.")
    expect(section.get_by_role("button")).to_have_count(0)
    assert window.problems == []
