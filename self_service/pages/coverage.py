"""What reaches an address: asked by everybody, waited for by customers."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.domain.errors import N_
from self_service.state.coverage import CoverageState, coverage_values


def view(h: Any, state: Any) -> Any:
    """Show the form, and what reaches the address."""
    return h.div(
        kit.heading(h, h.t("What is available at my address?")),
        h.when(
            state.refused, kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert")
        ),
        h.when(state.done, kit.callout(h, state.done, tone="good", symbol="check", role="status")),
        h.when(
            state.loaded,
            h.div(
                _form(h, state),
                h.when(state.place, _found(h, state)),
                h.when(h.count(state.waits) > 0, _waits(h, state)),
                class_name="flex flex-col gap-6",
            ),
            h.div(class_name="h-72 " + kit.CARD, aria_hidden="true"),
        ),
        class_name="max-w-2xl flex flex-col gap-4",
    )


def _form(h: Any, state: Any) -> Any:
    return h.native_form(
        _input(h, h.t("Street and house number"), "street_address", state.street_address),
        h.div(
            _input(h, h.t("Postal code"), "postal_code", state.postal_code),
            _input(h, h.t("City or town"), "city", state.city),
            class_name="grid gap-3 grid-cols-2",
        ),
        h.p(state.fault, role="alert", class_name="text-bad empty:hidden"),
        kit.button(h, kit.icon(h, "search"), h.t("Check this address"), type="submit"),
        method="get",
        action=routes.page(h.language, routes.COVERAGE),
        class_name=kit.CARD + "p-4 flex flex-col gap-3",
    )


def _input(h: Any, label: str, name: str, value: Any) -> Any:
    return kit.field(h, label, name, default_value=value, required=True, max_length=120)


def _found(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, state.place, 2, class_name="wrap-anywhere"),
        h.ul(
            h.each(state.reach, lambda row: _row(h, state, row)),
            class_name="flex flex-col gap-3 mt-3",
        ),
    )


def _row(h: Any, state: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.h3(row.name, class_name="font-semibold grow"),
            toned_badge(h, row.standing, row.tone),
            class_name="flex flex-wrap items-center gap-2",
        ),
        h.ul(
            h.each(row.ways, lambda way: h.li(way, key=way)),
            class_name="text-muted numbers empty:hidden",
        ),
        h.when(
            row.href,
            kit.button_link(
                h,
                h.t("See what there is"),
                h.span(": ", row.name, class_name="sr"),
                to=row.href,
                tone="second",
            ),
        ),
        h.when(row.can_wait, _join(h, state, row)),
        key=row.kind,
        class_name=kit.CARD + "p-4 flex flex-col gap-2 items-start",
    )


def _join(h: Any, state: Any, row: Any) -> Any:
    return _post(
        h,
        h.input(type="hidden", name="kind", value=row.kind),
        h.input(type="hidden", name="country", value=state.country),
        h.input(type="hidden", name="street_address", value=state.street_address),
        h.input(type="hidden", name="postal_code", value=state.postal_code),
        h.input(type="hidden", name="city", value=state.city),
        kit.button(
            h,
            h.t("Tell me when it comes"),
            h.span(": ", row.name, class_name="sr"),
            type="submit",
            tone="second",
        ),
    )


def _waits(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("What you wait for"), 2),
        h.ul(
            h.each(state.waits, lambda row: _wait(h, row)),
            class_name="mt-3 divide-y divide-line " + kit.CARD,
        ),
    )


def _wait(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(row.what, class_name="font-medium wrap-anywhere"),
            toned_badge(h, row.standing, row.tone),
            class_name="grow basis-56 min-w-0",
        ),
        _post(
            h,
            h.input(type="hidden", name="leave", value=row.id),
            kit.button(
                h,
                h.t("Leave the list"),
                h.span(": ", row.what, class_name="sr"),
                type="submit",
                tone="quiet",
            ),
        ),
        key=row.id,
        class_name="p-4 flex flex-wrap items-center gap-2",
    )


def _post(h: Any, *children: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        *children,
        method="post",
        action=routes.DO_COVERAGE_WAIT,
    )


page(
    Page(
        path=routes.COVERAGE,
        title=N_("Coverage"),
        description=N_("Check which internet, television and mobile network reach your address."),
        view=view,
        state=CoverageState,
        loader=coverage_values,
    )
)
