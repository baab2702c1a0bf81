"""The line of a service: look at it, restart the router, what that gave."""

from __future__ import annotations

from typing import Any

from self_service.components.service_settings import service_form, toned_note
from self_service.components.ui import kit


def line_card(h: Any, state: Any) -> Any:
    """Show what can be done with the line, and the last results."""
    return h.section(
        kit.heading(h, h.t("Is something wrong?"), 2, class_name="mb-2"),
        h.when(
            state.manages & state.runs,
            h.when(
                state.line_busy,
                h.p(
                    h.t("Under way; this takes a minute or two. The result appears here."),
                    class_name="text-muted",
                    role="status",
                ),
                _acts(h, state),
            ),
        ),
        h.ul(
            h.each(state.line_results, lambda row: _result(h, row)),
            class_name="divide-y divide-line empty:hidden",
        ),
        class_name=kit.CARD + "p-4 min-w-0 flex flex-col gap-2",
    )


def _acts(h: Any, state: Any) -> Any:
    return h.div(
        service_form(
            h,
            state,
            "check",
            kit.button(
                h, kit.icon(h, "wifi"), h.t("Look at my line"), type="submit", tone="second"
            ),
        ),
        service_form(
            h,
            state,
            "restart",
            kit.button(
                h, kit.icon(h, "undo"), h.t("Restart the router"), type="submit", tone="second"
            ),
            h.p(
                h.t("Internet and television are off for about three minutes."),
                class_name="text-sm text-muted",
            ),
        ),
        class_name="flex flex-wrap gap-x-6",
    )


def _result(h: Any, row: Any) -> Any:
    return h.li(
        h.p(h.span(row.what, class_name="font-medium"), " · ", h.time(row.at)),
        toned_note(h, row.found, row.tone),
        key=row.id,
        class_name="py-2 numbers",
    )
