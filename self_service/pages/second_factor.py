"""The second factor, after a right password."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.sign_in import SecondFactorState, second_factor_values


def view(h: Any, state: Any) -> Any:
    """Ask for a code."""
    return h.div(
        kit.heading(h, h.t("Enter your code")),
        h.p(
            h.t("Open your authenticator app and type the 6 digits that it shows for us."),
            class_name="text-muted mt-1 mb-5",
        ),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="next", value=state.goal),
            kit.field(
                h,
                h.t("Code"),
                "code",
                hint=h.t("Without your phone, type one of your recovery codes."),
                fault=state.refused,
                auto_complete="one-time-code",
                required=True,
                max_length=20,
                dir="ltr",
            ),
            kit.button(h, h.t("Sign in"), type="submit", class_name="w-full"),
            method="post",
            action=routes.DO_SECOND_FACTOR,
            class_name=kit.CARD + "p-5 flex flex-col gap-4",
        ),
        h.p(
            h.link(
                h.t("Back to the sign-in"),
                to=routes.page(h.language, routes.SIGN_IN),
                class_name="inline-flex items-center min-h-11 text-accent underline",
            ),
            class_name="mt-3",
        ),
        class_name="max-w-md mx-auto",
    )


page(
    Page(
        path=routes.SECOND_FACTOR,
        title=N_("Enter your code"),
        description=N_("The second step of signing in."),
        view=view,
        state=SecondFactorState,
        loader=second_factor_values,
        bare=True,
    )
)
