"""What docs/*.md say is so: figures, names of settings and tables, places, links."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined
from sqlmodel import SQLModel

import self_service.models
from self_service.domain.access.attempts import Limit
from self_service.settings import ROOT, Settings
from tests.test_asvs import exists, headings, references

DOCS = ("operating.md", "security.md", "values.md")
TEXTS = {name: (ROOT / "docs" / name).read_text() for name in DOCS}
assert self_service.models  # all tables are known

#: Units that figures have; time is compared in seconds.
UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "KiB": 2**10,
    "MiB": 2**20,
}
_ROW = re.compile(r"\| (?P<figure>[^|]+) \| `(?P<place>[\w.]+:[\w.]+(?:\[\w+\])?)` \|$", re.M)
FIGURES = [
    pytest.param(found["figure"], found["place"], id=f"{name} {found['place']}")
    for name, text in TEXTS.items()
    for found in _ROW.finditer(text)
]


def number_of(figure: str) -> float:
    """Read "9", "10 minutes", "256 KiB".

    Raises:
        KeyError: the unit is none of ours.
    """
    count, _, unit = figure.partition(" ")
    return float(count) * (UNITS[unit.removesuffix("s")] if unit else 1)


def value_of(place: str) -> Any:
    """Return what stands at `module:NAME`, `module:NAME.attribute` or `module:NAME[key]`."""
    module, _, rest = place.partition(":")
    path, _, key = rest.rstrip("]").partition("[")
    owner, _, field = path.rpartition(".")
    found = importlib.import_module(module)
    if owner == "Settings":
        default = Settings.model_fields[field].default
        assert default is not PydanticUndefined
        return default
    parts = owner and getattr(getattr(found, owner, None), "__dataclass_fields__", {})
    value = parts[field].default if parts else reduce(getattr, path.split("."), found)
    return value[key] if key else value


def plain(value: Any) -> float:
    """Return a value as one number: seconds, bytes or a count."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):  # a limit with its words; or one entry for each
        return float(value[0] if isinstance(value[0], int) else len(value))
    return float(value)


@pytest.mark.parametrize(("figure", "place"), FIGURES)
def test_a_figure_is_the_codes(figure: str, place: str) -> None:
    value = value_of(place)
    if isinstance(value, Limit):
        most, _, within = figure.partition(" in ")
        assert (float(most), number_of(within)) == (value.most, value.within.total_seconds())
    else:
        assert number_of(figure) == plain(value)


def test_figures_are_found() -> None:
    assert len(FIGURES) > 50
    assert value_of("self_service.domain.access.sessions:SESSION_LIFE") != timedelta(hours=11)
    assert plain(value_of("self_service.domain.rules.limits:PER_SALE[plan]")) != 6


@pytest.mark.parametrize("name", DOCS)
def test_places_and_links_exist(name: str) -> None:
    named = [one for one in references(TEXTS[name]) if not one[0].isdigit()]
    assert [one for one in named if not exists(one)] == []
    files = re.findall(r"`((?:self_service|scripts|tests|docs)/[\w./]+)`", TEXTS[name])
    assert [one for one in files if not (ROOT / one).exists()] == []
    for link in re.findall(r"\]\(([^):]+)\)", TEXTS[name]):
        file, _, heading = link.partition("#")
        assert (ROOT / "docs" / file).is_file(), link
        assert not heading or heading in headings(ROOT / "docs" / file), link


@pytest.mark.parametrize("name", DOCS)
def test_settings_are_ours(name: str) -> None:
    named = {one.lower() for one in re.findall(r"SELF_SERVICE_([A-Z_]+)", TEXTS[name])}
    assert named <= set(Settings.model_fields)


def test_every_outside_address_is_listed() -> None:
    listed = TEXTS["operating.md"].partition("## Connections")[2].partition("\n## ")[0]
    outside = [name for name in Settings.model_fields if re.search("(url|host|issuer|base)$", name)]
    assert [name for name in outside if f"`SELF_SERVICE_{name.upper()}`" not in listed] == []


def test_every_secret_is_listed() -> None:
    listed = TEXTS["operating.md"].partition("## Secrets")[2].partition("\n## ")[0]
    secret = [
        name
        for name in Settings.model_fields
        if re.search("(secret|secret_before|_key|password)$", name)
    ]
    hidden = [name for name in secret if "publishable" not in name]
    assert [name for name in hidden if f"`SELF_SERVICE_{name.upper()}`" not in listed] == []


def test_every_table_has_one_class() -> None:
    classes = TEXTS["security.md"].partition("## Classes of data")[2].partition("\n## ")[0]
    rows = [line.split("|")[2] for line in classes.splitlines() if re.match(r"\| [A-Z]:", line)]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(SQLModel.metadata.tables)


def test_the_inventory_holds_both_locks() -> None:
    script = Path(ROOT / "scripts" / "sbom")
    found = json.loads(subprocess.check_output([sys.executable, script], text=True))
    purls = [one["purl"] for one in found["components"]]
    assert found["bomFormat"] == "CycloneDX"
    assert purls == sorted(set(purls))
    kinds = {purl.partition("/")[0] for purl in purls}
    assert kinds == {"pkg:pypi", "pkg:npm"}
    assert any(purl.startswith("pkg:pypi/granian@2.") for purl in purls)
    assert any(purl.startswith("pkg:npm/react@19.") for purl in purls)
    assert not any("/self-service@" in purl for purl in purls)
