"""What happened to an order and what comes, one below the other."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit

#: The thread between two marks; the last mark has none.
_THREAD = (
    "relative flex gap-4 pb-5 last:pb-0 before:absolute before:w-0.5 before:bg-line "
    "before:start-[0.8125rem] before:top-7 before:bottom-0 last:before:hidden "
    "data-[state=done]:before:bg-good"
)
_MARK = (
    "relative grid place-items-center size-7 rounded-full shrink-0 border-2 border-line "
    "bg-surface text-muted in-data-[state=done]:bg-good in-data-[state=done]:border-good "
    "in-data-[state=done]:text-surface in-data-[state=now]:border-accent "
    "in-data-[state=now]:text-accent in-data-[state=waiting]:border-warn "
    "in-data-[state=waiting]:text-warn in-data-[state=stopped]:border-bad "
    "in-data-[state=stopped]:bg-bad in-data-[state=stopped]:text-surface"
)

#: Marks say enough to those who see them, but for what is under way.
_STATE = "in-data-[state=done]:sr-only in-data-[state=next]:sr-only in-data-[state=stopped]:sr-only"


def order_timeline(h: Any, steps: Any) -> Any:
    """Show the steps of an order, the done ones with their time and what was assigned."""
    return h.ol(h.each(steps, lambda step: _step(h, step)))


def _step(h: Any, step: Any) -> Any:
    return h.li(
        h.span(_mark(h, step), class_name=_MARK),
        h.div(
            h.p(
                h.span(
                    step.name,
                    class_name="min-w-0 font-medium in-data-[state=next]:font-normal "
                    "in-data-[state=next]:text-muted",
                ),
                h.span(
                    h.span(step.state_text, " ", class_name=_STATE),
                    h.time(step.at, title=step.exact),
                    class_name="text-sm text-muted numbers whitespace-nowrap",
                ),
                class_name="flex items-baseline justify-between gap-x-4 min-h-7",
            ),
            h.ul(
                h.each(
                    step.assigned,
                    lambda value: h.li(h.bdi(value), key=value, class_name="wrap-anywhere"),
                ),
                class_name="numbers text-sm empty:hidden",
            ),
            class_name="min-w-0 flex-1",
        ),
        data_state=step.state,
        key=step.name,
        class_name=_THREAD,
    )


def _mark(h: Any, step: Any) -> Any:
    dot = h.span(class_name="size-2 rounded-full bg-current in-data-[state=now]:animate-pulse")
    return h.when(
        step.state == "done",
        kit.icon(h, "check", "size-4"),
        h.when(
            step.state == "stopped",
            kit.icon(h, "close", "size-4"),
            h.when(step.state == "waiting", kit.icon(h, "clock", "size-4"), dot),
        ),
    )
