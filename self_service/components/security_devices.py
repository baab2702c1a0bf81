"""Where somebody is signed in, with a way to end it."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.state.security import SecurityState


def devices(h: Any, state: Any) -> Any:
    """Show the devices, this one first."""
    return h.section(
        kit.heading(h, h.t("Where you are signed in"), 2, id="devices"),
        h.p(
            h.t("Sign out whatever you do not know, then change your password."),
            class_name="text-muted mt-1 mb-3",
        ),
        h.ul(h.each(state.devices, lambda row: _device(h, row)), class_name="flex flex-col gap-3"),
        h.when(
            state.others,
            kit.button(
                h,
                h.t("Sign out all other devices"),
                tone="second",
                on_click=SecurityState.end_others,
                class_name="mt-3 w-full sm:w-auto",
            ),
        ),
        aria_labelledby="devices",
    )


def _device(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(
                h.span(row.device, class_name="font-semibold"),
                " ",
                h.when(row.current, kit.badge(h, h.t("This device"), "good")),
            ),
            h.p(
                h.t("Last used:"),
                " ",
                h.time(row.seen, title=row.seen_exact),
                " · ",
                h.t("signed in:"),
                " ",
                row.since,
                class_name="text-sm text-muted numbers",
            ),
            h.when(
                row.network,
                h.p(
                    h.t("Network address:"),
                    " ",
                    h.bdi(row.network),
                    class_name="text-sm text-muted numbers wrap-anywhere",
                ),
            ),
            class_name="flex-1 min-w-0",
        ),
        h.when(row.current, h.group(), _end(h, row)),
        key=row.id,
        class_name=kit.CARD + "p-4 flex flex-wrap items-center gap-3",
    )


def _end(h: Any, row: Any) -> Any:
    return kit.button(
        h,
        h.t("Sign out"),
        h.span(" ", row.device, class_name="sr"),
        tone="danger",
        on_click=SecurityState.end(row.id),
    )
