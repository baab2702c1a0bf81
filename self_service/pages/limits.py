"""Limits and alerts: what usage may cost, and when people are told."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.limits import alert_history, alerts_form, limit_card
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.chips import chips
from self_service.components.waiting import two_cards
from self_service.domain.errors import N_
from self_service.state.limits import LimitsState, limits_values


def view(h: Any, state: Any) -> Any:
    """Show the limits of a line, or their place while they are read."""
    return h.when(
        state.loaded,
        h.when(state.nothing, _nothing(h), _limits(h, state)),
        two_cards(h, h.t("Limits and alerts"), "md:grid-cols-2"),
    )


def _limits(h: Any, state: Any) -> Any:
    return h.div(
        h.link(
            kit.icon(h, "chevron-left", "size-4", class_name="mirror"),
            h.t("Usage"),
            to=state.usage_href,
            class_name="inline-flex items-center gap-1 min-h-11 text-accent no-underline",
        ),
        kit.heading(h, h.t("Limits and alerts")),
        h.p(
            state.heading,
            " ",
            h.bdi(state.number, dir="ltr", class_name="numbers"),
            class_name="text-muted mb-3",
        ),
        h.div(
            h.when(
                state.refused,
                kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert"),
            ),
            h.when(
                state.done, kit.callout(h, state.done, tone="good", symbol="check", role="status")
            ),
            class_name="flex flex-col gap-3 my-3 empty:hidden",
        ),
        h.when(h.count(state.lines) > 0, chips(h, h.t("Subscriptions"), state.lines)),
        h.p(
            state.as_of,
            " · ",
            state.period,
            class_name="text-sm text-muted numbers",
        ),
        h.ul(
            h.each(state.limits, lambda row: limit_card(h, state, row)),
            aria_label=h.t("Limits"),
            class_name="grid gap-4 mt-2 md:grid-cols-2 items-start",
        ),
        h.div(
            alerts_form(h, state),
            alert_history(h, state),
            class_name="grid gap-x-4 gap-y-6 mt-6 md:grid-cols-2 items-start",
        ),
        class_name="max-w-5xl",
    )


def _nothing(h: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Limits and alerts")),
        kit.empty(
            h,
            "usage",
            h.t("Nothing to limit yet"),
            h.t("Once a plan runs, you choose here what its usage may cost."),
            kit.button_link(h, h.t("Go to the store"), to=routes.page(h.language, routes.STORE)),
        ),
    )


page(
    Page(
        path=routes.LIMITS,
        title=N_("Limits and alerts"),
        description=N_("What usage may cost, and when we write to you about it."),
        view=view,
        state=LimitsState,
        loader=limits_values,
        private=True,
        bare=True,
    )
)
