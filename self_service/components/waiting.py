"""What shows while an address was left and the data of the next one are on their way.

Whether that is so, the browser sees by itself: the address has changed already, the state not yet.
"""

from __future__ import annotations

from typing import Any

from reflex.vars import FunctionStringVar

from self_service.components.ui import kit

# While pages are built there is no window, and nothing waits.
_ELSEWHERE: Any = FunctionStringVar.create(
    "((slug) => typeof window !== 'undefined' && "
    "!window.location.pathname.replace(/\\/$/, '').endsWith('/' + slug))"
)
_STALE: Any = FunctionStringVar.create(
    "((kept) => typeof window !== 'undefined' && JSON.stringify(kept) !== JSON.stringify("
    "Object.entries(Object.fromEntries(new URLSearchParams(window.location.search)))"
    ".filter(([, value]) => value).map((pair) => pair.join('=')).sort()))"
)


def elsewhere(h: Any, slug: Any) -> Any:
    """Say whether the address names something else than the state holds."""
    return _ELSEWHERE.call(slug).to(bool) if h.live else False


def stale(h: Any, address: Any) -> Any:
    """Say whether the state was read for other parameters than the address has.

    Args:
        h: builder.
        address: sorted "name=value" of all parameters that the state was read for.
    """
    return _STALE.call(address).to(bool) if h.live else False


def waiting(h: Any) -> Any:
    """Hold the place of a page until its data are here."""
    return h.div(
        h.p(h.t("Loading …"), role="status", class_name="sr"),
        h.div(class_name="skeleton h-9 w-2/3 max-w-sm"),
        h.div(class_name="skeleton h-24"),
        h.div(class_name="skeleton h-64"),
        h.div(class_name="skeleton h-64"),
        class_name="flex flex-col gap-4 max-w-5xl",
    )


def two_cards(h: Any, title: Any, columns: str) -> Any:
    """Hold the place of a page about one thing, in two cards, until its data are here.

    Args:
        h: builder.
        title: what the page is about, for whoever does not see the shapes.
        columns: class that puts the cards side by side where there is room.
    """
    return h.div(
        kit.heading(h, title, class_name="sr"),
        h.div(class_name="skeleton h-9 w-64 max-w-full mt-11"),
        h.div(class_name="skeleton h-5 w-48 mt-2 mb-4"),
        h.div(
            h.div(class_name="skeleton h-96"),
            h.div(class_name="skeleton h-96"),
            class_name=f"grid gap-4 {columns}",
        ),
        aria_busy="true",
        class_name="max-w-5xl",
    )
