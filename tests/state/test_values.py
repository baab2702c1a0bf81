"""Values of the catalogue in three languages: units, ranges, lists, prices, months."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service import i18n
from self_service.domain.catalog import values
from self_service.domain.catalog.values import Value, ValueKind
from self_service.money import Money
from self_service.state.values import quantity, written

languages = st.sampled_from(list(i18n.LANGUAGES))


@pytest.mark.parametrize(
    ("value", "en", "es"),
    [
        (values.text("Nimbo"), "Nimbo", "Nimbo"),
        (values.text("147 × 71 × 8", "mm"), "147 × 71 × 8 mm", "147 × 71 × 8 mm"),
        (values.number(61, "in", decimals=1), "6.1 in", None),
        (values.number(128 * 1024, "MB"), "128 GB", "128 GB"),
        (values.number(1024**2, "MB"), "1 TB", "1 TB"),
        (values.number(512, "MB"), "512 MB", "512 MB"),
        (values.number(1536, "MB"), "1.5 GB", "1,5 GB"),
        (values.number(-1, "MB"), "Unlimited data", None),
        (values.number(-1, "min"), "Unlimited calls", None),
        (values.number(-1, "SMS"), "Unlimited texts", None),
        (values.number(61, decimals=1), "6.1", "6,1"),
        (values.number(-1), "-1", "-1"),
        (values.number(1, "min"), "1 minute", None),
        (values.number(1000, "min"), "1,000 minutes", None),
        (values.number(90, "channel"), "90 channels", None),
        (values.number(5, ""), "5", "5"),
        (values.number(5, "furlong"), "5", "5"),
        (values.between(60, 65, "in", decimals=1), "6–6.5 in", None),
        (values.between(None, 50, "in", decimals=1), "under 5 in", None),
        (values.between(65, None, "in", decimals=1), "6.5 in and more", None),
        (values.between(512, 1024, "MB"), "512 MB–1 GB", "512 MB–1 GB"),
        (values.price(Money(2999, "EUR")), "€29.99", "29,99\xa0€"),
        (values.price(Money(2999, "EUR"), "month"), "€29.99 a month", None),
        (values.price(Money(0, "EUR")), "€0.00", "0,00\xa0€"),
        (values.price_between(None, 1000), "under €10", None),
        (values.price_between(1000, None), "€10 and more", None),
        (values.price_between(1000, 2000), "€10–€20", "10\xa0€–20\xa0€"),
        (values.month("2026-03"), "Mar 2026", "mar 2026"),
        (values.month("2026"), "2026", "2026"),
        (values.month("soon"), "soon", "soon"),
        (values.month("2026-13"), "2026-13", "2026-13"),
        (values.day(datetime(2026, 11, 21, tzinfo=UTC)), "21 Nov 2026", "21 nov 2026"),
        (values.several([values.text("a")]), "a", "a"),
        (values.several([values.text("a"), values.text("b")]), "a, b", None),
    ],
)
def test_values_are_written_as_people_do(value: Value, en: str, es: str | None) -> None:
    assert written(value, "en") == en
    if es is None:
        assert written(value, "es") not in ("", en) or value.kind is ValueKind.LIST
    else:
        assert written(value, "es") == es


@given(
    languages,
    st.sampled_from(list(ValueKind)),
    st.builds(
        Value,
        kind=st.just(ValueKind.TEXT),
        text=st.sampled_from(["", "2026-03", "x", "{x}"]),
        number=st.integers(-1, 10**9),
        decimals=st.integers(0, 3),
        unit=st.sampled_from(["", "MB", "GB", "min", "SMS", "in", "month", "Mbps", "?"]),
        low=st.integers(0, 10**6) | st.none(),
        high=st.integers(0, 10**6),
        money=st.none() | st.builds(Money, st.integers(), st.just("KWD")),
    ),
)
def test_every_kind_is_written_in_every_language(
    language: str, kind: ValueKind, value: Value
) -> None:
    fields = {name: getattr(value, name) for name in Value.__slots__} | {"kind": kind}
    if kind is ValueKind.DATE:
        fields["text"] = "2026-02-28"
    if kind is ValueKind.PHRASE:
        fields["text"] = "Unlimited data"
    assert isinstance(written(Value(**fields), language, "JPY"), str)


@given(st.integers(0, 10**12))
def test_data_keeps_its_size(megabytes: int) -> None:
    number, unit = quantity(megabytes, "MB", "en").split()
    shown = float(number.replace(",", "")) * {"MB": 1, "GB": 1024, "TB": 1024**2}[unit]
    assert shown == pytest.approx(megabytes, rel=0.005, abs=0.01)


def test_arabic_counts_months_in_its_forms() -> None:
    forms = {quantity(count, "month", "ar") for count in (1, 2, 3, 11, 100)}
    assert len(forms) == 5
