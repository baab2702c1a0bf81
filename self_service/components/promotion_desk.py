"""A promotion code as its operator sees it, and the form that makes one."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.domain.errors import N_
from self_service.state.promotions import PromotionsState


def promotion(h: Any, row: Any) -> Any:
    """Show one code; what can be changed is folded away."""
    return h.li(
        h.div(
            h.h3(h.bdi(row.code), class_name="font-semibold min-w-0 wrap-anywhere"),
            toned_badge(h, row.state, row.tone),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-1",
        ),
        h.p(row.name),
        h.p(row.what, class_name="text-sm"),
        h.p(row.rules, class_name="text-sm text-muted empty:hidden"),
        h.p(row.days, class_name="text-sm text-muted"),
        h.p(row.used, class_name="text-sm text-muted numbers"),
        h.details(
            h.summary(
                h.t("Change"),
                h.span(" ", row.code, class_name="sr"),
                kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
                class_name="flex items-center min-h-11 text-accent font-medium",
            ),
            h.div(_limits(h, row), _end(h, row), class_name="flex flex-col gap-4 pt-2"),
        ),
        key=row.id,
        class_name=kit.CARD + "p-4 flex flex-col gap-1",
    )


def _limits(h: Any, row: Any) -> Any:
    def labelled(label: str, name: str, value: Any, **props: Any) -> Any:
        return h.label(
            h.span(h.t(label), class_name="block font-medium mb-1"),
            h.input(name=name, default_value=value, class_name=kit.INPUT, **props),
            class_name="min-w-0",
        )

    return h.live_form(
        h.input(type="hidden", name="promotion", value=row.id),
        labelled(N_("First day"), "valid_from", row.first_day, type="date"),
        labelled(N_("Last day, empty for none"), "valid_to", row.last_day, type="date"),
        labelled(
            N_("Uses at most, empty for any number"),
            "most_uses",
            row.most_uses,
            input_mode="numeric",
        ),
        kit.button(h, h.t("Save"), type="submit", tone="second", class_name="sm:col-span-2"),
        on_submit=PromotionsState.change,
        key=row.form_key,
        class_name="grid gap-3 sm:grid-cols-2",
    )


def _end(h: Any, row: Any) -> Any:
    return h.when(
        row.can_end,
        kit.button(h, h.t("End now"), tone="danger", on_click=PromotionsState.end(row.id)),
        h.span(),
    )


def new_promotion(h: Any, state: Any) -> Any:
    """Show the form for a new code."""

    def field(label: str, name: str, hint: str = "", **props: Any) -> Any:
        said = h.t(hint) if hint else ""
        fault = state.faults[name]
        return kit.field(h, h.t(label), name, fault=fault, hint=said, auto_complete="off", **props)

    def choice(label: str, name: str, options: Any, value: str) -> Any:
        select = _select(h, name, options, value)
        return kit.field(h, h.t(label), name, fault=state.faults[name], control=select)

    return h.live_form(
        field(N_("Code"), "code", required=True, max_length=40),
        field(N_("Name on bills"), "name", required=True, max_length=80),
        choice(N_("What it lowers"), "effect", state.effects, "recurringPercent"),
        field(N_("Percent or amount"), "value", required=True, input_mode="decimal", max_length=12),
        field(N_("Months, empty for always"), "months", input_mode="numeric", max_length=2),
        choice(N_("On what"), "kinds", state.kinds, ""),
        field(
            N_("Only these offerings"),
            "offerings",
            N_("The ends of their addresses, with commas between."),
            max_length=300,
        ),
        field(
            N_("Uses at most, empty for any number"),
            "most_uses",
            input_mode="numeric",
            max_length=9,
        ),
        field(N_("First day, empty for now"), "valid_from", type="date"),
        field(N_("Last day, empty for none"), "valid_to", type="date"),
        _tick(h, "new_customers_only", N_("Only for new customers")),
        _tick(h, "alone", N_("Not together with other codes")),
        kit.button(h, h.t("Make the code"), type="submit", class_name="sm:col-span-2"),
        on_submit=PromotionsState.add,
        key=state.form_number,
        class_name=kit.CARD + "p-5 grid gap-4 sm:grid-cols-2",
    )


def _select(h: Any, name: str, options: Any, value: str) -> Any:
    return h.select(
        h.each(
            options,
            lambda option: h.option(
                option.text,
                value=option.value,
                selected=None if h.live else option.value == value,
                key=option.value,
            ),
        ),
        id=name,
        name=name,
        class_name=kit.INPUT,
        aria_describedby=f"{name}-fault",
        **({"default_value": value} if h.live else {}),
    )


def _tick(h: Any, name: str, label: str) -> Any:
    return h.label(
        h.input(type="checkbox", name=name, value="on", class_name="size-6 accent-accent"),
        h.span(h.t(label)),
        class_name="flex items-center gap-3 min-h-11 cursor-pointer",
    )
