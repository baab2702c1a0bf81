"""What is known of a product, and what goes with it."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.price import price_block


def fact_sheet(h: Any, facts: Any) -> Any:
    """Show facts under their headings, in two columns where there is room."""
    return h.section(
        kit.heading(h, h.t("Details"), 2, class_name="mb-4"),
        h.div(
            h.each(facts, lambda group: _group(h, group)),
            class_name="gap-x-10 md:columns-2",
        ),
        aria_label=h.t("Details"),
    )


def _group(h: Any, group: Any) -> Any:
    return h.div(
        kit.heading(h, group.title, 3, class_name="text-accent"),
        h.dl(
            h.each(
                group.pairs,
                lambda pair: h.div(
                    h.dt(pair.name, class_name="text-muted"),
                    h.dd(pair.value, class_name="text-end"),
                    key=pair.name,
                    class_name="flex justify-between gap-6 py-2 border-b border-line",
                ),
            ),
            class_name="numbers",
        ),
        key=group.title,
        class_name="break-inside-avoid mb-6",
    )


def beside(h: Any, title: Any, rows: Any) -> Any:
    """Show what goes with a product, or its parts; each leads to its own page."""
    return h.when(
        h.count(rows) > 0,
        h.section(
            kit.heading(h, title, 2, class_name="mb-3"),
            h.ul(
                h.each(rows, lambda row: _card(h, row)),
                class_name="grid gap-3 grid-cols-[repeat(auto-fill,minmax(min(100%,18rem),1fr))]",
            ),
            aria_label=title,
        ),
    )


def _card(h: Any, row: Any) -> Any:
    return h.li(
        kit.picture(h, row.picture, "size-16 shrink-0"),
        h.div(
            h.h3(
                h.link(
                    row.name,
                    to=row.href,
                    class_name="text-ink no-underline hover:text-accent after:absolute "
                    "after:inset-0 after:content-['']",
                ),
                class_name="font-semibold leading-snug",
            ),
            price_block(h, row.totals, row.starting),
            class_name="min-w-0 flex-1",
        ),
        key=row.slug,
        class_name=kit.CARD + "relative flex gap-3 p-3 hover:border-accent transition-colors",
    )
