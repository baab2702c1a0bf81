"""Forms about cost centres: plain posts."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def new_centre(h: Any, state: Any) -> Any:
    """Show the form that makes a centre."""
    return _folded(
        h,
        h.t("Make a cost centre"),
        _post(h, state, "add", *_fields(h, state), _save(h, h.t("Make it"))),
    )


def centre_forms(h: Any, state: Any) -> Any:
    """Show the forms that change the open centre, and that remove it."""
    return h.div(
        _folded(
            h,
            h.t("Change this cost centre"),
            _post(
                h,
                state,
                "change",
                *_fields(
                    h, state, name=state.typed_name, above=state.typed_above,
                    budget=state.typed_budget,
                ),
                _save(h, h.t("Save")),
            ),
        ),
        _folded(
            h,
            h.t("Remove this cost centre"),
            _post(
                h,
                state,
                "remove",
                h.p(
                    h.t(
                        "Its lines will stand without a cost centre, and centres below it on "
                        "their own. Nothing changes on your bills."
                    )
                ),
                kit.button(h, h.t("Remove"), type="submit", tone="danger"),
            ),
        ),
        class_name=kit.CARD + "px-4 py-2",
    )  # fmt: skip


def _fields(h: Any, state: Any, name: Any = "", above: Any = "", budget: Any = "") -> Any:
    return (
        kit.field(h, h.t("Name"), "name", default_value=name, required=True, max_length=60),
        kit.field(
            h,
            h.t("Budget of a month"),
            "budget",
            hint=h.t("Tax included. Leave it empty to have no budget."),
            default_value=budget,
            input_mode="decimal",
            max_length=16,
        ),
        places(h, h.t("Stands below"), "above", state.tops, above),
    )


def places(h: Any, label: str, name: str, options: Any, chosen: Any = "") -> Any:
    """Show a list of centres whose choice the browser keeps: what it begins with is marked."""
    return h.div(
        h.label(label, html_for=name, class_name="block font-medium mb-1"),
        h.select(
            h.each(
                options,
                lambda row: h.option(
                    row.text,
                    value=row.value,
                    selected=None if h.live else row.value == chosen,
                    key=row.value,
                ),
            ),
            id=name,
            name=name,
            class_name=kit.INPUT,
            **({"default_value": chosen} if h.live else {}),
        ),
        class_name="min-w-0",
    )


def _save(h: Any, text: str) -> Any:
    return kit.button(h, text, type="submit", class_name="self-start")


def _folded(h: Any, title: str, *children: Any) -> Any:
    return h.details(
        h.summary(
            kit.icon(h, "chevron-down", class_name="turn"),
            title,
            class_name="flex items-center gap-2 min-h-11 text-accent",
        ),
        *children,
    )


def hidden(h: Any, state: Any) -> Any:
    """Name the centre that is open, and what to show afterwards."""
    return (
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="month", value=state.month),
        h.input(type="hidden", name="centre", value=state.centre),
    )


def _post(h: Any, state: Any, act: str, *children: Any) -> Any:
    return h.native_form(
        *hidden(h, state),
        *children,
        method="post",
        action=f"{routes.DO_CENTRE}/{act}",
        key=state.centre,  # another centre's form begins with what is its own
        class_name="flex flex-col gap-3 max-w-sm mt-2 mb-3",
    )
