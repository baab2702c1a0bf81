"""The parts of the settings that say who somebody is: one card, one form each."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.state.settings import SettingsState


def section(h: Any, title: str, refused: Any, *children: Any, **props: Any) -> Any:
    """Show a part of the page with its heading, and above it why the last act was refused."""
    return h.section(
        kit.heading(h, title, 2, class_name="mb-3"),
        h.when(
            refused,
            kit.callout(h, refused, tone="bad", symbol="alert", role="alert", class_name="mb-3"),
        ),
        *children,
        class_name=kit.CARD + "p-5",
        **props,
    )


def text_field(h: Any, state: Any, label: str, name: str, **props: Any) -> Any:
    """Show a field of one of the forms, with what is known and what is wrong."""
    return kit.field(
        h, label, name, fault=state.faults[name], default_value=state.typed[name], **props
    )


def list_field(h: Any, state: Any, label: str, name: str, options: Any) -> Any:
    """Show a list of one of the forms; live it starts with what is known, and is the browser's."""
    return kit.field(
        h,
        label,
        name,
        fault=state.faults[name],
        control=h.select(
            h.each(
                options,
                lambda row: h.option(
                    row.text,
                    value=row.value,
                    selected=None if h.live else row.value == state.typed[name],
                    key=row.value,
                ),
            ),
            id=name,
            name=name,
            class_name=kit.INPUT,
            aria_describedby=f"{name}-fault",
            aria_invalid=h.when(state.faults[name], "true", "false"),
            key=state.typed[name],
            **({"default_value": state.typed[name]} if h.live else {}),
        ),
    )


def details(h: Any, state: Any) -> Any:
    """Show the name, the birth date and the mobile number."""
    return section(
        h,
        h.t("Personal details"),
        state.refused["details"],
        h.live_form(
            text_field(
                h, state, h.t("Given name"), "details_given_name", auto_complete="given-name"
            ),
            text_field(
                h, state, h.t("Family name"), "details_family_name", auto_complete="family-name"
            ),
            text_field(
                h, state, h.t("Mobile number"), "details_mobile", type="tel", auto_complete="tel"
            ),
            h.when(
                state.born,
                h.div(
                    h.p(h.t("Date of birth"), class_name="font-medium mb-1"),
                    h.p(state.born, class_name="numbers min-h-11 flex items-center"),
                ),
                text_field(
                    h,
                    state,
                    h.t("Date of birth"),
                    "details_birth_date",
                    type="date",
                    auto_complete="bday",
                    hint=h.t("It cannot be changed afterwards."),
                ),
            ),
            _save(h),
            on_submit=SettingsState.save_details,
            no_validate=True,
            class_name="grid sm:grid-cols-2 gap-4",
        ),
    )


def about(h: Any, state: Any) -> Any:
    """Show gender and occupation."""
    return section(
        h,
        h.t("More about you"),
        state.refused["about"],
        h.p(h.t("You need not say any of this."), class_name="text-muted mb-3"),
        h.live_form(
            list_field(h, state, h.t("Gender"), "about_gender", state.genders),
            text_field(h, state, h.t("Occupation"), "about_occupation"),
            _save(h),
            on_submit=SettingsState.save_about,
            no_validate=True,
            class_name="grid sm:grid-cols-2 gap-4",
        ),
    )


def ways(h: Any, state: Any) -> Any:
    """Show the language and the channel."""
    return section(
        h,
        h.t("How we write to you"),
        state.refused["ways"],
        h.live_form(
            list_field(h, state, h.t("Language"), "ways_language", state.languages),
            list_field(h, state, h.t("News comes by"), "ways_channel", state.channels),
            _save(h),
            on_submit=SettingsState.save_ways,
            no_validate=True,
            class_name="grid sm:grid-cols-2 gap-4",
        ),
    )


def email(h: Any, state: Any) -> Any:
    """Show the e-mail address, and the form that changes it: a plain post."""
    return section(
        h,
        h.t("E-mail address"),
        state.refused["email"],
        h.p(
            h.bdi(state.email, class_name="font-medium wrap-anywhere"),
            " ",
            h.when(
                state.verified,
                kit.badge(h, h.t("Confirmed"), "good"),
                kit.badge(h, h.t("Not confirmed yet"), "warn"),
            ),
            class_name="mb-3",
        ),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            kit.field(
                h,
                h.t("New e-mail address"),
                "email",
                type="email",
                auto_complete="email",
                required=True,
                max_length=254,
                hint=h.t("We send a link there. Until you open it, the old address stays."),
            ),
            kit.button(h, h.t("Change the address"), type="submit", tone="second"),
            method="post",
            action=routes.DO_CHANGE_EMAIL,
            class_name="flex flex-col gap-4",
        ),
    )


def _save(h: Any) -> Any:
    return h.div(
        kit.button(h, h.t("Save"), type="submit", tone="second"), class_name="sm:col-span-2"
    )
