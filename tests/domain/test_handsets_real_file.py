"""The real list, where it lies at hand: exact counts, and how much of each column is read."""

from __future__ import annotations

import csv
import os
import time
from collections import Counter
from pathlib import Path

import pytest

from self_service.domain.handsets.reading import Handset, RowFault, read_handsets

REAL = Path(
    os.environ.get("SELF_SERVICE_HANDSETS")
    or Path(__file__).parents[2].parent / "shared" / "data" / "handsets.csv"
)
pytestmark = pytest.mark.skipif(
    not REAL.is_file(), reason="the list is not here; name it in SELF_SERVICE_HANDSETS"
)


@pytest.fixture(scope="module")
def items() -> list[Handset | RowFault]:
    begin = time.perf_counter()
    with REAL.open("rb") as stream:
        found = list(read_handsets(stream, size=REAL.stat().st_size))
    seconds = time.perf_counter() - begin
    print(f"\n{len(found)} handsets and faults in {seconds:.2f} s")  # noqa: T201
    assert seconds < 60  # a runaway, not a slow machine
    return found


@pytest.fixture(scope="module")
def handsets(items: list[Handset | RowFault]) -> list[Handset]:
    return [item for item in items if isinstance(item, Handset)]


@pytest.fixture(scope="module")
def typed() -> list[dict[str, str]]:
    """The rows as typed; in this list every row is one line, the first under the header line 2."""
    with REAL.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_is_accepted_or_rejected_once(
    items: list[Handset | RowFault], typed: list[dict[str, str]]
) -> None:
    left_out = [item for item in items if isinstance(item, RowFault) and item.fatal]
    went_in = [item for item in items if isinstance(item, Handset)]
    assert (len(went_in), len(left_out)) == (4081, 1536)
    assert sorted(item.line for item in went_in + left_out) == list(range(2, len(typed) + 2))
    assert Counter((fault.field, fault.reason.split(":")[0]) for fault in left_out) == {
        ("approx_price_EUR", "Without a price it cannot be sold."): 1533,
        ("", "The row has a cell too many"): 3,
    }
    assert [fault.line for fault in left_out if not fault.field] == [249, 3976, 4579]


def test_few_fields_are_ignored(items: list[Handset | RowFault]) -> None:
    ignored = Counter(item.field for item in items if isinstance(item, RowFault) and not item.fatal)
    assert ignored == {
        "battery": 60,
        "internal_memory": 24,
        "dimentions": 19,
        "RAM": 4,
        "display_size": 1,
        "primary_camera": 1,
        "weight_g": 1,
    }


@pytest.mark.parametrize(
    ("attribute", "column", "least"),
    [
        ("display_inches_tenths", "display_resolution", 1),
        ("resolution", "display_size", 0.999),
        ("memory_mb", "RAM", 0.998),
        ("storage_mb", "internal_memory", 0.99),
        ("battery_mah", "battery", 0.98),
        ("os_family", "OS", 1),
        ("os_version", "OS", 0.97),
        ("generations", "4G_bands", 1),
        ("weight_tenth_grams", "weight_g", 0.999),
        ("dimensions_tenth_mm", "dimentions", 0.99),
        ("camera_mp_tenths", "primary_camera", 0.999),
        ("colours", "colors", 1),
        ("released", "announced", 0.99),
    ],
)
def test_nearly_every_number_typed_is_read(
    handsets: list[Handset], typed: list[dict[str, str]], attribute: str, column: str, least: float
) -> None:
    texts = [(typed[handset.line - 2][column], getattr(handset, attribute)) for handset in handsets]
    filled = [value for text, value in texts if text.strip() not in {"", "-", "| -", "NA"}]
    numbers = [value for text, value in texts if any(map(str.isdigit, text))]
    read, of_numbers = sum(map(bool, filled)), sum(map(bool, numbers))
    measured = f"of filled {read}/{len(filled)}, of numbers {of_numbers}/{len(numbers)}"
    print(f"\n{attribute}: {measured}")  # noqa: T201
    assert of_numbers / len(numbers) >= least


def test_every_named_sim_and_status_is_read(
    handsets: list[Handset], typed: list[dict[str, str]]
) -> None:
    for handset in handsets:
        row = typed[handset.line - 2]
        assert (handset.sim_kind is None) == ("-sim" not in row["SIM"].lower())
        assert handset.status == row["status"].split(".")[0].split()[0].lower()


def test_kinds(handsets: list[Handset]) -> None:
    kinds = Counter(handset.product_kind for handset in handsets)
    assert kinds == {"phone": 3667, "tablet": 367, "watch": 47}


def test_values_are_possible(handsets: list[Handset]) -> None:
    assert {handset.price_minor % 100 for handset in handsets} == {0}
    assert {len(handset.colours) for handset in handsets} <= set(range(16))
    for handset in handsets:
        assert max(handset.memory_mb, default=0) <= 8 * 1024, handset
        assert max(handset.storage_mb, default=0) <= 512 * 1024, handset
        assert handset.released is None or 1994 <= handset.released[0] <= 2017, handset
