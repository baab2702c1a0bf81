"""What stands on pages about mails: look into yours, and a new password with its toggle."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def refusal(h: Any, state: Any) -> Any:
    """Say why something was refused."""
    return h.when(
        state.refused,
        kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"),
    )


def look_into_mail(h: Any, state: Any, text: str) -> Any:
    """Say that a mail is on its way; the demo, which sends none, leads to its inbox.

    Args:
        h: builder.
        state: with `inbox`.
        text: translated; what the mail is about.
    """
    return h.div(
        kit.heading(h, h.t("Look into your mail")),
        h.p(text, class_name="mt-2 mb-4"),
        h.p(
            h.t("Nothing there after some minutes? Look into the spam folder, or try again."),
            class_name="text-muted mb-4",
        ),
        h.when(
            state.inbox,
            kit.callout(
                h,
                h.p(h.t("This demo sends no mail. What would be sent is shown in its inbox.")),
                kit.button_link(
                    h,
                    h.t("Open the demo's inbox"),
                    to=routes.page(h.language, routes.INBOX),
                    tone="second",
                    class_name="mt-3",
                ),
                symbol="mail",
            ),
        ),
        role="status",
    )


def new_password(h: Any, state: Any, toggle: Any) -> Any:
    """Show the field of a new password, and the switch that shows what is typed."""
    name = "password"
    control = h.div(
        h.input(
            id=name,
            name=name,
            type=state.password_type,
            auto_complete="new-password",
            required=True,
            min_length=8,
            max_length=128,
            class_name=kit.INPUT + " flex-1",
            aria_describedby=f"{name}-hint {name}-fault",
            aria_invalid=h.when(state.password_fault, "true", "false"),
        ),
        kit.button(
            h,
            h.when(state.password_type == "password", h.t("Show"), h.t("Hide")),
            h.span(" ", h.t("Password"), class_name="sr"),
            tone="second",
            on_click=toggle,
        ),
        class_name="flex gap-2",
    )
    return kit.field(
        h,
        h.t("Choose a password"),
        name,
        fault=state.password_fault,
        hint=h.t("At least 8 characters. Three or four words together are good."),
        control=control,
    )
