"""Catalogue files for tests: short to write, complete, and what a database holds after them."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from self_service.domain.intake.importing import ImportReport, import_catalog
from tests.conftest import NOW

#: A small operator: a shelf, a phone in two sizes, two plans, an add-on and a bundle.
CATALOG: dict[str, Any] = {
    "category": [
        {"id": "phones", "name": "Phones", "x_translations": {"es": {"name": "Móviles"}}},
        {"id": "plans", "name": "Plans", "parentId": "all", "x_position": 2},
        {"id": "all", "name": "Everything"},
    ],
    "productSpecification": [
        {
            "id": "gull",
            "name": "Gull 5",
            "brand": "Gull",
            "productSpecCharacteristic": [
                {
                    "name": "storage",
                    "configurable": True,
                    "productSpecCharacteristicValue": [{"value": "64 GB"}, {"value": "128 GB"}],
                },
                {
                    "name": "display",
                    "productSpecCharacteristicValue": [{"value": 6.1, "unitOfMeasure": "in"}],
                },
                {"name": "nfc", "productSpecCharacteristicValue": [{"value": True}]},
            ],
        }
    ],
    "productOfferingPrice": [
        {
            "id": "five-off",
            "priceType": "discount",
            "price": {"unit": "EUR", "value": 5},
            "applicationDuration": {"amount": 6, "units": "months"},
        }
    ],
    "productOffering": [
        {
            "id": "Gull_5",
            "name": "Gull 5",
            "x_kind": "device",
            "category": [{"id": "phones"}],
            "productSpecification": {"id": "gull"},
            "productOfferingPrice": [
                {
                    "name": "Device",
                    "priceType": "oneTime",
                    "price": {"unit": "EUR", "value": 199.90},
                    "prodSpecCharValueUse": [
                        {
                            "name": "storage",
                            "productSpecCharacteristicValue": [{"value": "64 GB"}],
                        }
                    ],
                },
                {
                    "name": "Device",
                    "priceType": "one time",
                    "price": {"taxIncludedAmount": {"unit": "EUR", "value": 249}},
                    "prodSpecCharValueUse": [
                        {
                            "name": "storage",
                            "productSpecCharacteristicValue": [{"value": "128 GB"}],
                        }
                    ],
                },
            ],
            "x_stock": [
                {"configuration": {"storage": "64 GB"}, "available": 3},
                {"configuration": {"storage": "128 GB"}, "available": 0},
            ],
        },
        {
            "id": "tide",
            "name": "Tide",
            "description": "A plan.",
            "x_translations": {"es": {"name": "Marea", "description": "Una tarifa."}},
            "x_kind": "plan",
            "category": [{"id": "plans"}],
            "productOfferingTerm": [{"duration": {"amount": 2, "units": "years"}}],
            "x_highlights": [{"en": "A lot of data", "es": "Muchos datos"}],
            "productOfferingPrice": [
                {
                    "priceType": "recurring",
                    "recurringChargePeriodType": "monthly",
                    "price": {"unit": "EUR", "value": 19.99},
                    "popRelationship": [{"id": "five-off", "relationshipType": "discount"}],
                    "priceAlteration": [
                        {
                            "priceType": "recurring",
                            "price": {"percentage": 100},
                            "applicationDuration": {"amount": 14, "units": "days"},
                        }
                    ],
                },
                {"priceType": "allowance", "unitOfMeasure": {"amount": 20, "units": "GB"}},
                {
                    "priceType": "usage",
                    "price": {"unit": "EUR", "value": 0.09},
                    "unitOfMeasure": {"amount": 1, "units": "min"},
                },
            ],
        },
        {
            "id": "roam",
            "name": "Roam",
            "x_kind": "addon",
            "category": [{"id": "plans"}],
            "productOfferingPrice": [
                {
                    "priceType": "recurring",
                    "recurringChargePeriodType": "month",
                    "price": {"unit": "EUR", "value": 4},
                }
            ],
            "productOfferingRelationship": [
                {"id": "tide", "relationshipType": "addonOf"},
                {"id": "tide", "relationshipType": "requires"},
            ],
        },
        {
            "id": "all-in-one",
            "name": "All in one",
            "isBundle": True,
            "category": [{"id": "plans"}],
            "bundledProductOffering": [{"id": "tide"}],
            "bundledGroupProductOffering": [
                {
                    "id": "phone",
                    "bundledProductOffering": [
                        {
                            "id": "gull-5",
                            "bundledProductOfferingOption": {"numberRelOfferDefault": 1},
                        }
                    ],
                    "bundledGroupProductOfferingOption": {
                        "numberRelOfferLowerLimit": 0,
                        "numberRelOfferUpperLimit": 1,
                    },
                }
            ],
        },
    ],
}

#: Columns without which no row can be read, and two rows.
HANDSETS = (
    "brand,model,approx_price_EUR,internal_memory,colors,status,announced\n"
    "Gull,One,200,16/32/64 GB,Black| White,Available. Released 2016  May,2016  March\n"
    "Gull,Two,99.90,8 GB,Black,Cancelled,2016  March\n"
)


def catalog() -> dict[str, Any]:
    """Return a copy of `CATALOG` to change."""
    return copy.deepcopy(CATALOG)


def offering(content: dict[str, Any], named: str) -> dict[str, Any]:
    """Return one offering of a catalogue."""
    return next(entry for entry in content["productOffering"] if entry["id"] == named)


def load(session: Session, content: Any, **more: Any) -> ImportReport:
    """Import a file: bytes and text as they are, anything else as JSON."""
    if not isinstance(content, bytes):
        content = content if isinstance(content, str) else json.dumps(content)
        content = content.encode()
    return import_catalog(session, io.BytesIO(content), **{"now": NOW, **more})


def contents(session: Session) -> dict[str, list[Any]]:
    """Return every row of every table, in the order of the primary key."""
    session.flush()
    session.expire_all()
    return {
        table.name: [
            tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))
        ]
        for table in SQLModel.metadata.sorted_tables
    }


def counts(session: Session) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }
