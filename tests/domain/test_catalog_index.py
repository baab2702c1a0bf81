"""The catalogue in memory: what it holds, and when it is read anew."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import NotFound
from self_service.models.base import new_id
from self_service.models.catalog import (
    CatalogVersion,
    LifecycleStatus,
    OfferingKind,
    ProductOffering,
    Relation,
)
from tests.conftest import NOW
from tests.factories import (
    add_price,
    bulk_catalog,
    choice,
    fact,
    link,
    make_category,
    make_offering,
    monthly,
    one_time,
)


def test_an_offering_is_read_whole(session):
    plan = make_offering(session, slug="plan-m", kind=OfferingKind.PLAN, prices=[monthly(1999)])
    ends = NOW + timedelta(days=30)
    made = make_offering(
        session,
        slug="more-data",
        kind=OfferingKind.ADDON,
        brand="Aster",
        name={"en": "More data", "ar": "المزيد"},
        prices=[
            one_time(100, condition={"colour": "Blue"}),
            monthly(500, valid_to=ends, period_length=3),
        ],
        links=[link(Relation.ADDON_OF, plan, group="extras", maximum=2, is_default=True)],
        characteristics=[choice("colour", "Black", "Blue"), fact("weight", 180, unit="g")],
        highlights=[{"en": "5 GB"}],
        facets={"nfc": True, "storage_mb": [1, 2]},
        popularity=7,
        valid_to=ends,
    )
    catalog = catalog_index.current(session)
    addon = catalog.by_slug("more-data")
    assert catalog.get(made.id) is addon
    assert catalog.addons_of(plan.id) == (addon,)
    assert catalog.of_kind(OfferingKind.ADDON) == (addon,)
    assert catalog.currency == "EUR"
    assert (addon.id, addon.brand, addon.category) == (made.id, "Aster", "addons")
    assert addon.name == {"en": "More data", "ar": "المزيد"}
    assert (addon.highlights, addon.popularity) == (({"en": "5 GB"},), 7)
    assert addon.facets == {"nfc": True, "storage_mb": [1, 2]}
    assert addon.valid_to == ends
    once, recurring = addon.prices
    assert (once.amount_minor, once.condition) == (100, {"colour": "Blue"})
    assert (recurring.amount_minor, recurring.period_length) == (500, 3)
    assert recurring.valid_to == ends
    assert [(c.name, c.values, c.unit) for c in addon.characteristics] == [
        ("colour", ("Black", "Blue"), ""),
        ("weight", (180,), "g"),
    ]
    assert [c.name for c in addon.choices] == ["colour"]
    (related,) = addon.links
    assert (related.relation, related.target) == (Relation.ADDON_OF, plan.id)
    assert (related.group, related.minimum, related.maximum) == ("extras", 1, 2)
    assert related.is_default


def test_an_empty_catalogue_can_be_read(session):
    catalog = catalog_index.current(session)
    assert (catalog.version, catalog.offerings, catalog.categories) == (0, (), ())
    with pytest.raises(catalog_index.OfferingGone):
        catalog.get(new_id())


@pytest.mark.parametrize("status", [LifecycleStatus.RETIRED, LifecycleStatus.IN_DESIGN])
def test_what_is_not_shown_is_gone_and_links_to_it_too(session, status):
    old = make_offering(session, slug="old", kind=OfferingKind.PLAN, lifecycle_status=status)
    addon = make_offering(
        session, kind=OfferingKind.ADDON, slug="extra", links=[link(Relation.ADDON_OF, old)]
    )
    catalog = catalog_index.current(session)
    with pytest.raises(catalog_index.OfferingGone):
        catalog.get(old.id)
    with pytest.raises(NotFound):
        catalog.by_slug("old")
    assert catalog.get(addon.id).links == ()
    assert catalog.addons_of(old.id) == ()


def test_categories_stand_in_the_operators_order(session):
    phones = make_category(session, "phones", position=2)
    make_category(session, "plans", position=1)
    make_category(session, "foldables", position=3, parent_id=phones.id)
    catalog_index.touch(session)
    categories = catalog_index.current(session).categories
    assert [c.slug for c in categories] == ["plans", "phones", "foldables"]
    assert categories[2].parent_id == phones.id


def test_prices_of_a_second_currency_are_left_out(session):
    make_offering(session, slug="a", prices=[one_time(1), one_time(2)])
    offering = make_offering(session, slug="b", prices=[one_time(3)])
    add_price(session, offering, one_time(9), currency="USD")
    catalog = catalog_index.current(session)
    assert catalog.currency == "EUR"
    assert [p.amount_minor for p in catalog.by_slug("b").prices] == [3]


def test_it_is_read_once_until_somebody_touches_it(database):
    with database.writing() as session:
        make_offering(session, slug="first")
    with database.reading() as session:
        first = catalog_index.current(session)
    with database.reading() as session:
        assert catalog_index.current(session) is first
    with database.writing() as session:
        make_offering(session, slug="second")
    with database.reading() as session:
        second = catalog_index.current(session)
    assert second.version == first.version + 1
    assert second.by_slug("second")
    with pytest.raises(NotFound):
        first.by_slug("second")


def test_asking_again_costs_one_query(database):
    with database.writing() as session:
        make_offering(session)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with database.reading() as session:
        catalog_index.current(session)
        statements.clear()
        catalog_index.current(session)
    assert len([s for s in statements if s.startswith("SELECT")]) == 1


def test_what_may_be_rolled_back_reaches_nobody_else(database):
    with database.writing() as session:
        make_offering(session, slug="kept")

    def fail_after_a_change() -> None:
        with database.writing() as session:
            make_offering(session, slug="undone")
            assert catalog_index.current(session).by_slug("undone")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_a_change()
    with database.writing() as session:
        make_offering(session, slug="other")
    with database.reading() as session:
        catalog = catalog_index.current(session)
    assert catalog.by_slug("other")
    with pytest.raises(NotFound):
        catalog.by_slug("undone")


def test_a_session_sees_each_of_its_own_changes(session):
    make_offering(session, slug="one")
    assert len(catalog_index.current(session).offerings) == 1
    make_offering(session, slug="two")
    assert len(catalog_index.current(session).offerings) == 2


def test_touch_counts_up_from_nothing(session):
    for expected in (1, 2, 3):
        catalog_index.touch(session)
        assert session.exec(select(CatalogVersion.version)).one() == expected


def test_threads_that_ask_at_once_read_it_once(database, monkeypatch):
    with database.writing() as session:
        make_offering(session, slug="only")
    reads, together = [], threading.Barrier(4)
    load = catalog_index.load
    monkeypatch.setattr(
        catalog_index, "load", lambda session: reads.append(1) or time.sleep(0.05) or load(session)
    )

    def ask() -> catalog_index.Catalog:
        with database.reading() as session:
            together.wait()
            return catalog_index.current(session)

    with ThreadPoolExecutor(4) as pool:
        found = [future.result() for future in [pool.submit(ask) for _ in range(4)]]
    assert len(reads) == 1
    assert len({id(catalog) for catalog in found}) == 1


def test_a_change_between_two_reads_is_read_again(session, monkeypatch):
    make_offering(session, slug="early")
    read, calls = catalog_index.read_offerings, []

    def read_and_change(session):
        found = read(session)
        calls.append(1)
        if len(calls) == 1:
            make_offering(session, slug="late")
        return found

    monkeypatch.setattr(catalog_index, "read_offerings", read_and_change)
    assert catalog_index.load(session).by_slug("late")
    assert len(calls) == 2


def test_the_most_popular_comes_first_and_all_of_a_bulk_is_there(session):
    bulk_catalog(session, 120)
    catalog = catalog_index.current(session)
    stored = session.exec(select(ProductOffering.id)).all()
    assert {o.id for o in catalog.offerings} == set(stored)
    assert len(stored) == 120
    popularity = [o.popularity for o in catalog.offerings]
    assert popularity == sorted(popularity, reverse=True)
    assert all(o.prices for o in catalog.offerings)
