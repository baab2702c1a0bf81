"""Rows of handset files: what becomes a handset, what is left out, what is only ignored."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.handsets.reading import Handset, RowFault, read_handsets

TYPED = {
    "brand": "Acer",
    "model": "Liquid  Z6 Plus",
    "network_technology": "GSM / HSPA / LTE",
    "announced": "2016  August",
    "status": "Available. Released 2016  December",
    "dimentions": "153.8 x 75.6 x 8.5 mm (6.06 x 2.98 x 0.33 in)",
    "weight_g": "169",
    "SIM": "Dual SIM (Micro-SIM| dual stand-by)",
    "display_resolution": "5.5 inches (~71.7% screen-to-body ratio)",
    "display_size": "1080 x 1920 pixels (~401 ppi pixel density)",
    "OS": "Android 6.0 (Marshmallow)",
    "memory_card": "microSD  up to 256 GB (uses SIM 2 slot)",
    "internal_memory": "32 GB",
    "RAM": "3 GB RAM or 64 GB| 4 GB RAM",
    "primary_camera": "13 MP| autofocus| LED flash",
    "audio_jack": "Yes",
    "NFC": "Optional",
    "battery": "Removable Li-Po 4080 mAh battery",
    "colors": "Black| White",
    "approx_price_EUR": "250",
}
READ = Handset(
    line=2,
    brand="Acer",
    model="Liquid Z6 Plus",
    product_kind="phone",
    display_inches_tenths=55,
    resolution=(1080, 1920),
    memory_mb=(3072, 4096),
    storage_mb=(32768, 65536),
    battery_mah=4080,
    os_family="Android",
    os_version="6.0",
    generations=("2G", "3G", "4G"),
    weight_tenth_grams=1690,
    dimensions_tenth_mm=(1538, 756, 85),
    sim_kind="micro",
    dual_sim=True,
    camera_mp_tenths=130,
    nfc=False,
    headphone_jack=True,
    memory_card=True,
    colours=("Black", "White"),
    released=(2016, 12),
    status="available",
    price_minor=25000,
)


def typed(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(TYPED))
    writer.writeheader()
    writer.writerows(TYPED | row for row in rows)
    return text.getvalue().encode()


def read(data: bytes, currency: str = "EUR") -> list[Handset | RowFault]:
    return list(read_handsets(io.BytesIO(data), size=len(data), currency=currency))


def test_every_field_is_read() -> None:
    assert read(typed({})) == [READ]


def test_columns_under_their_right_names_read_alike() -> None:
    swapped = typed({}).replace(
        b"display_resolution,display_size", b"display_size,display_resolution"
    )
    assert read(swapped.replace(b"dimentions", b"Dimensions").replace(b"colors", b"Colours")) == [
        READ
    ]


def test_three_columns_are_enough() -> None:
    (handset,) = read(b"brand,model,price_eur\nAcer,Z6,120\n")
    assert isinstance(handset, Handset)
    assert (handset.price_minor, handset.product_kind, handset.status) == (
        12000,
        "phone",
        "unknown",
    )
    assert handset.battery_mah is None
    assert handset.storage_mb == handset.colours == ()


@pytest.mark.parametrize(
    ("row", "field", "reason", "value"),
    [
        ({"brand": " "}, "brand", "brand is missing", ""),
        ({"brand": "-"}, "brand", "brand is missing", ""),
        ({"model": ""}, "model", "model is missing", ""),
        ({"model": "Z" * 101}, "model", "longer than {limit}", "Z" * 80),
        ({"approx_price_EUR": ""}, "approx_price_EUR", "Without a price", ""),
        ({"approx_price_EUR": "TBC"}, "approx_price_EUR", "Without a price", ""),
        ({"approx_price_EUR": "0"}, "approx_price_EUR", "above 0", "0"),
        ({"approx_price_EUR": "1,150"}, "approx_price_EUR", "above 0", "1,150"),
        ({"approx_price_EUR": "Black"}, "approx_price_EUR", "above 0", "Black"),
        ({"brand": "aCER", "model": " Liquid Z6  plus"}, "model", "line {first}", "Liquid Z6 plus"),
        ({"model": "Ｌｉｑｕｉｄ Z6 Plus"}, "model", "line {first}", "Ｌｉｑｕｉｄ Z6 Plus"),
        ({"OS": "x" * 501}, "", "500 characters", "x" * 80),
    ],
)
def test_unusable_row_is_reported_and_the_rest_goes_in(
    row: dict[str, str], field: str, reason: str, value: str
) -> None:
    first, fault, last = read(typed({}, row, {"model": "Z7"}))
    assert first == READ
    assert isinstance(last, Handset)
    assert last.model == "Z7"
    assert isinstance(fault, RowFault)
    assert (fault.line, fault.field, fault.value, fault.fatal) == (3, field, value, True)
    assert reason in fault.reason
    assert fault.reason.format_map(fault.data)


def test_duplicate_names_the_line_that_went_in() -> None:
    items = read(typed({"approx_price_EUR": ""}, {}, {"approx_price_EUR": "1"}))
    assert [type(item) for item in items] == [RowFault, Handset, RowFault]
    assert items[2].reason.format_map(items[2].data) == "Same brand and model as line 3."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"Acer,Z6,GSM,120,", "cell too many"),
        (b"Acer,Z6", "fewer cells"),
        (b'Acer,"Z"6,120', "quotation mark"),
    ],
)
def test_shifted_row_is_left_out(line: bytes, reason: str) -> None:
    fault, handset = read(b"brand,model,price_EUR,\n" + line + b"\nAcer,Z7,130,\n")
    assert isinstance(fault, RowFault)
    assert fault.fatal
    assert reason in fault.reason
    assert isinstance(handset, Handset)


@pytest.mark.parametrize(
    ("column", "text", "attribute", "empty"),
    [
        ("display_resolution", "55 inches", "display_inches_tenths", None),
        ("display_size", "2 x 6 chars", "resolution", None),
        ("internal_memory", "600 KB", "storage_mb", ()),
        ("RAM", "384 kB", "memory_mb", ()),
        ("battery", "Non-removable Li-Po battery (15 Wh)", "battery_mah", None),
        ("OS", "Xyz 4", "os_family", None),
        ("weight_g", "2.65", "weight_tenth_grams", None),
        ("dimentions", "8.9 mm thickness", "dimensions_tenth_mm", None),
        ("primary_camera", "600 x 480", "camera_mp_tenths", None),
        ("colors", "3", "colours", ()),
    ],
)
def test_unreadable_number_is_ignored_and_reported(
    column: str, text: str, attribute: str, empty: object
) -> None:
    handset, fault = read(typed({"RAM": "3 GB RAM", column: text}))
    assert getattr(handset, attribute) == empty
    assert isinstance(fault, RowFault)
    assert (fault.line, fault.field, fault.value, fault.fatal) == (2, column, text, False)
    assert fault.reason.endswith("ignored.")


@pytest.mark.parametrize("text", ["", "-", "N/A", "TBD", "To be confirmed", "Removable battery"])
def test_what_states_no_number_is_no_fault(text: str) -> None:
    (handset,) = read(typed({"battery": text}))
    assert isinstance(handset, Handset)
    assert handset.battery_mah is None


def test_prices_in_another_currency_need_their_own_column() -> None:
    (handset,) = read(b"brand,model,price_JPY\nSony,X,25000\n", "JPY")
    assert isinstance(handset, Handset)
    assert handset.price_minor == 25000


def test_progress_counts_every_row() -> None:
    data = typed(
        *({"model": f"Z{n}", "approx_price_EUR": "1" if n % 2 else ""} for n in range(250))
    )
    told: list[tuple[int, int]] = []
    items = read_handsets(
        io.BytesIO(data), size=len(data), progress=lambda done, total: told.append((done, total))
    )
    assert told == []
    assert len(list(items)) == 250
    assert told == [(100, 250), (200, 250), (250, 250)]


names = st.from_regex(r"[A-Za-z][A-Za-z0-9 +\"'/|,.ñ-]{0,20}", fullmatch=True)


@given(
    st.lists(
        st.tuples(names, st.integers(1, 10**9), st.integers(100, 40_000), st.integers(10, 200)),
        max_size=5,
    )
)
def test_well_formed_values_come_back(rows: list[tuple[str, int, int, int]]) -> None:
    data = typed(
        *(
            {
                "model": f"{name} {number}",
                "approx_price_EUR": f"{minor // 100}.{minor % 100:02}",
                "battery": f"Li-Ion {mah} mAh",
                "display_resolution": f"{tenths / 10} inches",
            }
            for number, (name, minor, mah, tenths) in enumerate(rows)
        )
    )
    assert [
        (item.model, item.price_minor, item.battery_mah, item.display_inches_tenths)
        for item in read(data)
        if isinstance(item, Handset)
    ] == [
        (" ".join(f"{name} {number}".split()), *numbers)
        for number, (name, *numbers) in enumerate(rows)
    ]
