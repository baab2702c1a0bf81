"""Spending over time, and about how much this month will be."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.advice import advice_cards
from self_service.components.page import Page, page
from self_service.components.spend_budget import budget_card
from self_service.components.spend_chart import bar_chart, twin
from self_service.components.ui import kit
from self_service.components.ui.chips import chips
from self_service.domain.errors import N_
from self_service.state.spend import SpendState, spend_values


def view(h: Any, state: Any) -> Any:
    """Show spending, or its place while it is read."""
    return h.div(
        h.div(
            kit.heading(h, h.t("Spending")),
            h.div(
                h.when(
                    state.company,
                    _to(h, "users", h.t("By cost centre"), routes.COMPANY_SPEND),
                ),
                _to(h, "usage", h.t("What is left"), routes.USAGE),
                class_name="flex flex-wrap gap-x-6",
            ),
            class_name="flex flex-wrap items-center justify-between gap-x-6 mb-4",
        ),
        h.when(state.loaded, h.when(state.nothing, _nothing(h), _parts(h, state)), _loading(h)),
        class_name="max-w-3xl",
    )


def _to(h: Any, symbol: str, text: str, path: str) -> Any:
    return h.link(
        kit.icon(h, symbol),
        text,
        to=routes.page(h.language, path),
        class_name="inline-flex items-center gap-2 min-h-11 text-accent",
    )


def _parts(h: Any, state: Any) -> Any:
    return h.div(
        _month(h, state),
        budget_card(h, state),
        h.section(
            chips(h, h.t("How far back"), state.spans),
            chips(h, h.t("Divided by"), state.ways),
            chips(h, h.t("Compared"), state.compares),
            h.when(h.count(state.lines) > 0, chips(h, h.t("Subscriptions"), state.lines)),
            h.when(
                state.empty,
                _none(h),
                h.div(bar_chart(h, state), twin(h, state), class_name=kit.CARD + "p-4 mt-1"),
            ),
            aria_label=h.t("Over time"),
            class_name="min-w-0",
        ),
        advice_cards(h, state.advice),
        class_name="flex flex-col gap-6",
    )


def _month(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("This month"), 2),
        h.p(state.spent, class_name="text-3xl font-bold"),
        h.p(state.about, class_name="font-medium"),
        h.p(state.made_of, class_name="text-sm text-muted"),
        h.p(state.compared, " ", state.last, class_name="mt-2 text-sm"),
        class_name=kit.CARD + "p-4 numbers",
    )


def _none(h: Any) -> Any:
    return kit.empty(
        h,
        "bills",
        h.t("Nothing spent in this time"),
        h.t("Choose a longer time, or all subscriptions."),
    )


def _nothing(h: Any) -> Any:
    return kit.empty(
        h,
        "bills",
        h.t("Nothing spent yet"),
        h.t("What your plans and purchases cost stands here, month by month."),
        kit.button_link(h, h.t("Go to the store"), to=routes.page(h.language, routes.STORE)),
    )


def _loading(h: Any) -> Any:
    return h.div(
        h.div(class_name="skeleton h-40"),
        h.div(class_name="skeleton h-96"),
        aria_busy="true",
        class_name="flex flex-col gap-6",
    )


page(
    Page(
        path=routes.SPEND,
        title=N_("Spending"),
        description=N_("What you spend by month, by kind and by subscription."),
        view=view,
        state=SpendState,
        loader=spend_values,
        private=True,
        bare=True,
    )
)
