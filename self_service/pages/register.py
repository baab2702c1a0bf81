"""Registering without buying."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.mailed import look_into_mail, new_password, refusal
from self_service.components.page import Page, page
from self_service.components.person_form import address, person
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.registering import RegisterState, register_values


def view(h: Any, state: Any) -> Any:
    """Show the form or, once it was sent, where to look next."""
    return h.div(
        h.when(
            state.sent,
            look_into_mail(
                h,
                state,
                h.t("We sent you a mail. Follow the link in it to confirm your e-mail address."),
            ),
            _new(h, state),
        ),
        class_name="max-w-xl mx-auto",
    )


def _new(h: Any, state: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Create an account")),
        h.p(
            h.t("Have an account?"),
            " ",
            h.link(
                h.t("Sign in"),
                to=routes.page(h.language, routes.SIGN_IN),
                class_name="text-accent font-semibold",
            ),
            h.t(", your basket comes along."),
            class_name="mt-1 mb-4",
        ),
        refusal(h, state),
        h.when(
            state.fault_count > 0,
            kit.callout(
                h, state.fault_text, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        _form(h, state),
    )


def _form(h: Any, state: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="page", value=h.language),  # "language" is the person's
        person(h, state, RegisterState.check),
        address(h, state, RegisterState.check, RegisterState.choose_country),
        kit.choice_field(
            h,
            h.t("Language"),
            "language",
            state.languages,
            value=state.typed["language"],
            fault=state.faults["language"],
            on_change=lambda value: RegisterState.check("language", value),
        ),
        new_password(h, state, RegisterState.show_password),
        kit.button(h, h.t("Create the account"), type="submit", class_name="w-full"),
        method="post",
        action=routes.DO_REGISTER,
        custom_attrs={"noValidate": True},
        class_name=kit.CARD + "p-5 flex flex-col gap-4",
    )


page(
    Page(
        path=routes.REGISTER,
        title=N_("Create an account"),
        description=N_("Create an account to follow your orders, services and contracts."),
        view=view,
        state=RegisterState,
        loader=register_values,
        bare=True,
    )
)
