"""The archive that a person takes along: the data for programs and for people, the documents."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from self_service import i18n
from self_service.components.ui.markup import Paper
from self_service.domain.people.own_data import FORMAT, OwnData
from self_service.domain.people.own_data_parts import PARTS

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}"
    "th,td{text-align:start;vertical-align:top;padding:.3rem .6rem;border:1px solid #bbb;"
    "overflow-wrap:anywhere}th{width:14rem;font-weight:600}"
)


def archive(found: OwnData, language: str) -> bytes:
    """Make the archive: `data.json`, `data.html` and what was signed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("data.json", as_json(found))
        zipped.writestr("data.html", as_html(found, language))
        for number, file in enumerate(found.files, 1):
            zipped.writestr(f"documents/{number:02d}-{_file_name(file.name)}", file.content)
    return made.getvalue()


def as_json(found: OwnData) -> str:
    """Write the data for programs; keys are the same in every language and every time."""
    said = {"format": FORMAT, "made_at": found.made_at.isoformat(), **found.parts}
    return json.dumps(said, ensure_ascii=False, indent=2)


def as_html(found: OwnData, language: str) -> str:
    """Write the data for people: a page that needs nothing else, and runs nothing."""
    h = Paper(language)
    title = h.t("What we know about you")
    parts = [
        h.group(h.h2(h.t(part.title)), *[_record(h, row) for row in found.parts[part.key]])
        for part in PARTS
        if found.parts[part.key]
    ]
    return str(
        Markup("<!doctype html>")
        + h.html(
            _head(h, title),
            h.body(
                h.h1(title),
                h.p(i18n.instant(found.made_at, language)),
                h.p(h.t("The names on the left are the same as in the file data.json.")),
                *parts,
            ),
            lang=language,
            dir=h.direction,
        )
    )


def _head(h: Any, title: str) -> Any:
    return h.head(
        h.meta(charset="utf-8"),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.title(title),
        h.el("style", Markup(_STYLE)),
    )


def _record(h: Any, row: Mapping[str, Any]) -> Any:
    said = {name: value for name, value in row.items() if value not in (None, "", [], {})}
    return h.table(
        h.tbody(
            *[
                h.tr(h.th(h.code(name), scope="row"), h.td(_text(value), dir="auto"))
                for name, value in said.items()
            ]
        )
    )


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _file_name(name: str) -> str:
    """Return a name that stays in its folder and on every system."""
    kept = "".join(char if char.isalnum() or char in "-_." else "-" for char in name)
    return kept.lstrip(".")[:80] or "document"
