"""What an administrator does with somebody's account, on the pages of staff and customers."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit


def account_acts(h: Any, has_app: Any, end_sessions: Any, remove_factor: Any) -> Any:
    """Show what an administrator does with somebody's account.

    Args:
        h: makes the markup.
        has_app: an authenticator app is set up.
        end_sessions: event that signs them out.
        remove_factor: event that removes the app.
    """
    return h.div(
        kit.button(h, h.t("Sign out everywhere"), tone="second", on_click=end_sessions),
        h.when(
            has_app,
            h.details(
                h.summary(
                    h.t("Remove the authenticator app"),
                    kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
                    class_name="flex items-center min-h-11 text-accent font-medium",
                ),
                h.p(
                    h.t(
                        "First make sure that it is really this person who asks. Signing in asks "
                        "for no code any more, recovery codes stop working, and a mail tells them."
                    ),
                    class_name="text-sm text-muted mb-2",
                ),
                kit.button(h, h.t("Remove it"), tone="danger", on_click=remove_factor),
            ),
        ),
        class_name="flex flex-col items-start gap-2",
    )
