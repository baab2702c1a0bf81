"""What can be done with a limit: set it, remove it, use more once."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit

_SUMMARY = "inline-flex items-center min-h-11 text-accent font-semibold cursor-pointer"


def limit_form(h: Any, state: Any, act: str, *children: Any) -> Any:
    """Make a form that the browser posts: one thing that is done with this line."""
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="service", value=state.id),
        *children,
        method="post",
        action=f"{routes.DO_LIMIT}/{act}",
        class_name="mt-2 flex flex-col items-start gap-3",
    )


def limit_acts(h: Any, state: Any, row: Any) -> Any:
    """Show how one limit is changed."""
    kind = h.input(type="hidden", name="kind", value=row.kind)
    return h.div(
        h.when(row.seen, _lift(h, state, row)),
        h.details(
            h.summary(
                h.when(row.has_limit, h.t("Change the limit"), h.t("Set a limit")),
                h.span(": ", row.title, class_name="sr"),
                class_name=_SUMMARY,
            ),
            limit_form(h, state, "set", kind, *_inputs(h, row)),
            h.when(
                row.has_limit,
                limit_form(
                    h,
                    state,
                    "remove",
                    kind,
                    kit.button(
                        h,
                        h.t("Remove the limit"),
                        h.span(": ", row.title, class_name="sr"),
                        type="submit",
                        tone="quiet",
                    ),
                ),
            ),
        ),
        class_name="mt-2",
    )


def _inputs(h: Any, row: Any) -> tuple[Any, ...]:
    named = f"{row.kind}-amount"
    return (
        h.div(
            h.label(
                h.t("Sum for each period"), html_for=named, class_name="block font-medium mb-1"
            ),
            h.input(
                id=named,
                name="amount",
                input_mode="decimal",
                required=True,
                max_length=12,
                default_value=row.typed,
                auto_complete="off",
                class_name=kit.INPUT + " max-w-40 numbers",
            ),
        ),
        h.fieldset(
            h.legend(h.t("When it is reached"), class_name="font-medium"),
            _way(
                h,
                "stop",
                row.hard,
                h.t("Stop what costs extra. What was used until then is still charged."),
            ),
            _way(
                h,
                "tell",
                h.when(row.hard, False, True),
                h.t("Only write to me. Nothing is stopped."),
            ),
            class_name="min-w-0",
        ),
        kit.button(
            h,
            h.t("Save the limit"),
            h.span(": ", row.title, class_name="sr"),
            type="submit",
        ),
    )


def _way(h: Any, value: str, chosen: Any, text: str) -> Any:
    return h.label(
        h.input(
            type="radio",
            name="at_limit",
            value=value,
            default_checked=chosen,
            required=True,
            class_name="size-5 shrink-0",
        ),
        text,
        class_name="flex items-center gap-3 min-h-11 cursor-pointer",
    )


def _lift(h: Any, state: Any, row: Any) -> Any:
    return h.details(
        h.summary(
            h.t("Use more, once"),
            h.span(": ", row.title, class_name="sr"),
            class_name=_SUMMARY,
        ),
        limit_form(
            h,
            state,
            "lift",
            h.input(type="hidden", name="kind", value=row.kind),
            h.input(type="hidden", name="seen", value=row.seen),
            h.p(
                h.t("Until the end of this period you can use so much more. Then the limit holds."),
                class_name="text-sm text-muted",
            ),
            h.div(
                h.each(row.sums, lambda one: _sum(h, row, one)),
                class_name="flex flex-wrap gap-2",
            ),
        ),
    )


def _sum(h: Any, row: Any, one: Any) -> Any:
    return kit.button(
        h,
        h.bdi("+ ", one.text),
        h.span(": ", row.title, class_name="sr"),
        type="submit",
        name="amount",
        value=one.value,
        tone="second",
        key=one.value,
        class_name="numbers",
    )
