"""One order."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.order_actions import cancelling, contract, standing
from self_service.components.order_timeline import order_timeline
from self_service.components.page import Page, page
from self_service.components.sold_lines import sold_lines
from self_service.components.ui import kit
from self_service.components.waiting import two_cards
from self_service.domain.errors import N_
from self_service.state.order import OrderState, order_values


def view(h: Any, order: Any) -> Any:
    """Show an order, its place while it is read, or that there is none."""
    return h.when(
        order.number,
        _order(h, order),
        h.when(order.missing, _missing(h), two_cards(h, h.t("Order"), "md:grid-cols-2")),
    )


def _order(h: Any, order: Any) -> Any:
    return h.div(
        h.link(
            kit.icon(h, "chevron-left", "size-4", class_name="mirror"),
            h.t("Orders"),
            to=routes.page(h.language, routes.ORDERS),
            class_name="inline-flex items-center gap-1 min-h-11 text-accent no-underline",
        ),
        kit.heading(h, order.heading),
        h.p(
            h.time(order.ordered_on, title=order.ordered_exact),
            class_name="text-muted numbers mb-4",
        ),
        h.div(
            h.div(
                standing(h, order),
                _card(h, h.t("What happens"), order_timeline(h, order.steps)),
                class_name="flex flex-col gap-4 min-w-0",
            ),
            h.div(
                _card(h, h.t("What you ordered"), sold_lines(h, order.lines), _totals(h, order)),
                h.div(
                    contract(h, order),
                    cancelling(h, order),
                    class_name=kit.CARD + "px-4 py-3 flex flex-col gap-2 empty:hidden",
                ),
                class_name="flex flex-col gap-4 min-w-0",
            ),
            class_name="grid gap-4 md:grid-cols-2 items-start",
        ),
        class_name="max-w-5xl",
    )


def _card(h: Any, title: Any, *children: Any) -> Any:
    return h.section(
        kit.heading(h, title, 2, class_name="mb-4"), *children, class_name=kit.CARD + "p-4"
    )


def _totals(h: Any, order: Any) -> Any:
    return h.dl(
        kit.fact(h, h.t("Due with the order"), order.due_now, class_name="font-bold"),
        h.when(order.monthly, kit.fact(h, h.t("Each month"), order.monthly)),
        class_name="mt-4 pt-4 border-t border-line flex flex-col gap-1",
    )


def _missing(h: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("We could not find this order")),
        kit.empty(
            h,
            "search",
            h.t("None of your orders has this number"),
            h.t("It may belong to another account. All of yours are in the list."),
            kit.button_link(h, h.t("See your orders"), to=routes.page(h.language, routes.ORDERS)),
        ),
    )


page(
    Page(
        path=routes.ORDER + "/[order_number]",
        title="heading",
        description=N_("Where your order stands, step by step."),
        view=view,
        state=OrderState,
        loader=order_values,
        private=True,
        bare=True,
    )
)
