"""The first step of the check-out: who buys."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.person_form import address, person
from self_service.components.ui import kit
from self_service.state.checkout import CheckoutState


def details(h: Any, state: Any) -> Any:
    """Show the form; faults stand at their field, and their number above."""
    return h.div(
        h.p(
            h.t("Have an account?"),
            " ",
            h.link(
                h.t("Sign in"),
                to=routes.page(
                    h.language,
                    routes.SIGN_IN,
                    next=routes.page(h.language, routes.CHECKOUT),
                ),
                class_name="text-accent font-semibold",
            ),
            h.t(", your basket comes along."),
            class_name="mb-4",
        ),
        h.when(
            state.fault_count > 0,
            kit.callout(
                h, state.fault_text, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.live_form(
            person(h, state, CheckoutState.keep),
            address(h, state, CheckoutState.keep, CheckoutState.choose_country),
            kit.choice_field(
                h,
                h.t("Language of your contract"),
                "language",
                state.languages,
                value=state.typed["language"],
                fault=state.faults["language"],
                on_change=lambda value: CheckoutState.keep("language", value),
            ),
            kit.button(h, h.t("Go on to the summary"), type="submit", class_name="w-full"),
            on_submit=CheckoutState.submit,
            no_validate=True,
            class_name=kit.CARD + "p-5 flex flex-col gap-4",
        ),
    )
