"""Two to four offers side by side."""

from __future__ import annotations

from datetime import timedelta

import pytest

from self_service.domain.catalog import values
from self_service.domain.catalog.compare import (
    NotComparable,
    TooFewToCompare,
    TooManyToCompare,
    compare,
)
from self_service.domain.catalog.specifications import Section, magnitude, value_of
from self_service.domain.catalog.values import ValueKind
from self_service.models.catalog import OfferingKind
from self_service.money import Money
from tests.conftest import NOW
from tests.factories import (
    allowance,
    as_catalog,
    as_offering,
    choice,
    discount,
    fact,
    monthly,
    one_time,
)


def phone(slug, price=10_000, *characteristics, **more):
    return as_offering(slug, prices=[one_time(price)], characteristics=characteristics, **more)


def plan(slug, *prices, **more):
    return as_offering(slug, kind=OfferingKind.PLAN, prices=prices, **more)


def side_by_side(*offerings, **more):
    return compare(
        as_catalog(*offerings), [o.slug for o in offerings], as_of=NOW, language="en", **more
    )


def rows(comparison):
    return {row.name: row for row in comparison.rows}


ASTER = phone(
    "aster",
    49_900,
    fact("display", "6.1", unit="in"),
    fact("resolution", "1179 × 2556", unit="px"),
    choice("storage", "128 GB", "256 GB"),
    fact("memory", "8 GB"),
    fact("battery", 4_100, unit="mAh"),
    fact("camera", "12.2", unit="MP"),
    fact("weight", 174, unit="g"),
    fact("generation", "2G", "4G", "5G"),
    fact("nfc", True),
    fact("os", "Aster 4"),
    choice("colour", "Black", "Moon Mist"),
    fact("released", "2026-09"),
)
BIRCH = phone(
    "birch",
    19_900,
    fact("generation", "2G", "4G"),
    fact("display", "6.7", unit="in"),
    fact("resolution", "720 × 1600", unit="px"),
    fact("storage", "64 GB"),
    fact("memory", "512 MB"),
    fact("battery", 5_000, unit="mAh"),
    fact("weight", "187.5", unit="g"),
    fact("nfc", True),
    fact("stylus", "in the box"),
)


def test_each_fact_has_a_row_with_its_best_column():
    table = rows(side_by_side(ASTER, BIRCH))
    assert {name: row.best for name, row in table.items()} == {
        "price": 1,
        "display": None,
        "resolution": 0,
        "camera": None,
        "memory": 0,
        "storage": 0,
        "os": None,
        "battery": 1,
        "generation": 0,
        "nfc": None,
        "weight": 0,
        "colour": None,
        "released": None,
        "stylus": None,
    }
    assert [name for name, row in table.items() if not row.differs] == ["nfc"]
    assert table["price"].values == (
        values.price(Money(49_900, "EUR")),
        values.price(Money(19_900, "EUR")),
    )
    assert table["camera"].values == (values.number(122, "MP", decimals=1), None)


def test_rows_stand_in_one_order_whoever_states_them_first():
    one = [row.name for row in side_by_side(ASTER, BIRCH).rows]
    other = [row.name for row in side_by_side(BIRCH, ASTER).rows]
    assert one == other
    groups = side_by_side(ASTER, BIRCH).groups
    assert [g.section for g in groups] == [
        Section.PRICE,
        Section.DISPLAY,
        Section.PERFORMANCE,
        Section.BATTERY,
        Section.NETWORK,
        Section.BODY,
        Section.MORE,
    ]


def test_two_equal_bests_are_no_best():
    third = phone("third", 19_900)
    assert rows(side_by_side(ASTER, BIRCH, third))["price"].best is None


