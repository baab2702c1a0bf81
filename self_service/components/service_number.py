"""The number of a service: choose another, bring one along, take it away."""

from __future__ import annotations

from typing import Any

from self_service.components.service_settings import service_form, toned_note
from self_service.components.ui import kit

_SUMMARY = "inline-flex items-center min-h-11 text-accent font-semibold"


def number_card(h: Any, state: Any) -> Any:
    """Show the number, and what can be done with it."""
    return h.section(
        kit.heading(h, h.t("Number"), 2, class_name="mb-2"),
        h.p(h.bdi(state.number), class_name="numbers text-xl empty:hidden"),
        h.when(state.porting_text, _porting(h, state)),
        h.when(
            state.porting,
            h.group(),
            h.when(
                state.runs,
                h.div(
                    h.when(h.count(state.numbers) > 0, _choose(h, state), _offer(h, state)),
                    _bring(h, state),
                ),
            ),
        ),
        _leave(h, state),
        class_name=kit.CARD + "p-4 min-w-0 flex flex-col gap-2",
    )


def _porting(h: Any, state: Any) -> Any:
    return h.div(
        toned_note(h, state.porting_text, state.porting_tone),
        h.when(
            state.can_call_off,
            service_form(
                h,
                state,
                "port-cancel",
                kit.button(h, h.t("Call off the move"), type="submit", tone="second"),
            ),
        ),
    )


def _offer(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(h.t("Choose another number"), class_name=_SUMMARY),
        h.p(
            h.t("A new number is free. The number that you have now is given up for good."),
            class_name="text-sm text-muted",
        ),
        service_form(
            h,
            state,
            "numbers",
            kit.button(h, h.t("Show numbers"), type="submit", tone="second"),
        ),
    )


def _choose(h: Any, state: Any) -> Any:
    return service_form(
        h,
        state,
        "number",
        h.fieldset(
            h.legend(h.t("Your new number"), class_name="font-medium mb-1"),
            h.each(state.numbers, lambda number: _one(h, number)),
            class_name="min-w-0",
        ),
        h.p(state.numbers_until, class_name="text-sm text-muted"),
        h.p(
            h.t("A new number is free. The number that you have now is given up for good."),
            class_name="text-sm text-muted",
        ),
        kit.button(h, h.t("Take this number"), type="submit"),
    )


def _one(h: Any, number: Any) -> Any:
    return h.label(
        h.input(
            type="radio", name="number", value=number, required=True, class_name="size-5 shrink-0"
        ),
        h.bdi(number, class_name="numbers"),
        key=number,
        class_name="flex items-center gap-3 min-h-11 cursor-pointer",
    )


def _bring(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(h.t("Bring a number from another operator"), class_name=_SUMMARY),
        h.p(
            h.t(
                "Free. Your contract there must have ended or allow it. Your present number with "
                "us is given up on the day of the move."
            ),
            class_name="text-sm text-muted",
        ),
        service_form(
            h,
            state,
            "port",
            kit.field(
                h,
                h.t("Number, with country code"),
                "number",
                type="tel",
                auto_complete="tel",
                max_length=30,
                required=True,
            ),
            kit.field(
                h, h.t("Operator that it is with now"), "donor", max_length=60, required=True
            ),
            kit.field(
                h,
                h.t("Customer number or code there"),
                "donor_code",
                hint=h.t("It stands on your bills there."),
                max_length=40,
                auto_complete="off",
                required=True,
            ),
            kit.field(
                h,
                h.t("Day of the move"),
                "port_on",
                type="date",
                min=state.first_day,
                max=state.last_day,
                required=True,
            ),
            kit.button(h, h.t("Bring this number"), type="submit"),
        ),
    )


def _leave(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(h.t("Take the number to another operator"), class_name=_SUMMARY),
        h.p(
            h.t(
                "The other operator needs a code. It is free and good for 30 days; we ask once "
                "more who you are."
            ),
            class_name="text-sm text-muted",
        ),
        h.p(state.leave_text, class_name="font-medium mt-2 empty:hidden"),
        h.when(
            state.leave_ready,
            h.p(
                h.a(h.t("Show the code"), href=state.leave_href, class_name=kit.TONES["second"]),
                class_name="mt-2",
            ),
        ),
        service_form(
            h,
            state,
            "leave",
            kit.button(
                h,
                h.when(state.leave_ready, h.t("Make another code"), h.t("Make a code")),
                type="submit",
                tone="second",
            ),
        ),
    )
