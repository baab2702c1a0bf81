"""A company's spending: tables of centres, of lines to be moved, and of costs."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.company_forms import hidden, places
from self_service.components.ui import kit

_CELL = "p-3 text-end whitespace-nowrap align-top font-medium"
_HEAD = "p-3 text-start font-normal align-top min-w-0 wrap-anywhere"
_TABLE = kit.CARD + "overflow-hidden numbers"


def centres_table(h: Any, state: Any) -> Any:
    """Show the centres, each with its budget as a bar."""
    return h.div(
        h.table(
            h.caption(h.t("Spending by cost centre"), ", ", state.month_name, class_name="sr"),
            h.tbody(h.each(state.rows, lambda row: _centre(h, row))),
            class_name="w-full",
        ),
        class_name=_TABLE,
    )


def _centre(h: Any, row: Any) -> Any:
    return h.tr(
        h.th(
            h.div(
                h.link(
                    h.bdi(row.name),
                    to=row.href,
                    class_name="inline-flex items-center min-h-11 text-accent font-medium",
                ),
                h.p(row.lines, class_name="text-sm text-muted"),
                h.when(row.standing, standing(h, row)),
                class_name=h.when(row.below, "ps-6", ""),
            ),
            scope="row",
            class_name=_HEAD,
        ),
        h.td(row.spent, class_name=_CELL + " pt-6"),
        key=row.key,
        class_name="border-t border-line first:border-t-0",
    )


def standing(h: Any, row: Any) -> Any:
    """Show how much of a budget was spent: a bar, and the same in words."""
    return h.div(
        h.div(
            h.div(
                style=h.style(width=row.share),
                class_name=h.when(
                    row.over, "h-full rounded-full bg-bad", "h-full rounded-full bg-accent"
                ),
            ),
            aria_hidden="true",
            class_name="h-2 mt-1 rounded-full bg-ground border border-line overflow-hidden",
        ),
        h.p(row.standing, class_name=h.when(row.over, "text-sm text-bad", "text-sm text-muted")),
        class_name="max-w-md",
    )


def lines_table(h: Any, state: Any) -> Any:
    """Show the lines of a centre, with boxes to move some."""
    return h.native_form(
        *hidden(h, state),
        h.div(
            h.table(
                h.caption(h.t("Lines, the dearest first"), class_name="sr"),
                h.tbody(h.each(state.lines, lambda row: _line(h, row))),
                class_name="w-full",
            ),
            class_name=_TABLE,
        ),
        h.when(
            h.count(state.goals) > 0,
            h.div(
                h.div(
                    places(h, h.t("Move the chosen lines to"), "to", state.goals),
                    class_name="grow basis-56",
                ),
                kit.button(h, h.t("Move"), type="submit", tone="second"),
                class_name="flex flex-wrap items-end gap-3 mt-4",
            ),
        ),
        method="post",
        action=f"{routes.DO_CENTRE}/move",
        key=state.centre,
    )


def _line(h: Any, row: Any) -> Any:
    return h.tr(
        h.td(
            h.when(
                row.field,
                h.label(
                    h.input(type="checkbox", name=row.field, value=row.key, class_name="size-5"),
                    h.span(h.t("Choose"), " ", row.name, " ", row.number, class_name="sr"),
                    class_name="grid place-items-center size-11",
                ),
            ),
            class_name="ps-1 py-1 w-12 align-top",
        ),
        h.th(
            h.link(
                row.name,
                to=row.href,
                class_name="inline-flex items-center min-h-11 text-accent font-medium",
            ),
            h.p(h.bdi(row.number), class_name="text-sm text-muted empty:hidden"),
            scope="row",
            class_name="py-1 text-start font-normal wrap-anywhere",
        ),
        h.td(row.spent, class_name=_CELL + " pt-4"),
        key=row.key,
        class_name="border-t border-line first:border-t-0",
    )


def costs(h: Any, state: Any) -> Any:
    """Show what a line cost: by kind, and the lines of bills."""
    return h.div(
        h.section(
            kit.heading(h, h.t("By kind"), 2),
            h.ul(
                h.each(state.kinds, lambda row: _kind(h, row)),
                class_name="mt-2 divide-y divide-line " + _TABLE,
            ),
        ),
        h.section(
            kit.heading(h, h.t("On your bills"), 2),
            h.div(
                h.table(
                    h.caption(h.t("Lines of bills"), class_name="sr"),
                    h.tbody(h.each(state.bills, lambda row: _bill(h, row))),
                    class_name="w-full",
                ),
                class_name="mt-2 " + _TABLE,
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _kind(h: Any, row: Any) -> Any:
    return h.li(
        h.link(
            h.span(row.name, class_name="grow"),
            h.span(row.amount, class_name="font-medium"),
            to=row.href,
            keep_scroll=True,
            aria_current=h.when(row.selected, "true", "false"),
            class_name="flex gap-3 px-4 py-2 min-h-11 items-center text-ink no-underline "
            "hover:text-accent aria-[current=true]:bg-accent-soft "
            "aria-[current=true]:text-accent",
        ),
        key=row.key,
    )


def _bill(h: Any, row: Any) -> Any:
    return h.tr(
        h.th(
            h.p(row.name, class_name="font-medium"),
            h.link(
                row.detail,
                to=row.href,
                class_name="inline-flex items-center min-h-11 text-sm text-accent",
            ),
            scope="row",
            class_name=_HEAD,
        ),
        h.td(row.amount, class_name=_CELL),
        key=row.key,
        class_name="border-t border-line first:border-t-0",
    )


def pages(h: Any, state: Any) -> Any:
    """Show the ways to the page before and the one after."""
    return h.nav(
        h.when(state.newer, kit.button_link(h, h.t("Page before"), to=state.newer, tone="second")),
        h.when(state.older, kit.button_link(h, h.t("Next page"), to=state.older, tone="second")),
        aria_label=h.t("Pages"),
        class_name="flex gap-3 mt-4 empty:hidden",
    )