def test_plans_are_compared_by_what_they_cost_and_include():
    small = plan("small", monthly(999), allowance("MB", 5_120), allowance("min", 200), prepaid=True)
    large = plan(
        "large",
        one_time(990),
        monthly(2_999),
        discount(percent_bp=5_000, months=3),
        allowance("MB", -1),
        allowance("min", -1),
        allowance("SMS", 100),
        term_months=24,
    )
    table = rows(side_by_side(small, large))
    assert list(table) == [
        *("monthly", "later", "due_now", "whole_term", "term", "payment"),
        *("data", "minutes", "messages"),
    ]
    assert table["monthly"].best == 0
    assert table["data"].best == 1
    assert table["data"].values == (values.number(5_120, "MB"), values.number(-1, "MB"))
    assert table["term"].values[1] == values.number(24, "month")
    nothing, later = table["later"].values
    assert nothing is None
    assert [item.kind for item in later.items] == [ValueKind.MONEY, ValueKind.DATE]
    assert later.items[0].money == Money(2_999, "EUR")
    assert later.items[1].text == "2027-02-21"


def test_prices_are_those_of_the_person_and_the_time():
    cheaper = discount(minor=500, months=2, new_customers_only=True)
    one, two = plan("one", monthly(1_000), cheaper), plan("two", monthly(900))
    assert rows(side_by_side(one, two))["monthly"].best == 0
    assert rows(side_by_side(one, two, new_customer=False))["monthly"].best == 1


def test_what_is_unknown_gone_or_twice_is_left_out_and_told():
    gone = phone("gone", valid_to=NOW - timedelta(days=1))
    found = compare(
        as_catalog(ASTER, BIRCH, gone),
        ["nowhere", "aster", "gone", "birch", "aster"],
        as_of=NOW,
        language="en",
    )
    assert [card.slug for card in found.columns] == ["aster", "birch"]
    assert found.left_out == ("nowhere", "gone")


def test_devices_and_plans_are_not_mixed():
    tariff = plan("tariff", monthly(1_000), name="Tariff")
    with pytest.raises(NotComparable) as refusal:
        side_by_side(ASTER, tariff, BIRCH)
    assert refusal.value.data == {"others": "Tariff", "keep": "aster,birch"}
    assert "Take out Tariff" in str(refusal.value)


@pytest.mark.parametrize("wanted", [[], ["aster"], ["aster", "aster"], ["aster", "nowhere"]])
def test_one_cannot_be_compared(wanted):
    with pytest.raises(TooFewToCompare):
        compare(as_catalog(ASTER, BIRCH), wanted, as_of=NOW, language="en")


def test_five_are_too_many():
    five = [phone(f"p{n}") for n in range(5)]
    with pytest.raises(TooManyToCompare) as refusal:
        side_by_side(*five)
    assert refusal.value.data == {"most": 4, "surplus": 1}
    assert len(side_by_side(*five[:4]).columns) == 4


@pytest.mark.parametrize(
    ("name", "raw", "unit", "expected"),
    [
        ("nfc", False, "", values.phrase("No")),
        ("battery", 4_100, "mAh", values.number(4_100, "mAh")),
        ("display", "6.1", "in", values.number(61, "in", decimals=1)),
        ("display", "7", "in", values.number(7, "in")),
        ("storage", "1 TB", "", values.number(2**20, "MB")),
        ("storage", "lots", "", values.text("lots")),
        ("colour", "black", "", values.phrase("Black")),
        ("colour", "Moon Mist", "", values.phrase("Moon Mist")),
        ("sim", "esim", "", values.phrase("eSIM")),
        ("released", "2026-09", "", values.month("2026-09")),
        ("released", "soon", "", values.text("soon")),
        ("dimensions", "147 × 71 × 8", "mm", values.text("147 × 71 × 8", "mm")),
    ],
)
def test_values_are_typed(name, raw, unit, expected):
    assert value_of(name, raw, unit) == expected


def test_unlimited_is_more_than_anything():
    assert magnitude(values.number(-1, "MB")) > magnitude(values.number(10**9, "MB"))
    assert magnitude(values.number(-1, "mm")) == -1
    assert magnitude(values.phrase("Yes")) is None
