"""The list of a customer's orders."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.domain.errors import N_
from self_service.state.orders import OrdersState, orders_values


def view(h: Any, state: Any) -> Any:
    """Show the orders."""
    return h.div(
        kit.heading(h, h.t("Orders"), class_name="mb-4"),
        h.when(
            h.count(state.orders) > 0,
            h.ul(
                h.each(state.orders, lambda order: _row(h, order)), class_name="flex flex-col gap-3"
            ),
            h.when(state.loaded, _none(h), _loading(h)),
        ),
        class_name="max-w-3xl",
    )


def _row(h: Any, order: Any) -> Any:
    return h.li(
        h.div(
            h.h2(
                h.link(
                    order.contents,
                    to=order.href,
                    class_name="text-ink no-underline hover:text-accent after:absolute "
                    "after:inset-0 after:content-['']",
                ),
                class_name="font-semibold min-w-0",
            ),
            toned_badge(h, order.state, order.tone),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-1",
        ),
        h.p(
            h.bdi(order.number),
            " · ",
            h.time(order.ordered_on, title=order.ordered_exact),
            class_name="text-sm text-muted numbers",
        ),
        h.p(
            h.span(order.due_now, " ", h.t("with the order")),
            h.when(order.monthly, h.span(" · ", order.monthly, h.t("/month"))),
            class_name="text-sm numbers",
        ),
        key=order.number,
        class_name=kit.CARD + "relative p-4 flex flex-col gap-1 hover:border-accent",
    )


def _none(h: Any) -> Any:
    return kit.empty(
        h,
        "truck",
        h.t("No orders yet"),
        h.t("What you order stands here, with every step until it is switched on."),
        kit.button_link(h, h.t("Go to the store"), to=routes.page(h.language, routes.STORE)),
    )


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-26") for _ in range(3)],
        aria_busy="true",
        class_name="flex flex-col gap-3",
    )


page(
    Page(
        path=routes.ORDERS,
        title=N_("Orders"),
        description=N_("Your orders and where each one stands."),
        view=view,
        state=OrdersState,
        loader=orders_values,
        private=True,
        bare=True,
    )
)
