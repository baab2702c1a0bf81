"""Shelves, filters, sorting: every choice is a link to the address that shows its result, so it
works without scripts, can be shared, and Back undoes it.
"""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit

_CHIP = (
    "inline-flex items-center gap-2 min-h-11 px-4 rounded-full border no-underline text-sm "
    "font-medium whitespace-nowrap border-line text-ink hover:border-accent "
    "aria-[current=true]:bg-accent aria-[current=true]:text-accent-ink "
    "aria-[current=true]:border-accent"
)


def shelves(h: Any, store: Any) -> Any:
    """Show the categories."""
    return h.nav(
        h.ul(
            h.each(
                store.shelves,
                lambda row: h.li(
                    h.link(
                        row.text,
                        to=row.href,
                        aria_current=h.when(row.selected, "true", "false"),
                        class_name=_CHIP,
                    ),
                    key=row.href,
                ),
            ),
            class_name="flex gap-2 overflow-x-auto pb-2 -mx-4 px-4 lg:mx-0 lg:px-0 lg:flex-wrap",
        ),
        aria_label=h.t("Categories"),
    )


def filters(h: Any, store: Any) -> Any:
    """Show the filters: a column on a desk, a sheet behind one button on a phone.

    The sheet is a native popover, so it opens without scripts and closes by Escape; on a desk the
    style sheet lays it out in place.
    """
    return h.group(
        kit.button(
            h,
            kit.icon(h, "filter"),
            h.t("Filter"),
            tone="second",
            custom_attrs={"popoverTarget": "filters"},
            class_name="lg:hidden w-full",
        ),
        h.div(
            kit.heading(h, h.t("Filter"), 2, class_name="lg:sr-only"),
            _facets(h, store),
            kit.button(
                h,
                h.t("Show"),
                h.span(store.total_text, class_name="numbers"),
                custom_attrs={"popoverTarget": "filters", "popoverTargetAction": "hide"},
                class_name="lg:hidden w-full mt-4 sticky bottom-0",
            ),
            id="filters",
            custom_attrs={"popover": "auto"},
            class_name="sheet",
        ),
    )


def _facets(h: Any, store: Any) -> Any:
    return h.div(
        h.each(store.facets, lambda facet: _facet(h, facet)),
        class_name="mt-2 lg:mt-0 flex flex-col gap-1",
    )


def _facet(h: Any, facet: Any) -> Any:
    return h.details(
        h.summary(
            h.span(facet.text, class_name="font-semibold"),
            h.when(
                facet.chosen > 0,
                h.span(
                    facet.chosen, class_name=f"px-2 rounded-full text-xs {kit.BADGES['accent']}"
                ),
            ),
            kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto text-muted"),
            class_name="flex items-center gap-2 min-h-11",
        ),
        h.ul(h.each(facet.choices, lambda row: _choice(h, row))),
        h.when(
            h.count(facet.more) > 0,
            h.details(
                h.summary(
                    h.t("More"),
                    class_name="min-h-11 flex items-center text-sm text-accent font-medium",
                ),
                h.ul(h.each(facet.more, lambda row: _choice(h, row))),
            ),
        ),
        open=h.when(facet.open, True, False),
        key=facet.name,
        class_name="border-b border-line pb-1",
    )


def _choice(h: Any, row: Any) -> Any:
    return h.li(
        h.link(
            h.span(
                h.when(row.selected, kit.icon(h, "check", "size-3.5")),
                class_name="grid place-items-center size-5 rounded-md border border-muted "
                "in-aria-[current=true]:bg-accent in-aria-[current=true]:text-accent-ink "
                "in-aria-[current=true]:border-accent shrink-0",
            ),
            h.span(row.text, class_name="flex-1 min-w-0 truncate"),
            h.span(row.count, class_name="numbers text-sm text-muted"),
            to=row.href,
            keep_scroll=True,
            rel="nofollow",
            aria_current=h.when(row.selected, "true", "false"),
            class_name="flex items-center gap-3 min-h-11 lg:min-h-9 text-ink no-underline "
            "hover:text-accent",
        ),
        key=row.text,
    )


def chosen(h: Any, store: Any) -> Any:
    """Show what is filtered by, each with a way to take it away."""
    return h.when(
        h.count(store.chosen) > 0,
        h.ul(
            h.each(
                store.chosen,
                lambda row: h.li(
                    h.link(
                        row.text,
                        kit.icon(h, "close", "size-4"),
                        h.span(h.t("take away"), class_name="sr"),
                        to=row.href,
                        class_name="inline-flex items-center gap-2 min-h-9 px-3 rounded-full "
                        "bg-accent-soft text-accent no-underline text-sm font-medium",
                    ),
                    key=row.text,
                ),
            ),
            h.li(
                h.link(
                    h.t("Clear all"),
                    to=store.clear_href,
                    class_name="inline-flex items-center min-h-9 px-2 text-sm text-accent",
                )
            ),
            class_name="flex flex-wrap gap-2 mb-3",
        ),
    )


def sorting(h: Any, store: Any) -> Any:
    """Choose the order of the list."""
    return h.details(
        h.summary(
            h.span(h.t("Sort"), class_name="sr"),
            h.span(h.t("Sort"), ":", aria_hidden="true", class_name="hidden sm:inline text-muted"),
            store.sort_text,
            kit.icon(h, "chevron-down", "size-4", class_name="turn"),
            class_name="flex items-center gap-2 min-h-11 px-4 rounded-(--r1) border border-line "
            "bg-surface text-sm font-medium hover:border-accent",
        ),
        h.ul(
            h.each(
                store.sorts,
                lambda row: h.li(
                    h.link(
                        h.when(
                            row.selected,
                            kit.icon(h, "check", "size-4"),
                            h.span(class_name="size-4"),
                        ),
                        row.text,
                        to=row.href,
                        aria_current=h.when(row.selected, "true", "false"),
                        class_name="flex items-center gap-2 min-h-11 px-3 rounded-(--r1) text-ink "
                        "no-underline hover:bg-accent-soft aria-[current=true]:font-bold",
                    ),
                    key=row.text,
                ),
            ),
            class_name="absolute end-0 mt-1 p-1 w-56 bg-raised border border-line rounded-(--r1) "
            "shadow-lg z-20",
        ),
        key=store.sort_text + store.total_text,
        class_name="relative",
    )
