"""Meters: how much of an allowance is left, in words and as a bar."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit

_BARS = "data-[tone=accent]:bg-accent data-[tone=warn]:bg-warn data-[tone=bad]:bg-bad"
_LEFT = "data-[tone=warn]:text-warn data-[tone=bad]:text-bad"


def line_meters(h: Any, row: Any, *, several: Any = False) -> Any:
    """Show a subscription's meters; `several`: its records can be chosen."""
    return h.li(
        h.div(
            h.div(
                kit.heading(h, row.name, 2, class_name="leading-snug"),
                h.when(row.number, h.p(h.bdi(row.number), class_name="numbers")),
                class_name="min-w-0",
            ),
            h.when(
                row.amount,
                h.p(
                    h.span(row.amount, class_name="font-bold block"),
                    h.span(h.t("beyond what is included"), class_name="text-sm text-muted"),
                    class_name="numbers text-end",
                ),
            ),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-1",
        ),
        meter_list(h, row.meters),
        h.p(row.as_of, title=row.exact, class_name="mt-4 text-sm text-muted numbers"),
        h.when(
            row.waiting,
            h.p(h.t("Newer usage is being counted."), class_name="text-sm text-muted"),
        ),
        h.when(
            several,
            h.link(
                h.when(row.selected, h.t("Records are shown below"), h.t("Show its records")),
                h.span(": ", row.name, " ", row.number, class_name="sr"),
                to=row.href,
                keep_scroll=True,
                aria_current=h.when(row.selected, "true", "false"),
                class_name="inline-flex items-center min-h-11 text-accent "
                "aria-[current=true]:text-muted",
            ),
        ),
        key=row.key,
        class_name=kit.CARD + "p-4 min-w-0",
    )


def meter_list(h: Any, meters: Any) -> Any:
    """Show meters one below the other."""
    return h.ul(
        h.each(meters, lambda row: _meter(h, row)),
        class_name="mt-4 flex flex-col gap-4 empty:hidden",
    )


def _meter(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(
                kit.icon(h, row.icon, "size-4"),
                h.span(row.name, class_name="wrap-anywhere"),
                h.when(row.shared, kit.badge(h, h.t("Shared"), "plain")),
                class_name="flex items-center gap-2 font-medium min-w-0",
            ),
            left(h, row),
            class_name="flex justify-between gap-4 numbers",
        ),
        bar(h, row),
        h.p(
            h.span(row.used),
            h.span(row.until, title=row.exact),
            class_name="flex flex-wrap justify-between gap-x-4 text-sm text-muted numbers",
        ),
        h.when(row.where, h.p(row.where, class_name="text-sm text-muted")),
        key=row.key,
    )


def left(h: Any, row: Any) -> Any:
    """Say how much is left."""
    return h.p(row.left, data_tone=row.tone, class_name=f"font-semibold text-end shrink-0 {_LEFT}")


def bar(h: Any, row: Any) -> Any:
    """Draw how much was used; there is no bar without a limit."""
    return h.when(
        row.width,
        h.div(
            h.div(
                style=h.style(width=row.width),
                data_tone=row.tone,
                class_name=f"h-full rounded-full {_BARS}",
            ),
            aria_hidden="true",
            class_name="h-2 my-1.5 rounded-full bg-line overflow-hidden",
        ),
    )
