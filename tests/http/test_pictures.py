"""Illustrations: every address that a page writes is drawn, and no address does harm."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from self_service.state.display import picture_path
from tests.house import Browser, House

GOOD = "/pictures/phone/Black/3/7/2.1.svg"


def test_a_picture_is_kept_for_good(house: House, browser: Browser) -> None:
    answer = browser.get(GOOD)
    assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ElementTree.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"
    assert browser.get(GOOD).content == answer.content


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "shape": st.sampled_from(["phone", "watch", "plan", "no/such", "../x"]),
            "colour": st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
            "cameras": st.integers(-5, 9),
            "variant": st.integers(),
            "ratio": st.floats(0, 4),
        },
    ),
    st.text("/<>\"'&#?%. aé٣", max_size=12),
)
def test_every_address_that_a_page_writes_is_drawn(
    house: House, browser: Browser, picture: dict[str, object], colour: str
) -> None:
    answer = browser.get(picture_path(picture, colour))
    assert answer.status_code == 200
    assert ElementTree.fromstring(answer.text).tag.endswith("svg")


@pytest.mark.parametrize(
    "path",
    [
        "phone/Black/x/7/2.1.svg",
        "phone/Black/1/7/wide.svg",
        "phone/Black/1/" + "9" * 5000 + "/1.svg",
        "phone/Black/1/1.svg",
        "phone/Black/1/1/1/1.svg",
        "phone/Black/1/1/1.png",
        "",
    ],
)
def test_an_address_that_no_page_writes_is_not_there(
    house: House, browser: Browser, path: str
) -> None:
    assert browser.get(f"/pictures/{path}").status_code == 404


@pytest.mark.parametrize("number", ["-7", "nan", "inf", "1e999", "٣"])
def test_odd_numbers_are_kept_within_bounds(house: House, browser: Browser, number: str) -> None:
    answer = browser.get(f"/pictures/phone/Black/1/1/{number}.svg")
    assert answer.status_code == 200
    ElementTree.fromstring(answer.text)


def test_nothing_of_a_colour_reaches_the_picture(house: House, browser: Browser) -> None:
    answer = browser.get(picture_path({"shape": "phone"}, '"><script>alert(1)</script>'))
    assert answer.status_code == 200
    assert "script" not in answer.text


def test_without_a_logo_the_mark_has_the_brands_colour(house: House, browser: Browser) -> None:
    answer = browser.get("/brand/logo.svg")
    assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert "currentColor" not in answer.text
