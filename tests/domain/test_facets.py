"""Facets: into which choices an offering falls, which are shown, and in which order."""

from __future__ import annotations

import pytest

from self_service.domain.catalog.colours import base_colour
from self_service.domain.catalog.values import ValueKind
from self_service.domain.store.facet_kinds import FACETS
from self_service.models.catalog import OfferingKind
from tests.conftest import NOW
from tests.factories import allowance, as_catalog, as_offering, monthly, one_time
from tests.store_shop import counts, facet, raw_phone, search

KINDS = {kind.name: kind for kind in FACETS}


def values(facet: str, **offering) -> list[str]:
    return [option.value for option in KINDS[facet].read(as_offering(**offering))]


@pytest.mark.parametrize(
    ("name", "facets", "expected"),
    [
        ("display", {"display_tenths": 61}, ["6-6.5"]),
        ("display", {"display_tenths": 60}, ["6-6.5"]),
        ("display", {"display_tenths": 59}, ["5.5-6"]),
        ("display", {"display_tenths": 13}, ["0-2"]),
        ("display", {"display_tenths": 129}, ["11-"]),
        ("storage", {"storage_mb": [128 * 1024, 256 * 1024]}, ["128gb", "256gb"]),
        ("storage", {"storage_mb": 120 * 1024}, ["64gb"]),
        ("storage", {"storage_mb": [8]}, ["less"]),
        ("storage", {"storage_mb": [4096 * 1024]}, ["2048gb"]),
        ("memory", {"memory_mb": 512}, ["512mb"]),
        ("memory", {"memory_mb": [6144]}, ["6gb"]),
        ("generation", {"generation": ["2G", "5G", "9G"]}, ["2g", "5g"]),
        ("os", {"os": "Wear OS"}, ["wear-os"]),
        ("sim", {"sim": "nano"}, ["nano"]),
        ("sim", {"sim": ["nano", "esim", "huge"]}, ["nano", "esim"]),
        ("dual_sim", {"dual_sim": True}, ["yes"]),
        ("nfc", {"nfc": False}, ["no"]),
        ("colour", {"colour": ["Rose Gold", "Midnight Blue", "Xyzzy"]}, ["gold", "blue"]),
        ("speed", {"download_mbps": 250}, ["250-500"]),
        ("channels", {"channels": 59}, ["0-60"]),
        ("nfc", {}, []),
        ("display", {}, []),
    ],
)
def test_raw_data_falls_into_choices(name, facets, expected):
    assert values(name, facets=facets) == expected


@pytest.mark.parametrize(
    ("name", "offering", "expected"),
    [
        ("brand", {"brand": "Señor Böll & Co"}, ["senor-boll-co"]),
        ("brand", {"brand": ""}, []),
        ("payment", {"kind": OfferingKind.PLAN, "prepaid": True}, ["prepaid"]),
        ("payment", {"kind": OfferingKind.PLAN}, ["postpaid"]),
        ("payment", {"kind": OfferingKind.DEVICE}, []),
        ("term", {"kind": OfferingKind.PLAN, "term_months": 24}, ["24"]),
        ("term", {"kind": OfferingKind.PLAN}, ["none"]),
        ("term", {"kind": OfferingKind.DEVICE}, []),
    ],
)
def test_what_an_offering_is_falls_into_choices(name, offering, expected):
    assert values(name, **offering) == expected


@pytest.mark.parametrize(
    ("words", "base"),
    [
        ("Phantom Black", "black"),
        ("rose gold", "gold"),
        ("Midnight", "blue"),
        ("GRAPHITE", "black"),
        ("Titan Gray", "grey"),
        ("Quokka", ""),
        ("", ""),
    ],
)
def test_makers_colours_are_filed_under_base_colours(words, base):
    assert base_colour(words) == base


def test_prices_are_ranges_paid_once_or_monthly():
    plan = as_offering("plan", kind=OfferingKind.PLAN, prices=[monthly(1_500), one_time(990)])
    plans = [
        as_offering(f"plan-{m}", kind=OfferingKind.PLAN, prices=[monthly(m * 100)])
        for m in (10, 20, 30)
    ]
    phones = [raw_phone(f"phone-{p}", p * 100) for p in (99, 100, 250, 2_000)]
    assert counts(search(as_catalog(plan, *plans)), "monthly") == {
        "10-15": 1,
        "15-20": 1,
        "20-30": 1,
        "30-40": 1,
    }
    page = search(as_catalog(*phones))
    assert counts(page, "price") == {"50-100": 1, "100-200": 1, "200-300": 1, "1500-": 1}
    assert facet(page, "monthly") is None
    label = facet(page, "price").choices[0].label
    assert (label.kind, label.low, label.high) == (ValueKind.MONEY_RANGE, 5_000, 10_000)


