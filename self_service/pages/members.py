"""People with access: who else sees, changes or pays for the customer's subscriptions."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.members_invite import invite
from self_service.components.members_list import invited, members, shared
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.members import MembersState, members_values


def view(h: Any, state: Any) -> Any:
    """Show who has access, who was invited, and the form for one more."""
    return h.div(
        kit.heading(h, h.t("People with access"), class_name="mb-2"),
        h.when(
            state.owner,
            h.p(
                h.t(
                    "Let family or colleagues see your subscriptions, change them or pay for them. "
                    "They never see your orders, details or other subscriptions."
                ),
                class_name="text-muted mb-6",
            ),
        ),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(
            state.loaded,
            h.group(
                shared(h, state),
                h.when(
                    state.owner,
                    h.group(members(h, state), invited(h, state), invite(h, state)),
                ),
            ),
            _loading(h),
        ),
        class_name="max-w-3xl",
    )


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-32") for _ in range(3)],
        aria_busy="true",
        class_name="flex flex-col gap-3",
    )


page(
    Page(
        path=routes.MEMBERS,
        title=N_("People with access"),
        description=N_("Who else sees, changes or pays for your subscriptions."),
        view=view,
        state=MembersState,
        loader=members_values,
        private=True,
        bare=True,
    )
)
