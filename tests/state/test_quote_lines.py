"""Lines of a quote: many months of one charge are one line, and nothing is lost of their sum."""

from __future__ import annotations

from datetime import timedelta

from self_service.domain.changes.view import QuoteLine
from self_service.models.bills import ChargeKind
from self_service.money import Money
from self_service.state.quote_lines import alike, line_rows
from tests.conftest import NOW

MONTHS = 15


def line(minor: int, number: int = 0, **more: int) -> QuoteLine:
    since = NOW + timedelta(days=30 * number)
    name = {"en": "Plan"}
    return QuoteLine(ChargeKind.RECURRING, name, Money(minor, "EUR"), since=since, **more)


def test_the_same_charge_of_many_months_is_one_line() -> None:
    lines = [line(2_999, number) for number in range(MONTHS)] + [
        line(1_000, MONTHS, days=10, of=30)
    ]
    rows = line_rows(lines, "en")
    assert [(row.name, row.detail, row.amount) for row in rows] == [
        ("Plan", "15 × €29.99", "€449.85"),
        ("Plan", "10 of 30 days", "€10.00"),
    ]
    assert sum(one.amount.minor for same in alike(lines) for one in same) == 15 * 2_999 + 1_000


def test_what_differs_stands_apart() -> None:
    assert [row.amount for row in line_rows([line(100), line(-100)], "en")] == ["€1.00", "−€1.00"]
    assert line_rows([], "en") == []
