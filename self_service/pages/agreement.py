"""An overdue debt in instalments: try it out, agree, and see how far it is paid."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components import pay_with
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.domain.errors import N_
from self_service.state.agreement import AgreementState, agreement_values


def view(h: Any, state: Any) -> Any:
    """Show the simulator, the agreement, or why there is neither."""
    return h.div(
        kit.heading(h, h.t("Pay in instalments"), class_name="mb-4"),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(
            state.told,
            kit.callout(
                h, state.told, tone="good", symbol="check", role="status", class_name="mb-4"
            ),
        ),
        h.when(
            state.loaded,
            h.when(
                state.active,
                _agreed(h, state),
                h.when(state.offered, _offer(h, state), _none(h, state)),
            ),
            h.div(class_name="skeleton h-64", aria_busy="true"),
        ),
        class_name="max-w-3xl",
    )


def _offer(h: Any, state: Any) -> Any:
    return h.div(
        h.p(h.t("Overdue"), ": ", h.b(state.total), class_name="numbers mb-1"),
        h.p(
            h.t(
                "Without interest and without fees. While you keep to the days, there are no "
                "reminders and your services stay on."
            ),
            class_name="text-muted mb-4",
        ),
        _simulator(h, state),
        kit.heading(h, h.t("Your instalments"), 2, class_name="mt-6 mb-2"),
        h.div(_parts(h, state), role="status"),
        _confirm(h, state),
    )


def _simulator(h: Any, state: Any) -> Any:
    return h.live_form(
        kit.field(
            h,
            h.t("How many instalments"),
            "count",
            fault=state.faults["count"],
            control=h.select(
                h.each(
                    state.counts, lambda row: h.option(row.text, value=row.value, key=row.value)
                ),
                id="count",
                name="count",
                default_value=state.count,
                key=state.total,
                class_name=kit.INPUT,
            ),
        ),
        kit.field(
            h,
            h.t("Day of the first one"),
            "first",
            fault=state.faults["first"],
            type="date",
            default_value=state.first,
            key=state.total,
            min=state.first_from,
            max=state.first_until,
        ),
        kit.button(h, h.t("Show the instalments"), type="submit", tone="second"),
        on_submit=AgreementState.simulate,
        no_validate=True,
        class_name=kit.CARD + "p-4 grid gap-4 sm:grid-cols-[1fr_1fr_auto] items-end",
    )


def _confirm(h: Any, state: Any) -> Any:
    return h.live_form(
        h.input(type="hidden", name="count", value=state.count),
        h.input(type="hidden", name="first", value=state.first),
        h.p(
            h.t(
                "You agree to pay these sums by these days. If one is late, the whole rest is due."
            ),
            class_name="text-sm text-muted mb-3",
        ),
        kit.button(h, h.t("Agree to these instalments"), type="submit"),
        on_submit=AgreementState.accept,
        class_name="mt-4",
    )


def _agreed(h: Any, state: Any) -> Any:
    return h.div(
        h.dl(
            kit.fact(h, h.t("Agreed"), state.total),
            kit.fact(h, h.t("Paid"), state.paid),
            class_name=kit.CARD + "p-4 mb-4",
        ),
        _parts(h, state),
        h.when(
            state.bills,
            h.section(
                kit.heading(h, h.t("Pay an instalment"), 2, class_name="mt-6 mb-3"),
                pay_with.bill_form(
                    h,
                    state,
                    bills=state.bills,
                    back=routes.page(h.language, routes.AGREEMENT),
                    text=state.pay_text,
                    sum_typed=state.next_sum,
                    sum_fault=state.sum_fault,
                ),
            ),
        ),
    )


def _parts(h: Any, state: Any) -> Any:
    return h.ol(
        h.each(state.parts, lambda row: _part(h, row)),
        class_name=kit.CARD + "px-4 divide-y divide-line",
    )


def _part(h: Any, row: Any) -> Any:
    return h.li(
        h.span(row.day, class_name="flex-1"),
        h.when(row.state, toned_badge(h, row.state, row.tone)),
        h.span(row.amount, class_name="font-medium"),
        key=row.key,
        class_name="numbers flex items-center gap-3 min-h-11",
    )


def _none(h: Any, state: Any) -> Any:
    return kit.empty(
        h,
        "bills",
        h.t("Nothing to agree about"),
        state.why_not,
        kit.button_link(h, h.t("To your bills"), to=routes.page(h.language, routes.BILLS)),
    )


page(
    Page(
        path=routes.AGREEMENT,
        title=N_("Pay in instalments"),
        description=N_("Pay what is overdue in instalments, without interest."),
        view=view,
        state=AgreementState,
        loader=agreement_values,
        private=True,
        bare=True,
    )
)
