"""Two to four devices or plans side by side, and the next step for one of them."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.compare_table import compare_table
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.waiting import waiting
from self_service.domain.errors import N_
from self_service.state.compare import CompareState, compare_values


def view(h: Any, compare: Any) -> Any:
    """Show the comparison."""
    return h.div(
        kit.heading(h, h.t("Compare")),
        h.when(
            compare.note,
            kit.callout(
                h,
                h.p(compare.note),
                h.when(
                    compare.note_way,
                    h.link(
                        compare.note_way,
                        to=compare.note_href,
                        class_name="inline-flex items-center min-h-11 font-medium underline",
                    ),
                ),
                tone="warn",
                class_name="mt-4",
            ),
        ),
        h.when(
            h.count(compare.columns) > 0,
            _table(h, compare),
            h.when(compare.ready, _empty(h, compare), waiting(h)),
        ),
        class_name="max-w-6xl",
    )


def _table(h: Any, compare: Any) -> Any:
    return h.group(
        h.div(
            h.nav(
                _choice(
                    h,
                    h.t("All rows"),
                    compare.all_href,
                    h.when(compare.only_differences, False, True),
                ),
                _choice(
                    h, h.t("Only differences"), compare.differences_href, compare.only_differences
                ),
                aria_label=h.t("Rows"),
                class_name="flex gap-1 p-1 rounded-full bg-surface border border-line w-fit",
            ),
            h.when(
                compare.add_href,
                kit.button_link(
                    h, kit.icon(h, "plus"), h.t("Add another"), to=compare.add_href, tone="quiet"
                ),
            ),
            class_name="flex flex-wrap items-center justify-between gap-2 my-4",
        ),
        compare_table(h, compare),
        h.when(
            h.count(compare.sections) == 0,
            h.p(h.t("They are alike in everything we know of them."), class_name="text-muted mt-4"),
        ),
    )


def _choice(h: Any, text: str, href: Any, selected: Any) -> Any:
    return h.link(
        text,
        to=href,
        keep_scroll=True,
        rel="nofollow",
        aria_current=h.when(selected, "true", "false"),
        class_name="inline-flex items-center min-h-11 px-4 rounded-full text-sm font-medium "
        "no-underline text-ink hover:text-accent aria-[current=true]:bg-accent "
        "aria-[current=true]:text-accent-ink",
    )


def _empty(h: Any, compare: Any) -> Any:
    return kit.empty(
        h,
        "compare",
        h.t("Nothing to compare yet"),
        h.group(
            h.when(compare.chosen, h.span(compare.chosen, " ")),
            h.t(
                "Press Compare on two to four devices or plans in the store: they stand side by "
                "side here."
            ),
        ),
        kit.button_link(h, h.t("Go to the store"), to=compare.add_href),
    )


page(
    Page(
        path=routes.COMPARE,
        title=N_("Compare"),
        description=N_("Devices or plans side by side, with everything that differs."),
        view=view,
        state=CompareState,
        loader=compare_values,
    )
)
