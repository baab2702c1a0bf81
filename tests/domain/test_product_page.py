"""The page of one product: choices, stock, totals, what goes with it, where it leads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from self_service.domain.catalog.product_page import product
from self_service.domain.catalog.specifications import Section
from self_service.domain.catalog.steps import Step
from self_service.domain.catalog.variants import NOT_WITH, SOLD_OUT, stock_of
from self_service.domain.catalog.view import Link
from self_service.domain.errors import NotFound
from self_service.models.catalog import OfferingKind, Relation
from self_service.money import Money
from tests.conftest import NOW
from tests.factories import as_catalog, as_offering, choice, fact, make_offering, monthly, one_time

PHONE = as_offering(
    "nova",
    name="Nova",
    prices=[
        one_time(50_000, condition={"storage": "128 GB"}),
        one_time(60_000, condition={"storage": "256 GB"}),
    ],
    characteristics=[
        choice("colour", "Black", "Blue", "Red"),
        choice("storage", "128 GB", "256 GB"),
        fact("nfc", True),
    ],
)


#: Three pieces of each variant.
PLENTY = {
    f"colour={colour};storage={size}": 3
    for colour in ("Black", "Blue", "Red")
    for size in ("128 GB", "256 GB")
}


def page(slug="nova", *offerings, configuration=None, stock=None, **more):
    return product(
        as_catalog(*(offerings or (PHONE,))),
        slug,
        as_of=NOW,
        language="en",
        configuration=configuration,
        stock=stock,
        **more,
    )


def values(view, name):
    (found,) = (c for c in view.choices if c.name == name)
    return {value.value: value for value in found.values}


def test_the_cheapest_configuration_is_shown_first():
    view = page()
    assert view.configuration == {"colour": "Black", "storage": "128 GB"}
    assert view.variant == "colour=Black;storage=128 GB"
    assert view.totals.due_now.minor == 50_000
    assert (view.available, view.pieces) == (True, None)
    assert {v: c.selected for v, c in values(view, "storage").items()} == {
        "128 GB": True,
        "256 GB": False,
    }
    assert [g.section for g in view.groups] == [
        *(Section.PRICE, Section.PERFORMANCE, Section.NETWORK, Section.BODY)
    ]


def test_what_is_chosen_is_kept_and_the_rest_filled_in():
    view = page(configuration={"storage": "256 GB", "colour": "Xyzzy", "engine": "V8"})
    assert view.configuration == {"colour": "Black", "storage": "256 GB"}
    assert view.totals.due_now.minor == 60_000


def test_each_value_says_what_it_adds():
    now_small, now_large = page(), page(configuration={"storage": "256 GB"})
    assert values(now_small, "storage")["256 GB"].due_now_difference == Money(10_000, "EUR")
    assert values(now_large, "storage")["128 GB"].due_now_difference == Money(-10_000, "EUR")
    assert values(now_small, "colour")["Red"].due_now_difference == Money(0, "EUR")


def test_a_sold_out_combination_says_what_would_make_it_possible():
    view = page(stock={**PLENTY, "colour=Blue;storage=128 GB": 0})
    blue = values(view, "colour")["Blue"]
    assert (blue.available, blue.reason) == (False, NOT_WITH)
    assert (blue.chosen, blue.instead) == (("128 GB",), ("256 GB",))
    assert blue.remedy == {"colour": "Blue", "storage": "256 GB"}
    assert blue.due_now_difference.minor == 10_000
    assert values(view, "colour")["Red"].available
    assert view.pieces == 3


def test_of_several_remedies_the_one_that_changes_least_is_named():
    case = as_offering(
        "case",
        prices=[one_time(100)],
        characteristics=[choice(name, "1", "2") for name in ("colour", "size", "skin")],
    )
    stock = {
        "colour=1;size=2;skin=2": 1,
        "colour=2;size=1;skin=1": 1,
        "colour=2;size=1;skin=2": 1,
    }
    view = page("case", case, stock=stock, configuration={"size": "2", "skin": "2"})
    assert view.configuration == {"colour": "1", "size": "2", "skin": "2"}
    two = values(view, "colour")["2"]
    assert (two.available, two.remedy) == (False, {"colour": "2", "size": "1", "skin": "2"})
    assert (two.chosen, two.instead) == (("2",), ("1",))


def test_a_value_that_is_sold_out_everywhere_has_no_remedy():
    stock = {f"colour=Red;storage={size}": 0 for size in ("128 GB", "256 GB")}
    red = values(page(stock={**PLENTY, **stock}), "colour")["Red"]
    assert (red.available, red.reason, red.remedy) == (False, SOLD_OUT, None)


def test_what_is_shown_first_can_be_had():
    stock = {**PLENTY, "colour=Black;storage=128 GB": 0}
    view = page(stock=stock)
    assert view.available
    assert view.configuration != {"colour": "Black", "storage": "128 GB"}
    asked = page(configuration={"colour": "Black", "storage": "128 GB"}, stock=stock)
    assert asked.configuration == {"colour": "Black", "storage": "128 GB"}
    assert not asked.available


def test_a_fully_sold_out_thing_still_has_a_page():
    view = page(stock=dict.fromkeys(PLENTY, 0))
    assert (view.available, view.pieces) == (False, 0)
    assert view.totals.due_now.minor == 50_000


def test_where_pieces_are_counted_what_is_not_named_is_sold_out():
    view = page(stock={"colour=Black;storage=128 GB": 1})
    assert (view.available, view.pieces) == (True, 1)
    assert values(view, "colour")["Blue"].reason == SOLD_OUT


def test_a_combination_without_a_price_cannot_be_had():
    offering = as_offering(
        "odd",
        prices=[one_time(100, condition={"colour": "Black"})],
        characteristics=[choice("colour", "Black", "Blue")],
    )
    view = page("odd", offering)
    assert values(view, "colour")["Blue"].reason == SOLD_OUT
    assert page("odd", offering, configuration={"colour": "Blue"}).totals is None


@pytest.mark.parametrize(
    "more",
    [
        {"is_sellable": False},
        {"valid_to": NOW},
        {"valid_from": NOW + timedelta(seconds=1)},
        {"prices": []},
    ],
)
def test_what_is_not_on_sale_has_no_page(more):
    offering = as_offering("x", **{"prices": [one_time(1)], **more})
    with pytest.raises(NotFound):
        page("x", offering)


def test_new_customers_offers_have_no_page_for_others():
    offering = as_offering("x", prices=[one_time(1)], new_customers_only=True)
    assert page("x", offering).card.slug == "x"
    with pytest.raises(NotFound):
        page("x", offering, new_customer=False)


def test_a_device_shows_plans_and_a_plan_shows_what_can_be_added():
    plan = as_offering("plan", kind=OfferingKind.PLAN, prices=[monthly(1_000)], popularity=2)
    other = as_offering(
        "other",
        kind=OfferingKind.PLAN,
        prices=[monthly(500)],
        links=(Link(Relation.EXCLUDES, PHONE.id),),
    )
    addon = as_offering(
        "addon",
        kind=OfferingKind.ADDON,
        prices=[monthly(300)],
        is_sellable=False,
        links=(Link(Relation.ADDON_OF, plan.id),),
    )
    shop = (PHONE, plan, other, addon)
    assert [card.slug for card in page("nova", *shop).plans] == ["plan"]
    view = page("plan", *shop)
    assert [card.slug for card in view.addons] == ["addon"]
    assert view.plans == ()
    assert view.step is Step.CHOOSE_ADDONS
    assert page("other", *shop).step is Step.BASKET


def test_a_bundle_shows_the_parts_to_choose_from():
    fibre = as_offering(
        "fibre", kind=OfferingKind.BROADBAND, prices=[monthly(3_000)], is_sellable=False
    )
    basic, full = (as_offering(s, kind=OfferingKind.TV, prices=[monthly(900)]) for s in "bf")
    bundle = as_offering(
        "bundle",
        kind=OfferingKind.BUNDLE,
        prices=[one_time(0)],
        is_bundle=True,
        links=(
            Link(Relation.BUNDLES, fibre.id, group="line", is_default=True),
            Link(Relation.BUNDLES, basic.id, group="tv", minimum=0, maximum=1),
            Link(Relation.BUNDLES, full.id, group="tv", minimum=0, maximum=1, is_default=True),
        ),
    )
    view = page("bundle", fibre, basic, full, bundle)
    assert [(g.name, g.minimum, g.maximum, g.defaults) for g in view.parts] == [
        ("line", 1, 1, ("fibre",)),
        ("tv", 0, 1, ("f",)),
    ]
    assert [[card.slug for card in g.parts] for g in view.parts] == [["fibre"], ["b", "f"]]
    assert view.step is Step.CHOOSE_PARTS


def test_stock_is_read_by_variant(session):
    counted = make_offering(session, stock={"colour=Black": 3, "colour=Blue": 0})
    other = make_offering(session, stock={"colour=Black": 9})
    assert stock_of(session, counted.id) == {"colour=Black": 3, "colour=Blue": 0}
    assert stock_of(session, other.id) == {"colour=Black": 9}
    assert stock_of(session, make_offering(session).id) == {}
