"""Rows for tests and benchmarks: short to write, valid by default.

`make_*` add one thing and flush; `bulk_catalog` writes thousands by Core inserts. Prices are
written as small dicts (`one_time`, `monthly`, `discount`, ...) in minor units, which
`make_offering` stores and `as_price` turns into the frozen view for tests without a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session, select

from self_service.domain.catalog import index as catalog_index
from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.view import CategoryView, Characteristic, Offering, Price
from self_service.models.catalog import (
    Category,
    OfferingKind,
    OfferingRelationship,
    PeriodUnit,
    PriceType,
    ProductOffering,
    ProductOfferingPrice,
    ProductSpecification,
    ProductStock,
    Relation,
)
from tests.bulk import bulk_catalog as bulk_catalog

#: Everything is on sale since then, unless a test says otherwise.
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

CURRENCY = "EUR"

#: Shelf on which an offering stands when the test does not say.
SHELVES = {
    OfferingKind.DEVICE: "phones",
    OfferingKind.PLAN: "plans",
    OfferingKind.BROADBAND: "broadband",
    OfferingKind.TV: "tv",
    OfferingKind.ADDON: "addons",
    OfferingKind.BOOSTER: "boosters",
    OfferingKind.ACCESSORY: "accessories",
    OfferingKind.BUNDLE: "bundles",
}

PriceShorthand = dict[str, Any]


def one_time(minor: int, **more: Any) -> PriceShorthand:
    """Charge once, at the start. `more`: condition, valid_from, valid_to, new_customers_only."""
    return {"price_type": PriceType.ONE_TIME, "amount_minor": minor, **more}


def monthly(minor: int, **more: Any) -> PriceShorthand:
    """Charge each month; `period_length=3` for each quarter."""
    return {"price_type": PriceType.RECURRING, "amount_minor": minor, **more}


def discount(
    *, percent_bp: int = 0, minor: int = 0, months: int = 0, **more: Any
) -> PriceShorthand:
    """Lower the recurring charge for some months: by a share, or by `minor` a month."""
    return {
        "price_type": PriceType.DISCOUNT,
        "percent_bp": percent_bp,
        "amount_minor": -minor,
        "duration_unit": PeriodUnit.MONTH,
        "duration_length": months,
        **more,
    }


def free_days(days: int, **more: Any) -> PriceShorthand:
    """Charge nothing for some days."""
    return {
        "price_type": PriceType.DISCOUNT,
        "percent_bp": 10_000,
        "duration_unit": PeriodUnit.DAY,
        "duration_length": days,
        **more,
    }


def free_months(months: int, **more: Any) -> PriceShorthand:
    """Charge nothing for some months."""
    return discount(percent_bp=10_000, months=months, **more)


def allowance(unit: str, units: int, **more: Any) -> PriceShorthand:
    """Include `units` of `unit` (MB, min, SMS; -1 = unlimited) in the recurring charge."""
    return {"price_type": PriceType.ALLOWANCE, "unit": unit, "units": units, **more}


def as_price(shorthand: PriceShorthand, *, currency: str = CURRENCY) -> Price:
    """Return the frozen price that `shorthand` would be read as."""
    defaults = {"name": {}, "amount_minor": 0, "currency": currency, "valid_from": LONG_AGO}
    return Price(id=uuid4(), **{**defaults, **shorthand})


def as_offering(
    slug: str = "thing",
    *,
    kind: OfferingKind = OfferingKind.DEVICE,
    name: str = "",
    prices: Iterable[PriceShorthand] = (),
    characteristics: Iterable[dict[str, Any]] = (),
    currency: str = CURRENCY,
    **more: Any,
) -> Offering:
    """Return a frozen offering for tests without a database; arguments as of `make_offering`."""
    defaults = {"id": uuid4(), "description": {}, "category": SHELVES[kind], "name": {"en": name}}
    return Offering(
        slug=slug,
        kind=kind,
        prices=tuple(as_price(price, currency=currency) for price in prices),
        characteristics=tuple(
            Characteristic(**{**c, "values": tuple(c["values"])}) for c in characteristics
        ),
        **{**defaults, **more},
    )


def as_catalog(*offerings: Offering, currency: str = CURRENCY) -> Catalog:
    """Return a catalogue of frozen offerings, with the shelves that they stand on."""
    shelves = dict.fromkeys(offering.category for offering in offerings)
    categories = [CategoryView(uuid4(), slug, {"en": slug.title()}, "tag") for slug in shelves]
    return Catalog(version=0, currency=currency, categories=categories, offerings=offerings)


def choice(name: str, *values: str) -> dict[str, Any]:
    """Describe a characteristic that the buyer chooses."""
    return {"name": name, "values": list(values), "configurable": True}


def fact(name: str, *values: str | int | bool, unit: str = "") -> dict[str, Any]:
    """Describe a characteristic that is as it is."""
    return {"name": name, "values": list(values), "unit": unit}


def link(relation: Relation, target: ProductOffering, **more: Any) -> dict[str, Any]:
    """Relate an offering to `target`. `more`: group, minimum, maximum, is_default."""
    return {"relation": relation, "target_id": target.id, **more}


def make_category(session: Session, slug: str, **more: Any) -> Category:
    """Return the shelf with this slug; made when it is not there."""
    found = session.exec(select(Category).where(Category.slug == slug)).one_or_none()
    if found is None:
        found = Category(**{"slug": slug, "name": {"en": slug.capitalize()}, **more})
        session.add(found)
        session.flush()
    return found


def make_offering(
    session: Session,
    *,
    slug: str | None = None,
    kind: OfferingKind = OfferingKind.DEVICE,
    category: str = "",
    brand: str = "",
    name: str | Mapping[str, str] = "",
    prices: Iterable[PriceShorthand] = (),
    links: Iterable[dict[str, Any]] = (),
    characteristics: Sequence[dict[str, Any]] = (),
    stock: Mapping[str, int] | None = None,
    currency: str = CURRENCY,
    **columns: Any,
) -> ProductOffering:
    """Put an offering on sale, with its specification, prices, links and stock.

    Args:
        session: open transaction; the rows are flushed, not committed.
        slug: made up when not given.
        kind: which step of a sale it belongs to.
        category: slug of its shelf, made when missing; by kind when not given.
        brand: of the specification.
        name: English name or texts by language; the slug when not given.
        prices: from `one_time`, `monthly`, `discount`, `free_days`, `allowance`.
        links: from `link`.
        characteristics: from `choice` and `fact`.
        stock: variant key -> pieces; nothing is counted when not given.
        currency: of all prices.
        **columns: further columns of ProductOffering (facets, prepaid, term_months, ...).
    """
    slug = slug or f"{kind.value}-{uuid4().hex[:8]}"
    specification = ProductSpecification(
        key=slug,
        name=slug,
        brand=brand,
        characteristics=list(characteristics),
        last_update=LONG_AGO,
    )
    session.add(specification)
    defaults = {
        "name": {"en": name or slug} if isinstance(name, str) else dict(name),
        "valid_from": LONG_AGO,
        "last_update": LONG_AGO,
        "is_bundle": kind is OfferingKind.BUNDLE,
        "category_id": make_category(session, category or SHELVES[kind]).id,
    }
    offering = ProductOffering(
        slug=slug, kind=kind, specification_id=specification.id, **{**defaults, **columns}
    )
    session.add(offering)
    session.flush()
    for position, shorthand in enumerate(prices):
        add_price(session, offering, shorthand, position=position, currency=currency)
    for position, relation in enumerate(links):
        session.add(OfferingRelationship(source_id=offering.id, position=position, **relation))
    for variant, available in (stock or {}).items():
        session.add(ProductStock(offering_id=offering.id, variant=variant, available=available))
    catalog_index.touch(session)
    return offering


def add_price(
    session: Session,
    offering: ProductOffering,
    shorthand: PriceShorthand,
    *,
    position: int = 0,
    currency: str = CURRENCY,
) -> ProductOfferingPrice:
    """Add one price component to an offering."""
    defaults = {"currency": currency, "valid_from": LONG_AGO, "position": position}
    row = ProductOfferingPrice(offering_id=offering.id, **{**defaults, **shorthand})
    session.add(row)
    catalog_index.touch(session)
    return row
