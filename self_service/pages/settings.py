"""Settings: who the customer is, how to reach them, what they agree to."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.settings_forms import about, details, email, section, ways
from self_service.components.settings_lists import contacts
from self_service.components.settings_own import consents, erasure, own_data
from self_service.components.settings_places import sites
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.settings import SettingsState, settings_values


def view(h: Any, state: Any) -> Any:
    """Show all parts; whoever acts for the customer sees those that are not personal."""
    return h.div(
        kit.heading(h, h.t("Settings"), class_name="mb-4"),
        h.when(state.loaded, _parts(h, state), _loading(h)),
        class_name="max-w-3xl",
    )


def _parts(h: Any, state: Any) -> Any:
    return h.div(
        details(h, state),
        ways(h, state),
        h.when(state.in_person, h.group(email(h, state), _security(h), _notices(h))),
        contacts(h, state),
        sites(h, state),
        _cards(h),
        about(h, state),
        h.when(state.in_person, h.group(consents(h, state), own_data(h, state), erasure(h, state))),
        class_name="flex flex-col gap-4",
    )


def _security(h: Any) -> Any:
    return section(
        h,
        h.t("Security"),
        "",
        h.p(
            h.t("Password, second step, passkeys, and where you are signed in."), class_name="mb-3"
        ),
        kit.button_link(
            h, h.t("Go to security"), to=routes.page(h.language, routes.SECURITY), tone="second"
        ),
    )


def _notices(h: Any) -> Any:
    return section(
        h,
        h.t("Notifications"),
        "",
        h.p(
            h.t("What you are told by e-mail, SMS and browser, and your quiet hours."),
            class_name="mb-3",
        ),
        kit.button_link(
            h,
            h.t("Choose how you are told"),
            to=routes.page(h.language, routes.NOTICE_SETTINGS),
            tone="second",
        ),
    )


def _cards(h: Any) -> Any:
    return section(
        h,
        h.t("Cards"),
        "",
        h.p(h.t("Your saved cards, and automatic payment of your bills."), class_name="mb-3"),
        kit.button_link(
            h, h.t("Go to cards"), to=routes.page(h.language, routes.CARDS), tone="second"
        ),
    )


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-52") for _ in range(4)],
        aria_busy="true",
        class_name="flex flex-col gap-4",
    )


page(
    Page(
        path=routes.SETTINGS,
        title=N_("Settings"),
        description=N_("Your details, contacts, places and consents."),
        view=view,
        state=SettingsState,
        loader=settings_values,
        private=True,
        bare=True,
    )
)
