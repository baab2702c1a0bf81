"""The product pictures: sound, small, the same every time, and closed to foreign markup."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from math import inf, nan
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from self_service import illustrations
from self_service.illustrations import DIRECTIONAL, SHAPES, Picture, colour_hex, icon, svg
from self_service.illustrations.colours import NEUTRAL
from self_service.illustrations.icons import _PATHS
from self_service.illustrations.screens import HUES
from self_service.illustrations.tones import (
    DARK_PAGE,
    EDGE_CONTRAST,
    LIGHT_PAGE,
    contrast,
    edge,
    luminance,
    tone,
    tones,
)

COLOURS = ("", "Black", "White", "Silver", "Midnight blue", "Rose gold", "Yellow", "Coral", "Mint")
ALL = (*SHAPES, "no such thing")
LIMIT = 4096
SVG = "{http://www.w3.org/2000/svg}"
DRAWING = {SVG + name for name in ("svg", "g", "path", "rect", "circle", "ellipse")}
# Everything a drawing may say: numbers, colours, path data. No word, quote, colon or address.
PLAIN_VALUE = re.compile(
    r"#[0-9a-f]{3}(?:[0-9a-f]{3})?|none|round|true|false|[-0-9. a-zA-Z]*"
    r"|(?:(?:translate|scale|rotate|skewY)\([-0-9. ]+\) ?)+"
)
PATH_DATA = re.compile(r"[-0-9. MmLlHhVvCcSsQqAaZz]*")


def elements(text: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(text).iter())


@pytest.mark.parametrize("shape", ALL)
@pytest.mark.parametrize("cameras", range(5))
def test_every_picture_is_a_small_sound_svg(shape: str, cameras: int) -> None:
    for colour in COLOURS:
        for variant in range(8 if shape != "phone" else 24):
            drawn = svg(Picture(shape, colour, cameras, variant))
            root, *pieces = elements(drawn)
            assert root.tag == SVG + "svg"
            assert root.get("viewBox") == "0 0 240 240"
            assert root.get("aria-hidden") == "true"
            assert len(pieces) >= 3
            assert len(drawn.encode()) < LIMIT, (colour, variant)


@pytest.mark.parametrize("shape", ALL)
def test_a_drawing_holds_only_shapes_numbers_and_colours(shape: str) -> None:
    for variant in range(24):
        for element in elements(svg(Picture(shape, "Rose gold", 4, variant)))[1:]:
            assert element.tag in DRAWING
            assert not (element.text or "").strip()
            for name, value in element.attrib.items():
                rule = PATH_DATA if name == "d" else PLAIN_VALUE
                assert rule.fullmatch(value), (name, value)


def test_pictures_share_no_ids_on_one_page() -> None:
    pictures = [Picture(s, c, 3, v) for s in ALL for c in COLOURS for v in range(4)]
    page = "<div>" + "".join(svg(p) for p in pictures + pictures) + "</div>"
    ids = [element.get("id") for element in elements(page) if element.get("id")]
    assert len(ids) == len(set(ids))
    assert "url(" not in page
    assert "href" not in page


def test_a_picture_is_the_same_every_time() -> None:
    pictures = [Picture(s, c, 2, v) for s in ALL for c in COLOURS for v in range(4)]
    first = [svg(p) for p in pictures]
    illustrations._drawn.cache_clear()
    assert [svg(p) for p in pictures] == first


def test_what_differs_is_seen() -> None:
    phones = {svg(Picture("phone", "Black", cameras)) for cameras in range(5)}
    assert len(phones) == 5
    assert len({svg(Picture("phone", "Black", 3, variant)) for variant in range(8)}) == 8
    assert len({svg(Picture("plan", "", 0, variant)) for variant in range(24)}) == 24
    assert len({svg(Picture("esim", "", 0, variant)) for variant in range(24)}) == 24
    things = set(ALL) - {"plan", "addon"}  # emblems: a grey one takes its hue from the variant
    assert len({svg(Picture(s, c)) for s in things for c in COLOURS[1:]}) == 8 * len(things)
    assert svg(Picture("tablet", "", ratio=0.7)) != svg(Picture("tablet", "", ratio=1.4))
    assert svg(Picture("phone", "", ratio=1.6)) != svg(Picture("phone", "", ratio=2.2))


def test_numbers_out_of_range_come_to_the_nearest_or_go_round() -> None:
    assert svg(Picture("phone", "", 9)) == svg(Picture("phone", "", 4))
    assert svg(Picture("phone", "", -3)) == svg(Picture("phone", "", 0))
    assert svg(Picture("esim", "", variant=29)) == svg(Picture("esim", "", variant=5))
    assert svg(Picture("phone", "", variant=-1)) == svg(Picture("phone", "", variant=23))
    for ratio in (nan, -inf, -1.0):
        assert svg(Picture("tablet", "", ratio=ratio)) == svg(Picture("tablet", ""))


@given(
    shape=st.one_of(st.sampled_from(SHAPES), st.text(max_size=40)),
    colour=st.text(max_size=200),
    cameras=st.integers(),
    variant=st.integers(),
    ratio=st.floats(),
)
@example('"><script>alert(1)</script>', "red", 1, 0, 0.0)
@example("phone", '#fff"/><script>alert(1)</script>', 1, 0, 0.0)
@example("phone", "url(javascript:alert(1))", 9, -7, nan)
@example("tablet", "red;}</style>", -1, 10**30, inf)
@example("__class__", "{0.__class__}", 1, 0, -1.0)
def test_no_input_breaks_or_enters_a_drawing(
    shape: str, colour: str, cameras: int, variant: int, ratio: float
) -> None:
    drawn = svg(Picture(shape, colour, cameras, variant, ratio))
    assert len(drawn) < LIMIT
    for element in elements(drawn):
        assert element.tag in DRAWING
        assert not any(name.startswith("on") for name in element.attrib)
    for foreign in ("script", "alert", "style", "nan", "inf"):
        assert foreign not in drawn


def test_an_unknown_shape_is_a_plain_box() -> None:
    assert svg(Picture("<script>", "")) == svg(Picture("", "")) == svg(Picture("Phone", ""))


@given(st.integers(0, 0xFFFFFF))
@example(0x000000)
@example(0xFFFFFF)
@example(0x111827)
@example(0x0000FF)
@example(0xFFFF00)
def test_an_edge_shows_on_light_and_dark_pages(value: int) -> None:
    outline = edge(f"#{value:06x}")
    assert contrast(outline, LIGHT_PAGE) >= EDGE_CONTRAST
    assert contrast(outline, DARK_PAGE) >= EDGE_CONTRAST


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("colour", ["White", "Black", "Midnight"])
def test_a_thing_the_colour_of_the_page_still_shows(shape: str, colour: str) -> None:
    fills = re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', svg(Picture(shape, colour)))
    for page in (LIGHT_PAGE, DARK_PAGE):
        assert any(contrast(fill, page) >= EDGE_CONTRAST for fill in fills)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(st.integers(0, 0xFFFFFF))
def test_tones_fall_from_light_to_deep(value: int) -> None:
    base = f"#{value:06x}"
    assert tone(base, 0) == base
    paint = tones(base)
    ordered = [luminance(c) for c in (paint.light, paint.base, paint.shade, paint.deep)]
    assert all(one >= other - 0.004 for one, other in pairwise(ordered))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Space Gray", "space grey"),
        ("BLACK", "black"),
        ("  Ocean   Blue ", "ocean-blue"),
        ("Black| White", "Black"),
        ("Red and black", "red"),
        ("Product red", "Red"),
        ("various / gold", "golden"),
    ],
)
def test_spelling_of_a_colour_does_not_matter(one: str, other: str) -> None:
    assert colour_hex(one) == colour_hex(other)


@pytest.mark.parametrize("word", ["", "   ", "zork", "42", "¿?", "\u0000", "various"])
def test_an_unknown_colour_is_neutral(word: str) -> None:
    assert colour_hex(word) == NEUTRAL


def test_words_beside_a_colour_tint_it() -> None:
    blues = [colour_hex(w) for w in ("Jet black", "Midnight blue", "Blue", "Sky blue", "Ice blue")]
    assert [luminance(c) for c in blues] == sorted(luminance(c) for c in blues)
    assert luminance(colour_hex("Dark red")) < luminance(colour_hex("Red"))
    assert luminance(colour_hex("Light red")) > luminance(colour_hex("Red"))
    assert colour_hex("Rose gold") not in {colour_hex("Rose"), colour_hex("Gold")}
    assert luminance(colour_hex("Pearl white")) > 0.8
    assert luminance(colour_hex("Space gray")) < luminance(colour_hex("Gray"))


def test_hues_of_plans_are_far_apart() -> None:
    ordered = sorted(HUES)
    gaps = [(b - a) % 360 for a, b in pairwise([*ordered, ordered[0]])]
    assert min(gaps) >= 30


def test_drawing_takes_less_than_a_millisecond() -> None:
    pictures = [Picture(s, c, 4, v) for s in ALL for c in COLOURS for v in range(4)]
    illustrations._drawn.cache_clear()
    start = time.process_time()
    for picture in pictures:
        svg(picture)
    cold = (time.process_time() - start) / len(pictures)
    assert cold < 0.1


NEEDED = re.findall(
    r"\S+",
    "home store usage wallet bills help basket search filter compare check close plus minus "
    "chevron-right chevron-left chevron-down sun moon globe user sign-out trash undo phone sim tv "
    "wifi box card document clock truck alert info offline star swap menu tag lock "
    "users shield key list mail bell",
)


@pytest.mark.parametrize("name", NEEDED)
def test_an_icon_is_a_stroke_in_the_colour_of_the_text(name: str) -> None:
    root, drawing = elements(icon(name))
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke") == "currentColor"
    assert root.get("aria-hidden") == "true"
    assert PATH_DATA.fullmatch(drawing.get("d") or "")
    numbers = [abs(float(n)) for n in re.findall(r"\d*\.\d+|\d+", drawing.get("d") or "")]
    assert max(numbers) <= 24


def test_the_mark_takes_the_colour_of_the_text() -> None:
    assert 'stroke="currentColor"' in illustrations.operator_mark()
    assert "#" not in illustrations.operator_mark()


def test_every_icon_differs_and_an_unknown_one_is_a_bug() -> None:
    assert set(NEEDED) == set(_PATHS)
    assert len({icon(name) for name in NEEDED}) == len(NEEDED)
    assert set(NEEDED) >= DIRECTIONAL
    with pytest.raises(KeyError):
        icon('"><script>')
