"""Reading TMF620 JSON: every fault with its place, and never anything but a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service import db
from self_service.domain.catalog import index as catalog_index
from self_service.domain.handsets.reading import NotAHandsetFile
from self_service.domain.intake.importing import CatalogFileRefused
from self_service.domain.intake.tmf import read_tmf
from self_service.models.catalog import PeriodUnit, PriceType, ProductOffering
from tests import databases
from tests.catalog_files import CATALOG, catalog, load, offering
from tests.conftest import NOW

Change = Callable[[dict[str, Any]], Any]


def price(content: dict[str, Any], named: str, index: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = offering(content, named)["productOfferingPrice"][index]
    return found


def put(target: Callable[[dict[str, Any]], dict[str, Any]], **values: Any) -> Change:
    return lambda content: target(content).update(values)


def of(named: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda content: offering(content, named)


FATAL: dict[str, tuple[Change, str, str]] = {
    "no name": (put(of("tide"), name=" "), "productOffering[1]", "name"),
    "name of NUL": (put(of("tide"), name="a\0b"), "productOffering[1]", "name"),
    "half a letter": (put(of("tide"), name="a\ud800"), "productOffering[1]", "name"),
    "name too long": (put(of("tide"), name="x" * 161), "productOffering[1]", "name"),
    "id of signs": (put(of("tide"), id="潮"), "productOffering[1]", "id"),
    "id that grows": (put(of("tide"), id="ß" * 100), "productOffering[1]", "id"),
    "id given twice": (put(of("tide"), id="gull 5"), "productOffering[1]", "id"),
    "no kind": (lambda c: offering(c, "tide").pop("x_kind"), "productOffering[1]", "x_kind"),
    "unknown kind": (put(of("tide"), x_kind="boat"), "productOffering[1]", "x_kind"),
    "unknown state": (
        put(of("tide"), lifecycleStatus="rumoured"),
        "productOffering[1]",
        "lifecycleStatus",
    ),
    "no category": (put(of("tide"), category=[]), "productOffering[1]", "category"),
    "missing specification": (
        put(of("tide"), productSpecification={"id": "gone"}),
        "productOffering[1].productSpecification",
        "id",
    ),
    "no price": (
        put(of("tide"), productOfferingPrice=[]),
        "productOffering[1]",
        "productOfferingPrice",
    ),
    "price by unknown id": (
        put(of("tide"), productOfferingPrice=[{"id": "gone"}]),
        "productOffering[1].productOfferingPrice[0]",
        "id",
    ),
    "price of a tenth of a cent": (
        put(lambda c: price(c, "tide")["price"], value=19.999),
        "productOffering[1].productOfferingPrice[0].price",
        "value",
    ),
    "negative price": (
        put(lambda c: price(c, "tide")["price"], value=-1),
        "productOffering[1].productOfferingPrice[0].price",
        "value",
    ),
    "price beyond all columns": (
        put(lambda c: price(c, "tide")["price"], value=10**12),
        "productOffering[1].productOfferingPrice[0].price",
        "value",
    ),
    "price in words": (
        put(lambda c: price(c, "tide"), price="cheap"),
        "productOffering[1].productOfferingPrice[0]",
        "price",
    ),
    "period of a fortnight": (
        put(lambda c: price(c, "tide"), recurringChargePeriodType="fortnight"),
        "productOffering[1].productOfferingPrice[0]",
        "recurringChargePeriodType",
    ),
    "condition nobody can choose": (
        lambda c: price(c, "Gull_5")["prodSpecCharValueUse"][0].update(
            productSpecCharacteristicValue=[{"value": "1 TB"}]
        ),
        "productOffering[0]",
        "productOfferingPrice",
    ),
    "stock nobody can choose": (
        lambda c: offering(c, "Gull_5")["x_stock"].append({"configuration": {"storage": 7}}),
        "productOffering[0].x_stock[2]",
        "configuration",
    ),
    "stock of a list": (
        lambda c: offering(c, "Gull_5")["x_stock"].append({"configuration": {"storage": []}}),
        "productOffering[0].x_stock[2]",
        "configuration",
    ),
    "date without offset": (
        put(of("tide"), validFor={"startDateTime": "2026-01-01T00:00:00"}),
        "productOffering[1].validFor",
        "startDateTime",
    ),
    "ends before it begins": (
        put(
            of("tide"),
            validFor={
                "startDateTime": "2026-01-02T00:00:00Z",
                "endDateTime": "2026-01-01T00:00:00Z",
            },
        ),
        "productOffering[1].validFor",
        "endDateTime",
    ),
    "two terms": (
        lambda c: offering(c, "tide")["productOfferingTerm"].append(
            {"duration": {"amount": 1, "units": "month"}}
        ),
        "productOffering[1]",
        "productOfferingTerm",
    ),
    "discount of 101 %": (
        lambda c: price(c, "tide")["priceAlteration"][0]["price"].update(percentage=101),
        "productOffering[1].productOfferingPrice[0].priceAlteration[0].price",
        "percentage",
    ),
    "itself as its own extra": (
        lambda c: offering(c, "roam")["productOfferingRelationship"].append(
            {"id": "roam", "relationshipType": "excludes"}
        ),
        "productOffering[2].productOfferingRelationship[2]",
        "id",
    ),
    "limits the wrong way round": (
        lambda c: offering(c, "all-in-one")["bundledGroupProductOffering"][0][
            "bundledGroupProductOfferingOption"
        ].update(numberRelOfferLowerLimit=2),
        "productOffering[3].bundledGroupProductOffering[0].bundledGroupProductOfferingOption",
        "numberRelOfferLowerLimit",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "place", "field"), FATAL.values(), ids=FATAL)
def test_a_fault_keeps_its_offering_out_and_says_where(
    change: Change, place: str, field: str
) -> None:
    content = catalog()
    change(content)
    drafts = read_tmf(_parsed(content), currency="EUR")
    assert drafts is not None
    found = [(fault.place, fault.field) for fault in drafts.faults if fault.fatal]
    assert (place, field) in found
    assert all(fault.reason for fault in drafts.faults)
    assert len(drafts.offerings) == len(CATALOG["productOffering"]) - 1


MINOR: dict[str, tuple[Change, str]] = {
    "part of a picture": (put(of("tide"), x_picture={"shape": 5, "frame": "oak"}), "shape"),
    "fifth highlight": (put(of("tide"), x_highlights=[{"en": str(n)} for n in range(6)]), ""),
    "highlight without English": (put(of("tide"), x_highlights=[{"es": "Muchos datos"}]), "en"),
    "language code": (put(of("tide"), x_translations={"Spanish": {"name": "x"}}), "Spanish"),
    "kind of relationship": (
        put(of("tide"), productOfferingRelationship=[{"id": "roam", "relationshipType": "likes"}]),
        "relationshipType",
    ),
}


@pytest.mark.parametrize(("change", "field"), MINOR.values(), ids=MINOR)
def test_what_only_decorates_is_reported_and_left_out(change: Change, field: str) -> None:
    content = catalog()
    change(content)
    drafts = read_tmf(_parsed(content), currency="EUR")
    assert drafts is not None
    assert {fault.field for fault in drafts.faults} >= {field}
    assert not any(fault.fatal for fault in drafts.faults)
    assert len(drafts.offerings) == len(CATALOG["productOffering"])


def test_resources_in_one_array_say_their_type() -> None:
    listed = [
        {"@type": array[0].upper() + array[1:], **entry}
        for array, entries in CATALOG.items()
        for entry in entries
    ]
    found = read_tmf(_parsed([*listed, {"@type": "Quote"}, 5]), currency="EUR")
    expected = read_tmf(_parsed(CATALOG), currency="EUR")
    assert found is not None
    assert expected is not None
    assert [draft.slug for draft in found.offerings] == [d.slug for d in expected.offerings]
    places = [(fault.place, fault.field) for fault in found.faults]
    assert places == [(f"[{len(listed)}]", "@type"), (f"[{len(listed) + 1}]", "")]


@pytest.mark.parametrize(
    ("typed", "unit", "length"),
    [("week", PeriodUnit.DAY, 14), ("YEARLY", PeriodUnit.YEAR, 2), ("days", PeriodUnit.DAY, 2)],
)
def test_periods(typed: str, unit: PeriodUnit, length: int) -> None:
    content = catalog()
    price(content, "roam").update(recurringChargePeriodType=typed, recurringChargePeriodLength=2)
    drafts = read_tmf(_parsed(content), currency="EUR")
    assert drafts is not None
    (found,) = next(draft for draft in drafts.offerings if draft.slug == "roam").prices
    assert (found.price_type, found.period_unit, found.period_length) == (
        PriceType.RECURRING,
        unit,
        length,
    )


def _parsed(content: Any) -> Any:
    """Parse as an import does, fractions as Decimal."""
    return json.loads(json.dumps(content), parse_float=Decimal)


# --- whatever stands in a file -----------------------------------------------------------------

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["tide", "gull", "Gull_5", "phones", "EUR", "month", "", "1e400", "x" * 3000])
)
NAMES = st.text(max_size=8) | st.sampled_from(["id", "name", "price", "amount", "units", "value"])
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Give every container of a file with each of its keys."""
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], (dict, list)):
            yield from _places(node[key])


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A good file in which up to three values were replaced, removed or doubled."""
    content = catalog()
    for _ in range(draw(st.integers(1, 3))):
        node, key = draw(st.sampled_from(list(_places(content)) or [({"x": 1}, "x")]))
        how = draw(st.sampled_from(["replace", "remove", "double"]))
        if how == "replace":
            node[key] = draw(ANYTHING)
        elif how == "remove":
            del node[key]
        elif isinstance(node, list):
            node.append(node[key])
    return content


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An engine with empty tables; every example rolls back."""
    if request.param == "sqlite":
        url = databases.sqlite_file(tmp_path_factory.mktemp("tmf") / "test.db")
    else:
        url = request.getfixturevalue("postgres_url")
    engine = db.make_engine(url)
    yield engine
    engine.dispose()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=damaged() | ANYTHING)
def test_no_file_breaks_the_import(kept: Any, content: Any) -> None:
    with Session(kept) as session:
        try:
            report = load(session, content)
        except (CatalogFileRefused, NotAHandsetFile):
            assert session.exec(select(ProductOffering)).all() == []
            return
        shown = catalog_index.load(session)
        assert len(session.exec(select(ProductOffering)).all()) == report.offerings.created
        for found in shown.offerings:
            assert found.prices or not found.is_sellable or found.is_bundle
        again = load(session, content, now=NOW + timedelta(days=1))
        assert not again.changed
        assert again.faults == report.faults
