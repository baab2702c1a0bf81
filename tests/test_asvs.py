"""docs/asvs.md answers every requirement of the standard, and names only what exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from self_service.settings import ROOT

TEXT = (ROOT / "docs" / "asvs.md").read_text()

#: Requirements of levels 1 and 2 in each section of ASVS 5.0: so many, numbered from 1.
#: A section whose requirements are all of level 3 is left out.
SECTIONS = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}
REQUIRED = [
    f"{chapter}.{section}.{number}"
    for chapter, sections in SECTIONS.items()
    for section, most in sections.items()
    for number in range(1, most + 1)
]
#: How an answer begins, and the name under which the first paragraph counts it.
ANSWERS = {
    "held: ": "held",
    "not applicable: because ": "not applicable",
    "not yet: ": "not yet",
}


def rows() -> list[tuple[str, str, str, str]]:
    """Number, level, subject and answer of each line of the tables."""
    lines = [line for line in TEXT.splitlines() if re.match(r"\| ?\d", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert all(len(row) == 4 for row in cells), [row for row in cells if len(row) != 4]
    return [(row[0], row[1], row[2], row[3]) for row in cells]


ROWS = rows()


def references(answer: str) -> list[str]:
    """Tests (`file::name`), places in the code (`module:name`) and headings (`docs/x.md#name`)."""
    quoted = re.findall(r"`([^`]+)`", answer)
    known = r"[\w./]+(::?[\w.]+)+|docs/[\w./-]*#[\w-]*"
    return [one for one in quoted if re.fullmatch(known, one)]


@cache
def headings(file: Path) -> frozenset[str]:
    """Names by which the headings of a document are linked to."""
    if not file.is_file():
        return frozenset()
    prose = re.sub(r"^```.*?^```", "", file.read_text(), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.+)$", prose, re.M)
    return frozenset(re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles)


@cache
def defined(file: Path) -> frozenset[str]:
    """Names that a file defines: "name" and, within classes, "Class.name"."""
    if not file.is_file():
        return frozenset()
    return frozenset(_names(ast.parse(file.read_text()).body))


def _names(body: list[ast.stmt], within: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield within + node.name
        elif isinstance(node, ast.ClassDef):
            yield within + node.name
            yield from _names(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                yield from (within + part.id for part in parts if isinstance(part, ast.Name))


def exists(reference: str) -> bool:
    """Tell whether a test, a place in the code or a heading is there."""
    if "#" in reference:
        file, _, heading = reference.partition("#")
        return heading in headings(ROOT / file)
    place, test, name = reference.partition("::")
    if test:
        names = defined(ROOT / place)
        is_test = name.rpartition("::")[2].startswith("test_")
        return place.startswith("tests/") and is_test and name.replace("::", ".") in names
    place, _, name = reference.partition(":")
    stem = ROOT.joinpath(*place.split("."))
    return name in defined(stem.with_suffix(".py")) | defined(stem / "__init__.py")


def test_every_requirement_stands_there_once_and_in_order() -> None:
    assert [number for number, *_ in ROWS] == REQUIRED


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_is_filled(row: tuple[str, str, str, str]) -> None:
    _, level, subject, answer = row
    assert level in ("1", "2")
    assert 2 <= len(subject.split()) <= 8
    start = next((start for start in ANSWERS if answer.startswith(start)), "")
    assert start, answer
    assert len(answer) > len(start) + 5


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_a_row_names_exists(row: tuple[str, str, str, str]) -> None:
    named = references(row[3])
    assert named or not row[3].startswith("held: ")
    assert [one for one in named if not exists(one)] == []


def test_the_counts_are_right() -> None:
    counted = Counter(
        name for *_, answer in ROWS for start, name in ANSWERS.items() if answer.startswith(start)
    )
    said = ", ".join(f"{counted[name]} {name}" for name in ANSWERS.values())
    assert f"each of the {len(REQUIRED)} requirements" in TEXT
    assert f": {said}." in TEXT


@pytest.mark.parametrize(
    "reference",
    [
        "tests/test_asvs.py::test_nothing_of_this_name",
        "tests/test_asvs.py::rows",
        "tests/nothing.py::test_a_row_is_filled",
        "self_service/settings.py::test_a_row_is_filled",
        "self_service.settings:nothing",
        "self_service.settings:https",
        "self_service.nothing:Settings",
        "docs/nothing.md#sessions",
        "docs/security.md#nothing-of-this-name",
        "docs/security.md#",
    ],
)
def test_what_is_not_there_is_noticed(reference: str) -> None:
    assert references(f"held: `{reference}`") == [reference]
    assert not exists(reference)


def test_what_is_there_is_found() -> None:
    for reference in (
        "tests/test_asvs.py::test_what_is_there_is_found",
        "self_service.settings:Settings.https",
        "self_service.settings:ROOT",
        "self_service.domain.access:__all__",
        "docs/security.md#who-may-do-what",
    ):
        assert exists(reference)