@pytest.mark.parametrize(
    ("currency", "minor", "expected"),
    [("JPY", 30_000, "30000-40000"), ("KWD", 90_000, "50-100"), ("HUF", 9_000_000, "50000-100000")],
)
def test_price_ranges_fit_the_currency(currency, minor, expected):
    phones = [
        as_offering(f"p{n}", prices=[one_time(minor * n)], currency=currency) for n in (1, 1, 2)
    ]
    assert expected in counts(search(as_catalog(*phones, currency=currency)), "price")


def test_data_counts_allowances_that_hold_now():
    def plan(slug, *prices):
        return as_offering(slug, kind=OfferingKind.PLAN, prices=[monthly(1_000), *prices])

    catalog = as_catalog(
        plan("none"),
        plan("small", allowance("MB", 3 * 1024), allowance("min", -1)),
        plan("sum", allowance("MB", 8 * 1024), allowance("MB", 4 * 1024, name={"en": "More"})),
        plan("ended", allowance("MB", 60 * 1024, valid_to=NOW), allowance("MB", 2 * 1024)),
        plan("endless", allowance("MB", -1)),
    )
    assert counts(search(catalog), "data") == {"1gb-5gb": 2, "10gb-20gb": 1, "unlimited": 1}


def test_facets_that_make_no_sense_are_absent():
    plans = [
        as_offering(f"plan-{n}", kind=OfferingKind.PLAN, prices=[monthly(n * 1_000)], prepaid=n > 2)
        for n in (1, 2, 3)
    ]
    phones = [raw_phone("a", nfc=True, os="Aster"), raw_phone("b", 90_000, nfc=False, os="Aster")]
    catalog = as_catalog(*plans, *phones)
    assert [f.name for f in search(catalog, {"category": "phones"}).facets] == ["price", "nfc"]
    assert [f.name for f in search(catalog, {"category": "plans"}).facets] == ["monthly", "payment"]


def test_a_facet_that_few_offers_speak_of_is_absent_unless_chosen():
    phones = [raw_phone(f"p{n}") for n in range(20)]
    catalog = as_catalog(*phones, raw_phone("a", nfc=True), raw_phone("b", nfc=False))
    assert facet(search(catalog), "nfc") is None
    assert counts(search(catalog, {"nfc": "yes"}), "nfc") == {"yes": 1, "no": 1}


def test_sizes_stand_in_their_order_and_brands_by_count():
    phones = [
        *(raw_phone(f"big-{n}", memory_mb=8 * 1024, brand="Zeta") for n in range(3)),
        raw_phone("small", memory_mb=512, brand="Alpha"),
        raw_phone("middle", memory_mb=4 * 1024, brand="Beta"),
    ]
    page = search(as_catalog(*phones))
    assert list(counts(page, "memory")) == ["512mb", "4gb", "8gb"]
    assert list(counts(page, "brand")) == ["zeta", "alpha", "beta"]


def test_twelve_choices_are_shown_and_the_chosen_one_always():
    phones = [
        raw_phone(f"{b}-{n}", brand=f"Brand {b:02}") for b in range(15) for n in range(30 - b)
    ]
    page = search(as_catalog(*phones), {"brand": "brand-14"})
    choices = {c.value: c for c in facet(page, "brand").choices}
    assert [v for v, c in choices.items() if c.more] == ["brand-12", "brand-13"]
    assert choices["brand-14"].selected
    assert choices["brand-14"].count == 16


def test_choices_that_would_leave_nothing_are_hidden_unless_chosen():
    catalog = as_catalog(
        raw_phone("a", brand="A", os="X"),
        raw_phone("b", brand="B", os="Y"),
        raw_phone("c", brand="B", os="Z"),
    )
    page = search(catalog, {"brand": "a", "os": "y"})
    assert page.total == 0
    assert counts(page, "brand") == {"a": 0, "b": 1}
    assert counts(page, "os") == {"x": 1, "y": 0}
