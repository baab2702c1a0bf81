"""The fields about a person and an address: at the check-out, and when somebody registers."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.domain.errors import N_

#: name, label, input attributes, hint
_PERSON = (
    ("given_name", N_("Given name"), {"auto_complete": "given-name"}, ""),
    ("family_name", N_("Family name"), {"auto_complete": "family-name"}, ""),
    ("email", N_("E-mail address"), {"type": "email", "auto_complete": "email"}, ""),
    ("mobile", N_("Mobile number"), {"type": "tel", "auto_complete": "tel"}, ""),
    (
        "birth_date",
        N_("Date of birth"),
        {"type": "date", "auto_complete": "bday"},
        N_("You must be at least 18 to sign a contract."),
    ),
)


def person(h: Any, state: Any, keep: Any) -> Any:
    """Show the fields about a person; `keep(name, value)` is called as one is left."""
    return h.fieldset(
        h.legend(h.t("About you"), class_name="text-lg font-bold mb-3"),
        *[
            kit.field(
                h,
                h.t(label),
                name,
                fault=state.faults[name],
                hint=h.t(hint) if hint else "",
                default_value=state.typed[name],
                required=True,
                on_blur=lambda value, name=name: keep(name, value),
                **attributes,
            )
            for name, label, attributes, hint in _PERSON
        ],
        class_name="grid sm:grid-cols-2 gap-4",
    )


def address(h: Any, state: Any, keep: Any, choose_country: Any) -> Any:
    """Show the fields of an address, as the chosen country wants them."""
    return h.fieldset(
        h.legend(h.t("Your address"), class_name="text-lg font-bold mb-3"),
        kit.choice_field(
            h,
            h.t("Country"),
            "country",
            state.countries,
            value=state.typed["country"],
            fault=state.faults["country"],
            auto_complete="country",
            on_change=choose_country,
        ),
        h.each(state.address, lambda row: _address_field(h, row, keep)),
        class_name="grid sm:grid-cols-2 gap-4",
    )


def _address_field(h: Any, row: Any, keep: Any) -> Any:
    return h.div(
        h.label(row.label, html_for=row.name, class_name="block font-medium mb-1"),
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
                id=row.name,
                name=row.name,
                value=row.value,
                on_change=lambda value: keep(row.name, value),
                class_name=kit.INPUT,
                aria_describedby=row.name + "-fault",
            ),
            h.input(
                id=row.name,
                name=row.name,
                default_value=row.value,
                required=row.required,
                aria_describedby=row.name + "-hint " + row.name + "-fault",
                aria_invalid=h.when(row.fault, "true", "false"),
                on_blur=lambda value: keep(row.name, value),
                class_name=kit.INPUT,
            ),
        ),
        h.p(row.hint, id=row.name + "-hint", class_name="text-sm text-muted mt-1 empty:hidden"),
        h.p(row.fault, id=row.name + "-fault", class_name="text-sm text-bad mt-1 empty:hidden"),
        key=row.name,
        class_name="min-w-0",
    )
