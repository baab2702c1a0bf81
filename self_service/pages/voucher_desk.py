"""Vouchers for staff: batches, one with its numbers, and the form for a new one."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.voucher_batch import card, one
from self_service.components.voucher_desk import new_batch, search
from self_service.domain.errors import N_
from self_service.state.voucher_desk import VoucherDeskState, desk_values


def view(h: Any, state: Any) -> Any:
    """Show one batch or all."""
    return h.div(
        kit.heading(h, h.t("Voucher desk"), class_name="mb-4"),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(
            state.loaded,
            h.when(state.batch.number, one(h, state), _all(h, state)),
            _loading(h),
        ),
        class_name="max-w-3xl",
    )


def _all(h: Any, state: Any) -> Any:
    return h.div(
        search(h, state),
        h.section(
            kit.heading(h, h.t("Batches"), 2, class_name="mb-3"),
            h.when(
                h.count(state.batches) > 0,
                h.ul(
                    h.each(state.batches, lambda row: card(h, row)),
                    class_name="flex flex-col gap-3",
                ),
                kit.empty(
                    h,
                    "list",
                    h.t("No batches yet"),
                    h.t("A batch is a number of vouchers of one value, printed or sold online."),
                ),
            ),
        ),
        h.when(state.may_change, new_batch(h, state)),
    )


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-32") for _ in range(3)],
        aria_busy="true",
        class_name="flex flex-col gap-3",
    )


page(
    Page(
        path=routes.VOUCHER_DESK,
        title=N_("Voucher desk"),
        description=N_("Batches of vouchers: made, exported, ended."),
        view=view,
        state=VoucherDeskState,
        loader=desk_values,
        private=True,
        bare=True,
    )
)
