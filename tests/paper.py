"""A page as the first response holds it, and what every page must keep."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import reflex as rx

from self_service.components.ui.markup import VOID, Live, Paper

View = Callable[[Any, Any], Any]


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID and tag not in ("use", "path"):
            self.open.append(tag)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def printed(view: View, kind: type[rx.State], values: dict[str, Any], language: str = "en") -> str:
    """Return the HTML of a page; values that are not given are the state's defaults.

    Fails when tags are not closed in order, when there is not one first heading, when a level of
    headings is left out, or when a link leads nowhere.
    """
    fields = {name: found.default_value() for name, found in kind.get_fields().items()}
    html = str(view(Paper(language), SimpleNamespace(**{**fields, **values})))
    outline = _Outline()
    outline.feed(html)
    assert not outline.open
    assert outline.headings.count(1) == 1
    assert outline.headings[0] == 1
    for before, after in zip(outline.headings, outline.headings[1:], strict=False):
        assert after <= before + 1
    assert all(outline.links)
    return html


def live(view: View, kind: type[rx.State], language: str = "en") -> str:
    """Return the source of the live page: it can be compiled at all."""
    return str(view(Live(language), kind).render())
