"""Words: folding in Latin and Arabic, prefixes, slips of the finger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.store.words import WordIndex, fold, token, words


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("UBERRASCHUNG", "Überraschung"),
        ("senor", "Señor"),
        ("strasse", "Straße"),
        ("احمد", "أحمد"),
        ("هاتف", "هَاتِف"),
        ("باقه", "باقة"),
        ("مصطفي", "مصطفى"),
        ("جميل", "جـمـيـل"),
        ("galaxy", "ＧＡＬＡＸＹ"),
    ],
)
def test_spellings_that_people_take_for_the_same_fold_alike(typed, written):
    assert fold(typed) == fold(written)


def test_signs_part_words():
    assert words("Aster-Nova 5G (2026) / s_21+") == ["aster", "nova", "5g", "2026", "s", "21"]
    assert token("Böll & Söhne") == "boll-sohne"
    assert words("···") == []


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    for word in words(text):
        assert words(word) == [word]


NAMES = ["Aster Nova 5", "Aster Nova 50", "Birch Nomad", "هاتف Birch", "Cedar", "cedar", ""]


@given(
    names=st.lists(st.sampled_from(NAMES), max_size=12),
    prefix=st.text("abcdehmnorstv5ه", min_size=1, max_size=4),
)
def test_places_are_those_whose_words_begin_so(names, prefix):
    index = WordIndex([(name,) for name in names])
    expected = {i for i, name in enumerate(names) if any(w.startswith(prefix) for w in words(name))}
    assert set(index.places(prefix)) == expected


def test_all_texts_of_a_place_are_searched():
    index = WordIndex([("Phone", "Teléfono"), ("Plan", "Tarifa")])
    assert list(index.places("tel")) == [0]
    assert list(index.places("p")) == [0, 1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("astr", "aster"), ("astter", "aster"), ("asetr", "aster"), ("bster", "aster"), ("xxxxx", "")],
)
def test_one_slip_is_put_right(typed, meant):
    assert WordIndex([("Aster",), ("Nova",)]).nearest(typed) == meant


def test_of_two_words_the_more_frequent_is_meant():
    assert WordIndex([("nova",), ("nora",), ("nova",)]).nearest("noxa") == "nova"
    assert WordIndex([("nova",), ("nora",)]).nearest("noxa") == "nora"
