"""The form that invites somebody."""

from __future__ import annotations

from typing import Any

from self_service.components.members_list import LAST_DAY, box, fault
from self_service.components.ui import kit
from self_service.state.member_words import SCOPES
from self_service.state.members import MembersState


def invite(h: Any, state: Any) -> Any:
    """Show the form, or first the way to a fresh proof of who is there."""
    return h.section(
        kit.heading(h, h.t("Invite somebody"), 2, class_name="mt-8 mb-3"),
        h.when(state.confirm_href, _confirm(h, state), _form(h, state)),
    )


def _confirm(h: Any, state: Any) -> Any:
    return h.div(
        h.p(h.t("Before you let somebody in, we ask once more that it is you."), class_name="mb-3"),
        kit.button_link(h, h.t("Confirm that it is you"), to=state.confirm_href),
        class_name=kit.CARD + "p-5",
    )


def _form(h: Any, state: Any) -> Any:
    return h.live_form(
        kit.field(
            h,
            h.t("E-mail address"),
            "email",
            fault=state.faults["email"],
            type="email",
            auto_complete="off",
            required=True,
            max_length=254,
            hint=h.t("We send a link there. Nothing is shared until the person accepts."),
        ),
        kit.field(
            h,
            h.t("What you share"),
            "product",
            control=h.select(
                h.each(
                    state.products, lambda row: h.option(row.text, value=row.value, key=row.value)
                ),
                id="product",
                name="product",
                class_name=kit.INPUT,
            ),
        ),
        h.fieldset(
            h.legend(h.t("What this person may do"), class_name="font-medium mb-1"),
            *[
                box(h, f"scope_{scope.value}", h.t(words), scope.value == "view")
                for scope, words in SCOPES.items()
            ],
            fault(h, state.faults["scopes"]),
        ),
        kit.field(
            h,
            h.t("Last day"),
            "until",
            fault=state.faults["until"],
            hint=h.t(LAST_DAY),
            type="date",
        ),
        kit.button(h, h.t("Send the invitation"), type="submit"),
        on_submit=MembersState.invite,
        no_validate=True,
        key=state.form_number,
        class_name=kit.CARD + "p-5 flex flex-col gap-4",
    )
