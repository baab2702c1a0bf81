"""Languages: which one, which form, and every number and date as its people write it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service import clock, i18n

languages = st.sampled_from(list(i18n.LANGUAGES))


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "لا عناصر"),
        (1, "عنصر واحد"),
        (2, "عنصران"),
        (3, "3 عناصر"),
        (10, "10 عناصر"),
        (11, "11 عنصرًا"),
        (99, "99 عنصرًا"),
        (100, "100 عنصر"),
        (102, "102 عنصر"),
        (103, "103 عناصر"),
        (1011, "1,011 عنصرًا"),
    ],
)
def test_arabic_has_six_forms(count: int, words: str) -> None:
    assert i18n.plural("ar", "{count} item", "{count} items", count) == words


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 0, "0 items"),
        ("en", 1, "1 item"),
        ("en", 5600, "5,600 items"),
        ("es", 1, "1 artículo"),
        ("es", 0, "0 artículos"),
        ("es", 12345, "12.345 artículos"),
        ("es", 1_000_000, "1.000.000 artículos"),
    ],
)
def test_counts_are_written_as_people_do(language: str, count: int, words: str) -> None:
    assert i18n.plural(language, "{count} item", "{count} items", count) == words


@given(languages, st.integers(0, 10**9))
def test_every_count_has_a_form(language: str, count: int) -> None:
    found = i18n.plural(language, "{count} month", "{count} months", count)
    assert found
    assert "{" not in found


def test_what_is_not_translated_stays_english() -> None:
    assert i18n.translate("es", "Nobody says {this}", this="that") == "Nobody says that"
    assert i18n.plural("ar", "{count} yak of {who}", "{count} yaks of {who}", 3, who="Ada") == (
        "3 yaks of Ada"
    )
    assert i18n.translate("es", "") == ""


def test_values_are_never_read_as_templates() -> None:
    hostile = "{0.__class__} {text} {}"
    assert i18n.translate("en", "Hello {name}", name=hostile) == f"Hello {hostile}"
    assert i18n.plural("en", "{count} of {x}", "{count} of {x}", 2, x=hostile) == f"2 of {hostile}"


@pytest.mark.parametrize("name", ["language", "text", "one", "many", "count_"])
def test_places_may_have_any_name(name: str) -> None:
    assert i18n.translate("en", f"a {{{name}}}", **{name: "b"}) == "a b"


@pytest.mark.parametrize("language", ["", "de", "EN", "../en", "\0"])
def test_a_language_that_we_do_not_speak_is_english(language: str) -> None:
    assert i18n.known(language) == "en"


@given(st.text())
def test_any_wish_is_answered(header: str) -> None:
    assert i18n.preferred(header) in i18n.LANGUAGES


def test_a_refused_language_is_not_chosen() -> None:
    assert i18n.preferred("es;q=0, ar;q=0.1") == "ar"
    assert i18n.preferred("es;q=0.5, ar;q=0.5") == "es"


MOMENT = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "full", "brief"),
    [
        ("en", "Friday 27 November 2026", "27 Nov 2026"),
        ("es", "viernes, 27 de noviembre de 2026", "27 nov 2026"),
        ("ar", "الجمعة، 27 نوفمبر 2026", "27 نوفمبر 2026"),
    ],
)
def test_dates_are_said_as_people_do(language: str, full: str, brief: str) -> None:
    assert i18n.day(MOMENT, language).replace(", 27 November", " 27 November") == full
    assert i18n.short_day(MOMENT, language) == brief
    assert i18n.short_day(date(2026, 11, 27), language) == brief


def test_days_are_those_of_the_operator() -> None:
    clock.set_zone("Europe/Berlin")
    assert i18n.short_day(MOMENT, "en") == "28 Nov 2026"
    assert "00:30" in i18n.instant(MOMENT, "en")
    assert i18n.short_day(date(2026, 11, 27), "en") == "27 Nov 2026"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "1,234.5"), ("es", "1.234,5"), ("ar", "1,234.5")]
)
def test_numbers_by_language(language: str, text: str) -> None:
    assert i18n.number(1234.5, language) == text
