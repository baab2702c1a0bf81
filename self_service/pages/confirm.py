"""A fresh proof of who is there, before something that is worth it."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ways_in import passkey_button
from self_service.domain.errors import N_
from self_service.state.confirm import ConfirmState, confirm_values


def view(h: Any, state: Any) -> Any:
    """Ask for the password and, where an app is set up, for its code too; or for a passkey."""
    return h.div(
        kit.heading(h, h.t("Please confirm that it is you")),
        h.p(
            h.t("What comes next is worth a second look. It will not be asked for 10 minutes."),
            class_name="text-muted mt-1 mb-5",
        ),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(state.asks, _form(h, state)),
        h.when(
            state.has_passkey,
            passkey_button(h, "confirm", h.t("Confirm with a passkey"), state.goal),
        ),
        h.when(
            state.otherwise,
            h.p(
                h.t(
                    "You sign in here without a password. Sign out and in again: that confirms it "
                    "too."
                )
            ),
        ),
        class_name="max-w-md mx-auto flex flex-col gap-4",
    )


def _form(h: Any, state: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="next", value=state.goal),
        h.when(state.has_password, _password(h, state)),
        h.when(state.has_code, _code(h)),
        kit.button(h, h.t("Confirm"), type="submit", class_name="w-full"),
        method="post",
        action=routes.DO_CONFIRM,
        class_name=kit.CARD + "p-5 flex flex-col gap-4",
    )


def _password(h: Any, state: Any) -> Any:
    return h.div(
        h.input(
            type="text",
            name="who",
            value=state.login,
            read_only=True,
            auto_complete="username",
            hidden=True,
            aria_label=h.t("E-mail address"),
        ),
        kit.field(
            h,
            h.t("Password"),
            "password",
            type="password",
            auto_complete="current-password",
            required=True,
            max_length=128,
        ),
    )


def _code(h: Any) -> Any:
    return kit.field(
        h,
        h.t("Code of your app"),
        "code",
        hint=h.t("One of your recovery codes works too."),
        auto_complete="one-time-code",
        required=True,
        max_length=20,
        dir="ltr",
    )


page(
    Page(
        path=routes.CONFIRM,
        title=N_("Please confirm that it is you"),
        description=N_("Confirm that it is you before you go on."),
        view=view,
        state=ConfirmState,
        loader=confirm_values,
        private=True,
        bare=True,
    )
)
