"""What the store offers: to whom, when, at what price, and what its cards say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from self_service import clock
from self_service.domain.catalog.view import Link
from self_service.domain.store.cards import Badge
from self_service.models.base import new_id
from self_service.models.catalog import OfferingKind, Relation
from tests.conftest import NOW
from tests.factories import (
    as_catalog,
    as_offering,
    choice,
    discount,
    monthly,
    one_time,
)
from tests.store_shop import phone, search, slugs


def test_a_price_changes_at_its_instant_and_not_before():
    change = NOW.replace(hour=15)
    offering = as_offering(
        "a", prices=[one_time(100, valid_to=change), one_time(200, valid_from=change)]
    )
    catalog = as_catalog(offering)
    before, after = change - timedelta(microseconds=1), change
    assert search(catalog, as_of=before).cards[0].totals.due_now.minor == 100
    assert search(catalog, as_of=after).cards[0].totals.due_now.minor == 200
    assert search(catalog, as_of=before).cards[0].totals.due_now.minor == 100


def test_what_is_not_on_sale_is_not_listed():
    later = NOW + timedelta(hours=2)
    catalog = as_catalog(
        phone("now"),
        phone("later", valid_from=later),
        phone("until-then", valid_to=later),
        phone("part", is_sellable=False),
        as_offering("unpriced"),
        as_offering("priced-later", prices=[one_time(5, valid_from=later)]),
    )
    assert set(slugs(search(catalog))) == {"now", "until-then"}
    assert set(slugs(search(catalog, as_of=later))) == {"now", "later", "priced-later"}


def test_later_prices_are_told_by_the_day():
    plan = as_offering(
        "plan", kind=OfferingKind.PLAN, prices=[monthly(1_000), discount(minor=500, months=1)]
    )
    catalog = as_catalog(plan)
    (today,) = search(catalog).cards
    (tomorrow,) = search(catalog, as_of=NOW + timedelta(days=1)).cards
    assert f"{today.totals.later_from:%Y-%m-%d}" == "2026-12-21"
    assert f"{tomorrow.totals.later_from:%Y-%m-%d}" == "2026-12-22"


def test_a_day_of_prices_is_one_of_the_operators_zone():
    clock.set_zone("Europe/Berlin")
    plan = as_offering(
        "plan", kind=OfferingKind.PLAN, prices=[monthly(1_000), discount(minor=500, months=1)]
    )
    catalog = as_catalog(plan)
    later = [
        search(catalog, as_of=NOW.replace(hour=hour)).cards[0].totals.later_from
        for hour in (22, 23)
    ]
    assert [f"{at.astimezone(clock.zone()):%Y-%m-%d}" for at in later] == [
        "2026-12-21",
        "2026-12-22",
    ]


def test_others_never_see_what_is_for_new_customers():
    catalog = as_catalog(
        as_offering(
            "welcome", kind=OfferingKind.PLAN, prices=[monthly(1_000)], new_customers_only=True
        ),
        as_offering(
            "plan",
            kind=OfferingKind.PLAN,
            prices=[monthly(2_000), discount(percent_bp=5_000, months=3, new_customers_only=True)],
        ),
    )
    new = {card.slug: card for card in search(catalog).cards}
    others = {card.slug: card for card in search(catalog, new_customer=False).cards}
    assert {slug: card.badge for slug, card in new.items()} == dict.fromkeys(
        ("welcome", "plan"), Badge.NEW_CUSTOMERS
    )
    assert others.keys() == {"plan"}
    assert new["plan"].totals.monthly.minor == 1_000
    assert others["plan"].totals.monthly.minor == 2_000
    assert others["plan"].badge is None


def test_a_card_shows_the_cheapest_configuration():
    offering = as_offering(
        "a",
        name="Aster",
        brand="Aster",
        prices=[
            one_time(60_000, condition={"storage": "256 GB"}),
            one_time(50_000, condition={"storage": "128 GB"}),
        ],
        characteristics=[choice("storage", "256 GB", "128 GB"), choice("colour", "Jet", "Mint")],
        highlights=({"en": "5G", "es": "5G sí"},),
    )
    (card,) = search(as_catalog(offering), language="es").cards
    assert card.totals.due_now.minor == 50_000
    assert card.price_from
    assert card.configuration == {"storage": "128 GB", "colour": "Jet"}
    assert card.colours == ("Jet", "Mint")
    assert card.highlights == ("5G sí",)
    assert card.name == "Aster"


def test_a_bundle_without_charges_costs_what_its_usual_parts_cost():
    fibre = as_offering(
        "fibre", kind=OfferingKind.BROADBAND, prices=[monthly(3_000)], is_sellable=False
    )
    tv = [
        as_offering(slug, kind=OfferingKind.TV, prices=[monthly(minor)])
        for slug, minor in (("basic", 900), ("preset", 1_500), ("extra", 100))
    ]
    bundle = as_offering(
        "bundle",
        kind=OfferingKind.BUNDLE,
        is_bundle=True,
        links=(
            Link(Relation.BUNDLES, fibre.id),
            Link(Relation.BUNDLES, tv[0].id, group="tv"),
            Link(Relation.BUNDLES, tv[1].id, group="tv", is_default=True),
            Link(Relation.BUNDLES, tv[2].id, group="more", minimum=0),
            Link(Relation.BUNDLES, new_id(), group="gone", minimum=0),
        ),
    )
    page = search(as_catalog(fibre, *tv, bundle), {"category": "bundles"})
    assert [card.totals.monthly.minor for card in page.cards] == [4_500]


def test_from_is_said_only_where_configurations_differ_in_price():
    same = as_offering(
        "a", prices=[one_time(100)], characteristics=[choice("colour", "Jet", "Mint")]
    )
    (card,) = search(as_catalog(same)).cards
    assert not card.price_from


def test_an_introduction_has_a_badge():
    plan = as_offering(
        "plan", kind=OfferingKind.PLAN, prices=[monthly(1_000), discount(minor=500, months=1)]
    )
    assert search(as_catalog(plan)).cards[0].badge is Badge.INTRO


def test_threads_get_the_same_answer():
    catalog = as_catalog(*(phone(f"p{n}", n + 1, brand=f"B{n % 7}") for n in range(300)))
    questions = [{"brand": f"b{n % 7}", "sort": "price"} for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda params: search(catalog, params), questions))
    assert together == [search(catalog, params) for params in questions]


def test_warming_prices_both_kinds_of_customers(monkeypatch):
    catalog = as_catalog(phone("a"))
    catalog.store.warm(NOW)
    monkeypatch.setattr("self_service.domain.store.search.Shelf", None)
    assert search(catalog).total == search(catalog, new_customer=False).total == 1
