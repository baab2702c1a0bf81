"""Handsets as drafts: prices of sizes, slugs, facets, pictures."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.handsets import reading as handsets
from self_service.domain.handsets.reading import Handset, RowFault
from self_service.domain.intake import handsets as catalog_handsets
from self_service.domain.intake.drafts import Drafts, digest
from self_service.domain.intake.facets import facets, megabytes
from self_service.models.catalog import LifecycleStatus

COMPLETE = Handset(
    line=2,
    brand="Gull",
    model="Wing+",
    product_kind="phone",
    display_inches_tenths=55,
    resolution=(1080, 1920),
    memory_mb=(3072, 4096),
    storage_mb=(32768, 65536),
    battery_mah=3000,
    os_family="Android",
    os_version="6.0",
    generations=("2G", "3G", "4G"),
    weight_tenth_grams=1525,
    dimensions_tenth_mm=(1520, 760, 80),
    sim_kind="nano",
    dual_sim=True,
    camera_mp_tenths=130,
    nfc=False,
    headphone_jack=True,
    memory_card=True,
    colours=("Midnight Blue", "Gold"),
    released=(2016, 9),
    status="available",
    price_minor=24990,
)


def drafts(*rows: Handset | RowFault) -> Drafts:
    return catalog_handsets.read(rows, currency="EUR")


def test_a_complete_handset() -> None:
    found = drafts(COMPLETE)
    (specification,), (offering,) = found.specifications, found.offerings
    assert (specification.key, specification.brand) == ("gull|wing+", "Gull")
    values = {item["name"]: item["values"] for item in specification.characteristics}
    assert values["display"] == ["5.5"]
    assert values["os"] == ["Android 6.0"]
    assert values["dimensions"] == ["152 × 76 × 8"]
    assert values["released"] == ["2016-09"]
    chosen = {item["name"] for item in specification.characteristics if item["configurable"]}
    assert chosen == {"storage", "colour"}
    assert offering.slug == "gull-wing-plus"
    assert offering.category == "phones"
    assert offering.facets == {
        "display_tenths": 55,
        "memory_mb": [3072, 4096],
        "storage_mb": [32768, 65536],
        "camera_mp_tenths": 130,
        "battery_mah": 3000,
        "weight_g": 152,
        "os": "Android",
        "os_version": "6.0",
        "generation": ["2G", "3G", "4G"],
        "sim": ["nano"],
        "dual_sim": True,
        "nfc": False,
        "colour": ["Midnight Blue", "Gold"],
        "released": "2016-09",
    }
    assert offering.picture["colour"] == "Midnight Blue"
    assert offering.picture["ratio"] == 2.0
    assert offering.highlights[0]["es"] == "Pantalla de 5,5″"
    assert {p.condition["storage"]: p.amount_minor for p in offering.prices} == {
        "32 GB": 24990,
        "64 GB": 27000,
    }


def test_one_size_and_one_colour_are_facts() -> None:
    single = replace(COMPLETE, storage_mb=(65536,), colours=("Gold",))
    found = drafts(single)
    assert not any(item["configurable"] for item in found.specifications[0].characteristics)
    (price,) = found.offerings[0].prices
    assert (price.amount_minor, price.condition) == (24990, {})


def test_cancelled_is_kept_but_never_shown() -> None:
    (offering,) = drafts(replace(COMPLETE, status="cancelled")).offerings
    assert offering.lifecycle_status is LifecycleStatus.RETIRED
    assert not offering.is_sellable


def test_faults_keep_their_line() -> None:
    fault = RowFault(7, "price", "At least {n}.", "x", True, {"n": 3})
    (kept,) = drafts(fault).faults
    assert (kept.place, kept.field, kept.fatal) == ("line 7", "price", True)
    assert kept.reason.format_map(kept.data) == "At least 3."


@pytest.mark.parametrize(
    ("models", "slugs"),
    [
        (("Wing+", "Wing"), {"gull-wing-plus", "gull-wing"}),
        (("Wing", "W-ing"), {"gull-wing", "gull-w-ing"}),
        (("A 1", "A-1"), 2),
        (("超", "级"), 2),
        (("Café", "Cafe"), 2),
    ],
)
def test_every_handset_has_an_address_of_its_own(models: Any, slugs: Any) -> None:
    rows = [replace(COMPLETE, model=model) for model in models]
    there = {draft.specification: draft.slug for draft in drafts(*rows).offerings}
    back = {draft.specification: draft.slug for draft in drafts(*reversed(rows)).offerings}
    assert there == back, "the order of the file does not matter"
    assert set(there.values()) == slugs if isinstance(slugs, set) else len(there) == slugs
    assert all(slug.isascii() and len(slug) <= 160 for slug in there.values())


@given(
    price=st.integers(1, 10**7),
    sizes=st.sets(st.integers(1, 2**24), min_size=1, max_size=5),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_larger_is_never_cheaper(price: int, sizes: set[int], currency: str) -> None:
    unit = {"EUR": 100, "JPY": 1, "KWD": 1000}[currency]
    found = catalog_handsets.variant_prices(price, sizes, currency)
    smallest = min(sizes)
    assert found[smallest] == price, "the listed price is that of the smallest"
    larger = [found[size] for size in sorted(sizes)][1:]
    assert all(minor % unit == 0 for minor in larger), "whole units"
    assert larger == sorted(larger)
    assert all(minor >= price - unit for minor in larger)


def test_each_doubling_costs_eight_percent() -> None:
    found = catalog_handsets.variant_prices(20000, (16384, 32768, 65536, 98304), "EUR")
    assert list(found.values()) == [20000, 21600, 23300, 25200]


def test_the_digest_tells_every_difference() -> None:
    first = drafts(COMPLETE).offerings[0]
    assert digest(first) == digest(drafts(replace(COMPLETE, line=90)).offerings[0])
    for change in (
        {"price_minor": 24900},
        {"colours": ("Gold",)},
        {"status": "cancelled"},
        {"released": (2016, 10)},
    ):
        assert digest(drafts(replace(COMPLETE, **change)).offerings[0]) != digest(first)


@pytest.mark.parametrize(
    ("label", "mb"),
    [("8 GB", 8192), ("512 MB", 512), ("1.5 GB", 1536), ("1 TB", 2**20), ("8GB", 8192), ("GB", 0)],
)
def test_sizes(label: str, mb: int) -> None:
    assert megabytes(label) == mb


@given(st.integers(1, 2**24))
def test_a_size_survives_its_label(mb: int) -> None:
    label = catalog_handsets.size_label(mb)
    assert megabytes(label) == pytest.approx(mb, rel=0.01)


def test_what_is_not_understood_is_left_out() -> None:
    odd = [
        {"name": "display", "values": ["large"], "configurable": False},
        {"name": "memory", "values": ["plenty"], "configurable": False},
        {"name": "nfc", "values": ["yes"], "configurable": False},
        {"name": "generation", "values": ["6G"], "configurable": False},
        {"name": "sim", "values": ["sim", "esim"], "configurable": True},
        {"name": "released", "values": ["soon"], "configurable": False},
        {"name": "taste", "values": ["sweet"], "configurable": False},
    ]
    assert facets(odd) == {}


def test_handset_rows_come_from_the_reader() -> None:
    text = "brand,model,price_EUR\nGull,One,99.90\nGull,One,5\n"
    rows = handsets.read_handsets(io.BytesIO(text.encode()), size=len(text))
    found = drafts(*rows)
    assert [draft.slug for draft in found.offerings] == ["gull-one"]
    assert [fault.place for fault in found.faults] == ["line 3"]
