"""Security: where one is signed in, and what one signs in with."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.security_devices import devices
from self_service.components.security_factor import factor
from self_service.components.security_password import password, username
from self_service.components.ui import kit
from self_service.components.ways_in import keys, provider
from self_service.domain.errors import N_
from self_service.state.security import SecurityState, security_values


def view(h: Any, state: Any) -> Any:
    """Show the page."""
    return h.div(
        kit.heading(h, h.t("Security")),
        h.when(
            state.refused, kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert")
        ),
        h.when(state.done, kit.callout(h, state.done, tone="good", symbol="check", role="status")),
        devices(h, state),
        keys(h, state),
        factor(h, state),
        password(h, state),
        username(h, state),
        provider(h, state),
        class_name="max-w-2xl flex flex-col gap-8",
    )


page(
    Page(
        path=routes.SECURITY,
        title=N_("Security"),
        description=N_("Where you are signed in, your password and your authenticator app."),
        view=view,
        state=SecurityState,
        loader=security_values,
        private=True,
        bare=True,
    )
)
