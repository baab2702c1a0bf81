"""Proving an e-mail address with the link from a mail."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.mailed import look_into_mail, refusal
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.resetting import VerifiedState, verified_values


def view(h: Any, state: Any) -> Any:
    """Show where to look for the link, the button that uses it, or what came of it."""
    return h.div(
        h.when(
            state.step == "sent",
            look_into_mail(
                h,
                state,
                h.t(
                    "We sent a link to your new e-mail address. Until you use it, nothing changes."
                ),
            ),
            _link(h, state),
        ),
        class_name="max-w-md mx-auto",
    )


def _link(h: Any, state: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Your e-mail address"), class_name="mb-4"),
        refusal(h, state),
        h.when(
            state.step == "verify",
            _button(
                h,
                state,
                h.t("Confirm that this e-mail address is yours."),
                h.t("Confirm the address"),
            ),
        ),
        h.when(
            state.step == "change",
            _button(
                h,
                state,
                h.t("From then on you sign in with this address. Other devices are signed out."),
                h.t("Use this address"),
            ),
        ),
        h.when(state.step == "verified", _done(h, h.t("Your e-mail address is confirmed."))),
        h.when(state.step == "changed", _done(h, h.t("Your e-mail address was changed."))),
        h.when(state.step == "dead", _onward(h)),
    )


def _button(h: Any, state: Any, text: str, label: str) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="link", value=state.link),
        h.p(text),
        kit.button(h, label, type="submit", class_name="w-full"),
        method="post",
        action=routes.DO_PROVE_EMAIL,
        class_name=kit.CARD + "p-5 flex flex-col gap-4",
    )


def _done(h: Any, text: str) -> Any:
    return h.div(
        kit.callout(h, text, tone="good", symbol="check", role="status", class_name="mb-4"),
        _onward(h),
    )


def _onward(h: Any) -> Any:
    """Lead home; who is not signed in is asked to on the way."""
    return kit.button_link(h, h.t("Go to your account"), to=routes.page(h.language, routes.HOME))


page(
    Page(
        path=routes.VERIFIED,
        title=N_("Your e-mail address"),
        description=N_("Confirm your e-mail address with the link from your mail."),
        view=view,
        state=VerifiedState,
        loader=verified_values,
        bare=True,
    )
)
