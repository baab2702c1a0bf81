"""Changing what runs, in a browser: a planned change called off, a booster, a pause, the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from self_service.seed.sign_ins import POSTPAID, PREPAID
from tests.journeys.conftest import DESK, Visit
from tests.journeys.steps import live, sign_in

Open = Callable[..., Visit]


def to(page: Page, name: str) -> None:
    """Open one of the subscriptions by its name."""
    page.goto("/en/subscriptions")
    live(page)
    page.get_by_role("link", name=re.compile(f"^See and change {name}")).first.click()
    expect(page.get_by_role("heading", name="What do you want to do?")).to_be_visible()


def choose(page: Page, act: str) -> None:
    """Follow one of the things that can be done."""
    page.get_by_role("link", name=re.compile(f"^{act}")).first.click()
    expect(page.get_by_role("heading", level=1, name=act)).to_be_visible()


@pytest.mark.parametrize("window", [{}, DESK], ids=["phone", "desk"])
def test_a_planned_change_is_called_off_and_asked_for_again(visit: Open, window: Any) -> None:
    page = visit(window).page if window else visit().page
    sign_in(page, POSTPAID)
    page.goto("/en/subscriptions")
    live(page)
    page.get_by_role("button", name=re.compile("^Call off")).first.click()  # of the demo, or ours
    expect(page.get_by_role("status").filter(has_text="Called off")).to_be_visible()
    to(page, "TV Family")
    choose(page, "Change plan")
    page.get_by_role("link", name=re.compile("^Choose TV Start")).click()
    expect(page.get_by_text("You lose")).to_be_visible()
    page.get_by_role("button", name="Change plan").click()
    expect(page.get_by_text("Planned and under way")).to_be_visible()


def test_a_booster_is_bought_from_the_wallet(visit: Open) -> None:
    page = visit().page
    sign_in(page, PREPAID)
    to(page, "Drift M")
    choose(page, "Boosters")
    page.get_by_role("link", name=re.compile("^Choose Boost 1 GB")).click()
    expect(page.get_by_text("From your wallet")).to_be_visible()
    page.get_by_role("button", name="Buy booster").click()
    expect(page.get_by_role("status").filter(has_text="Done.")).to_be_visible()


def test_leaving_says_the_day_and_the_sum_first(visit: Open) -> None:
    page = visit().page
    sign_in(page, POSTPAID)
    to(page, "Fibre 250")
    choose(page, "End subscription")
    expect(page.get_by_text("All in all until then")).to_be_visible()
    expect(page.get_by_role("button", name="End subscription")).to_be_visible()
    expect(page.get_by_text("To keep your number")).to_be_visible()
