"""Places: a list with the moves that are planned, and one form for a place or a move."""

from __future__ import annotations

from typing import Any

from self_service.components.settings_forms import list_field, section, text_field
from self_service.components.settings_lists import act, buttons
from self_service.components.ui import kit
from self_service.state.settings import SettingsState

_FORM = "grid sm:grid-cols-2 gap-4 mt-3 pt-4 border-t border-line"


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
            h.when(state.moving, _move_form(h, state), _site_form(h, state)),
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
        act(h, h.t("Change"), row.address, SettingsState.edit_site(row.id)),
        h.when(
            row.moves,
            None,
            h.group(
                act(h, h.t("Move"), row.address, SettingsState.edit_move(row.id)),
                act(h, h.t("Moved away"), row.address, SettingsState.close_site(row.id)),
            ),
        ),
        h.when(row.moves, _move(h, row)),
        key=row.id,
        class_name="flex flex-wrap items-center gap-2 py-3",
    )


def _move(h: Any, row: Any) -> Any:
    return h.div(
        h.p(row.moves, class_name="font-medium wrap-anywhere"),
        h.when(
            h.count(row.services) > 0,
            h.group(
                h.p(h.t("We confirm each service at the new address:"), class_name="mt-1"),
                h.ul(
                    h.each(row.services, lambda found: h.li(found.text, key=found.value)),
                    class_name="list-disc ps-5",
                ),
            ),
        ),
        h.when(
            row.can_be_called_off,
            act(h, h.t("Call the move off"), row.address, SettingsState.call_off_move(row.id)),
        ),
        class_name="basis-full min-w-0 text-sm",
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
        *_address(h, state),
        buttons(h, SettingsState.edit_site("")),
        on_submit=SettingsState.save_site,
        no_validate=True,
        key=state.site_id,
        class_name=_FORM,
    )


def _move_form(h: Any, state: Any) -> Any:
    return h.live_form(
        h.div(
            h.p(h.t("Move from {address}", address=state.moving), class_name="font-medium"),
            h.p(h.t("On the day of the move, the new address takes the place of this one.")),
            class_name="sm:col-span-2",
        ),
        text_field(
            h,
            state,
            h.t("Day of the move"),
            "site_move_on",
            type="date",
            min=state.move_from,
            max=state.move_until,
        ),
        *_address(h, state),
        h.when(state.faults["site_accept"], _know(h, state)),
        buttons(h, SettingsState.edit_site("")),
        on_submit=SettingsState.save_move,
        no_validate=True,
        key="move " + state.site_id,
        class_name=_FORM,
    )


def _know(h: Any, state: Any) -> Any:
    """Say what will not run at the new address, before it is agreed to."""
    return h.label(
        h.input(
            type="checkbox",
            id="site_accept",
            name="site_accept",
            aria_describedby="site_accept-fault",
            class_name="size-5 shrink-0 mt-0.5",
        ),
        h.span(
            h.t("I know, and move all the same"),
            h.span(
                state.faults["site_accept"],
                id="site_accept-fault",
                role="alert",
                class_name="block text-sm text-warn",
            ),
        ),
        class_name="flex items-start gap-3 min-h-11 cursor-pointer sm:col-span-2",
    )


def _address(h: Any, state: Any) -> tuple[Any, Any]:
    country = kit.choice_field(
        h,
        h.t("Country"),
        "site_country",
        state.countries,
        value=state.typed["site_country"],
        fault=state.faults["site_country"],
        on_change=SettingsState.choose_country,
    )
    return country, h.each(state.site_fields, lambda row: _site_field(h, row))


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
                    lambda option: h.option(
                        option.text,
                        value=option.value,
                        selected=None if h.live else option.value == row.value,
                        key=option.value,
                    ),
                ),
                id=name,
                name=name,
                value=row.value,
                on_change=lambda value: SettingsState.choose_part(row.name, value),
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
