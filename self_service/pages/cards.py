"""Cards: what is saved, and whether bills are paid automatically."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.card_list import automatic, card_list
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.cards import CardsState, cards_values


def view(h: Any, state: Any) -> Any:
    """Show the page."""
    return h.div(
        kit.heading(h, h.t("Cards")),
        h.when(
            state.refused, kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert")
        ),
        h.when(state.done, kit.callout(h, state.done, tone="good", symbol="check", role="status")),
        h.when(state.warning, kit.callout(h, state.warning, tone="warn", symbol="alert")),
        h.when(state.loaded, _content(h, state), _loading(h)),
        class_name="max-w-2xl flex flex-col gap-8",
    )


def _content(h: Any, state: Any) -> Any:
    return h.div(
        h.when(
            state.in_person,
            h.group(),
            kit.callout(h, h.t("Only the customer in person can change cards.")),
        ),
        card_list(h, state),
        automatic(h, state),
        class_name="flex flex-col gap-8",
    )


def _loading(h: Any) -> Any:
    return h.div(
        h.div(class_name="skeleton h-48"),
        h.div(class_name="skeleton h-40"),
        aria_busy="true",
        class_name="flex flex-col gap-8",
    )


page(
    Page(
        path=routes.CARDS,
        title=N_("Cards"),
        description=N_("Your saved cards, and automatic payment of your bills."),
        view=view,
        state=CardsState,
        loader=cards_values,
        private=True,
        bare=True,
    )
)
