"""Who did what with somebody's things."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.history import HistoryState, history_values


def view(h: Any, state: Any) -> Any:
    """Show the entries, the newest first."""
    return h.div(
        kit.heading(h, h.t("History")),
        h.p(
            h.t("What was done in this account, by whom and when. Nobody can change this list."),
            class_name="text-muted mt-1 mb-5",
        ),
        h.when(
            h.count(state.entries) > 0,
            h.ol(
                h.each(state.entries, lambda entry: _row(h, entry)),
                class_name="flex flex-col gap-3",
            ),
            h.when(state.loaded, _none(h), _loading(h)),
        ),
        class_name="max-w-3xl",
    )


def _row(h: Any, entry: Any) -> Any:
    return h.li(
        h.div(
            h.h2(entry.what, class_name="font-semibold min-w-0 wrap-anywhere"),
            h.when(entry.others, kit.badge(h, h.t("Not by you"), "warn")),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-1",
        ),
        h.when(entry.about, h.p(h.bdi(entry.about), class_name="text-sm wrap-anywhere")),
        h.when(entry.whose, h.p(h.t("For"), " ", h.bdi(entry.whose), class_name="text-sm")),
        h.p(
            h.bdi(entry.who),
            " · ",
            h.time(entry.at),
            h.when(entry.network, h.span(" · ", entry.network)),
            class_name="text-sm text-muted numbers wrap-anywhere",
        ),
        key=entry.key,
        class_name=kit.CARD + "p-4 flex flex-col gap-1",
    )


def _none(h: Any) -> Any:
    return kit.empty(
        h,
        "clock",
        h.t("Nothing yet"),
        h.t("Changes to your account stand here, whoever makes them."),
    )


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-22") for _ in range(3)],
        aria_busy="true",
        class_name="flex flex-col gap-3",
    )


page(
    Page(
        path=routes.HISTORY,
        title=N_("History"),
        description=N_("Who did what in your account, and when."),
        view=view,
        state=HistoryState,
        loader=history_values,
        private=True,
        bare=True,
    )
)
