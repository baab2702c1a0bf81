"""An invitation to share in somebody's subscriptions."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.mailed import new_password, refusal
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.invitation import InvitationState, invitation_values


def view(h: Any, state: Any) -> Any:
    """Show what is offered and how to accept it, or that the link is of no use any more."""
    return h.div(
        kit.heading(h, h.t("Your invitation"), class_name="mb-4"),
        refusal(h, state),
        h.when(state.owner, _offer(h, state)),
        h.when(state.step == "new", _new(h, state)),
        h.when(state.step == "accept", _accept(h, state)),
        h.when(state.step == "sign_in", _sign_in(h, state)),
        h.when(state.step == "other", _other(h)),
        h.when(state.step == "dead", h.p(h.t("Ask whoever invited you for another invitation."))),
        class_name="max-w-md mx-auto",
    )


def _offer(h: Any, state: Any) -> Any:
    return h.dl(
        kit.fact(h, h.t("From"), state.owner),
        kit.fact(h, h.t("For"), h.bdi(state.email, class_name="wrap-anywhere")),
        kit.fact(h, h.t("What is shared"), state.product),
        kit.fact(h, h.t("What you may do"), h.span(state.can, " ", state.until)),
        class_name=kit.CARD + "p-5 mb-4 flex flex-col gap-2",
    )


def _new(h: Any, state: Any) -> Any:
    def name(label: str, field: str, auto: str) -> Any:
        return kit.field(
            h,
            label,
            field,
            fault=state.faults[field],
            default_value=state.typed[field],
            required=True,
            max_length=80,
            auto_complete=auto,
        )

    return _post(
        h,
        state,
        h.p(h.t("Make an account to accept. You sign in with this e-mail address.")),
        name(h.t("Given name"), "given_name", "given-name"),
        name(h.t("Family name"), "family_name", "family-name"),
        new_password(h, state, InvitationState.show_password),
    )


def _accept(h: Any, state: Any) -> Any:
    return _post(h, state, h.p(h.t("It is added to your account. Nothing else changes.")))


def _post(h: Any, state: Any, *children: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="link", value=state.link),
        *children,
        kit.button(h, h.t("Accept"), type="submit", class_name="w-full"),
        method="post",
        action=routes.DO_ACCEPT,
        class_name=kit.CARD + "p-5 flex flex-col gap-4",
    )


def _sign_in(h: Any, state: Any) -> Any:
    return h.div(
        h.p(h.t("There is an account with this e-mail address."), class_name="mb-3"),
        kit.button_link(h, h.t("Sign in to accept"), to=state.sign_in_href, class_name="w-full"),
        class_name=kit.CARD + "p-5",
    )


def _other(h: Any) -> Any:
    return kit.callout(
        h,
        h.t(
            "You are signed in with another account. Sign out in the account menu, then open the "
            "link from the mail again."
        ),
        tone="warn",
        symbol="alert",
    )


page(
    Page(
        path=routes.INVITATION,
        title=N_("Your invitation"),
        description=N_("Accept access to somebody's subscriptions."),
        view=view,
        state=InvitationState,
        loader=invitation_values,
        bare=True,
    )
)
