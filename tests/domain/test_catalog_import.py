"""Catalogue files into tables: what goes in, and what a second time changes."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from self_service import db
from self_service.domain.catalog import index as catalog_index
from self_service.domain.intake.importing import import_file
from self_service.domain.pricing import totals as pricing
from self_service.models.catalog import (
    CatalogVersion,
    Category,
    OfferingKind,
    ProductOffering,
    ProductOfferingPrice,
    ProductSpecification,
    ProductStock,
    Relation,
)
from self_service.money import Money
from tests.catalog_files import CATALOG, HANDSETS, catalog, contents, load, offering
from tests.conftest import NOW

LATER = NOW + timedelta(days=30)


def of_slug(session: Session, slug: str) -> ProductOffering:
    return session.exec(select(ProductOffering).where(ProductOffering.slug == slug)).one()


def price_rows(session: Session, slug: str) -> list[ProductOfferingPrice]:
    statement = select(ProductOfferingPrice).where(
        ProductOfferingPrice.offering_id == of_slug(session, slug).id
    )
    return list(session.exec(statement.order_by(ProductOfferingPrice.position)))


def version(session: Session) -> int:
    return session.exec(select(CatalogVersion.version)).one_or_none() or 0


def test_a_catalogue_becomes_what_the_store_shows(session: Session) -> None:
    report = load(session, CATALOG)

    assert report.faults == ()
    assert (report.categories.created, report.offerings.created) == (3, 4)
    shown = catalog_index.current(session)
    phone, plan, addon, bundle = (
        shown.by_slug(slug) for slug in ("gull-5", "tide", "roam", "all-in-one")
    )
    assert (phone.kind, phone.brand, phone.category) == (OfferingKind.DEVICE, "Gull", "phones")
    assert phone.facets == {"storage_mb": [65536, 131072], "display_tenths": 61, "nfc": True}
    assert [(choice.name, choice.values) for choice in phone.choices] == [
        ("storage", ("64 GB", "128 GB"))
    ]
    assert (plan.name, plan.term_months) == ({"en": "Tide", "es": "Marea"}, 24)
    assert shown.addons_of(plan.id) == (addon,)
    assert {link.relation for link in addon.links} == {Relation.ADDON_OF, Relation.REQUIRES}
    parts = [(link.target, link.group, link.minimum, link.maximum) for link in bundle.links]
    assert sorted(parts, key=str) == sorted(
        [(plan.id, "", 1, 1), (phone.id, "phone", 0, 1)], key=str
    )


def test_prices_mean_what_the_file_says(session: Session) -> None:
    load(session, CATALOG)
    shown = catalog_index.current(session)

    def due(slug: str, as_of: datetime = NOW, **configuration: str) -> pricing.PriceTotals:
        found = shown.by_slug(slug)
        return pricing.totals(
            found.prices,
            as_of=as_of,
            new_customer=True,
            currency="EUR",
            configuration=configuration,
            term_months=found.term_months,
        )

    assert due("gull-5", storage="64 GB").due_now == Money(19990, "EUR")
    assert due("gull-5", storage="128 GB").due_now == Money(24900, "EUR")
    plan = due("tide")
    assert plan.due_now == Money(0, "EUR")
    assert plan.regular_monthly == Money(1999, "EUR")
    assert plan.later_monthly == Money(1499, "EUR")
    assert plan.later_from == NOW + timedelta(days=14)


def test_a_second_import_touches_nothing(session: Session) -> None:
    for content in (CATALOG, HANDSETS):
        load(session, content)
    before = contents(session)

    for content in (CATALOG, HANDSETS):
        report = load(session, content, now=LATER)
        assert not report.changed
        assert report.offerings.unchanged == (4 if content is CATALOG else 2)

    assert contents(session) == before


def test_a_changed_price_ends_the_old_and_adds_a_new_one(session: Session) -> None:
    load(session, CATALOG)
    old = {row.id: row.amount_minor for row in price_rows(session, "gull-5")}
    before, updated = version(session), of_slug(session, "tide").last_update
    changed = catalog()
    offering(changed, "Gull_5")["productOfferingPrice"][0]["price"]["value"] = 189

    report = load(session, changed, now=LATER)

    assert (report.offerings.updated, report.offerings.unchanged) == (1, 3)
    rows = price_rows(session, "gull-5")
    assert len(rows) == 3
    ended = [row for row in rows if row.valid_to is not None]
    assert [(row.amount_minor, row.valid_to) for row in ended] == [(19990, LATER)]
    assert ended[0].id in old
    fresh = next(row for row in rows if row.id not in old)
    assert (fresh.amount_minor, fresh.valid_from, fresh.valid_to) == (18900, LATER, None)
    assert version(session) == before + 1
    assert of_slug(session, "tide").last_update == updated
    assert of_slug(session, "gull-5").last_update == LATER


def test_a_renamed_price_keeps_its_row(session: Session) -> None:
    load(session, CATALOG)
    before = [row.id for row in price_rows(session, "gull-5")]
    changed = catalog()
    for price in offering(changed, "Gull_5")["productOfferingPrice"]:
        price["x_translations"] = {"es": {"name": "Dispositivo"}}

    load(session, changed, now=LATER)
    session.expire_all()

    rows = price_rows(session, "gull-5")
    assert [row.id for row in rows] == before
    assert {row.name["es"] for row in rows} == {"Dispositivo"}
    assert {row.valid_to for row in rows} == {None}


def test_a_price_that_has_not_begun_is_dropped_not_ended(session: Session) -> None:
    ahead = catalog()
    price = offering(ahead, "roam")["productOfferingPrice"][0]
    price["validFor"] = {"startDateTime": LATER.isoformat()}
    load(session, ahead)
    assert price_rows(session, "roam")[0].valid_from == LATER

    load(session, CATALOG, now=NOW + timedelta(days=1))

    (row,) = price_rows(session, "roam")
    assert (row.valid_from, row.valid_to) == (NOW + timedelta(days=1), None)


def test_first_prices_hold_since_the_offering_does(session: Session) -> None:
    since = datetime(2024, 1, 1, tzinfo=UTC)
    dated = catalog()
    offering(dated, "tide")["validFor"] = {"startDateTime": "2024-01-01T01:00:00+01:00"}
    load(session, dated)
    assert {row.valid_from for row in price_rows(session, "tide")} == {since}

    offering(dated, "tide")["productOfferingPrice"][0]["price"]["value"] = 21
    load(session, dated, now=LATER)

    assert of_slug(session, "tide").valid_from == since
    assert {row.valid_from for row in price_rows(session, "tide")} == {since, LATER}


def test_sales_keep_their_stock_and_new_variants_get_theirs(session: Session) -> None:
    load(session, CATALOG)
    rows = {row.variant: row for row in session.exec(select(ProductStock))}
    assert {variant: row.available for variant, row in rows.items()} == {
        "storage=64 GB": 3,
        "storage=128 GB": 0,
    }
    rows["storage=64 GB"].available = 1
    changed = catalog()
    changed["productSpecification"][0]["productSpecCharacteristic"][0][
        "productSpecCharacteristicValue"
    ].append({"value": "256 GB"})
    phone = offering(changed, "Gull_5")
    phone["x_stock"].append({"configuration": {"storage": "256 GB"}, "available": 9})

    load(session, changed, now=LATER)
    session.expire_all()

    found = {row.variant: row.available for row in session.exec(select(ProductStock))}
    assert found == {"storage=64 GB": 1, "storage=128 GB": 0, "storage=256 GB": 9}


def test_what_a_file_does_not_mention_stays_on_sale(session: Session) -> None:
    load(session, CATALOG)
    fewer = catalog()
    fewer["productOffering"] = fewer["productOffering"][:1]
    assert not load(session, fewer, now=LATER).changed

    offering(fewer, "Gull_5")["lifecycleStatus"] = "Retired"
    assert load(session, fewer, now=LATER).offerings.updated == 1

    shown = {found.slug for found in catalog_index.current(session).offerings}
    assert shown == {"tide", "roam", "all-in-one"}


def test_relationships_follow_the_file(session: Session) -> None:
    load(session, CATALOG)
    changed = catalog()
    offering(changed, "roam")["productOfferingRelationship"] = [
        {"id": "tide", "relationshipType": "addonOf"},
        {"id": "gull-5", "relationshipType": "excludes"},
    ]
    load(session, changed, now=LATER)

    found = catalog_index.current(session)
    links = found.by_slug("roam").links
    assert {(link.relation, found.get(link.target).slug) for link in links} == {
        (Relation.ADDON_OF, "tide"),
        (Relation.EXCLUDES, "gull-5"),
    }


def test_an_offering_is_left_out_with_all_that_need_it(session: Session) -> None:
    broken = catalog()
    offering(broken, "tide")["productOfferingPrice"][0]["price"]["value"] = "cheap"

    report = load(session, broken)

    assert session.exec(select(ProductOffering.slug)).all() == ["gull-5"]
    assert [(f.place, f.field, f.value) for f in report.faults] == [
        ("productOffering[1].productOfferingPrice[0].price", "value", "cheap"),
        ("productOffering[2]", "productOfferingRelationship", "tide"),
        ("productOffering[3]", "productOfferingRelationship", "tide"),
    ]
    assert load(session, CATALOG, now=LATER).offerings.created == 3


def test_references_reach_what_an_earlier_file_brought(session: Session) -> None:
    load(session, {"category": CATALOG["category"]})
    for slug in ("tide", "roam"):
        one = {
            "productOffering": [offering(catalog(), slug)],
            "productOfferingPrice": CATALOG["productOfferingPrice"],
        }
        assert load(session, one).faults == ()
    assert len(catalog_index.current(session).by_slug("roam").links) == 2


def test_shelves_of_shelves(session: Session) -> None:
    load(session, CATALOG)
    rows = {row.slug: row for row in session.exec(select(Category))}
    assert rows["plans"].parent_id == rows["all"].id

    circle = {"category": [{"id": "a", "name": "A", "parentId": "b"},
                           {"id": "b", "name": "B", "parentId": "a"}]}  # fmt: skip
    report = load(session, circle)
    assert [fault.value for fault in report.faults] == ["b", "a"]
    assert len(session.exec(select(Category)).all()) == 3


def test_handsets_leave_the_operators_shelves_alone(session: Session) -> None:
    load(session, CATALOG)
    report = load(session, HANDSETS)

    assert (report.categories.unchanged, report.offerings.created) == (1, 2)
    shelf = session.exec(select(Category).where(Category.slug == "phones")).one()
    assert shelf.name == {"en": "Phones", "es": "Móviles"}
    shown = catalog_index.current(session)
    one = shown.by_slug("gull-one")
    assert {p.condition["storage"]: p.amount_minor for p in one.prices} == {
        "16 GB": 20000,
        "32 GB": 21600,
        "64 GB": 23300,
    }
    assert not any(found.slug == "gull-two" for found in shown.offerings), "it was cancelled"
    assert session.exec(select(ProductStock).where(ProductStock.offering_id == one.id)).all() == []


def test_an_operators_own_change_stays_until_the_file_changes(session: Session) -> None:
    load(session, HANDSETS)
    of_slug(session, "gull-one").popularity = 7000
    load(session, HANDSETS, now=LATER)
    assert of_slug(session, "gull-one").popularity == 7000


def test_another_currency_is_a_fault_of_each_price(session: Session) -> None:
    report = load(session, CATALOG, currency="USD")
    assert session.exec(select(ProductOffering)).all() == []
    assert {fault.field for fault in report.faults} >= {"unit"}


def test_progress_reaches_the_end(session: Session) -> None:
    for content, steps in ((CATALOG, {"write"}), (HANDSETS, {"read", "write"})):
        told: list[tuple[str, int, int]] = []
        load(session, content, progress=lambda *step: told.append(step))  # noqa: B023
        assert {step for step, done, total in told if done == total} == steps


def test_two_imports_at_once_make_one_catalogue(database: db.Database) -> None:
    ready, failures = threading.Barrier(4), list[BaseException]()

    def run() -> None:
        try:
            ready.wait()
            with database.writing() as session:
                load(session, CATALOG)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with database.reading() as session:
        assert len(session.exec(select(ProductOffering)).all()) == 4
        assert version(session) == 1


REAL = Path(
    os.environ.get("SELF_SERVICE_HANDSETS")
    or Path(__file__).parents[2].parent / "shared" / "data" / "handsets.csv"
)


@pytest.mark.skipif(not REAL.exists(), reason="the list of real handsets is not on this machine")
def test_the_real_list_goes_in_once(session: Session) -> None:
    first = import_file(session, REAL, now=NOW)
    rows = session.exec(select(ProductOffering)).all()
    assert first.offerings.created == len(rows) > 4000
    fatal = sum(fault.fatal for fault in first.faults)
    assert len(rows) + fatal == 5617, "every row is sold or reported"
    assert all(fault.place and fault.reason for fault in first.faults)
    assert len(session.exec(select(ProductSpecification)).all()) == len(rows)
    before = contents(session)

    second = import_file(session, REAL, now=LATER)

    assert second.offerings.unchanged == len(rows)
    assert second.faults == first.faults
    assert contents(session) == before
