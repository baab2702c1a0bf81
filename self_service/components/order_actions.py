"""What a customer can do about an order: pay, cancel, keep its contract."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components import pay_with
from self_service.components.ui import kit
from self_service.components.ui.toned import TONES
from self_service.state.order import OrderState


def standing(h: Any, order: Any) -> Any:
    """Say where the order stands, and offer to pay when that is what it waits for."""
    return h.section(
        h.div(
            h.p(order.headline, class_name="text-lg font-bold"),
            h.p(order.explanation, class_name="text-ink empty:hidden"),
            role="status",
        ),
        h.when(order.pay_refused, h.p(order.pay_refused, role="alert", class_name="font-medium")),
        h.when(
            order.pay_href,
            h.a(order.pay_text, href=order.pay_href, class_name=f"{kit.TONES['primary']} mt-3"),
        ),
        h.when(order.can_retry, _pay_again(h, order)),
        h.when(order.other_ways, _other_way(h, order)),
        h.when(
            order.complete,
            kit.button_link(
                h,
                h.t("See what you have"),
                to=routes.page(h.language, routes.HOME),
                tone="second",
                class_name="mt-3",
            ),
        ),
        aria_label=h.t("Where it stands"),
        data_tone=order.tone,
        class_name=f"p-4 rounded-(--r2) {TONES}",
    )


def _pay_again(h: Any, order: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="order", value=order.number),
        h.input(type="hidden", name="language", value=h.language),
        h.when(h.count(order.ways) > 0, pay_with.chooser(h, order)),
        kit.button(h, h.t("Pay again"), type="submit"),
        method="post",
        action=routes.DO_RETRY_PAYMENT,
        class_name="mt-3 flex flex-col items-stretch sm:items-start gap-4 text-ink",
    )


def _other_way(h: Any, order: Any) -> Any:
    """Offer the other ways while the screen of one is still open."""
    return h.details(
        h.summary(
            h.t("Pay in another way"),
            kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
            class_name="flex items-center min-h-11 font-medium",
        ),
        h.native_form(
            h.input(type="hidden", name="order", value=order.number),
            h.input(type="hidden", name="language", value=h.language),
            pay_with.chooser(h, order),
            kit.button(h, order.pay_text, type="submit", tone="second"),
            method="post",
            action=routes.DO_RETRY_PAYMENT,
            class_name="mt-2 flex flex-col items-stretch sm:items-start gap-4",
        ),
        class_name="mt-2 text-ink",
    )


def contract(h: Any, order: Any) -> Any:
    """Link to the contract summary."""
    return h.when(
        order.contract_href,
        h.a(
            kit.icon(h, "document"),
            h.t("Contract summary (PDF)"),
            href=order.contract_href,
            class_name="flex items-center gap-3 min-h-11 text-accent font-medium",
        ),
    )


def cancelling(h: Any, order: Any) -> Any:
    """Offer to cancel after saying what that costs, or say why that is not possible."""
    return h.group(
        h.when(order.can_cancel, _ask(h, order)),
        h.when(
            order.no_cancel,
            h.p(
                order.no_cancel,
                " ",
                h.a(
                    order.support_email,
                    href="mailto:" + order.support_email,
                    class_name="text-accent underline wrap-anywhere",
                ),
                class_name="text-sm text-muted",
            ),
        ),
    )


def _ask(h: Any, order: Any) -> Any:
    return h.details(
        h.summary(
            h.t("Cancel this order"),
            kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
            class_name="flex items-center min-h-11 text-bad font-medium",
        ),
        h.p(h.t("If you cancel:"), class_name="font-medium mt-1"),
        h.ul(
            h.each(order.losses, lambda point: h.li(point, key=point)),
            class_name="list-disc ps-5 mt-1 mb-3 numbers",
        ),
        kit.button(
            h, h.t("Yes, cancel it"), tone="danger", on_click=OrderState.cancel, class_name="w-full"
        ),
    )
