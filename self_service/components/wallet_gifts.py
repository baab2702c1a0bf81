"""Giving credit to another customer, and taking it back while it waits."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def gifts(h: Any, state: Any) -> Any:
    """Show the gifts that wait, and the form that sends one."""
    return h.section(
        kit.heading(h, h.t("Give credit"), 2, class_name="mb-2"),
        h.when(
            state.refused["gift"],
            kit.callout(
                h,
                state.refused["gift"],
                tone="bad",
                symbol="alert",
                role="alert",
                class_name="mb-3",
            ),
        ),
        h.ul(
            h.each(state.gifts, lambda row: _waiting(h, row)),
            class_name="flex flex-col gap-3 mb-3 empty:hidden",
        ),
        h.p(
            h.t("Give some of your credit to another customer. You can take it back for a while."),
            class_name="text-muted",
        ),
        h.details(
            h.summary(h.t("Send a gift"), class_name=kit.TONES["second"] + " mt-3"),
            _form(h, state),
            open=state.open == "gift",
        ),
        class_name=kit.CARD + "p-5",
    )


def _waiting(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(h.bdi(row.text), class_name="font-medium numbers"),
            h.p(h.t("Can be taken back until"), " ", row.until, class_name="text-sm text-muted"),
            class_name="grow basis-40 min-w-0",
        ),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="gift", value=row.id),
            kit.button(
                h,
                kit.icon(h, "undo", class_name="mirror"),
                h.t("Undo"),
                type="submit",
                tone="second",
            ),
            method="post",
            action=routes.DO_GIFT_UNDO,
        ),
        key=row.id,
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2",
    )


def _form(h: Any, state: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        kit.field(
            h,
            h.t("To whom"),
            "to",
            hint=h.t("The telephone number they have with us, or their e-mail address."),
            fault=state.faults["to"],
            default_value=state.gift_to,
            key=state.gift_to,
            auto_complete="off",
            required=True,
            max_length=254,
            dir="ltr",
        ),
        kit.field(
            h,
            h.t("How much"),
            "gift_amount",
            fault=state.faults["gift_amount"],
            default_value=state.gift_amount,
            key=state.gift_amount,
            placeholder=state.gift_limits,
            input_mode="decimal",
            auto_complete="off",
            required=True,
            max_length=16,
        ),
        kit.field(
            h,
            h.t("A note, if you like"),
            "note",
            fault=state.faults["note"],
            default_value=state.gift_note,
            key=state.gift_note,
            auto_complete="off",
            max_length=140,
        ),
        kit.button(h, h.t("Continue"), type="submit", tone="second"),
        method="post",
        action=routes.DO_GIFT,
        class_name="flex flex-col gap-4 mt-4",
    )
