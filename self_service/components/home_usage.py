"""Compact meters of Home, which lead to the page of usage."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.components.usage_meters import bar, left


def home_usage(h: Any, rows: Any) -> Any:
    """Show a few meters; nothing for who has none.

    Args:
        h: builder.
        rows: `state.home_usage.HomeMeterRow`s, or a Var of them.
    """
    return h.when(
        h.count(rows) > 0,
        h.section(
            h.h2(
                h.link(
                    h.t("Usage"),
                    kit.icon(h, "chevron-right", "size-4", class_name="mirror"),
                    to=routes.page(h.language, routes.USAGE),
                    class_name="inline-flex items-center gap-1 min-h-11 text-muted no-underline "
                    "font-normal hover:text-accent",
                ),
            ),
            h.ul(
                h.each(rows, lambda row: _meter(h, row)),
                class_name="grid gap-x-8 gap-y-3 md:grid-cols-3",
            ),
            class_name=kit.CARD + "px-4 pb-4 pt-2 mb-4 numbers",
        ),
    )


def _meter(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(
                kit.icon(h, row.meter.icon, "size-4"),
                h.span(row.meter.name, class_name="truncate"),
                class_name="flex items-center gap-2 font-medium min-w-0",
            ),
            left(h, row.meter),
            class_name="flex justify-between gap-3",
        ),
        bar(h, row.meter),
        h.p(
            h.when(row.whose, h.group(h.bdi(row.whose), " · ")),
            row.as_of,
            class_name="text-sm text-muted",
        ),
        key=row.key,
        class_name="min-w-0",
    )
