"""Contacts: a list, and one form that opens for a row or a new one."""

from __future__ import annotations

from typing import Any

from self_service.components.settings_forms import section, text_field
from self_service.components.ui import kit
from self_service.state.settings import SettingsState


def contacts(h: Any, state: Any) -> Any:
    """Show the people to reach."""
    return section(
        h,
        h.t("Contacts"),
        state.refused["contact"],
        h.p(
            h.t("People we may speak to when we cannot reach you. Our staff sees up to three."),
            class_name="text-muted mb-3",
        ),
        h.ul(
            h.each(state.contacts, lambda row: _contact(h, row)),
            class_name="divide-y divide-line",
        ),
        h.when(
            state.contact_id,
            _contact_form(h, state),
            kit.button(
                h,
                kit.icon(h, "plus"),
                h.t("Add a contact"),
                tone="second",
                on_click=SettingsState.edit_contact("new"),
            ),
        ),
    )


def _contact(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(
                h.span(row.name, class_name="font-medium"),
                h.when(row.relation, h.span(" · ", row.relation, class_name="text-muted")),
            ),
            h.p(h.bdi(row.ways), class_name="text-sm numbers wrap-anywhere"),
            h.when(row.shown, kit.badge(h, h.t("Shown to staff"), "plain")),
            class_name="grow basis-56 min-w-0",
        ),
        act(h, h.t("Change"), row.name, SettingsState.edit_contact(row.id)),
        act(h, h.t("Remove"), row.name, SettingsState.remove_contact(row.id)),
        key=row.id,
        class_name="flex flex-wrap items-center gap-2 py-3",
    )


def _contact_form(h: Any, state: Any) -> Any:
    return h.live_form(
        text_field(h, state, h.t("Name"), "contact_name"),
        text_field(h, state, h.t("Who this is to you"), "contact_relation"),
        text_field(h, state, h.t("E-mail address"), "contact_email", type="email"),
        text_field(h, state, h.t("Mobile number"), "contact_mobile", type="tel"),
        h.div(
            h.label(
                h.input(
                    type="checkbox",
                    name="contact_shown",
                    id="contact_shown",
                    default_checked=state.typed["contact_shown"] == "on",
                    aria_describedby="contact_shown-fault",
                    class_name="size-5",
                ),
                h.t("Our staff may see this contact"),
                class_name="flex items-center gap-3 min-h-11",
            ),
            h.p(
                state.faults["contact_shown"],
                id="contact_shown-fault",
                class_name="text-sm text-bad empty:hidden",
            ),
            class_name="sm:col-span-2",
        ),
        buttons(h, SettingsState.edit_contact("")),
        on_submit=SettingsState.save_contact,
        no_validate=True,
        key=state.contact_id,
        class_name="grid sm:grid-cols-2 gap-4 mt-3 pt-4 border-t border-line",
    )


def act(h: Any, text: str, about: Any, handler: Any) -> Any:
    """Show what can be done with a row, told apart from the same at other rows."""
    return kit.button(h, text, h.span(" ", about, class_name="sr"), tone="quiet", on_click=handler)


def buttons(h: Any, leave: Any) -> Any:
    """Show what ends a form: saving, or leaving it."""
    return h.div(
        kit.button(h, h.t("Save"), type="submit", tone="second"),
        kit.button(h, h.t("Cancel"), tone="quiet", on_click=leave),
        class_name="sm:col-span-2 flex gap-2",
    )
