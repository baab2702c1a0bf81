"""Vouchers: redeem one, buy one, and what was bought."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.voucher_buy import buy, redeem
from self_service.components.voucher_list import bought, none_bought
from self_service.domain.errors import N_
from self_service.state.vouchers import VouchersState, vouchers_values


def view(h: Any, state: Any) -> Any:
    """Show the vouchers; whoever acts for the customer neither buys nor reads codes."""
    return h.div(
        kit.heading(h, h.t("Vouchers"), class_name="mb-4"),
        h.when(
            state.notice,
            h.when(
                state.paid,
                _notice(h, state, tone="good", symbol="check"),
                _notice(h, state),
            ),
        ),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(
            state.loaded,
            h.div(
                h.when(h.count(state.bought) > 0, bought(h, state)),
                redeem(h, state),
                h.when(state.in_person, buy(h, state)),
                h.when(h.count(state.bought) == 0, none_bought(h)),
                class_name="flex flex-col gap-5",
            ),
            _loading(h),
        ),
        class_name="max-w-3xl",
    )


def _notice(h: Any, state: Any, **look: str) -> Any:
    return kit.callout(h, state.notice, role="status", class_name="mb-4", **look)


def _loading(h: Any) -> Any:
    return h.div(
        h.div(class_name="skeleton h-48"),
        h.div(class_name="skeleton h-80"),
        aria_busy="true",
        class_name="flex flex-col gap-5",
    )


page(
    Page(
        path=routes.VOUCHERS,
        title=N_("Vouchers"),
        description=N_("Redeem a voucher, or buy one for yourself or as a gift."),
        view=view,
        state=VouchersState,
        loader=vouchers_values,
        private=True,
        bare=True,
    )
)
