"""The form by which a customer disputes a line of a bill."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.state.bill import BillState


def dispute_form(h: Any, line: Any) -> Any:
    """Show a closed form below a line.

    Args:
        h: builder.
        line: a row with `key`, the id of the line, and `name`.
    """
    return h.details(
        h.summary(
            h.t("Something wrong?"),
            h.span(" ", line.name, class_name="sr"),
            class_name="inline-flex items-center min-h-11 text-sm text-accent cursor-pointer",
        ),
        h.live_form(
            h.input(type="hidden", name="line", value=line.key),
            h.label(
                h.span(h.t("What is wrong with this line?"), class_name="block font-medium mb-1"),
                h.textarea(
                    name="reason",
                    rows="3",
                    min_length=10,
                    max_length=1_000,
                    required=True,
                    class_name=kit.INPUT + " py-2",
                ),
                class_name="block",
            ),
            h.p(
                h.t("While we look at it, its sum need not be paid."),
                class_name="text-sm text-muted",
            ),
            h.p(
                BillState.dispute_refused if h.live else "",
                role="alert",
                class_name="text-sm text-bad empty:hidden",
            ),
            kit.button(h, h.t("Dispute this line"), type="submit", tone="second"),
            on_submit=BillState.dispute,
            class_name="flex flex-col gap-3 pb-3",
        ),
    )
