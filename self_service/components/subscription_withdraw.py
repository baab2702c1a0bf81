"""Withdrawing from a contract: the statement, its confirmation, and the receipt."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.state.subscription import SubscriptionState


def statement(h: Any, state: Any) -> Any:
    """Show what somebody withdraws from, and the button that confirms it."""
    return h.each(state.statements, lambda row: _statement(h, row))


def _statement(h: Any, row: Any) -> Any:
    return h.live_form(
        h.p(h.t("I withdraw from this contract:"), class_name="mb-2"),
        h.dl(
            kit.fact(h, h.t("Order"), h.bdi(row.contract)),
            kit.fact(h, h.t("Ordered on"), row.ordered),
            kit.fact(h, h.t("Possible until"), row.until),
            kit.fact(h, h.t("You get back"), row.amount),
            class_name="mb-3 flex flex-col gap-1",
        ),
        h.ul(
            h.each(row.services, lambda name: h.li(name, key=name)),
            class_name="list-disc ps-5 mb-3",
        ),
        h.p(
            h.when(
                row.to_card,
                h.t("The money goes back the way you paid. Your services end at once."),
                h.t("The money is credited to your account. Your services end at once."),
            ),
            class_name="text-sm text-muted mb-3",
        ),
        h.when(
            h.count(row.goods) > 0,
            kit.callout(
                h,
                h.p(h.t("Send these back within 14 days:")),
                h.ul(
                    h.each(row.goods, lambda name: h.li(name, key=name)),
                    class_name="list-disc ps-5",
                ),
                tone="warn",
                symbol="truck",
                class_name="mb-3",
            ),
        ),
        kit.field(
            h,
            h.t("Your name"),
            "who",
            required=True,
            max_length=120,
            auto_complete="name",
            hint=h.t("The receipt goes to your e-mail address, with the day and the time."),
        ),
        kit.button(
            h,
            h.t("Confirm withdrawal"),
            type="submit",
            tone="danger",
            class_name="mt-4 w-full sm:w-auto",
        ),
        key=row.contract,
        on_submit=SubscriptionState.withdraw,
        class_name=kit.CARD + "p-4",
    )


def receipt(h: Any, state: Any) -> Any:
    """Say that it is done, on which day and at what time."""
    return h.div(
        kit.heading(h, h.t("You withdrew from your contract"), class_name="mb-4"),
        kit.callout(
            h, state.receipt, tone="good", symbol="check", role="status", class_name="mb-4"
        ),
        kit.button_link(
            h, h.t("All subscriptions"), to=routes.page(h.language, routes.SUBSCRIPTIONS)
        ),
    )
