"""Choosing a new password under a link from a mail."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.mailed import new_password, refusal
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.resetting import ResetState, reset_values


def view(h: Any, state: Any) -> Any:
    """Show the form, that it is done, or that the link is of no use any more."""
    return h.div(
        kit.heading(h, h.t("Choose a new password"), class_name="mb-4"),
        refusal(h, state),
        h.when(state.step == "choose", _form(h, state)),
        h.when(state.step == "done", _done(h)),
        h.when(
            state.step == "dead",
            kit.button_link(
                h, h.t("Ask for a new link"), to=routes.page(h.language, routes.FORGOT)
            ),
        ),
        class_name="max-w-md mx-auto",
    )


def _form(h: Any, state: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="link", value=state.link),
        new_password(h, state, ResetState.show_password),
        h.p(
            h.t("All devices are signed out. A second step at sign-in stays as it is."),
            class_name="text-sm text-muted",
        ),
        kit.button(h, h.t("Save the password"), type="submit", class_name="w-full"),
        method="post",
        action=routes.DO_RESET,
        class_name=kit.CARD + "p-5 flex flex-col gap-4",
    )


def _done(h: Any) -> Any:
    return h.div(
        kit.callout(
            h,
            h.t("Your password was changed. Sign in with the new one."),
            tone="good",
            symbol="check",
            role="status",
            class_name="mb-4",
        ),
        kit.button_link(h, h.t("Sign in"), to=routes.page(h.language, routes.SIGN_IN)),
    )


page(
    Page(
        path=routes.RESET,
        title=N_("Choose a new password"),
        description=N_("Choose a new password with the link from your mail."),
        view=view,
        state=ResetState,
        loader=reset_values,
        bare=True,
    )
)
