"""One subscription: see it, change it, pause it, end it."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.subscription_card import subscription_card
from self_service.components.subscription_changes import change_list
from self_service.components.subscription_choices import (
    choice_cards,
    last_day,
    pause_days,
    running_extras,
)
from self_service.components.subscription_goods import goods_cards
from self_service.components.subscription_quote import quote_card
from self_service.components.subscription_withdraw import receipt, statement
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.subscription import SubscriptionState
from self_service.state.subscription_look import subscription_values


def view(h: Any, state: Any) -> Any:
    """Show the subscription, or the one act that the address names."""
    return h.div(
        h.when(
            state.receipt,
            receipt(h, state),
            h.when(
                state.key,
                h.div(_refused(h, state), h.when(state.act, _act(h, state), _overview(h, state))),
                h.when(state.missing, _missing(h), _loading(h)),
            ),
        ),
        class_name="max-w-3xl",
    )


def _refused(h: Any, state: Any) -> Any:
    return h.when(
        state.refused,
        kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"),
    )


def _overview(h: Any, state: Any) -> Any:
    revoke = SubscriptionState.revoke if h.live else lambda _: None
    return h.div(
        kit.heading(h, state.title, class_name="sr"),
        h.ul(h.each(state.rows, lambda row: subscription_card(h, row))),
        h.when(
            h.count(state.changes) > 0,
            h.section(
                kit.heading(h, h.t("Planned and under way"), 2, class_name="mt-6 mb-2"),
                change_list(h, state.changes, revoke, state.may),
            ),
        ),
        h.when(h.count(state.acts) > 0, _acts(h, state)),
        goods_cards(h, state),
        h.when(
            state.may,
            h.when(
                state.withdraw_href,
                h.p(
                    kit.button_link(
                        h,
                        h.t("Withdraw from contract here"),
                        to=state.withdraw_href,
                        tone="second",
                    ),
                    h.span(
                        h.t("Until {day}", day=state.withdraw_until),
                        class_name="text-sm text-muted",
                    ),
                    class_name="mt-6 flex flex-wrap items-center gap-3",
                ),
            ),
        ),
        h.when(
            h.count(state.past) > 0,
            h.details(
                h.summary(
                    h.t("Earlier changes"),
                    class_name="inline-flex items-center min-h-11 text-accent cursor-pointer",
                ),
                change_list(h, state.past, revoke, state.may),
                class_name="mt-6",
            ),
        ),
    )


def _acts(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("What do you want to do?"), 2, class_name="mt-6 mb-2"),
        h.ul(
            h.each(
                state.acts,
                lambda row: h.li(
                    h.link(
                        h.svg(
                            h.use(href="/icons.svg#" + row.icon),
                            class_name="size-5 shrink-0 text-accent",
                            aria_hidden="true",
                        ),
                        h.span(
                            h.span(row.text, class_name="block font-semibold"),
                            h.span(row.detail, class_name="block text-sm text-muted"),
                            class_name="min-w-0 flex-1",
                        ),
                        kit.icon(h, "chevron-right", class_name="mirror text-muted"),
                        to=row.href,
                        class_name="flex items-center gap-3 min-h-14 py-2 text-current "
                        "no-underline",
                    ),
                    key=row.key,
                ),
            ),
            class_name=kit.CARD + "px-4 divide-y divide-line",
        ),
    )


def _act(h: Any, state: Any) -> Any:
    return h.div(
        h.p(
            h.link(
                kit.icon(h, "chevron-left", "size-4", class_name="mirror"),
                state.title,
                to=state.back,
                class_name="inline-flex items-center gap-1 min-h-11",
            )
        ),
        kit.heading(h, _title(h, state), class_name="mb-4"),
        h.when(state.act == "pause", pause_days(h, state)),
        h.when(state.act == "extras", running_extras(h, state)),
        quote_card(h, state),
        h.when(state.act == "leave", _leaving(h, state)),
        h.when(state.act == "withdraw", statement(h, state)),
        h.when(
            h.count(state.choices) > 0,
            choice_cards(h, state.choices, h.t("Choose")),
        ),
    )


def _title(h: Any, state: Any) -> Any:
    titles = {
        "plan": h.t("Change plan"),
        "extras": h.t("Extras"),
        "boost": h.t("Boosters"),
        "cancel": h.t("End extra"),
        "pause": h.t("Pause"),
        "resume": h.t("Switch on again"),
        "leave": h.t("End subscription"),
    }
    shown = h.t("Withdraw from contract")
    for act, text in titles.items():
        shown = h.when(state.act == act, text, shown)
    return shown


def _leaving(h: Any, state: Any) -> Any:
    return h.div(
        kit.callout(
            h,
            h.t(
                "To keep your number, ask your new operator to move it. Do that before the last "
                "day; the contract ends with it."
            ),
            symbol="phone",
            class_name="mt-4",
        ),
        last_day(h, state),
        h.when(
            h.count(state.offer) > 0,
            h.section(
                kit.heading(h, h.t("Or pay less"), 2, class_name="mt-6 mb-2"),
                choice_cards(h, state.offer, h.t("Look at it")),
            ),
        ),
    )


def _missing(h: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Subscription"), class_name="sr"),
        kit.empty(
            h,
            "sim",
            h.t("There is no such subscription"),
            h.t("It ended, or it is not shared with you any more."),
            kit.button_link(
                h, h.t("All subscriptions"), to=routes.page(h.language, routes.SUBSCRIPTIONS)
            ),
        ),
    )


def _loading(h: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Subscription"), class_name="sr"),
        h.div(class_name="skeleton h-9 w-48 mb-4"),
        h.div(class_name="skeleton h-80"),
        aria_busy="true",
    )


page(
    Page(
        path=f"{routes.SUBSCRIPTION}/[slug]",
        title=N_("Subscription"),
        description=N_("Change, pause or end a subscription; see first what it costs."),
        view=view,
        state=SubscriptionState,
        loader=subscription_values,
        private=True,
        bare=True,
    )
)
