"""What customers dispute, for who decides about it."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.disputes import DisputesState, disputes_values


def view(h: Any, state: Any) -> Any:
    """Show what waits, the oldest first."""
    return h.div(
        kit.heading(h, h.t("Disputes"), class_name="mb-4"),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(
            state.loaded,
            h.when(
                h.count(state.disputes) > 0,
                h.ul(
                    h.each(state.disputes, lambda row: _row(h, row)),
                    class_name="flex flex-col gap-4",
                ),
                kit.empty(
                    h,
                    "check",
                    h.t("Nothing to decide"),
                    h.t("Lines that customers dispute stand here."),
                ),
            ),
            h.div(class_name="skeleton h-48", aria_busy="true"),
        ),
        class_name="max-w-3xl",
    )


def _row(h: Any, row: Any) -> Any:
    return h.li(
        kit.heading(h, row.line, 2, class_name="text-base"),
        h.dl(
            kit.fact(h, h.t("Sum"), row.amount),
            kit.fact(h, h.t("Customer"), h.bdi(row.customer)),
            kit.fact(h, h.t("Bill"), h.bdi(row.bill)),
            kit.fact(h, h.t("Since"), row.since),
            class_name="my-2",
        ),
        h.p(h.bdi(row.reason), class_name="wrap-anywhere mb-3"),
        _decision(
            h,
            row,
            h.t("Give it back"),
            DisputesState.accept,
            h.label(
                h.span(
                    h.t("How much"), " (", row.currency, ")", class_name="block font-medium mb-1"
                ),
                h.input(
                    name="sum",
                    default_value=row.typed,
                    input_mode="decimal",
                    auto_complete="off",
                    max_length=16,
                    class_name=kit.INPUT,
                ),
                class_name="block",
            ),
        ),
        _decision(h, row, h.t("Say that the line is right"), DisputesState.reject),
        key=row.id,
        class_name=kit.CARD + "p-4",
    )


def _decision(h: Any, row: Any, text: str, handler: Any, *more: Any) -> Any:
    return h.details(
        h.summary(
            text,
            h.span(" ", row.customer, " · ", row.line, class_name="sr"),
            class_name="inline-flex items-center min-h-11 text-accent cursor-pointer",
        ),
        h.live_form(
            h.input(type="hidden", name="dispute", value=row.id),
            *more,
            h.label(
                h.span(h.t("Answer to the customer"), class_name="block font-medium mb-1"),
                h.textarea(
                    name="answer",
                    rows="2",
                    required=True,
                    max_length=1_000,
                    class_name=kit.INPUT + " py-2",
                ),
                class_name="block",
            ),
            kit.button(h, text, type="submit"),
            on_submit=handler,
            class_name="flex flex-col gap-3 pb-2",
        ),
    )


page(
    Page(
        path=routes.DISPUTES,
        title=N_("Disputes"),
        description=N_("Decide about lines that customers dispute."),
        view=view,
        state=DisputesState,
        loader=disputes_values,
        private=True,
        bare=True,
    )
)
