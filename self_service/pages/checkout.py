"""The check-out: who buys, then what becomes binding."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.checkout_details import details
from self_service.components.checkout_review import review
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.checkout import CheckoutState, checkout_values


def view(h: Any, state: Any) -> Any:
    """Show the step that this person is at."""
    return h.div(
        kit.heading(h, h.t("Check out")),
        _steps(h, state),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(state.step == "review", review(h, state), details(h, state)),
        class_name="max-w-xl mx-auto",
    )


def _steps(h: Any, state: Any) -> Any:
    def step(name: str, number: str, text: str) -> Any:
        return h.li(
            h.span(number, class_name="numbers font-bold"),
            h.t(text),
            aria_current=h.when(state.step == name, "step", "false"),
            class_name="flex-1 flex gap-2 py-2 border-t-4 border-line text-muted text-sm "
            "aria-[current=step]:border-accent aria-[current=step]:text-ink "
            "aria-[current=step]:font-semibold",
        )

    return h.ol(
        step("details", "1", N_("Your details")),
        step("review", "2", N_("Summary")),
        step("pay", "3", N_("Pay")),
        class_name="flex gap-2 my-4",
    )


page(
    Page(
        path=routes.CHECKOUT,
        title=N_("Check out"),
        description=N_("Order what is in your basket."),
        view=view,
        state=CheckoutState,
        loader=checkout_values,
        private=True,
        bare=True,
    )
)
