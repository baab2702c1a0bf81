"""What anybody can send to a basket: refused, and nothing changes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from self_service.domain.basket import acts as basket
from tests.basket_shop import (
    BLACK,
    BLUE,
    put,
    refused,
    stored,
)
from tests.conftest import NOW

#: What anybody can send instead of an argument of ours.
HOSTILE_QUANTITIES = ["3", -1, 10**9, 10, 1.0, None, True, [], {}, "1; drop table cart_item"]
HOSTILE_IDS = ["", "x", None, 7, [], {}, "0" * 10_000, b"\x00", "'", uuid4(), str(uuid4())]
HOSTILE_CONFIGURATIONS = [
    "Black",
    7,
    ["colour"],
    {"colour": 7},
    {"colour": None},
    {"colour": ["Black"]},
    {7: "Black"},
    {"colour": "B" * 1000},
    {str(n): "x" for n in range(1000)},
    {"colour": "Black\x00"},
    {"colour": "Black", "__proto__": "x"},
]
HOSTILE_CHOICES = [
    None,
    "plan",
    7,
    [None],
    [[]],
    ["x"],
    [{}],
    [{"offering_id": "x"}],
    [{"offering_id": None, "configuration": {}}],
    {"offering_id": "x"},
]


@pytest.fixture
def line(session, shop, ana):
    return put(session, ana, shop, "phone", configuration=BLACK).lines[0].id


def test_quantities(session, shop, ana, line):
    before = stored(session)
    for wrong in HOSTILE_QUANTITIES:
        assert refused(put, session, ana, shop, "cable", quantity=wrong) == "bad_quantity", wrong
        change = {"now": NOW, "line_id": line, "quantity": wrong}
        assert refused(basket.set_quantity, session, ana, **change) == "bad_quantity", wrong
    assert stored(session) == before


def test_ids(session, shop, ana, line):
    before = stored(session)
    for wrong in HOSTILE_IDS:
        calls = [
            (basket.set_quantity, {"line_id": wrong, "quantity": 1}),
            (basket.remove, {"line_id": wrong}),
            (basket.configure, {"line_id": wrong, "configuration": BLUE}),
            (basket.swap_plan, {"line_id": wrong, "offering_id": shop["plan-l"]}),
            (basket.add, {"offering_id": shop["cable"], "parent_line": wrong or "-"}),
            (basket.view, {"cart_id": wrong or "-"}),
        ]
        for call, arguments in calls:
            assert refused(call, session, ana, now=NOW, **arguments) == "not_found", (call, wrong)
        assert refused(basket.claim_for_order, session, ana, wrong, now=NOW) == "not_found"
        code = refused(basket.add, session, ana, now=NOW, offering_id=wrong)
        assert code in {"not_found", "offering_gone"}, wrong
    assert stored(session) == before


def test_configurations(session, shop, ana, line):
    before = stored(session)
    codes = {"bad_choice", "no_such_value", "no_such_choice", "choose"}
    for wrong in HOSTILE_CONFIGURATIONS:
        assert refused(put, session, ana, shop, "phone", configuration=wrong) in codes, wrong
        change = {"now": NOW, "line_id": line, "configuration": wrong}
        assert refused(basket.configure, session, ana, **change) in codes, wrong
    assert stored(session) == before


def test_choices(session, shop, ana, line):
    before = stored(session)
    many = [{"offering_id": shop["plan-m"]}] * 1000
    phone = {"now": NOW, "offering_id": shop["phone"], "configuration": BLACK}
    for wrong in [*HOSTILE_CHOICES, many]:
        code = refused(basket.add_with, session, ana, **phone, choices=wrong)
        assert code in {"bad_choice", "not_found"}, wrong
    assert stored(session) == before


def test_groups(session, shop, ana, line):
    before = stored(session)
    for wrong in (7, None, "x" * 1000, ["net"]):
        assert refused(put, session, ana, shop, "cable", group=wrong) == "bad_choice", wrong
    assert stored(session) == before
