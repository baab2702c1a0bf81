"""Words as people typed them; nearly every text stands in a real list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.handsets import words


@pytest.mark.parametrize(
    ("text", "family", "version"),
    [
        ("Android 6.0 (Marshmallow)", "Android", "6.0"),
        ("Android 4.4.2 (KitKat)| upgradable to 5.0.2 (Lollipop)", "Android", "4.4.2"),
        ("Android 5.0.2/5.1.1 (Lollipop)", "Android", "5.0.2"),
        ("Android OS/ Optional Windows 10", "Android", None),
        ("Android-based OPhone 2.0", "Android", None),
        ("Android Wear| planned upgrade to 2.0", "Wear OS", None),
        ("Android Wear OS 2.0", "Wear OS", "2.0"),
        ("watchOS 3.0| upgradable to 3.2.2", "watchOS", "3.0"),
        ("iOS 9| upgradable to iOS 10.3.2", "iOS", "9"),
        ("iOS| upgradable to iOS 4.2.1", "iOS", None),
        ("Microsoft Windows Phone 8.1 with Lumia Denim", "Windows", "Phone 8.1"),
        ("Microsoft Windows Mobile 6.5/6.5.2 Professional", "Windows", "Mobile 6.5"),
        ("Microsoft Windows Mobile 2003 SE PocketPC Phone Edition", "Windows", "Mobile 2003"),
        ("Microsoft Windows PocketPC 2003 Phone edition", "Windows", "2003"),
        ("Microsoft Smartphone 2002", "Windows", "2002"),
        ("Microsoft Windows RT", "Windows", "RT"),
        ("Microsoft Windows 10", "Windows", "10"),
        ("Windows Mobile 5 AKU3.3", "Windows", "Mobile 5"),
        ("Symbian OS 9.3 Series60 rel. 3.2.3", "Symbian", "9.3"),
        ("Symbian Series 60", "Symbian", None),
        ("Symbian 7.0s| Series 80 v2.0 UI", "Symbian", "7.0s"),
        ("Symbian^3| upgradable to Nokia Belle OS", "Symbian", "3"),
        ("Nokia Belle OS", "Symbian", "Belle"),
        ("BlackBerry Tablet 2.0", "BlackBerry", "2.0"),
        ("HP webOS 3.0", "webOS", "3.0"),
        ("Tizen-based wearable platform 2.3.2", "Tizen", "2.3.2"),
        ("Nokia Asha software platform 1.1.1| upgradable to 1.4", "Asha", "1.1.1"),
        ("Internet Tablet OS 2008 edition", "Maemo", "2008"),
        ("Linux / Java-based MOTOMAGX", "Linux", None),
        ("Proprietary OS", None, None),
        ("1200 x 1920 pixels (~323 ppi pixel density)", None, None),
        ("", None, None),
    ],
)
def test_operating_system(text: str, family: str | None, version: str | None) -> None:
    assert words.operating_system(text) == (family, version)


@pytest.mark.parametrize(
    ("texts", "generations"),
    [
        (["GSM / HSPA / LTE"], ("2G", "3G", "4G")),
        (["GSM"], ("2G",)),
        (["CDMA / EVDO"], ("2G", "3G")),
        (["CDMA / CDMA2000"], ("2G", "3G")),
        (["GSM", "GSM 900 / 1800", "TD-SCDMA"], ("2G", "3G")),
        (["GSM", "GSM 850 / 900", "1x EV-DO 800 / 1900"], ("2G", "3G")),
        (["LTE", "GSM - NA", "NA", "LTE band 3(1800)"], ("4G",)),
        (["No cellular connectivity", "GSM - SIM 1 & SIM 2"], ("2G",)),
        (["No cellular connectivity", "NA"], ()),
        (["GSM / HSPA / LTE / 5G"], ("2G", "3G", "4G", "5G")),
        (["W-CDMA"], ("3G",)),
        (["", "", ""], ()),
    ],
)
def test_generations(texts: list[str], generations: tuple[str, ...]) -> None:
    assert words.generations(*texts) == generations


@pytest.mark.parametrize(
    ("text", "kind", "dual"),
    [
        ("Mini-SIM", "mini", False),
        ("MIni-SIM", "mini", False),
        ("Nano-SIM/ Electronic SIM card (e-SIM)", "nano", False),
        ("Electronic SIM card (e-SIM)", "esim", False),
        ("Nano-SIM or e-SIM", "nano", False),
        ("Dual SIM (Micro-SIM/Nano-SIM| dual stand-by)", "micro", True),
        ("Dual SIM| (Mini-SIM| dual stand-by)", "mini", True),
        ("Dual (Mini-SIM)", "mini", True),
        ("Triple SIM (Nano-SIM| triple stand-by)", "nano", True),
        ("Quad SIM (Mini-SIM)", "mini", True),
        ("Single SIM (Nano-SIM) or Dual SIM (Nano-SIM| dual stand-by)", "nano", False),
        ("Dual SIM ( X5v| X5s)/ Single SIM (X5L)", None, True),
        ("Dual SIM", None, True),
        ("Yes", None, False),
        ("Non-removable", None, False),
        ("2.33", None, False),
        ("", None, False),
    ],
)
def test_sim(text: str, kind: str | None, dual: bool) -> None:
    assert (words.sim_kind(text), words.dual_sim(text)) == (kind, dual)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("Yes", True),
        ("Yes (market/operator dependent)", True),
        ("Yes| dual side", True),
        ("NFC", True),
        ("Optional", False),
        ("Carrier dependent", False),
        ("Via software update", False),
        ("O2 UK only", False),
        ("No", False),
        ("", False),
    ],
)
def test_stated(text: str, there: bool) -> None:
    assert words.stated(text) is there


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("microSD up to 256 GB (uses SIM 2 slot)", True),
        ("Memory Stick Micro (M2) up to 16 GB 8 GB included", True),
        ("RS-DV-MMC 128 MB included", True),
        ("3-in-1 card reader", True),
        ("miniSDIO 128 MB included", True),
        ("2 x SDIO", True),
        ("Yes up to 64 GB (dedicated slot)", True),
        ("No", False),
        ("Adreno 320", False),
        ("", False),
    ],
)
def test_memory_card(text: str, takes: bool) -> None:
    assert words.takes_memory_card(text) is takes


@pytest.mark.parametrize(
    ("status", "announced", "known", "when"),
    [
        ("Available. Released 2016 October", "2016 August", "available", (2016, 10)),
        ("Available. Released 2014 Q3", "2014 June", "available", (2014, None)),
        ("Available. Released 2014 Septeber", "", "available", (2014, 9)),
        ("Available. Released November 2013", "", "available", (2013, 11)),
        ("Available. Released 2012 March 16th", "", "available", (2012, 3)),
        ("Available. Released Exp. release 2016 September", "", "available", (2016, 9)),
        ("Coming soon. Exp. release 2017 July", "2017 June", "coming", (2017, 7)),
        ("Discontinued", "2011 February. Released 2011 April", "discontinued", (2011, 4)),
        ("Discontinued", "2010 October. Released 2010 Q4", "discontinued", (2010, None)),
        ("Discontinued", "2008 August. Released Released 2009 October", "discontinued", (2009, 10)),
        ("Discontinued", "2005 3Q", "discontinued", (2005, None)),
        ("Discontinued", "Q2 2001 ?", "discontinued", (2001, None)),
        ("Discontinued", "Sep-02", "discontinued", (2002, 9)),
        ("Discontinued", "May-99", "discontinued", (1999, 5)),
        ("Available", "2013 August", "available", (2013, 8)),
        ("Cancelled", "2012 August", "cancelled", None),
        ("Available", "Not officially announced yet", "available", None),
        ("Rumored", "", "coming", None),
        ("2.33", "", "unknown", None),
        ("", "", "unknown", None),
    ],
)
def test_status_and_release(
    status: str, announced: str, known: str, when: tuple[int, int | None] | None
) -> None:
    assert words.status(status) == known
    assert words.released(status, announced) == when


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Black| White", ("Black", "White")),
        ("Black / White", ("Black", "White")),
        ("Black, White", ("Black", "White")),
        ("black| Black|BLack", ("Black",)),
        ("Space Gray| silver| rose gold", ("Space Grey", "Silver", "Rose Gold")),
        ("Black/Silver| White/Silver", ("Black", "Silver", "White")),
        ("3 - Navy Blue| Green| and Dark Gray", ("Navy Blue", "Green", "Dark Grey")),
        ("3 -Siver", ("Silver",)),
        (
            "3 (Silver| Metallic Blue and Metallic Black)",
            ("Silver", "Metallic Blue", "Metallic Black"),
        ),
        ("Black&Red| White&Organge", ("Black", "Red", "White", "Orange")),
        ("Black (front panel)| 7 color options (back panel)", ("Black",)),
        ("Black(8/16 GB)| White (16 GB)", ("Black", "White")),
        ("Sport band: silver case/white| black case/black", ("Silver", "White", "Black")),
        ("White-silver", ("White-Silver",)),
        ("Mr. black", ("Mr. Black",)),
        ("Red on Black", ("Red On Black",)),
        ("Black; La Fleur edition", ("Black",)),
        ("User exchangeable front and back covers", ()),
        ("Various", ()),
        ("Yes", ()),
        ("3", ()),
        ("", ()),
    ],
)
def test_colours(text: str, names: tuple[str, ...]) -> None:
    assert words.colours(text) == names


@pytest.mark.parametrize(
    ("model", "system", "tenths", "cellular", "kind"),
    [
        ("Liquid Z6", "Android 6.0", 50, True, "phone"),
        ("Liquid Z6", "", None, True, "phone"),
        ("Watch 42mm", "watchOS 1.0", 17, False, "watch"),
        ("Gear S3 classic", "Tizen-based wearable platform", 13, False, "watch"),
        ("Zenwatch 2 WI501Q", "", 16, True, "watch"),
        ("Fit", "", 10, False, "watch"),
        ("Iconia One 7", "Android 4.2", 70, False, "tablet"),
        ("Tab 10", "", None, True, "tablet"),
        ("Phab2 Pro", "Android 6.0", 64, True, "phone"),
        ("Galaxy J Max", "Android 5.1", 70, True, "tablet"),
        ("Galaxy Z Fold 7", "Android 16", 80, True, "phone"),
        ("N810", "Internet Tablet OS 2008", 41, False, "tablet"),
        ("KT21 Express", "", 28, True, "phone"),
    ],
)
def test_product_kind(
    model: str, system: str, tenths: int | None, cellular: bool, kind: str
) -> None:
    assert words.product_kind(model, system, tenths, cellular=cellular) == kind


@given(st.text(), st.text())
def test_any_text_is_read_or_left(text: str, other: str) -> None:
    names = words.colours(text)
    assert len(names) == len(set(names))
    assert all(name == name.strip() and name for name in names)
    assert set(words.generations(text, other)) <= {"2G", "3G", "4G", "5G"}
    assert words.sim_kind(text) in {"nano", "micro", "mini", "esim", None}
    assert words.status(text) in {"available", "discontinued", "coming", "cancelled", "unknown"}
    assert words.product_kind(text, other, None, cellular=True) in {"phone", "tablet", "watch"}
    words.operating_system(text)
    words.released(text, other)


@pytest.mark.parametrize(
    "text", ["ſep-02", "SEP\u212a", "m\u0130ni-SIM", "m\u0131cro-SIM", "ﬁrefox 2"]
)
def test_letters_that_fold_to_ascii_are_not_taken_for_it(text: str) -> None:
    assert words.released("", text) is None
    assert words.sim_kind(text) is None
    assert words.operating_system(text) == (None, None)
