"""Offers side by side: a table whose first column stays while the others move past it."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit

#: The column of the names: stays where it is, above what moves below it.
_FIRST = "sticky start-0 z-10 bg-surface text-start align-top font-normal px-3 "
_CELL = "align-top px-3 py-2.5 "
#: Widths that let two columns stand beside the names on a phone.
_NAME, _WIDE = "w-21 md:w-auto ", "w-28 md:w-auto "


def compare_table(h: Any, compare: Any) -> Any:
    """Show columns and facts; the region can be moved by keyboard."""
    return h.div(
        h.table(
            h.caption(h.t("Comparison"), class_name="sr"),
            h.thead(
                h.tr(
                    h.td(h.div(class_name=_NAME), class_name=_FIRST + "md:w-44"),
                    h.each(compare.columns, lambda column: _head(h, column)),
                )
            ),
            h.each(compare.sections, lambda section: _section(h, section)),
            class_name="numbers w-max min-w-full md:w-full md:table-fixed border-collapse",
        ),
        role="region",
        aria_label=h.t("Comparison"),
        tab_index=0,
        class_name=kit.CARD
        + "relative -mx-4 sm:mx-0 rounded-none! sm:rounded-(--r2)! overflow-x-auto",
    )


def _head(h: Any, column: Any) -> Any:
    return h.th(
        h.div(
            kit.picture(h, column.picture, "h-24 w-full"),
            h.p(column.brand, class_name="mt-2 text-sm text-muted font-normal empty:hidden"),
            h.link(
                column.name,
                to=column.href,
                class_name="text-ink no-underline hover:text-accent leading-snug",
            ),
            h.div(
                h.when(column.badge, kit.badge(h, column.badge, "good")),
                class_name="flex-1 pt-1",
            ),
            h.when(
                column.pick_href,
                kit.button_link(
                    h,
                    h.t("Pick"),
                    h.span(" ", column.name, class_name="sr"),
                    to=column.pick_href,
                    class_name="mt-3",
                ),
                h.p(
                    h.t("You have this."),
                    class_name="mt-3 min-h-11 grid place-items-center text-sm text-muted",
                ),
            ),
            h.when(
                column.remove_href,
                h.link(
                    h.t("Take out"),
                    h.span(" ", column.name, class_name="sr"),
                    to=column.remove_href,
                    keep_scroll=True,
                    rel="nofollow",
                    class_name="grid place-items-center min-h-11 text-sm font-normal text-muted "
                    "hover:text-accent",
                ),
                h.div(class_name="min-h-11"),
            ),
            class_name=_WIDE + "flex flex-col h-full",
        ),
        scope="col",
        key=column.slug,
        class_name=_CELL + "pt-4 h-px text-start font-semibold",
    )


def _section(h: Any, section: Any) -> Any:
    return h.tbody(
        h.tr(
            h.th(
                h.div(section.title, class_name=_NAME + "whitespace-nowrap"),
                scope="rowgroup",
                class_name=_FIRST + "pt-6 pb-2 font-bold! text-accent",
            ),
        ),
        h.each(section.facts, lambda fact: _fact(h, fact)),
        key=section.title,
    )


def _fact(h: Any, fact: Any) -> Any:
    return h.tr(
        h.th(
            h.div(fact.label, class_name=_NAME + "hyphens-auto wrap-break-word"),
            scope="row",
            class_name=_FIRST + "py-2.5 text-sm text-muted",
        ),
        h.each(fact.cells, lambda cell: _cell(h, cell)),
        key=fact.label,
        class_name="border-t border-line",
    )


def _cell(h: Any, cell: Any) -> Any:
    return h.td(
        h.div(
            h.when(
                cell.text,
                cell.text,
                h.group(h.span("–", aria_hidden="true"), h.span(h.t("not known"), class_name="sr")),
            ),
            h.when(
                cell.best,
                h.span(
                    kit.icon(h, "star", "size-4"),
                    h.t("Best"),
                    class_name="flex items-center gap-1 text-sm font-medium text-good",
                ),
            ),
            class_name=_WIDE + "wrap-break-word",
        ),
        class_name=_CELL,
    )
