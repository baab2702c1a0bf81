"""The brand's token file: read anew when it changes, and never taken down by a slip in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from self_service import brand, settings

GOOD = settings.ROOT / "brand" / "brand.toml"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the brand, to be edited."""
    copy = tmp_path / "brand.toml"
    copy.write_text(GOOD.read_text())
    monkeypatch.setenv("SELF_SERVICE_BRAND_FILE", str(copy))
    monkeypatch.setattr(brand, "_LAST", [])
    settings.get.cache_clear()
    yield copy
    settings.get.cache_clear()


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))
    stamp = file.stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(stamp, stamp))


def test_holds_the_operators_names_and_colours(file: Path) -> None:
    found = brand.current()
    assert found.links.brand_name == "Tidewell"
    assert "--accent:#0b5fd0;" in found.css
    assert found.css.index(":root{") < found.css.index(":root.dark{")
    assert found.logo is None


def test_a_change_shows_at_once(file: Path) -> None:
    assert brand.current() is brand.current()
    edit(file, '"Tidewell"', '"Nordlicht"')
    edit(file, 'logo = ""', 'logo = "mark.svg"')
    assert brand.current().links.brand_name == "Nordlicht"
    assert brand.current().logo == file.parent / "mark.svg"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('name = "Tidewell"', ""),
        ("[dark]", "[night]"),
        ("[light]", "light = 3\n[day]"),
        ("[shape]", "[shape"),
        ('"#0b5fd0"', '"red;}body{display:none"'),
        ('"#0b5fd0"', '"url(https://evil.example/x)"'),
        ('"#0b5fd0"', '"</style><script>"'),
        ('"12px"', '"' + "1" * 81 + '"'),
    ],
)
def test_a_slip_is_logged_once_and_leaves_the_brand_as_it_was(
    file: Path, caplog: pytest.LogCaptureFixture, before: str, after: str
) -> None:
    was = brand.current()
    edit(file, before, after)
    assert [brand.current(), brand.current()] == [was, was]
    assert len(caplog.records) == 1
    with pytest.raises(brand.BadBrand):
        brand.read(file)


def test_a_file_that_is_gone_leaves_the_brand_as_it_was(file: Path) -> None:
    was = brand.current()
    file.unlink()
    assert brand.current() is was


def test_without_any_brand_nothing_starts(file: Path) -> None:
    file.write_text("")
    with pytest.raises(brand.BadBrand, match="'light' is missing"):
        brand.current()
