"""Changing the password and the username."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit

_FORM = kit.CARD + "p-5 mt-3 flex flex-col gap-4"


def password(h: Any, state: Any) -> Any:
    """Show the form for another password, or for a first one."""
    return h.section(
        kit.heading(h, h.t("Password"), 2, id="password-heading"),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(
                type="text",
                name="who",
                value=state.login,
                read_only=True,
                auto_complete="username",
                hidden=True,
                aria_label=h.t("E-mail address"),
            ),
            h.when(state.has_password, _current(h, state)),
            kit.field(
                h,
                h.t("New password"),
                "password",
                hint=h.t("At least 8 characters. Three or four words together are good."),
                fault=state.new_password_fault,
                type="password",
                auto_complete="new-password",
                required=True,
                min_length=8,
                max_length=128,
            ),
            h.p(
                h.t("All other devices are signed out when it changes."),
                class_name="text-sm text-muted",
            ),
            kit.button(h, h.t("Change password"), type="submit", tone="second"),
            method="post",
            action=routes.DO_CHANGE_PASSWORD,
            class_name=_FORM,
        ),
        aria_labelledby="password-heading",
    )


def _current(h: Any, state: Any) -> Any:
    return kit.field(
        h,
        h.t("Password until now"),
        "current",
        fault=state.password_fault,
        type="password",
        auto_complete="current-password",
        required=True,
        max_length=128,
    )


def username(h: Any, state: Any) -> Any:
    """Show the form for a username."""
    return h.section(
        kit.heading(h, h.t("Username"), 2, id="username-heading"),
        h.p(
            h.t("With a username you need not type your e-mail address to sign in."),
            class_name="text-muted mt-1",
        ),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            kit.field(
                h,
                h.t("Username"),
                "username",
                hint=h.t("3 to 40 letters a to z, digits, points, hyphens or underscores."),
                fault=state.username_fault,
                default_value=state.username,
                auto_complete="off",
                auto_capitalize="none",
                spell_check=False,
                max_length=40,
                dir="ltr",
            ),
            kit.button(h, h.t("Save username"), type="submit", tone="second"),
            method="post",
            action=routes.DO_CHANGE_USERNAME,
            class_name=_FORM,
        ),
        aria_labelledby="username-heading",
    )
