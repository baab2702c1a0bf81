"""Usage: meters, and all records."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.usage_meters import line_meters
from self_service.components.usage_records import usage_records
from self_service.domain.errors import N_
from self_service.state.usage import UsageState, usage_values


def view(h: Any, state: Any) -> Any:
    """Show what is left and what was used, or its place while it is read."""
    return h.div(
        h.div(
            kit.heading(h, h.t("Usage")),
            h.div(
                _place(h, "users", h.t("Shared allowances"), routes.SHARING),
                _place(h, "bills", h.t("Spending over time"), routes.SPEND),
                _place(h, "shield", h.t("Limits and alerts"), routes.LIMITS),
                class_name="flex flex-wrap gap-x-6",
            ),
            class_name="flex flex-wrap items-center justify-between gap-x-6 mb-4",
        ),
        h.when(state.loaded, h.when(state.nothing, _nothing(h), _parts(h, state)), _loading(h)),
        class_name="max-w-5xl",
    )


def _place(h: Any, symbol: str, text: str, path: str) -> Any:
    return h.link(
        kit.icon(h, symbol),
        text,
        to=routes.page(h.language, path),
        class_name="inline-flex items-center gap-2 min-h-11 text-accent",
    )


def _parts(h: Any, state: Any) -> Any:
    return h.div(
        h.when(
            state.waiting,
            kit.callout(
                h,
                h.t("Some usage has come that is not counted yet. It follows in a few minutes."),
                symbol="clock",
                role="status",
                class_name="mb-4",
            ),
        ),
        h.ul(
            h.each(state.lines, lambda row: line_meters(h, row, several=state.several)),
            aria_label=h.t("What is left"),
            class_name="grid gap-4 md:grid-cols-2 items-start",
        ),
        h.when(
            state.more_lines > 0,
            h.p(
                h.link(
                    h.t("Choose another one among your subscriptions"),
                    to=routes.page(h.language, routes.SUBSCRIPTIONS),
                    class_name="inline-flex items-center min-h-11 text-accent",
                ),
            ),
        ),
        usage_records(h, state),
    )


def _nothing(h: Any) -> Any:
    return kit.empty(
        h,
        "usage",
        h.t("Nothing to count yet"),
        h.t("What is left of your data, calls and texts stands here once a plan runs."),
        kit.button_link(h, h.t("Go to the store"), to=routes.page(h.language, routes.STORE)),
    )


def _loading(h: Any) -> Any:
    return h.div(
        h.div(class_name="skeleton h-56"),
        h.div(class_name="skeleton h-56"),
        aria_busy="true",
        class_name="grid gap-4 md:grid-cols-2",
    )


page(
    Page(
        path=routes.USAGE,
        title=N_("Usage"),
        description=N_("What is left of your data, calls and texts, and what was used."),
        view=view,
        state=UsageState,
        loader=usage_values,
        private=True,
        bare=True,
    )
)
