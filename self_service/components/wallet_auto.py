"""The automatic top-up, and the sum below which one is warned."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def auto_card(h: Any, state: Any) -> Any:
    """Show the standing order, and the form that sets it."""
    return h.section(
        kit.heading(h, h.t("Automatic top-up"), 2, class_name="mb-2"),
        h.when(
            state.refused["auto"],
            kit.callout(
                h,
                state.refused["auto"],
                tone="bad",
                symbol="alert",
                role="alert",
                class_name="mb-3",
            ),
        ),
        h.when(
            state.has_auto,
            _standing(h, state),
            h.p(h.t("Your wallet can top itself up by a saved card."), class_name="text-muted"),
        ),
        h.when(h.count(state.cards) > 0, _form(h, state), _no_card(h)),
        _warn(h, state),
        class_name=kit.CARD + "p-5",
    )


def _standing(h: Any, state: Any) -> Any:
    return h.div(
        h.p(state.auto_text, class_name="font-semibold"),
        h.when(
            state.auto_card,
            h.p(h.t("By the card ending"), " ", h.bdi(state.auto_card), class_name="text-muted"),
        ),
        h.p(state.auto_spent, class_name="text-muted numbers"),
        h.when(
            state.auto_next,
            h.p(h.t("Next on"), " ", state.auto_next, class_name="text-muted"),
        ),
        h.when(
            state.auto_full,
            h.p(h.t("The limit for this month is reached."), class_name="text-warn"),
        ),
        h.when(
            state.auto_paused,
            kit.callout(h, state.auto_paused, tone="warn", symbol="alert", class_name="my-2"),
        ),
        h.when(
            state.auto_active,
            _act(h, "stop", h.t("Turn off")),
            h.group(
                h.when(state.auto_paused, "", h.p(h.t("It is off."), class_name="text-muted")),
                _act(h, "resume", h.t("Resume")),
            ),
        ),
        class_name="flex flex-col gap-1",
    )


def _act(h: Any, act: str, text: str) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="act", value=act),
        kit.button(h, text, type="submit", tone="second", class_name="mt-2"),
        method="post",
        action=routes.DO_AUTO_TOP_UP,
    )


def _no_card(h: Any) -> Any:
    return kit.button_link(
        h,
        h.t("Save a card first"),
        to=routes.page(h.language, routes.CARDS),
        tone="second",
        class_name="mt-3",
    )


def _form(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(
            h.when(state.has_auto, h.t("Change"), h.t("Set up")),
            class_name=kit.TONES["second"] + " mt-3",
        ),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.fieldset(
                h.legend(h.t("When"), class_name="font-medium mb-1"),
                _trigger(h, state, "threshold", h.t("When little is left")),
                _trigger(h, state, "date", h.t("On a day of each month")),
            ),
            h.div(
                _sum(
                    h, state, "auto_threshold", h.t("When less is left than"), state.auto_threshold
                ),
                class_name="hidden group-has-[[value=threshold]:checked]:block min-w-0",
            ),
            h.div(_day(h, state), class_name="hidden group-has-[[value=date]:checked]:block"),
            _sum(h, state, "auto_amount", h.t("Top up by"), state.auto_amount),
            _sum(h, state, "auto_ceiling", h.t("At most in a month"), state.auto_ceiling),
            kit.choice_field(
                h,
                h.t("Card"),
                "auto_method",
                state.cards,
                fault=state.faults["auto_method"],
                value=state.auto_method,
            )
            if not h.live
            else _live_cards(h, state),
            kit.button(
                h,
                h.when(state.auto_active, h.t("Save"), h.t("Turn on")),
                type="submit",
                tone="second",
                class_name="sm:col-span-2 sm:justify-self-start",
            ),
            method="post",
            action=routes.DO_AUTO_TOP_UP,
            class_name="group grid sm:grid-cols-2 gap-4 mt-4",
        ),
        open=state.open == "auto",
    )


def _day(h: Any, state: Any) -> Any:
    return kit.field(
        h,
        h.t("Day of the month, 1 to 28"),
        "auto_day",
        fault=state.faults["auto_day"],
        default_value=state.auto_day,
        key=state.auto_day,
        input_mode="numeric",
        max_length=2,
    )


def _live_cards(h: Any, state: Any) -> Any:
    """Show the list of cards live: it starts with what is known, and is the browser's after."""
    return kit.field(
        h,
        h.t("Card"),
        "auto_method",
        fault=state.faults["auto_method"],
        control=h.select(
            h.each(state.cards, lambda row: h.option(row.text, value=row.value, key=row.value)),
            id="auto_method",
            name="auto_method",
            class_name=kit.INPUT,
            aria_describedby="auto_method-fault",
            key=state.auto_method,
            default_value=state.auto_method,
        ),
    )


def _trigger(h: Any, state: Any, value: str, text: str) -> Any:
    return h.label(
        h.input(
            type="radio",
            name="trigger",
            value=value,
            default_checked=state.auto_trigger == value,
            class_name="size-5 shrink-0",
        ),
        text,
        class_name="flex items-center gap-3 min-h-11 cursor-pointer",
    )


def _sum(h: Any, state: Any, name: str, label: str, value: Any, hint: str = "") -> Any:
    return kit.field(
        h,
        label,
        name,
        fault=state.faults[name],
        hint=hint,
        default_value=value,
        key=value,
        input_mode="decimal",
        auto_complete="off",
        max_length=16,
    )


def _warn(h: Any, state: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.div(
            _sum(
                h,
                state,
                "low_below",
                h.t("Warn me when less is left than"),
                state.low_below,
                h.t("0 means never."),
            ),
            class_name="grow basis-40 min-w-0",
        ),
        kit.button(h, h.t("Save"), type="submit", tone="second"),
        method="post",
        action=routes.DO_WARN_BELOW,
        class_name="flex flex-wrap items-end gap-2 mt-5 pt-4 border-t border-line",
    )
