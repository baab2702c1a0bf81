"""All subscriptions: what runs, since when, what changes soon."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.subscription_card import subscription_card
from self_service.components.subscription_changes import change_list
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.subscriptions import SubscriptionsState, subscriptions_values


def view(h: Any, state: Any) -> Any:
    """Show the list, or its place while it is read."""
    return h.div(
        kit.heading(h, h.t("Subscriptions"), class_name="mb-4"),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(
            state.loaded,
            h.when(state.nothing, _nothing(h), _list(h, state)),
            h.div(
                h.div(class_name="skeleton h-80"),
                class_name="grid gap-4 md:grid-cols-2",
                aria_busy="true",
            ),
        ),
        class_name="max-w-5xl",
    )


def _list(h: Any, state: Any) -> Any:
    return h.ul(
        h.each(state.listed, lambda row: _one(h, row)),
        class_name="grid gap-x-4 gap-y-6 md:grid-cols-2 items-start",
    )


def _one(h: Any, row: Any) -> Any:
    revoke = SubscriptionsState.revoke if h.live else lambda _: None
    return h.li(
        h.when(
            row.owner,
            h.p(
                kit.icon(h, "users", "size-4"),
                h.span(row.owner, class_name="font-medium"),
                h.span(row.can, class_name="text-muted"),
                class_name="flex flex-wrap items-center gap-x-2 mb-2 text-sm",
            ),
        ),
        h.ul(subscription_card(h, row.subscription)),
        h.div(change_list(h, row.changes, revoke, row.may), class_name="mt-3"),
        kit.button_link(
            h,
            h.when(row.may, h.t("See and change"), h.t("See")),
            h.span(" ", row.subscription.name, class_name="sr"),
            to=row.href,
            tone="second",
            class_name="mt-3 w-full",
        ),
        key=row.key,
        class_name="min-w-0",
    )


def _nothing(h: Any) -> Any:
    return kit.empty(
        h,
        "sim",
        h.t("Nothing runs yet"),
        h.t("Your plans stand here, with what can be changed about them."),
        kit.button_link(h, h.t("Go to the store"), to=routes.page(h.language, routes.STORE)),
    )


page(
    Page(
        path=routes.SUBSCRIPTIONS,
        title=N_("Subscriptions"),
        description=N_("What runs, since when, what it costs, and what changes soon."),
        view=view,
        state=SubscriptionsState,
        loader=subscriptions_values,
        private=True,
        bare=True,
    )
)
