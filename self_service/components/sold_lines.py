"""What was sold, as it was sold: lines with pictures, prices and what was chosen for them."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit


def sold_lines(h: Any, lines: Any) -> Any:
    """Show the lines of an order."""
    return h.ul(
        h.each(lines, lambda line: _line(h, line)),
        class_name="flex flex-col divide-y divide-line",
    )


def _line(h: Any, line: Any) -> Any:
    return h.li(
        kit.picture(h, line.picture, "size-14 shrink-0"),
        h.div(
            h.p(
                h.span(line.quantity, " ", class_name="numbers"),
                line.name,
                class_name="font-semibold leading-snug",
            ),
            h.p(line.detail, class_name="text-sm text-muted empty:hidden"),
            _price(h, line.totals),
            h.ul(h.each(line.parts, lambda part: _part(h, part)), class_name="empty:hidden"),
            class_name="min-w-0 flex-1",
        ),
        key=line.id,
        class_name="flex gap-3 py-3 first:pt-0 last:pb-0",
    )


def _part(h: Any, part: Any) -> Any:
    return h.li(
        h.p(part.name, class_name="font-medium leading-snug"),
        _price(h, part.totals),
        key=part.id,
        class_name="mt-2 ps-3 border-s-2 border-line",
    )


def _price(h: Any, totals: Any) -> Any:
    return h.group(
        h.p(
            h.when(
                totals.has_due,
                h.span(
                    totals.due_now,
                    " ",
                    h.when(totals.has_monthly, h.t("with the order"), h.t("once")),
                ),
            ),
            h.when(totals.has_monthly, h.span(totals.monthly, h.t("/month"))),
            class_name="numbers text-sm flex flex-wrap gap-x-4 empty:hidden",
        ),
        h.p(totals.later, class_name="numbers text-sm text-muted empty:hidden"),
    )
