"""Numbers as people typed them; nearly every text stands in a real list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.handsets import measures


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("170", "EUR", 17000),
        ("199.90", "EUR", 19990),
        ("199.9", "EUR", 19990),
        ("€ 170", "EUR", 17000),
        ("170 eur", "EUR", 17000),
        ("13000", "EUR", 1300000),
        ("100", "JPY", 100),
        ("12.500", "KWD", 12500),
        ("", "EUR", None),
        ("0", "EUR", None),
        ("-5", "EUR", None),
        ("1,150", "EUR", None),
        ("1.150", "EUR", None),
        ("100.5", "JPY", None),
        ("170 USD", "EUR", None),
        ("€ 170", "USD", None),
        ("about 170", "EUR", None),
        ("1e3", "EUR", None),
        ("NaN", "EUR", None),
        ("99999999999", "EUR", None),
        ("Smoky Titanium| Smoky Blue| White", "EUR", None),
    ],
)
def test_price(text: str, currency: str, minor: int | None) -> None:
    assert measures.price_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "tenths"),
    [
        ("7.0 inches (~69.8% screen-to-body ratio)", 70),
        ("1.52 inches (~16.4% screen-to-body ratio)", 15),
        ("5.45 inches", 55),
        ("1.8 inches| 1.80 (~21.2% screen-to-body ratio)", 18),
        ("1.1 inches| 20 x 20 mm (~12.2% screen-to-body ratio)", 11),
        ("2.4 inches| - (~23.8% screen-to-body ratio)", 24),
        ("240 x 320 pixels| 2.2 inch (~182 ppi pixel density)", 22),
        ("18.4 inches", 184),
        ("5.5-inch", 55),
        ('6.1"', 61),
        ("6,1 inches", 61),
        ("5.5", 55),
        ("720 x 1280 pixels (~210 ppi pixel density)", None),
        ("IPS LCD capacitive touchscreen 16M colors", None),
        ("1080", None),
        ("55 inches", None),
        ("", None),
    ],
)
def test_display(text: str, tenths: int | None) -> None:
    assert measures.display_tenths(text) == tenths


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("720 x 1280 pixels (~210 ppi pixel density)", (720, 1280)),
        ("800 x 480 pixels (Wide-VGA) (~133 ppi pixel density)", (800, 480)),
        ("540 x 960 (~200 ppi pixel density)", (540, 960)),
        ("6 lines| 101 x 67 pixels", (101, 67)),
        ("162 x 176 pixels (324 x 352 support)| 14 lines", (162, 176)),
        ("96x72 pixels| 5 lines", (96, 72)),
        ("128 x  96 pixels| 6 lines", (128, 96)),
        ("101 x 33 pixels| 3 x 12 chars", (101, 33)),
        ("240 x 160 pixels| 55 x 35 mm", (240, 160)),
        ("480 pixels diameter (~309 ppi pixel density)", (480, 480)),
        ("1080 × 2340", (1080, 2340)),
        ("5 lines", None),
        ("3 x 12 chars", None),
        ("11 x 16 characters", None),
        ("1.1 inches| 20 x 20 mm (~12.2% screen-to-body ratio)", None),
        ("1.4 inches| 27.6 x 21.8 mm (~14.1% screen-to-body ratio)", None),
        ("99999 x 99999 pixels", None),
        ("Big", None),
    ],
)
def test_resolution(text: str, pair: tuple[int, int] | None) -> None:
    assert measures.resolution(text) == pair


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("191.7 x 101 x 9.4 mm (7.55 x 3.98 x 0.37 in)", (1917, 1010, 94)),
        ("102 x 45 x 14 mm| 70 cc (4.02 x 1.77 x 0.55 in)", (1020, 450, 140)),
        ("124.4 x 61.4 x 6.3-11.2 mm", (1244, 614, 112)),
        ("143.5 x 73.3 x 8.3 - 11.2", (1435, 733, 112)),
        ("118 x 42-50 x 18-21 mm| 98 cc", (1180, 500, 210)),
        ("110 x 58.5 x 13.9 mm / 14.4 mm (w/ NFC)", (1100, 585, 139)),
        ("121.2 x 62.7 x 9.8 mm (3G) / 121.2 x 62.7 x 10 mm (LTE)", (1212, 627, 98)),
        ("105.9 x 49.5 x 12.9 (15.9-U900T) mm", (1059, 495, 129)),
        ("180 x 158 x 14 mm (opened)| 180 x 79 x 28 mm (closed)", (1800, 1580, 140)),
        ("205.2 mm x 136.4 mm x 9 mm", (2052, 1364, 90)),
        ("205.2 mm x 136.4 mm x X mm x", None),
        ("115.1 x 65.3 x TBC mm", None),
        ("247 x 179 mm", None),
        ("8.9 mm thickness", None),
        ("100 cc", None),
        ("7.55 x 3.98 x 0.37 in", None),
        ("9000 x 50 x 9 mm", None),
    ],
)
def test_dimensions(text: str, sides: tuple[int, int, int] | None) -> None:
    assert measures.dimensions(text) == sides


@pytest.mark.parametrize(
    ("text", "tenths"),
    [
        ("260", 2600),
        ("353.8", 3538),
        ("28.2", 282),
        ("67/78", 670),
        ("170 g", 1700),
        ("170 g (5.6 oz)", 1700),
        ("353,8", 3538),
        ("2.65", None),
        ("5.6 oz", None),
        ("0.35 kg", None),
        ("12 oz", None),
        ("Wi-Fi)", None),
        ("99999", None),
    ],
)
def test_weight(text: str, tenths: int | None) -> None:
    assert measures.weight_tenth_grams(text) == tenths


@pytest.mark.parametrize(
    ("text", "mah"),
    [
        ("Non-removable Li-Ion 3400 mAh battery (12.92 Wh)", 3400),
        ("Removable Li-Ion 1020 mAh battery (BL-5C) / 800 mAh battery (BL-5CB)", 1020),
        ("Removable Li-Ion 1250/1400 mAh battery", 1250),
        ("Removable Li-Ion 2900 or 3000 mAh battery", 2900),
        ("Removable Li-Ion 1500 (3G) / 1800 (LTE) mAh battery", 1500),
        ("Removable Li-Po 3100 mAh / 3200 mAh battery", 3100),
        ("Non-removable Li-Ion 10|307 mAh battery (38.8 Wh)", 10307),
        ("Non-removable Li-Po 10|200 mAh battery", 10200),
        ("Li-Po 4,000 mAh", 4000),
        ("Removable Li-Ion 1320 mAh battery(BL-5J)", 1320),
        ("Non-removable Li-Ion 5700 mAh battery (64 Wh| 11.3V)", 5700),
        ("Non-removable Li-Ion 80 mAh battery", 80),
        ("Li-Po (43 Wh| 3-cell) 9800mAh", 9800),
        ("Removable Li-Ion battery", None),
        ("Removable Li-Ion (BP-5L)", None),
        ("Non-removable Li-Ion 15Wh", None),
        ("Accelerometer| gyro| proximity| compass", None),
        ("Li-Ion 99999 mAh", None),
        ("Li-Ion 123456 mAh", None),
    ],
)
def test_battery(text: str, mah: int | None) -> None:
    assert measures.battery_mah(text) == mah


@pytest.mark.parametrize(
    ("text", "tenths"),
    [
        ("13 MP| autofocus", 130),
        ("3.15 MP", 32),
        ("5MP| LED flash", 50),
        ("VGA", 3),
        ("CIF", 1),
        ("QVGA", 1),
        ("2 VGA cameras| video", 3),
        ("Dual 12 MP| (28mm| f/1.8| OIS & 56mm| f/2.8)| 2x optical zoom", 120),
        ("Dual 16 MP + 8 MP| phase detection autofocus", 160),
        ("Dual 20 MP +12 MP| f/2.2", 200),
        ("Dual 12 + 8 MP| f/1.8", 120),
        ("13 or 16 MP| f/2.2| autofocus", 130),
        ("6.7 MP (6.1 MP effective)| Carl Zeiss optics", 67),
        ("20.2 MP Duo| f/2.2| 28mm", 202),
        ("5 MP - K100; 5 MP| LED flash - LS450", 50),
        ("Yes", None),
        ("No", None),
        ("600 x 480", None),
        ("2 GB RAM", None),
    ],
)
def test_camera(text: str, tenths: int | None) -> None:
    assert measures.camera_tenths(text) == tenths


#: Text that comes close to what is read, so that the search does not stay among hopeless cases.
PIECES = [
    "1", "9", "16", "32", "640", "9.5", "10|307", "99999999", "٣", "½", ".", ",", "/", "-", "|",
    "x", "×", "mm", "in", "inches", "pixels", "lines", "mAh", "Wh", "g", "oz", "MP", "VGA", "or",
    "+", "(", ")", "EUR", "€", "ſvga",
]  # fmt: skip
near_misses = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).flatmap(
    lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])
)


@given(near_misses)
def test_any_text_is_read_or_left(text: str) -> None:
    price = measures.price_minor(text, "EUR")
    assert price is None or price > 0
    for number in (
        measures.display_tenths(text),
        measures.weight_tenth_grams(text),
        measures.battery_mah(text),
        measures.camera_tenths(text),
        *(measures.resolution(text) or ()),
        *(measures.dimensions(text) or ()),
    ):
        assert number is None or 0 < number <= 50_000


@given(st.integers(1, 10**12 - 1))
def test_price_comes_back(minor: int) -> None:
    assert measures.price_minor(f"{minor // 100}.{minor % 100:02}", "EUR") == minor
