"""What Home says first: what is wrong with a line, and the one thing to do next."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.toned import TONES


def first_things(h: Any, state: Any) -> Any:
    """Show problems, each with the way to its help, and the next action with its button.

    Args:
        h: builder.
        state: `state.home.HomeState`, or its values.
    """
    return h.group(
        h.ul(
            h.each(state.problems, lambda row: _problem(h, row)),
            aria_label=h.t("Problems"),
            class_name="flex flex-col gap-3 mb-4 empty:hidden",
        ),
        h.when(state.next.text, _next(h, state.next)),
    )


def _problem(h: Any, row: Any) -> Any:
    return h.li(
        kit.icon(h, "alert"),
        h.p(
            h.link(
                row.text,
                to=row.href,
                class_name="font-bold text-current no-underline after:absolute after:inset-0 "
                "after:content-['']",
            ),
            h.span(h.t("See what helps"), class_name="block text-sm text-ink"),
            class_name="min-w-0 flex-1",
        ),
        kit.icon(h, "chevron-right", class_name="mirror"),
        data_tone=row.tone,
        key=row.key,
        class_name=f"relative flex items-center gap-3 p-4 rounded-(--r2) {TONES}",
    )


def _next(h: Any, row: Any) -> Any:
    return h.section(
        h.p(row.text, class_name="font-medium min-w-0 grow basis-40"),
        kit.button_link(h, row.act, to=row.href),
        aria_label=h.t("Next"),
        class_name=kit.CARD + "numbers flex flex-wrap items-center gap-3 p-4 mb-4",
    )
