"""The lines of a bill, with the usage and the tax behind them, and why it changed."""

from __future__ import annotations

from typing import Any

from self_service.components.dispute import dispute_form
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge


def groups(h: Any, rows: Any) -> Any:
    """Show the lines under their subscriptions, each with its sum; they open and close."""
    return h.div(h.each(rows, lambda group: _group(h, group)), class_name="flex flex-col gap-3")


def taxes(h: Any, rows: Any) -> Any:
    """Show the table of taxes."""
    return h.div(
        h.table(
            h.thead(
                h.tr(
                    h.th(h.t("VAT"), scope="col", class_name="text-start py-1 font-medium"),
                    *[_end_head(h, name) for name in (h.t("Net"), h.t("Tax"), h.t("Total"))],
                ),
                class_name="text-muted",
            ),
            h.tbody(h.each(rows, lambda row: _tax(h, row))),
            class_name="w-full numbers text-sm",
        ),
        class_name="overflow-x-auto",
    )


def reasons(h: Any, rows: Any) -> Any:
    """Show what makes the difference to the bill before; the sums add up to it."""
    return h.ul(h.each(rows, lambda row: _reason(h, row)), class_name="divide-y divide-line")


def money_rows(h: Any, rows: Any) -> Any:
    """Show sums with their dates."""
    return h.ul(h.each(rows, lambda row: _money(h, row)), class_name="divide-y divide-line")


def _group(h: Any, group: Any) -> Any:
    return h.section(
        h.div(
            h.h3(h.bdi(group.name), class_name="font-semibold grow basis-32 min-w-0 wrap-anywhere"),
            h.p(group.total, class_name="font-semibold numbers ms-auto"),
            class_name="flex flex-wrap justify-between gap-x-4 pb-2 border-b border-line",
        ),
        h.ul(h.each(group.lines, lambda line: _line(h, line)), class_name="divide-y divide-line"),
        key=group.key,
    )


def _line(h: Any, line: Any) -> Any:
    return h.li(
        h.div(
            h.div(
                h.p(line.name, class_name="leading-snug wrap-anywhere"),
                h.p(
                    line.kind,
                    h.when(line.period, h.span(" · ", line.period)),
                    h.when(line.note, h.span(" · ", line.note)),
                    class_name="text-sm text-muted numbers",
                ),
                class_name="grow basis-32 min-w-0",
            ),
            h.p(line.gross, class_name="numbers ms-auto"),
            class_name="flex flex-wrap justify-between gap-x-4",
        ),
        h.when(line.dispute, _dispute(h, line)),
        h.when(line.can_dispute, dispute_form(h, line)),
        h.when(h.count(line.usage) > 0, _usage(h, line)),
        key=line.key,
        class_name="py-2",
    )


def _dispute(h: Any, line: Any) -> Any:
    return h.div(
        toned_badge(h, line.dispute, line.dispute_tone),
        h.when(line.answer, h.p(h.bdi(line.answer), class_name="text-sm mt-1 wrap-anywhere")),
        class_name="mt-1",
    )


def _usage(h: Any, line: Any) -> Any:
    return h.details(
        h.summary(
            h.t("Show each one"),
            kit.icon(h, "chevron-down", "size-4", class_name="turn"),
            class_name="flex items-center gap-1 min-h-11 text-accent",
        ),
        h.ul(
            h.each(
                line.usage,
                lambda use: h.li(
                    h.span(
                        h.bdi(use.at),
                        " ",
                        h.bdi(use.what),
                        h.when(use.quantity, h.span(" · ", h.bdi(use.quantity))),
                        class_name="min-w-0 wrap-anywhere",
                    ),
                    h.span(use.amount, class_name="shrink-0"),
                    key=use.key,
                    class_name="flex justify-between gap-4 py-1",
                ),
            ),
            class_name="text-sm numbers",
        ),
    )


def _end_head(h: Any, name: Any) -> Any:
    return h.th(name, scope="col", class_name="text-end py-1 ps-3 font-medium")


def _tax(h: Any, row: Any) -> Any:
    cells = (row.net, row.tax, row.gross)
    return h.tr(
        h.th(row.rate, scope="row", class_name="text-start py-1 font-normal"),
        *[h.td(cell, class_name="text-end py-1 ps-3") for cell in cells],
        key=row.key,
        class_name="border-t border-line",
    )


def _reason(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(row.why, class_name="font-medium"),
            h.p(
                row.name,
                h.when(row.sums, h.span(" · ", row.sums)),
                class_name="text-sm text-muted numbers wrap-anywhere",
            ),
            class_name="grow basis-32 min-w-0",
        ),
        h.p(row.difference, class_name="numbers ms-auto"),
        key=row.key,
        class_name="flex flex-wrap justify-between gap-x-4 py-2",
    )


def _money(h: Any, row: Any) -> Any:
    return h.li(
        h.span(
            h.when(
                row.href,
                h.link(row.text, to=row.href, class_name="text-accent underline"),
                h.span(row.text),
            ),
            h.span(" · ", row.at, class_name="text-muted"),
            class_name="min-w-0",
        ),
        h.span(row.amount, class_name="shrink-0"),
        key=row.key,
        class_name="flex justify-between gap-4 py-2 numbers",
    )
