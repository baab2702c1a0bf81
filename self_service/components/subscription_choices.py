"""What there is to choose from: plans, extras, boosters; and the days of a pause or an end."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.price import price_block
from self_service.components.ui.toned import toned_badge
from self_service.state.subscription import SubscriptionState


def choice_cards(h: Any, rows: Any, text: str) -> Any:
    """Show things to choose side by side.

    Args:
        h: builder.
        rows: ChoiceRows.
        text: of the link that chooses, translated.
    """
    return h.ul(
        h.each(rows, lambda row: _card(h, row, text)),
        class_name="grid gap-3 grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] "
        "empty:hidden",
    )


def _card(h: Any, row: Any, text: str) -> Any:
    return h.li(
        h.div(
            kit.heading(h, row.name, 2, class_name="text-lg! leading-snug"),
            h.when(row.difference, toned_badge(h, row.difference, row.tone)),
            class_name="flex flex-wrap items-center justify-between gap-2",
        ),
        h.ul(
            h.each(
                row.highlights,
                lambda line: h.li(
                    kit.icon(h, "check", "size-4", class_name="text-good mt-1"),
                    line,
                    key=line,
                    class_name="flex gap-2",
                ),
            ),
            class_name="mt-2 text-sm flex flex-col gap-1 empty:hidden",
        ),
        h.when(
            row.href,
            h.div(
                h.div(price_block(h, row.totals), class_name="mt-4 pt-3 border-t border-line"),
                kit.button_link(
                    h,
                    text,
                    h.span(" ", row.name, class_name="sr"),
                    to=row.href,
                    tone="second",
                    class_name="mt-4 w-full",
                ),
            ),
            h.div(
                h.p(row.refused, class_name="mt-3 text-sm text-muted"),
                h.when(
                    row.later_href,
                    kit.button_link(
                        h,
                        row.later,
                        h.span(" ", row.name, class_name="sr"),
                        to=row.later_href,
                        tone="second",
                        class_name="mt-3 w-full",
                    ),
                ),
            ),
        ),
        key=row.key,
        class_name=kit.CARD + "p-4 min-w-0 flex flex-col justify-between",
    )


def running_extras(h: Any, state: Any) -> Any:
    """Show the extras that run, each with the way to its end."""
    return h.when(
        h.count(state.ending) > 0,
        h.section(
            kit.heading(h, h.t("You have"), 2, class_name="mb-2"),
            h.ul(
                h.each(
                    state.ending,
                    lambda row: h.li(
                        h.div(
                            h.p(row.text, class_name="font-medium"),
                            h.p(row.detail, class_name="text-sm text-muted numbers"),
                            class_name="min-w-0",
                        ),
                        kit.button_link(
                            h,
                            h.t("End"),
                            h.span(" ", row.text, class_name="sr"),
                            to=row.href,
                            tone="quiet",
                        ),
                        key=row.key,
                        class_name="flex items-center justify-between gap-3 py-2",
                    ),
                ),
                class_name=kit.CARD + "px-4 divide-y divide-line",
            ),
            class_name="mb-6",
        ),
    )


def pause_days(h: Any, state: Any) -> Any:
    """Ask for the days of a pause; what they cost is shown before anything happens."""
    return h.live_form(
        kit.field(
            h,
            h.t("First day"),
            "from",
            type="date",
            required=True,
            default_value=state.typed["from"],
            min=state.first_day,
        ),
        kit.field(
            h,
            h.t("Last day"),
            "until",
            type="date",
            required=True,
            default_value=state.typed["until"],
            min=state.first_day,
        ),
        kit.button(h, h.t("Show what it costs"), type="submit", tone="second"),
        key=state.act,
        on_submit=SubscriptionState.choose_days,
        class_name=kit.CARD + "p-4 mb-4 grid gap-4 sm:grid-cols-[1fr_1fr_auto] items-end",
    )


def last_day(h: Any, state: Any) -> Any:
    """Ask for another last day, and for the reason if somebody wants to say it."""
    return h.details(
        h.summary(
            h.t("Choose another day"),
            class_name="inline-flex items-center min-h-11 text-accent cursor-pointer",
        ),
        h.live_form(
            kit.field(
                h,
                h.t("Last day"),
                "until",
                type="date",
                default_value=state.typed["until"],
                min=state.first_day,
                hint=h.t("Before the minimum term ends, leaving costs the sum that is shown."),
            ),
            kit.field(h, h.t("Why do you leave? (optional)"), "reason", max_length=500),
            kit.button(h, h.t("Show what it costs"), type="submit", tone="second"),
            key=state.act,
            on_submit=SubscriptionState.choose_days,
            class_name="grid gap-4 pb-4",
        ),
        class_name=kit.CARD + "px-4 mt-4",
    )
