"""The basket as a page: what the panel shows on a desk, for a phone."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.basket import basket_lines, basket_totals
from self_service.components.page import Page, page
from self_service.components.promotion_codes import basket_codes
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.basket import BasketState, basket_values


def view(h: Any, basket: Any) -> Any:
    """Show the basket."""
    return h.div(
        kit.heading(h, h.t("Basket"), class_name="mb-4"),
        basket_lines(h, basket),
        h.when(
            basket.count > 0,
            h.div(
                basket_codes(h, basket),
                h.div(basket_totals(h, basket.totals), aria_live="polite"),
                h.p(basket.problem, class_name="text-sm text-bad empty:hidden"),
                kit.button_link(
                    h,
                    h.t("Check out"),
                    to=routes.page(h.language, routes.CHECKOUT),
                    class_name="w-full",
                ),
                kit.button_link(
                    h,
                    h.t("Go on shopping"),
                    to=routes.page(h.language, routes.STORE),
                    tone="quiet",
                    class_name="w-full",
                ),
                class_name="mt-6 flex flex-col gap-3",
            ),
            kit.button_link(h, h.t("To the store"), to=routes.page(h.language, routes.STORE)),
        ),
        class_name="max-w-xl mx-auto",
    )


page(
    Page(
        path=routes.BASKET,
        title=N_("Basket"),
        description=N_("What you chose, with all totals."),
        view=view,
        state=BasketState,
        loader=basket_values,
        private=True,
        bare=True,
    )
)
