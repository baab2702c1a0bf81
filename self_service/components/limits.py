"""A limit with what was spent of it, when people are told, and what they were told."""

from __future__ import annotations

from typing import Any

from self_service.components.limit_acts import limit_acts, limit_form
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.components.usage_meters import bar


def limit_card(h: Any, state: Any, row: Any) -> Any:
    """Show one limit, and how it is changed."""
    return h.li(
        h.div(
            kit.heading(h, row.title, 2, class_name="leading-snug grow"),
            toned_badge(h, row.standing, row.tone),
            class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
        ),
        h.p(row.help, class_name="text-sm text-muted"),
        h.p(
            h.span(row.spent, class_name="font-bold text-lg"),
            h.span(" ", h.t("spent"), class_name="text-muted"),
            class_name="numbers mt-3",
        ),
        bar(h, _Bar(row)),
        h.p(row.note, class_name="text-sm empty:hidden"),
        h.when(state.manages, limit_acts(h, state, row)),
        key=row.kind,
        class_name=kit.CARD + "p-4 min-w-0",
    )


class _Bar:
    """A limit as a meter's bar wants it."""

    def __init__(self, row: Any) -> None:
        self.width, self.tone = row.width, row.bar


def alerts_form(h: Any, state: Any) -> Any:
    """Show at how many percent somebody is told."""
    return h.section(
        kit.heading(h, h.t("When we write to you"), 2),
        limit_form(
            h,
            state,
            "alerts",
            h.fieldset(
                h.legend(
                    h.t("When so much of what is included, or of a limit, is used:"),
                    class_name="text-muted",
                ),
                h.div(
                    h.each(state.thresholds, lambda row: _threshold(h, state, row)),
                    class_name="flex flex-wrap gap-x-8",
                ),
                disabled=h.when(state.manages, False, True),
                class_name="min-w-0",
            ),
            h.when(
                state.abroad,
                h.p(
                    h.t("For use abroad we always write at 80 and at 100 percent of the limit."),
                    class_name="text-sm text-muted",
                ),
            ),
            h.when(
                state.manages, kit.button(h, h.t("Save"), type="submit", tone="second"), h.group()
            ),
        ),
        class_name=kit.CARD + "p-4 min-w-0",
    )


def alert_history(h: Any, state: Any) -> Any:
    """Show what was reached, the newest first."""
    return h.section(
        kit.heading(h, h.t("What was reached"), 2),
        h.p(
            h.t("You and our customer service see the same list."),
            class_name="text-sm text-muted",
        ),
        h.when(
            h.count(state.alerts) > 0,
            h.ol(
                h.each(state.alerts, lambda row: _alert(h, row)),
                class_name=kit.CARD + "divide-y divide-line mt-3",
            ),
            kit.empty(
                h,
                "check",
                h.t("Nothing yet"),
                h.t("When much of something is used, it stands here."),
            ),
        ),
        class_name="min-w-0",
    )


def _threshold(h: Any, state: Any, row: Any) -> Any:
    return h.label(
        h.input(
            type="checkbox",
            name=row.name,
            value="yes",
            default_checked=row.chosen,
            key=h.when(row.chosen, "on", "off"),  # made anew when what is kept changes
            class_name="size-5 shrink-0",
        ),
        h.span(row.text, class_name="numbers"),
        key=row.name,
        class_name="flex items-center gap-3 min-h-11 cursor-pointer",
    )


def _alert(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(row.what, class_name="font-medium wrap-anywhere"),
            h.p(row.told, class_name="text-sm text-muted wrap-anywhere"),
            class_name="flex-1 min-w-0",
        ),
        h.div(
            toned_badge(h, row.size, row.tone),
            h.p(h.time(row.at, title=row.exact), class_name="text-sm text-muted"),
            class_name="numbers text-end shrink-0",
        ),
        key=row.id,
        class_name="p-4 flex gap-3",
    )
