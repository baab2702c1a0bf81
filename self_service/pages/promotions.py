"""Promotion codes: what runs, what is planned, what is over, and the form for one more."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.promotion_desk import new_promotion, promotion
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.promotions import PromotionsState, promotions_values


def view(h: Any, state: Any) -> Any:
    """Show all codes, and the form for one more."""
    return h.div(
        kit.heading(h, h.t("Promotion codes"), class_name="mb-4"),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.section(
            kit.heading(h, h.t("All codes"), 2, class_name="mb-3"),
            h.when(state.loaded, _all(h, state), h.div(class_name="skeleton h-32")),
        ),
        h.section(
            kit.heading(h, h.t("New code"), 2, class_name="mt-8 mb-3"),
            new_promotion(h, state),
        ),
        class_name="max-w-3xl",
    )


def _all(h: Any, state: Any) -> Any:
    return h.when(
        h.count(state.promotions) > 0,
        h.ul(
            h.each(state.promotions, lambda row: promotion(h, row)),
            class_name="flex flex-col gap-3",
        ),
        kit.empty(h, "tag", h.t("No codes yet"), h.t("Make the first one below.")),
    )


page(
    Page(
        path=routes.PROMOTIONS,
        title=N_("Promotion codes"),
        description=N_("Codes that lower prices: for whom, on what, how often."),
        view=view,
        state=PromotionsState,
        loader=promotions_values,
        private=True,
        bare=True,
    )
)
