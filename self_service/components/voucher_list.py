"""What a customer bought: the code until it is redeemed, and the gift's mail."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.state.vouchers import VouchersState


def bought(h: Any, state: Any) -> Any:
    """Show the vouchers that the customer bought."""
    return _section(
        h,
        h.ul(
            h.each(state.bought, lambda row: _one(h, state, row)),
            class_name="flex flex-col gap-3",
        ),
    )


def none_bought(h: Any) -> Any:
    """Say what stands here once something is bought."""
    return _section(
        h,
        kit.empty(
            h,
            "tag",
            h.t("No vouchers yet"),
            h.t("A voucher that you buy stands here with its code until it is redeemed."),
        ),
    )


def _section(h: Any, inside: Any) -> Any:
    return h.section(kit.heading(h, h.t("Vouchers you bought"), 2, class_name="mb-3"), inside)


def _one(h: Any, state: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.h3(row.amount, class_name="font-semibold numbers"),
            toned_badge(h, row.state, row.tone),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-1",
        ),
        h.when(
            row.code,
            h.p(row.code, dir="ltr", class_name="numbers font-semibold text-lg select-all w-fit"),
        ),
        h.p(h.t("Bought:"), " ", row.bought, class_name="text-sm text-muted"),
        h.p(row.told, class_name="text-sm text-muted empty:hidden"),
        h.when(
            row.receiver,
            h.p(h.t("For"), " ", h.bdi(row.receiver), class_name="text-sm wrap-anywhere"),
        ),
        h.p(row.sent, class_name="text-sm text-muted empty:hidden"),
        h.when(row.open, h.when(state.in_person, _acts(h, state, row))),
        key=row.id,
        class_name=kit.CARD + "p-4 flex flex-col gap-1",
    )


def _acts(h: Any, state: Any, row: Any) -> Any:
    return h.when(
        state.open == row.id,
        h.live_form(
            kit.field(
                h,
                h.t("Right e-mail address"),
                "address",
                fault=state.open_fault,
                hint=h.t("It gets a new code. The code that we sent before is worth nothing then."),
                type="email",
                auto_complete="off",
                required=True,
                max_length=254,
            ),
            h.div(
                kit.button(h, h.t("Send there"), type="submit"),
                kit.button(h, h.t("Cancel"), tone="quiet", on_click=VouchersState.edit("")),
                class_name="flex flex-wrap gap-2",
            ),
            on_submit=VouchersState.correct,
            class_name="flex flex-col gap-3 mt-2",
        ),
        h.div(
            kit.button(
                h, h.t("Send again"), tone="second", on_click=VouchersState.send_again(row.id)
            ),
            kit.button(h, h.t("Wrong address?"), tone="quiet", on_click=VouchersState.edit(row.id)),
            class_name="flex flex-wrap gap-2 mt-2",
        ),
    )
