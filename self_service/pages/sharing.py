"""Shared allowances: who shares with whom, how much is left, and who may take how much."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.sharing_groups import group
from self_service.components.sharing_member import begin, join, membership
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.sharing import SharingState, sharing_values


def view(h: Any, state: Any) -> Any:
    """Show the groups, or their place while they are read."""
    return h.div(
        h.div(
            kit.heading(h, h.t("Shared allowances")),
            h.link(
                kit.icon(h, "usage"),
                h.t("Usage"),
                to=routes.page(h.language, routes.USAGE),
                class_name="inline-flex items-center gap-2 min-h-11 text-accent",
            ),
            class_name="flex flex-wrap items-center justify-between gap-x-6",
        ),
        h.when(
            state.refused, kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert")
        ),
        h.when(state.done, kit.callout(h, state.done, tone="good", symbol="check", role="status")),
        h.when(state.dead, kit.callout(h, state.dead, tone="warn", symbol="alert", role="alert")),
        h.when(state.loaded, _parts(h, state), h.div(class_name="skeleton h-56")),
        class_name="max-w-5xl flex flex-col gap-4",
    )


def _parts(h: Any, state: Any) -> Any:
    return h.div(
        h.when(state.offer, join(h, state)),
        h.ul(
            h.each(state.memberships, lambda row: membership(h, row)),
            h.each(state.groups, lambda row: group(h, state, row)),
            aria_label=h.t("Groups"),
            class_name="grid gap-4 md:grid-cols-2 items-start empty:hidden",
        ),
        h.when(
            state.nothing,
            h.p(
                h.t("A family or company can use what one of its lines includes together."),
                class_name="text-muted",
            ),
        ),
        h.div(
            h.when(state.may_type, join(h, state)),
            h.when(state.may_begin, begin(h, state)),
            class_name="grid gap-4 md:grid-cols-2 items-start empty:hidden",
        ),
        class_name="flex flex-col gap-4",
    )


page(
    Page(
        path=routes.SHARING,
        title=N_("Shared allowances"),
        description=N_("Share data, calls and texts in a family or company."),
        view=view,
        state=SharingState,
        loader=sharing_values,
        private=True,
        bare=True,
    )
)
