"""One service: its settings, SIM, number and line."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.service_line import line_card
from self_service.components.service_number import number_card
from self_service.components.service_settings import pin_box, settings_group
from self_service.components.service_sim import sim_card
from self_service.components.ui import kit
from self_service.components.waiting import two_cards
from self_service.domain.errors import N_
from self_service.state.service import ServiceState, service_values


def view(h: Any, state: Any) -> Any:
    """Show a service, its place while it is read, or that there is none."""
    return h.when(
        state.id,
        _service(h, state),
        h.when(state.missing, _missing(h), two_cards(h, h.t("Service"), "md:grid-cols-2")),
    )


def _service(h: Any, state: Any) -> Any:
    return h.div(
        h.link(
            kit.icon(h, "chevron-left", "size-4", class_name="mirror"),
            h.t("Home"),
            to=routes.page(h.language, routes.HOME),
            class_name="inline-flex items-center gap-1 min-h-11 text-accent no-underline",
        ),
        kit.heading(h, state.heading),
        h.p(h.bdi(state.number), class_name="text-muted numbers empty:hidden"),
        h.when(
            state.limits_href,
            h.link(
                kit.icon(h, "shield"),
                h.t("Limits and alerts"),
                to=state.limits_href,
                class_name="inline-flex items-center gap-2 min-h-11 text-accent",
            ),
        ),
        h.div(
            h.when(
                state.refused,
                kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert"),
            ),
            h.when(
                state.done, kit.callout(h, state.done, tone="good", symbol="check", role="status")
            ),
            h.when(state.runs, h.group(), _paused(h)),
            class_name="flex flex-col gap-3 my-3 empty:hidden",
        ),
        h.div(
            h.div(
                h.when(state.phone, sim_card(h, state)),
                h.when(state.phone & state.owns, number_card(h, state)),
                h.when(state.line, line_card(h, state)),
                class_name="flex flex-col gap-4 min-w-0",
            ),
            h.div(
                settings_group(h, state, h.t("Calls and use abroad"), state.calls),
                settings_group(h, state, h.t("Home network"), state.home_net),
                settings_group(
                    h, state, h.t("Content controls"), state.content, pin_box(h, state), pin=True
                ),
                class_name="flex flex-col gap-4 min-w-0",
            ),
            class_name="grid gap-4 mt-4 md:grid-cols-2 items-start",
        ),
        class_name="max-w-5xl",
    )


def _paused(h: Any) -> Any:
    return kit.callout(
        h,
        h.t("This service is not running at the moment, so nothing can be changed on it."),
        tone="warn",
        symbol="alert",
    )


def _missing(h: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("We could not find this service")),
        kit.empty(
            h,
            "search",
            h.t("None of your services stands at this address"),
            h.t("It may have ended, or belong to another account."),
            kit.button_link(
                h, h.t("See your subscriptions"), to=routes.page(h.language, routes.HOME)
            ),
        ),
    )


page(
    Page(
        path=routes.SERVICES + "/[service]",
        title="heading",
        description=N_("Settings, SIM and number of one service."),
        view=view,
        state=ServiceState,
        loader=service_values,
        private=True,
        bare=True,
    )
)
