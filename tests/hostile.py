"""What nobody should send, and how to see that it changed nothing.

The bad values are drawn by Hypothesis, the same ones in every run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from reflex_base.registry import RegistrationContext
from sqlmodel import SQLModel

from self_service.settings import ROOT
from tests.house import House

T = TypeVar("T")

#: What a stranger may cause by asking: tries that are counted, and mails that go to the owner only.
MAY_GROW = {
    "attempts", "one_time_secret", "communication_message", "notice", "audit_entry", "audit_head"
}  # fmt: skip
#: A wrong password is counted where it was tried.
COUNTED = {"failed_attempts", "locked_until", "last_seen_at", "network"}
#: Were it echoed as it was sent, it would run.
SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = '"><img src=x onerror=alert(1)>'
WORDS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\u202egnp.exe",
    "\u200f\u0645\u0631\u062d\u0628\u0627\u200e",
    "\ud800",  # half of a pair, which no encoding can write
    SCRIPT,
    ATTRIBUTE,
    "' or 1=1 --",
    "../../etc/passwd",
    "//evil.example",
    "a\r\nSet-Cookie: sid=evil",
    "{0.__class__} %s %n {{7*7}}",
    "-1",
    "1e400",
    "NaN",
    "9" * 60,
    "\u0663\u0664",
    "\u00e9\u0301" * 50,
    "\U0001f600" * 50,
    "x" * 1_000_000,
)
NUMBERS = (-1, 0, -(10**30), 10**30, 2**63, 1.5, -0.0, 1e308, float("inf"), float("nan"))

words = st.one_of(st.sampled_from(WORDS), st.text(max_size=30))
numbers = st.one_of(st.sampled_from(NUMBERS), st.integers())
flat = st.one_of(words, numbers, st.booleans(), st.none())
anything = st.one_of(
    flat,
    st.lists(flat, max_size=3),
    st.dictionaries(words, flat, max_size=3),
    st.just([[[[[]]]]]),
)


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Return examples of a strategy: the same in every run."""
    found: list[T] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found


def fields_of(*folders: str) -> list[str]:
    """Return the names of all form fields that the sources in these folders read."""
    found = (ROOT / "self_service" / folder for folder in folders)
    return fields_in(file for folder in found for file in folder.glob("*.py"))


def fields_in(files: Iterable[Path]) -> list[str]:
    """Return the names of all form fields that these sources read."""
    read = re.compile(
        r"""(?:form|said|typed|asked|read|texts\(form\))(?:\.get\(|\[)"(\w+)\""""
        r"""|(?:\(form, |\bchecked\()"(\w+)\""""
    )
    found = (names for file in files for names in read.findall(file.read_text()))
    return sorted({name for names in found for name in names if name})


def handlers() -> list[tuple[str, Any]]:
    """All event handlers of ours, by name."""
    return sorted(
        (name, found.handler)
        for name, found in RegistrationContext.get().event_handlers.items()
        if found.handler.fn.__module__.startswith("self_service.")
    )


def dump(house: House, without: Iterable[str] = ()) -> dict[str, set[str]]:
    """All rows of all tables, without what is counted where somebody tries."""
    found = {}
    with house.database.reading() as session:
        for table in SQLModel.metadata.sorted_tables:
            if table.name in without:
                continue
            columns = [column for column in table.c if column.name not in COUNTED]
            rows = session.execute(table.select().with_only_columns(*columns))
            found[table.name] = {repr(tuple(row)) for row in rows}
    return found


def changes(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, list[str]]:
    """What differs between two dumps, by table; short enough to be read."""
    return {
        name: [row[:300] for row in sorted(rows ^ after[name])]
        for name, rows in before.items()
        if rows != after[name]
    }


def is_clean(house: House) -> None:
    """See that nothing is stored that no page can show, or that is as long as nothing of ours."""
    with house.database.reading() as session:
        for table in SQLModel.metadata.sorted_tables:
            for row in session.execute(table.select()):
                for name, value in row._mapping.items():
                    text = json.dumps(value) if isinstance(value, dict | list) else value
                    if isinstance(text, str):
                        assert len(text) < 20_000, f"{table.name}.{name}"
                        found = [bad for bad in ("\0", "\\u0000") if bad in text]
                        assert not found, f"{table.name}.{name}"
                        text.encode()


def short(value: object) -> str:
    """Say what was sent, in a line."""
    text = ascii(value)
    return text if len(text) < 400 else f"{text[:400]}... ({len(text)})"
