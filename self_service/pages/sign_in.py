"""Signing in."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ways_in import other_ways
from self_service.domain.errors import N_
from self_service.state.sign_in import SignInState, sign_in_values


def view(h: Any, state: Any) -> Any:
    """Show the form, and the demo's sign-ins where the demo runs."""
    return h.div(
        kit.heading(h, h.t("Sign in")),
        h.p(
            h.t("Your basket comes along."),
            class_name="text-muted mt-1 mb-5",
        ),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        _form(h, state),
        other_ways(h, state),
        h.when(h.count(state.demo) > 0, _demo(h, state)),
        class_name="max-w-md mx-auto",
    )


def _form(h: Any, state: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="next", value=state.goal),
        kit.field(
            h,
            h.t("E-mail address or username"),
            "login",
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
            required=True,
            max_length=254,
            dir="ltr",
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
        kit.button(h, h.t("Sign in"), type="submit", class_name="w-full"),
        h.div(
            _way(h, h.t("Forgot your password?"), routes.FORGOT),
            _way(h, h.t("Create an account"), routes.REGISTER),
            class_name="flex flex-wrap justify-between gap-x-4",
        ),
        method="post",
        action=routes.DO_SIGN_IN,
        class_name=kit.CARD + "p-5 flex flex-col gap-4",
    )


def _way(h: Any, text: str, path: str) -> Any:
    return h.link(
        text,
        to=routes.page(h.language, path),
        class_name="inline-flex items-center min-h-11 text-accent underline",
    )


def _demo(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("Try the demo"), 2),
        h.p(
            h.t("This installation shows a fictional operator. Sign in as one of these people:"),
            class_name="text-muted mb-3",
        ),
        h.ul(
            h.each(state.demo, lambda row: _person(h, row)),
            class_name="flex flex-col gap-3",
        ),
        class_name="mt-8",
    )


def _person(h: Any, row: Any) -> Any:
    return h.li(
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="login", value=row.login),
            h.input(type="hidden", name="password", value=row.password),
            h.div(
                h.p(row.name, class_name="font-semibold"),
                h.p(row.about, class_name="text-sm text-muted"),
                h.p(
                    h.bdi(row.login),
                    " · ",
                    h.code(row.password),
                    class_name="text-sm break-all",
                ),
                class_name="flex-1 min-w-0",
            ),
            kit.button(
                h,
                h.t("Sign in"),
                h.span(" ", row.name, class_name="sr"),
                type="submit",
                tone="second",
            ),
            method="post",
            action=routes.DO_SIGN_IN,
            class_name="flex items-center gap-3",
        ),
        key=row.login,
        class_name=kit.CARD + "p-4",
    )


page(
    Page(
        path=routes.SIGN_IN,
        title=N_("Sign in"),
        description=N_("Sign in to your services, orders and contracts."),
        view=view,
        state=SignInState,
        loader=sign_in_values,
        bare=True,
    )
)
