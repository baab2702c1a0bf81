"""What stands above bills and subscriptions while something is overdue, agreed or moved."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.components.ui.toned import TONES


def debt_notice(h: Any, debt: Any, *, bills: bool = True) -> Any:
    """Show how the account stands; nothing when all is well.

    Args:
        h: builder.
        debt: a `state.debts.DebtRow`, or a Var of one.
        bills: with the way to the bills; False where they stand below.
    """
    return h.div(
        h.when(debt.headline, _overdue(h, debt, bills)),
        h.when(debt.agreement, _agreement(h, debt)),
        h.when(
            debt.moved,
            kit.callout(h, h.p(debt.moved, class_name="numbers"), symbol="clock"),
        ),
        class_name="flex flex-col gap-3 mb-4 empty:hidden",
    )


def _overdue(h: Any, debt: Any, bills: bool) -> Any:
    pay = (
        kit.button_link(h, h.t("See and pay"), to=routes.page(h.language, routes.BILLS))
        if bills
        else None
    )
    return h.section(
        h.p(debt.headline, class_name="font-bold"),
        h.when(debt.next, h.p(debt.next, class_name="text-ink")),
        h.div(
            pay,
            h.when(
                debt.can_agree,
                kit.button_link(
                    h,
                    h.t("Pay in instalments"),
                    to=routes.page(h.language, routes.AGREEMENT),
                    tone="second",
                ),
            ),
            class_name="flex flex-wrap gap-2 mt-2 empty:hidden",
        ),
        aria_label=h.t("Overdue"),
        data_tone=debt.tone,
        class_name=f"numbers p-4 rounded-(--r2) {TONES}",
    )


def _agreement(h: Any, debt: Any) -> Any:
    return kit.callout(
        h,
        h.p(debt.agreement, class_name="numbers"),
        h.link(h.t("See all instalments"), to=routes.page(h.language, routes.AGREEMENT)),
        symbol="document",
    )
