"""Thousands of offers for benchmarks: seeded, so that every run measures the same catalogue."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from self_service.domain.catalog import index as catalog_index
from self_service.models.catalog import (
    Category,
    OfferingKind,
    PriceType,
    ProductOffering,
    ProductOfferingPrice,
    ProductSpecification,
)

_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_BRANDS = [a + b for a in ("Al", "Bo", "Cer", "Del", "Er", "Fon", "Gal") for b in (
    "aris", "com", "dia", "eno", "fex", "gon", "ista", "jun")]  # fmt: skip
_SERIES = ["Nova", "Pulse", "Edge", "Mira", "Zen", "Orbit", "Spark", "Vela", "Tempo", "Lumen"]
_COLOURS = ["Black", "White", "Midnight Blue", "Rose Gold", "Silver", "Mint", "Graphite", "Red"]
_SYSTEMS = ["Android", "Android", "Android", "iOS", "Windows", "Symbian"]
_GENERATIONS = ["2G", "3G", "4G", "5G"]
#: Of so many offers one is a plan; the rest are devices.
_PLAN_EVERY = 50

Rows = dict[type[SQLModel], list[dict[str, Any]]]


def bulk_catalog(session: Session, n: int, *, currency: str = "EUR", seed: int = 1) -> None:
    """Put `n` offers on sale: devices with variants, colours and facets, and one plan in fifty.

    Args:
        session: open transaction; not committed.
        n: number of offers.
        currency: of all prices.
        seed: another one makes other offers.
    """
    chance = random.Random(seed)
    rows: Rows = {}
    shelves = {slug: _id(chance) for slug in ("phones", "tablets", "plans")}
    rows[Category] = [
        {"id": key, "slug": slug, "name": {"en": slug.title()}, "icon": "tag", "position": place}
        for place, (slug, key) in enumerate(shelves.items())
    ]
    for number in range(n):
        make = _plan if number % _PLAN_EVERY == 0 else _device
        for table, row in make(chance, number, shelves, currency):
            rows.setdefault(table, []).append(row)
    tables = (Category, ProductSpecification, ProductOffering, ProductOfferingPrice)
    for table in tables:
        session.execute(insert(table), rows.get(table, []))
    catalog_index.touch(session)


def _id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def _device(
    chance: random.Random, number: int, shelves: dict[str, UUID], currency: str
) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    specification, offering = _id(chance), _id(chance)
    brand = _BRANDS[min(int(chance.paretovariate(0.8)) - 1, len(_BRANDS) - 1)]
    name = f"{brand} {chance.choice(_SERIES)} {number}"
    storage = sorted(chance.sample([16, 32, 64, 128, 256, 512], chance.choice([1, 1, 2, 3])))
    colours = chance.sample(_COLOURS, chance.randint(1, 4))
    display = chance.randint(20, 69)
    price = chance.randint(40, 1200) * 100
    yield (
        ProductSpecification,
        {
            "id": specification,
            "key": f"device-{number}",
            "name": name,
            "brand": brand,
            "characteristics": _characteristics(storage, colours, display),
            "last_update": _SINCE,
        },
    )
    facets = {
        "os": chance.choice(_SYSTEMS),
        "os_version": str(chance.randint(4, 16)),
        "generation": _GENERATIONS[: chance.randint(1, 4)],
        "sim": chance.choice(["nano", "micro", "mini", "esim"]),
        "dual_sim": chance.random() < 0.4,
        "nfc": chance.random() < 0.5,
        "memory_mb": [1024 * chance.choice([1, 2, 3, 4, 6, 8, 12])],
        "storage_mb": [gb * 1024 for gb in storage],
        "display_tenths": display,
        "battery_mah": chance.randint(1000, 6000),
        "weight_g": chance.randint(90, 230),
        "colour": colours,
        "camera_mp_tenths": chance.randint(20, 1080),
        "released": f"{chance.randint(2008, 2026)}-{chance.randint(1, 12):02}",
    }
    yield (
        ProductOffering,
        _offering(
            offering,
            specification,
            slug=f"device-{number}",
            kind=OfferingKind.DEVICE,
            name={"en": name, "es": name, "ar": f"هاتف {name}"},
            category_id=shelves["tablets" if display > 65 else "phones"],
            facets=facets,
            picture={"shape": "phone", "colour": colours[0], "cameras": chance.randint(1, 4)},
            popularity=chance.randint(0, 1000),
            highlights=[{"en": f"{display / 10}″"}, {"en": f"{storage[-1]} GB"}],
        ),
    )
    for step, size in enumerate(storage):
        condition = {"storage": f"{size} GB"} if len(storage) > 1 else {}
        amount = price + step * 8000
        yield (
            ProductOfferingPrice,
            _price(chance, offering, currency, amount_minor=amount, condition=condition),
        )


def _plan(
    chance: random.Random, number: int, shelves: dict[str, UUID], currency: str
) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    specification, offering = _id(chance), _id(chance)
    name = f"Plan {chance.choice(_SERIES)} {number}"
    yield (
        ProductSpecification,
        {
            "id": specification,
            "key": f"plan-{number}",
            "name": name,
            "brand": "",
            "characteristics": [],
            "last_update": _SINCE,
        },
    )
    yield (
        ProductOffering,
        _offering(
            offering,
            specification,
            slug=f"plan-{number}",
            kind=OfferingKind.PLAN,
            name={"en": name, "es": name},
            category_id=shelves["plans"],
            prepaid=chance.random() < 0.3,
            term_months=chance.choice([0, 12, 24]),
            popularity=chance.randint(0, 1000),
        ),
    )
    fee = {"price_type": PriceType.RECURRING, "amount_minor": chance.randint(5, 60) * 100}
    half = {"price_type": PriceType.DISCOUNT, "percent_bp": 5000, "duration_length": 3}
    data = {"price_type": PriceType.ALLOWANCE, "unit": "MB", "units": chance.randint(1, 60) * 1024}
    for component in (fee, half | {"new_customers_only": True}, data):
        yield ProductOfferingPrice, _price(chance, offering, currency, **component)


def _characteristics(storage: list[int], colours: list[str], display: int) -> list[dict[str, Any]]:
    return [
        {"name": "colour", "values": colours, "configurable": True},
        {"name": "storage", "values": [f"{gb} GB" for gb in storage], "configurable": True},
        {"name": "display", "values": [f"{display / 10}"], "unit": "in"},
    ]


def _offering(key: UUID, specification: UUID, **columns: Any) -> dict[str, Any]:
    defaults = {
        "description": {},
        "is_bundle": False,
        "is_sellable": True,
        "new_customers_only": False,
        "prepaid": False,
        "term_months": 0,
        "facets": {},
        "picture": {},
        "highlights": [],
        "valid_from": _SINCE,
        "last_update": _SINCE,
    }
    return {**defaults, "id": key, "specification_id": specification, **columns}


def _price(chance: random.Random, offering: UUID, currency: str, **columns: Any) -> dict[str, Any]:
    defaults = {
        "price_type": PriceType.ONE_TIME,
        "name": {},
        "amount_minor": 0,
        "currency": currency,
        "percent_bp": 0,
        "duration_length": 0,
        "new_customers_only": False,
        "condition": {},
        "unit": "",
        "units": 0,
        "valid_from": _SINCE,
    }
    return {**defaults, "id": _id(chance), "offering_id": offering, **columns}
