"""Contacts and places: a list each, and one form that opens for a row or a new one."""

from __future__ import annotations

from typing import Any

from self_service.components.settings_forms import list_field, section, text_field
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
        _act(h, h.t("Change"), row.name, SettingsState.edit_contact(row.id)),
        _act(h, h.t("Remove"), row.name, SettingsState.remove_contact(row.id)),
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
        _buttons(h, SettingsState.edit_contact("")),
        on_submit=SettingsState.save_contact,
        no_validate=True,
        key=state.contact_id,
        class_name="grid sm:grid-cols-2 gap-4 mt-3 pt-4 border-t border-line",
    )


def sites(h: Any, state: Any) -> Any:
    """Show the places."""
    return section(
        h,
        h.t("Places"),
        state.refused["site"],
        h.ul(
            h.each(state.sites, lambda row: _site(h, row)),
            class_name="divide-y divide-line",
        ),
        h.when(
            state.site_id,
            _site_form(h, state),
            kit.button(
                h,
                kit.icon(h, "plus"),
                h.t("Add a place"),
                tone="second",
                on_click=SettingsState.edit_site("new"),
            ),
        ),
        h.when(h.count(state.past_sites) > 0, _past(h, state)),
    )


def _site(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(row.label, class_name="font-medium"),
            h.p(row.address, class_name="text-sm wrap-anywhere"),
            class_name="grow basis-56 min-w-0",
        ),
        _act(h, h.t("Change"), row.address, SettingsState.edit_site(row.id)),
        _act(h, h.t("Moved away"), row.address, SettingsState.close_site(row.id)),
        key=row.id,
        class_name="flex flex-wrap items-center gap-2 py-3",
    )


def _past(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(
            h.t("Earlier places"),
            kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
            class_name="flex items-center min-h-11 font-medium mt-2",
        ),
        h.ul(
            h.each(
                state.past_sites,
                lambda row: h.li(row.address, " · ", h.t("until"), " ", row.closed, key=row.id),
            ),
            class_name="text-sm text-muted flex flex-col gap-1",
        ),
    )


def _site_form(h: Any, state: Any) -> Any:
    return h.live_form(
        list_field(h, state, h.t("What we call it"), "site_label", state.labels),
        kit.choice_field(
            h,
            h.t("Country"),
            "site_country",
            state.countries,
            value=state.typed["site_country"],
            fault=state.faults["site_country"],
            on_change=SettingsState.choose_country,
        ),
        h.each(state.site_fields, lambda row: _site_field(h, row)),
        _buttons(h, SettingsState.edit_site("")),
        on_submit=SettingsState.save_site,
        no_validate=True,
        key=state.site_id,
        class_name="grid sm:grid-cols-2 gap-4 mt-3 pt-4 border-t border-line",
    )


def _site_field(h: Any, row: Any) -> Any:
    name = "site_" + row.name
    return h.div(
        h.label(row.label, html_for=name, class_name="block font-medium mb-1"),
        h.when(
            h.count(row.options) > 0,
            h.select(
                h.option("", value=""),
                h.each(
                    row.options,
                    lambda option: h.option(option.text, value=option.value, key=option.value),
                ),
                id=name,
                name=name,
                default_value=row.value,
                class_name=kit.INPUT,
                aria_describedby=name + "-fault",
            ),
            h.input(
                id=name,
                name=name,
                default_value=row.value,
                required=row.required,
                aria_describedby=name + "-hint " + name + "-fault",
                aria_invalid=h.when(row.fault, "true", "false"),
                class_name=kit.INPUT,
            ),
        ),
        h.p(row.hint, id=name + "-hint", class_name="text-sm text-muted mt-1 empty:hidden"),
        h.p(row.fault, id=name + "-fault", class_name="text-sm text-bad mt-1 empty:hidden"),
        key=row.name,
        class_name="min-w-0",
    )


def _act(h: Any, text: str, about: Any, handler: Any) -> Any:
    return kit.button(h, text, h.span(" ", about, class_name="sr"), tone="quiet", on_click=handler)


def _buttons(h: Any, leave: Any) -> Any:
    return h.div(
        kit.button(h, h.t("Save"), type="submit", tone="second"),
        kit.button(h, h.t("Cancel"), tone="quiet", on_click=leave),
        class_name="sm:col-span-2 flex gap-2",
    )
