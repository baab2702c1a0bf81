"""The authenticator app: setting it up, its recovery codes, and removing it."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def factor(h: Any, state: Any) -> Any:
    """Show where the second factor stands and what can be done about it."""
    return h.section(
        kit.heading(h, h.t("Authenticator app"), 2, id="factor"),
        h.p(
            h.t(
                "With an app that shows codes, nobody signs in to your account by your password "
                "alone."
            ),
            class_name="text-muted mt-1 mb-3",
        ),
        h.when(state.second_factor, _on(h, state), _off(h)),
        aria_labelledby="factor",
    )


def _off(h: Any) -> Any:
    address = routes.with_query(routes.SET_UP_SECOND_FACTOR, {"language": h.language})
    return h.a(
        kit.icon(h, "shield"),
        h.t("Set up an app"),
        href=address,
        rel="external",
        class_name=kit.TONES["second"],
    )


def _on(h: Any, state: Any) -> Any:
    return h.div(
        h.p(kit.badge(h, h.t("Switched on"), "good"), " ", state.codes_left, class_name="numbers"),
        _press(h, h.t("New recovery codes"), routes.DO_RECOVERY_CODES, "second"),
        _press(h, h.t("Remove the app"), routes.DO_SECOND_FACTOR_OFF, "danger"),
        class_name=kit.CARD + "p-5 flex flex-col gap-3",
    )


def _press(h: Any, text: str, action: str, tone: str) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        kit.button(h, text, type="submit", tone=tone, class_name="w-full"),
        method="post",
        action=action,
    )
