"""The budget of a month: how it stands, and the form that sets it."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def budget_card(h: Any, state: Any) -> Any:
    """Show the budget to whoever may set it; nothing to others."""
    return h.when(
        state.budget_may,
        h.section(
            kit.heading(h, h.t("Budget"), 2),
            h.when(
                state.budget_refused,
                kit.callout(h, state.budget_refused, tone="bad", symbol="alert", role="alert"),
            ),
            h.when(
                state.budget_done,
                kit.callout(h, state.budget_done, tone="good", symbol="check", role="status"),
            ),
            h.when(
                state.outlook,
                h.p(
                    state.outlook,
                    class_name=h.when(
                        state.outlook_bad, "font-medium text-bad", "font-medium text-good"
                    ),
                ),
                h.p(
                    h.t("Say what you want to spend in a month at most, and see how you stand."),
                    class_name="text-muted",
                ),
            ),
            _form(h, state),
            class_name=kit.CARD + "p-4 flex flex-col gap-3 numbers",
        ),
    )


def _form(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(
            kit.icon(h, "chevron-down", class_name="turn"),
            h.when(state.budget, h.t("Change the budget"), h.t("Set a budget")),
            class_name="flex items-center gap-2 min-h-11 text-accent",
        ),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="line", value=state.budget_line),
            kit.field(
                h,
                h.t("Budget of a month"),
                "amount",
                hint=h.t("Tax included"),
                default_value=state.budget_typed,
                input_mode="decimal",
                auto_complete="off",
                max_length=16,
            ),
            kit.button(h, h.t("Save the budget"), type="submit"),
            h.when(
                state.budget,
                kit.button(
                    h,
                    h.t("Have no budget"),
                    type="submit",
                    name="remove",
                    value="yes",
                    tone="quiet",
                ),
            ),
            method="post",
            action=routes.DO_BUDGET,
            key=state.budget_line,  # another subscription's form begins with its own budget
            class_name="flex flex-col gap-3 max-w-xs mt-2",
        ),
    )
