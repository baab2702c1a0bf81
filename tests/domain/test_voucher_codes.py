"""Codes: what people do to them on the way from a card to a field."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from self_service.domain.people.sealing import Vault
from self_service.domain.vouchers import codes
from self_service.domain.vouchers.codes import SlipInCode

NUMBERS = st.integers(0, 2**75 - 1)
PLACES = st.integers(0, codes.LENGTH - 1)


@given(NUMBERS)
def test_a_code_is_read_as_it_was_written(number: int) -> None:
    code = codes.of_number(number)
    assert len(code) == codes.LENGTH
    assert codes.read(code) == codes.read(codes.grouped(code)) == code


@given(NUMBERS, st.randoms(use_true_random=False))
def test_case_dashes_blanks_and_lookalikes_do_not_matter(number: int, random: object) -> None:
    code = codes.of_number(number)
    looks = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        random.choice(looks.get(char, char + char.lower()))  # type: ignore[attr-defined]
        + random.choice(["", " ", "-", "\u2013", "\u00a0"])  # type: ignore[attr-defined]
        for char in code
    )
    assert codes.read(typed) == code


@given(NUMBERS, PLACES, st.sampled_from(codes.ALPHABET))
def test_one_wrong_character_is_told(number: int, place: int, other: str) -> None:
    code = codes.of_number(number)
    assume(code[place] != other)
    with pytest.raises(SlipInCode):
        codes.read(code[:place] + other + code[place + 1 :])


@given(NUMBERS, PLACES, PLACES)
def test_two_that_changed_places_are_told(number: int, first: int, second: int) -> None:
    code = list(codes.of_number(number))
    assume(code[first] != code[second])
    code[first], code[second] = code[second], code[first]
    with pytest.raises(SlipInCode):
        codes.read("".join(code))


@pytest.mark.parametrize(
    "typed",
    ["", "0", "0" * 15, "0" * 17, "U" * 16, "é" * 16, "٠" * 16, "0" * 10_000],
    ids=["nothing", "one", "short", "long", "no_letter_of_ours", "accents", "arabic", "endless"],
)
def test_what_is_no_code_is_told(typed: str) -> None:
    with pytest.raises(SlipInCode) as refused:
        codes.read(typed)
    assert refused.value.field == "code"


def test_codes_are_made_again_from_key_and_serial() -> None:
    key, other = codes.new_key(), codes.new_key()
    made = [codes.derived(key, serial) for serial in range(1, 500)]
    assert made == [codes.derived(key, serial) for serial in range(1, 500)]
    assert len({*made, *(codes.derived(other, serial) for serial in range(1, 500))}) == 998
    assert all(codes.read(code) == code for code in made)


def test_fresh_codes_differ() -> None:
    assert len({codes.fresh() for _ in range(500)}) == 500


def test_a_code_is_found_under_an_older_secret_too() -> None:
    code = codes.fresh()
    stored = codes.fingerprint(Vault("old"), code)
    assert stored in codes.fingerprints(Vault("new", "old"), codes.grouped(code).lower())
    assert stored not in codes.fingerprints(Vault("new"), code)
    assert code not in stored
