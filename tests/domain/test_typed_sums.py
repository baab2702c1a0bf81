"""Sums that people type: read as they mean them, or refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.payments.paying import (
    BadSum,
)
from self_service.domain.payments.typed_sum import read_sum
from self_service.money import exponent


class TestTypedSums:
    @pytest.mark.parametrize(
        ("text", "minor"),
        [
            ("24.90", 2_490),
            ("24,9", 2_490),
            ("24", 2_400),
            (" 7 ", 700),
            ("1 000", 100_000),
            ("1.000,50", 100_050),
            ("1,000.50", 100_050),
            ("1.000", 100_000),
            ("0,01", 1),
            ("٢٤٫".replace("٫", ",") + "٩٠", 2_490),
        ],
    )
    def test_read(self, text: str, minor: int) -> None:
        assert read_sum(text, "EUR") == minor

    @pytest.mark.parametrize(
        "text",
        [
            *("", " ", "0", "0,00", "-5", "+5", "1e3", "abc", "1.2.3", "24.9012", "1,00,000"),
            *(".5.", "9" * 17, "\0", "NaN", "24.9a", "--", ",", "½"),
        ],
    )
    def test_refused(self, text: str) -> None:
        with pytest.raises(BadSum):
            read_sum(text, "EUR")

    def test_the_currency_decides_the_fraction(self) -> None:
        assert read_sum("1,500", "KWD") == 1_500
        assert read_sum("1500", "JPY") == 1_500
        with pytest.raises(BadSum):
            read_sum("15.5", "JPY")

    @given(st.integers(1, 10**9), st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(",."))
    def test_what_is_written_is_read(self, minor: int, currency: str, point: str) -> None:
        digits = exponent(currency)
        whole, part = divmod(minor, 10**digits)
        text = f"{whole}{point}{part:0{digits}}" if digits else str(whole)
        assert read_sum(text, currency) == minor

    @given(st.text(max_size=20))
    def test_nothing_breaks_it(self, text: str) -> None:
        with suppress(BadSum):
            assert read_sum(text, "EUR") > 0
