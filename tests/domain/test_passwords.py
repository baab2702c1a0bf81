"""The password policy of OWASP ASVS 5.0, V6.2, and what is kept of a password."""

from __future__ import annotations

import time
import unicodedata

import argon2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from self_service.domain.errors import DomainError
from self_service.domain.people import passwords
from self_service.domain.people.passwords import (
    PasswordRejected,
    PasswordTelling,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    PasswordUnreadable,
    Profile,
    check_password,
    hash_password,
    hasher,
    needs_rehash,
    verify_password,
    verify_unknown,
)

CHEAP = Profile.CHEAP


def check(password: object, email="maria.oneil@example.com", operator="Northlight Telecom") -> str:
    return check_password(password, email=email, operator=operator)


def answer_to(password: object, email: str = "a@b.example") -> str | PasswordRejected:
    try:
        return check(password, email=email)
    except PasswordRejected as refusal:
        return refusal


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "ruhig-blaue-Lampe",
        "xK9#mQ2$vL",
        "jhwskblq",  # eight lower-case letters: no composition rules (V6.2.5)
        "كلمة سر طويلة",
        "🦊🌧🎻🧀🚲🪁🍋🧤",
        "purple\x00hammock",
        "love83729174629",
        " leading and trailing ",
        "v" + "iolet lamp " * 11,
    ],
)
def test_a_good_password_is_taken_as_it_is(password):
    assert check(password) == password


@pytest.mark.parametrize("password", [None, 12345678, ["a"] * 9, {"a": 1}, "", "short", "é" * 7])
def test_fewer_than_eight_characters_or_no_text_is_too_short(password):
    with pytest.raises(PasswordTooShort):
        check(password)


def test_length_counts_characters_after_composition():
    decomposed = unicodedata.normalize("NFD", "éàüöñçâ")
    assert len(decomposed) == 14
    with pytest.raises(PasswordTooShort):
        check(decomposed)
    assert check(unicodedata.normalize("NFD", "éàüöñçâî")) == "éàüöñçâî"


def test_128_characters_are_permitted_and_129_are_not():
    longest = "violet lamp " * 10 + "mossbank"
    assert len(longest) == 128
    assert check(longest) == longest
    for longer in (longest + "x", "x" * 1_000_000):
        with pytest.raises(PasswordTooLong):
            check(longer)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "P4ssw0rd!",
        "Password2024!",
        "qwerty123456",
        "qwertz12345",
        "1q2w3e4r5t",
        "87654321",
        "11223344",
        "abcabcabc",
        "aaaaaaaaaaaa",
        "passwordpassword",
        "dragonmaster",
        "19900731",
        "31.07.1990",
        "07311990",
        "Ａdministrator",
        "contraseña1",
        "!@#$%^&*",
    ],
)
def test_what_everybody_tries_first_is_refused(password):
    with pytest.raises(PasswordTooCommon):
        check(password)


@pytest.mark.parametrize(
    "password",
    [
        "xx-maria.oneil-77",
        "MariaOneil lamp",
        "my northlight lamp",
        "Telecom-violin",
        "NORTH light TELE com",
    ],
)
def test_the_names_of_person_and_operator_are_refused(password):
    with pytest.raises(PasswordTelling):
        check(password)


def test_short_names_and_tags_forbid_nothing():
    assert check("bananas and oil", email="ana+shop@example.com", operator="O2 UK")
    with pytest.raises(PasswordTelling):
        check("xx silvana 77", email="silvana+shop@example.com")


def test_half_a_character_is_refused_and_never_matches():
    with pytest.raises(PasswordUnreadable):
        check("violet lamp \ud800")
    assert not verify_password(hash_password("violet lamp", CHEAP), "violet lamp\ud800", CHEAP)


@given(st.one_of(st.text(max_size=200), st.none(), st.binary(), st.lists(st.text())), st.text())
def test_anything_is_taken_or_refused_at_its_field(password, email):
    answer = answer_to(password, email)
    if isinstance(answer, PasswordRejected):
        assert answer.field == "password"
        assert answer.message != DomainError.message
        assert str(answer)  # every place of the message has its value
    else:
        assert answer_to(answer, email) == answer
        assert len(answer) in range(8, 129)


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=128))
def test_only_the_same_password_opens(password):
    hashed = hash_password(password, CHEAP)
    assert password not in hashed
    assert verify_password(hashed, password, CHEAP)
    assert verify_password(hashed, unicodedata.normalize("NFD", password), CHEAP)
    for other in (password + "x", password[:-1], "x" + password):
        assert not verify_password(hashed, other, CHEAP)


def test_capitals_spaces_and_tails_count():
    hashed = hash_password("Violet lamp" + "x" * 100, CHEAP)
    for other in ("violet lamp" + "x" * 100, "Violet lamp" + "x" * 99, "Violetlamp" + "x" * 100):
        assert not verify_password(hashed, other, CHEAP)


def test_the_same_password_is_never_stored_alike():
    assert hash_password("violet lamp", CHEAP) != hash_password("violet lamp", CHEAP)


def test_standard_hashes_are_argon2id_and_cheap_ones_want_a_rehash():
    hashed = hash_password("violet lamp")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert verify_password(hashed, "violet lamp")
    assert not needs_rehash(hashed)
    assert needs_rehash(hash_password("violet lamp", CHEAP))
    assert hasher() is hasher()


@pytest.mark.parametrize("password", [None, 5, ["violet lamp"], "x" * 1_000_000])
def test_what_cannot_be_a_password_never_matches(password):
    assert not verify_password(hash_password("violet lamp", CHEAP), password, CHEAP)


def test_no_answer_is_quicker_because_there_is_nothing_to_compare(monkeypatch):
    class Counting(argon2.PasswordHasher):
        work = 0

        def hash(self, *args, **kwargs):
            Counting.work += 1
            return super().hash(*args, **kwargs)

        def verify(self, *args, **kwargs):
            Counting.work += 1
            return super().verify(*args, **kwargs)

    hashed = hash_password("violet lamp", CHEAP)
    cheap = Counting.from_parameters(CHEAP.value)
    monkeypatch.setattr(passwords, "hasher", lambda profile: cheap)
    attempts = [
        lambda: verify_unknown(),
        lambda: verify_password("", "violet lamp"),
        lambda: verify_password(hashed, "wrong"),
        lambda: verify_password(hashed, None),
        lambda: verify_password(hashed, "x" * 1_000_000),
    ]
    for attempt in attempts:
        before = Counting.work
        attempt()
        assert Counting.work == before + 1


def test_a_damaged_hash_is_a_bug_and_not_a_wrong_password():
    with pytest.raises(argon2.exceptions.InvalidHashError):
        verify_password("not a hash", "violet lamp", CHEAP)


def test_checking_costs_little_whatever_is_sent():
    start = time.perf_counter()
    for hostile in ("\ufdfa" * 128, "ab" * 64, "\u0344" * 128, "x" * 5_000_000):
        assert answer_to(hostile)
    assert time.perf_counter() - start < 60
