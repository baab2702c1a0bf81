"""The forms of the vouchers' page: redeem one, buy one. Plain posts."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components import pay_with
from self_service.components.ui import kit

#: A choice that is made by one tap.
_CHOICE = (
    "flex items-center justify-center min-h-11 px-4 rounded-(--r1) border border-line bg-surface "
    "font-semibold numbers cursor-pointer has-checked:border-accent has-checked:bg-accent-soft "
    "has-checked:text-accent has-focus-visible:outline-2"
)


def redeem(h: Any, state: Any) -> Any:
    """Show the form that puts a voucher into the wallet."""
    return h.section(
        kit.heading(h, h.t("Redeem a voucher"), 2, class_name="mb-3"),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            kit.field(
                h,
                h.t("Code of your voucher"),
                "code",
                hint=h.t("16 letters and digits. Dashes, blanks and small letters do not matter."),
                required=True,
                auto_complete="off",
                auto_capitalize="characters",
                spell_check=False,
                max_length=60,
                dir="ltr",
            ),
            h.when(
                state.demo_code,
                h.p(
                    h.t("Demo: try"),
                    " ",
                    h.code(state.demo_code, dir="ltr", class_name="numbers font-semibold"),
                    class_name="text-sm text-muted",
                ),
            ),
            kit.button(
                h, h.t("Redeem"), type="submit", tone="second", class_name="w-full sm:w-auto"
            ),
            method="post",
            action=routes.DO_TOP_UP,
            class_name="flex flex-col gap-3",
        ),
        class_name=kit.CARD + "p-5",
    )


def buy(h: Any, state: Any) -> Any:
    """Show the form that buys a voucher, for oneself or as a gift."""
    return h.section(
        kit.heading(h, h.t("Buy a voucher"), 2, class_name="mb-3"),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="once", value=state.once),
            _values(h, state),
            _for(h, state),
            pay_with.chooser(h, state),
            kit.button(h, h.t("Buy and pay"), type="submit", class_name="w-full sm:w-auto"),
            method="post",
            action=routes.DO_BUY_VOUCHER,
            class_name="flex flex-col gap-5",
        ),
        class_name=kit.CARD + "p-5",
    )


def _values(h: Any, state: Any) -> Any:
    return h.fieldset(
        h.legend(h.t("Value"), class_name="font-medium mb-2"),
        h.div(
            h.each(
                state.values,
                lambda row: h.label(
                    h.input(
                        type="radio",
                        name="value",
                        value=row.value,
                        default_checked=row.chosen,
                        required=True,
                        class_name="sr",
                    ),
                    row.text,
                    key=row.value,
                    class_name=_CHOICE,
                ),
            ),
            class_name="grid grid-cols-3 gap-2",
        ),
        h.p(state.faults["value"], role="alert", class_name="text-sm text-bad mt-1 empty:hidden"),
        class_name="min-w-0",
    )


def _for(h: Any, state: Any) -> Any:
    def choice(value: str, text: str, chosen: Any) -> Any:
        return h.label(
            h.input(type="radio", name="for", value=value, default_checked=chosen, class_name="sr"),
            text,
            class_name=_CHOICE,
        )

    return h.fieldset(
        h.legend(h.t("For whom"), class_name="font-medium mb-2"),
        h.div(
            choice("self", h.t("For me"), h.when(state.gift_open, False, True)),
            choice("gift", h.t("As a gift"), state.gift_open),
            class_name="grid grid-cols-2 gap-2",
        ),
        h.div(
            kit.field(
                h,
                h.t("E-mail address of who gets it"),
                "email",
                fault=state.faults["email"],
                hint=h.t("We send the code there as soon as it is paid."),
                type="email",
                default_value=state.typed["email"],
                key=state.typed["email"],
                auto_complete="off",
                max_length=254,
            ),
            kit.field(
                h,
                h.t("Greeting (optional)"),
                "greeting",
                fault=state.faults["greeting"],
                default_value=state.typed["greeting"],
                key=state.typed["greeting"],
                auto_complete="off",
                max_length=200,
            ),
            class_name="hidden group-has-[[value=gift]:checked]:flex flex-col gap-4 mt-4",
        ),
        class_name="group min-w-0",
    )
