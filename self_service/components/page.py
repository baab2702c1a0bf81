"""What a page is, and the list of them.

One declaration serves the live application, its three languages, and the first response of the
server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from self_service import i18n
from self_service.components.missing import missing_in_each_language
from self_service.components.shell import shell
from self_service.components.ui.markup import Live
from self_service.state.basket import BasketState
from self_service.state.request import Loader
from self_service.state.shell import ShellState

#: Makes the content of a page: view(h, state).
View = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the portal.

    Attributes:
        path: below the language; a dynamic part stands in brackets, "/product/[slug]".
        title: English source text, or the name of a var of `state` that holds the title.
        description: English source text for search engines.
        view: makes the content.
        state: the page's state class, with a `load` handler.
        loader: reads the values of that state.
        private: never shown to search engines.
        bare: without basket panel (checkout, sign-in).
    """

    path: str
    title: str
    description: str
    view: View
    state: type[rx.State]
    loader: Loader
    private: bool = False
    bare: bool = False

    @property
    def prefix(self) -> str:
        """Return the path without its dynamic part."""
        return self.path.split("/[", 1)[0]

    def content(self, h: Any, state: Any, around: Any, basket: Any) -> Any:
        """Make the whole page, live or as HTML."""
        return shell(h, around, basket, self.view(h, state), path=self.prefix, bare=self.bare)

    def title_of(self, h: Any, state: Any, around: Any) -> Any:
        """Return the title and the operator's name; that name alone while the title is read."""
        brand = around.brand_name
        if not hasattr(state, self.title):
            return h.t(self.title) + " · " + brand
        own = getattr(state, self.title)
        return h.when(own, own + " · " + brand, brand)


PAGES: list[Page] = []


def page(declared: Page) -> Page:
    """Put a page on the list."""
    PAGES.append(declared)
    return declared


def mount(app: rx.App) -> None:
    """Add all pages, in all languages, to the application, and what stands where none is."""
    app.add_page(missing_in_each_language, route="404", title="404", on_load=[ShellState.load])
    for declared in PAGES:
        states = dict.fromkeys((declared.state, ShellState, BasketState))
        for language in i18n.LANGUAGES:
            app.add_page(
                _component(declared, language),
                route=f"/{language}{declared.path}",
                title=declared.title_of(Live(language), declared.state, ShellState),
                description=i18n.translate(language, declared.description),
                on_load=[state.load for state in states],  # type: ignore[attr-defined]
            )


def _component(declared: Page, language: str) -> Callable[[], Any]:
    def build() -> Any:
        return declared.content(Live(language), declared.state, ShellState, BasketState)

    return build


def find(path: str) -> Page | None:
    """Return the page at a path below the language, "/product/nimbo-5"."""
    head, _, tail = path.rpartition("/")
    under = None
    for declared in PAGES:
        if path == declared.path:
            return declared  # "/bills/agreement" is no bill, whatever page was declared first
        if declared.path != declared.prefix and head == declared.prefix and tail:
            under = under or declared
    return under
