"""Asking for a link to choose a new password."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.mailed import look_into_mail, refusal
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.resetting import ForgotState, forgot_values


def view(h: Any, state: Any) -> Any:
    """Show the form or, once it was sent, where to look next."""
    return h.div(
        h.when(
            state.sent,
            look_into_mail(
                h,
                state,
                h.t("If there is an account with this e-mail address, a mail is on its way to it."),
            ),
            _ask(h, state),
        ),
        class_name="max-w-md mx-auto",
    )


def _ask(h: Any, state: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Forgot your password?")),
        h.p(
            h.t("We send you a link under which you choose a new one."),
            class_name="text-muted mt-1 mb-5",
        ),
        refusal(h, state),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            kit.field(
                h,
                h.t("E-mail address"),
                "email",
                type="email",
                auto_complete="username",
                required=True,
                max_length=254,
            ),
            kit.button(h, h.t("Send the link"), type="submit", class_name="w-full"),
            method="post",
            action=routes.DO_FORGOT,
            class_name=kit.CARD + "p-5 flex flex-col gap-4",
        ),
        h.p(
            h.link(
                h.t("Back to sign-in"),
                to=routes.page(h.language, routes.SIGN_IN),
                class_name="inline-flex items-center min-h-11 text-accent font-semibold",
            ),
            class_name="mt-4",
        ),
    )


page(
    Page(
        path=routes.FORGOT,
        title=N_("Forgot your password?"),
        description=N_("Get a link by mail to choose a new password."),
        view=view,
        state=ForgotState,
        loader=forgot_values,
        bare=True,
    )
)
