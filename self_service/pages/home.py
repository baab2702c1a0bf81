"""Home: what the customer has."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.advice import home_advice
from self_service.components.debt_notice import debt_notice
from self_service.components.home_next import first_things
from self_service.components.home_usage import home_usage
from self_service.components.money_cards import money_cards
from self_service.components.page import Page, page
from self_service.components.purchases_list import purchases_list
from self_service.components.subscription_card import goods_list, subscription_card
from self_service.components.ui import kit
from self_service.components.ui.toned import TONES
from self_service.domain.errors import N_
from self_service.state.home import HomeState, home_values


def view(h: Any, state: Any) -> Any:
    """Show what the customer has, or its place while it is read."""
    return h.when(state.greeting, _home(h, state), _loading(h))


def _home(h: Any, state: Any) -> Any:
    return h.div(
        kit.heading(h, state.greeting, class_name="mb-4"),
        debt_notice(h, state.debt),
        first_things(h, state),
        money_cards(h, state.money),
        home_usage(h, state.usage),
        home_advice(h, state.advice),
        h.ul(
            h.each(state.open_orders, lambda order: _open_order(h, order)),
            aria_label=h.t("Orders under way"),
            class_name="flex flex-col gap-3 mb-4 empty:hidden",
        ),
        h.ul(
            h.each(state.subscriptions, lambda row: subscription_card(h, row)),
            aria_label=h.t("Subscriptions"),
            class_name="grid gap-4 md:grid-cols-2 items-start empty:hidden",
        ),
        h.when(
            h.count(state.goods) > 0,
            h.section(
                kit.heading(h, h.t("Bought without a plan"), 2),
                goods_list(h, state.goods),
                class_name=kit.CARD + "p-4 mt-4 md:w-[calc(50%-0.5rem)]",
            ),
        ),
        purchases_list(h, state.purchases),
        h.when(h.count(state.shared) > 0, _shared(h, state)),
        h.when(state.nothing, h.when(state.member, _nothing_shared(h), _nothing(h))),
        class_name="max-w-5xl",
    )


def _open_order(h: Any, order: Any) -> Any:
    return h.li(
        h.div(
            h.p(
                h.link(
                    order.headline,
                    to=order.href,
                    class_name="font-bold text-current no-underline after:absolute "
                    "after:inset-0 after:content-['']",
                ),
            ),
            h.p(order.step, class_name="text-sm text-ink numbers"),
            h.p(h.bdi(order.number), class_name="text-sm text-ink numbers"),
            h.div(
                h.div(
                    style=h.style(width=order.share), class_name="h-full rounded-full bg-current"
                ),
                aria_hidden="true",
                class_name="h-1.5 mt-2 rounded-full bg-surface overflow-hidden",
            ),
            class_name="min-w-0 flex-1",
        ),
        kit.icon(h, "chevron-right", class_name="mirror"),
        data_tone=order.tone,
        key=order.number,
        class_name=f"relative flex items-center gap-3 p-4 rounded-(--r2) {TONES}",
    )


def _shared(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("Shared with you"), 2, class_name="sr"),
        h.ul(
            h.each(state.shared, lambda row: _shared_one(h, row)),
            class_name="grid gap-x-4 gap-y-6 md:grid-cols-2 items-start",
        ),
        class_name="mt-6",
    )


def _shared_one(h: Any, row: Any) -> Any:
    return h.li(
        h.p(
            kit.icon(h, "users", "size-4"),
            h.span(row.owner, class_name="font-medium"),
            h.span(row.can, class_name="text-muted"),
            class_name="flex flex-wrap items-center gap-x-2 mb-2 text-sm",
        ),
        h.ul(subscription_card(h, row.subscription)),
        key=row.key,
        class_name="min-w-0",
    )


def _nothing_shared(h: Any) -> Any:
    return kit.empty(
        h,
        "users",
        h.t("Nothing is shared with you now"),
        h.t("What somebody shares with you stands here. Ask them for an invitation."),
    )


def _nothing(h: Any) -> Any:
    return kit.empty(
        h,
        "sim",
        h.t("Nothing runs yet"),
        h.t("Your plans and devices stand here, with what they cost next."),
        kit.button_link(h, h.t("Go to the store"), to=routes.page(h.language, routes.STORE)),
    )


def _loading(h: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Home"), class_name="sr"),
        h.div(class_name="skeleton h-9 w-40 mb-4"),
        h.div(
            h.div(class_name="skeleton h-96"),
            class_name="grid gap-4 md:grid-cols-2",
        ),
        aria_busy="true",
        class_name="max-w-5xl",
    )


page(
    Page(
        path=routes.HOME,
        title=N_("Home"),
        description=N_("Your subscriptions: what runs, and what it costs next."),
        view=view,
        state=HomeState,
        loader=home_values,
        private=True,
        bare=True,
    )
)
