"""Details of a person: what passes in each country, what is refused, and with which words."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from self_service.domain.errors import Invalid
from self_service.domain.people import person_fields, postal_address, typed_text
from self_service.domain.people.person_fields import (
    PersonDetails,
    PostalAddress,
    check_field,
    check_person,
)
from self_service.domain.people.postal_rules import COUNTRIES

TODAY = date(2026, 11, 21)
GIVEN = {"today": TODAY, "languages": ["en", "es", "ar"], "default_country": "DE"}
PERSON = {
    "given_name": "María José",
    "family_name": "O'Neil",
    "email": "Maria@EXAMPLE.com",
    "mobile": "0151 23456789",
    "birth_date": "1990-07-31",
    "language": "es",
    "street_address": "Hafenstraße 12",
    "city": "Hamburg",
    "postal_code": "20457",
}
EVIL = [
    None, "", " \t\n", 7, True, b"x", [], ["Ann"], {}, {"a": 1}, "x" * 1_000_000, "\x00", "a\x1bb",
    "abc\u202egnp", "a\u200bb", "😀", "Ann 😀", "\ud800", "\ufdd0", "<script>", "---",
]  # fmt: skip


def answer_to(form: dict) -> PersonDetails | dict:
    """The details, or the faults: whatever else is raised fails the test."""
    try:
        return check_person(form, **GIVEN)
    except Invalid as refusal:
        return refusal.faults


def faults(**changes: object) -> dict:
    found = answer_to({**PERSON, **changes})
    assert isinstance(found, dict)
    return found


def message(name: str, **changes: object) -> str:
    found = faults(**changes)
    assert list(found) == [name]
    words, data = found[name]
    return words.format_map(data)


def test_clean_details_come_back():
    assert check_person(PERSON, **GIVEN) == PersonDetails(
        "María José", "O'Neil", "Maria@example.com", "+4915123456789", date(1990, 7, 31), "es",
        PostalAddress("DE", "Hafenstraße 12", "Hamburg", "20457"),
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["Jean-Luc", "李", "محمد", "D’Arc", "नरेन्द्र", "J. R.", "Nguyễn"])
def test_names_of_the_world_pass(typed):
    assert check_person({**PERSON, "given_name": typed}, **GIVEN).given_name == typed


def test_text_is_composed_and_trimmed():
    person = check_person({**PERSON, "given_name": "\u200e Jose\u0301 \n\t  Luis\u3000"}, **GIVEN)
    assert person.given_name == "José Luis"
    street = check_person({**PERSON, "street_address": " A 1\r\n\r\n  back   house "}, **GIVEN)
    assert street.address.street_address == "A 1\nback house"


@pytest.mark.parametrize("value", EVIL, ids=ascii)
@pytest.mark.parametrize("name", PERSON)
def test_what_is_not_a_value_is_a_fault_at_its_field_only(name, value):
    assert list(faults(**{name: value})) == [name]


def test_all_faults_come_at_once_in_the_order_of_the_form():
    with pytest.raises(Invalid) as refusal:
        check_person({}, **GIVEN)
    assert list(refusal.value.faults) == [
        "given_name", "family_name", "email", "mobile", "birth_date", "language",
        "street_address", "city", "postal_code",
    ]  # fmt: skip
    assert refusal.value.field == "given_name"


@pytest.mark.parametrize(
    ("born", "today", "passes"),
    [
        ("2008-11-21", TODAY, True),
        ("2008-11-22", TODAY, False),
        ("2004-02-29", date(2022, 2, 28), False),
        ("2004-02-29", date(2022, 3, 1), True),
        ("2008-02-29", date(2026, 2, 28), False),
        ("1906-11-21", TODAY, True),
        ("1905-11-22", TODAY, True),
        ("1905-11-21", TODAY, False),
    ],
)
def test_contracts_are_signed_from_18_to_120(born, today, passes):
    form = {**PERSON, "birth_date": born}
    fault = check_field("birth_date", form, **{**GIVEN, "today": today})
    assert (fault is None) == passes


def test_the_rule_of_age_is_stated():
    assert "at least 18 years" in message("birth_date", birth_date="2010-01-01")
    assert "more than 120 years" in message("birth_date", birth_date="1900-01-01")
    assert "has not come yet" in message("birth_date", birth_date="2026-11-22")


@pytest.mark.parametrize(
    "typed", ["31.07.1990", "19900731", "1990-W31-2", "1990-02-30", "0000-01-01"]
)
def test_other_ways_to_write_a_date_are_shown_the_right_one(typed):
    assert "like 1990-07-31" in message("birth_date", birth_date=typed)


@pytest.mark.parametrize(
    ("country", "example"), [("DE", "+49 1512 3456789"), ("IE", "+353 85 012 3456")]
)
def test_a_wrong_mobile_is_shown_a_right_one_of_the_country(country, example):
    fault = check_field("mobile", {"mobile": "12", "country": country}, **GIVEN)
    assert example in fault[0].format_map(fault[1])


@pytest.mark.parametrize(
    "typed", ["030 123456", "0900 1234567", "0151 23456789 ext. 5", "call 0151 23456789", "110"]
)
def test_what_cannot_get_a_text_message_is_refused(typed):
    assert "+49 1512 3456789" in message("mobile", mobile=typed)


def test_a_mobile_from_abroad_passes_with_its_code():
    person = check_person({**PERSON, "mobile": "\u202a00353 85 012 3456\u202c"}, **GIVEN)
    assert person.mobile == "+353850123456"
    assert check_field("mobile", {"mobile": "+1 201 555 0123", "country": "AQ"}, **GIVEN) is None


@pytest.mark.parametrize(
    "typed",
    ["x", "x@", "x@localhost", "Bob <b@x.com>", "a b@x.com", "x@1.2.3.4", f"{'a' * 65}@x.com"],
)
def test_an_incomplete_email_is_shown_a_complete_one(typed):
    assert "name@example.com" in message("email", email=typed)


def test_look_alike_letters_before_the_at_sign_are_refused_with_the_reason():
    assert "letters a to z" in message("email", email="jоhn@example.com")  # a Cyrillic o


def test_a_field_is_judged_alone_as_it_is_with_the_rest():
    form = {**PERSON, "given_name": "", "postal_code": "1", "email": "x", "city": "Köln"}
    everything = faults(given_name="", postal_code="1", email="x", city="Köln")
    for name in (*PERSON, "country", "country_area", "sorting_code"):
        assert check_field(name, form, **GIVEN) == everything.get(name)
    for unknown in ("address", "__class__", "", None, ["city"]):
        assert check_field(unknown, form, **GIVEN) is None


messages = st.sampled_from(EVIL) | st.text(max_size=90) | st.dates().map(str) | st.integers()
values = (
    messages | st.lists(st.text(), max_size=2) | st.emails() | st.sampled_from([*PERSON.values()])
)
names = st.sampled_from([*PERSON, *postal_address.ADDRESS_FIELDS]) | st.text(max_size=5)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    form=st.dictionaries(names, values, max_size=14),
    country=st.sampled_from(sorted(COUNTRIES)) | st.text(max_size=3) | st.none(),
    base=st.booleans(),
)
def test_any_form_passes_cleanly_or_is_faulted_in_words(form, country, base):
    form = {**(PERSON if base else {}), "country": country, **form}
    answer = answer_to(form)
    if isinstance(answer, PersonDetails):
        assert answer_to(answer.as_form()) == answer
        assert answer.address.formatted()
        return
    assert answer
    for name, (words, data) in answer.items():
        assert words.format_map(data).endswith(".")
        assert check_field(name, form, **GIVEN) == (words, data)


@settings(max_examples=300, deadline=None)
@given(typed=st.text(max_size=60), street=st.text(max_size=60))
def test_accepted_text_stays_as_it_is_and_holds_nothing_hidden(typed, street):
    answer = answer_to({**PERSON, "given_name": typed, "street_address": street})
    if isinstance(answer, dict):
        assert set(answer) <= {"given_name", "street_address"}
        return
    assert answer_to(answer.as_form()) == answer
    assert 1 <= len(answer.given_name) <= 80
    assert all(char.isprintable() or char in "\u200c\u200d" for char in answer.given_name)


def test_megabytes_in_every_field_cost_no_time():
    start = time.perf_counter()
    for value in ("é" * 1_000_000, "1" * 1_000_000, "a@" * 500_000):
        found = faults(**dict.fromkeys([*PERSON, "country"], value))
        assert found["given_name"][0] == typed_text.TOO_LONG
    assert time.perf_counter() - start < 60


def test_every_message_says_what_to_do_in_one_line():
    modules = (person_fields, postal_address, typed_text)
    words = [
        text
        for module in modules
        for name, text in vars(module).items()
        if name.isupper() and isinstance(text, str) and " " in text
    ]
    assert len(words) > 15
    assert all(text.endswith(".") and text[0].isupper() and "\n" not in text for text in words)
