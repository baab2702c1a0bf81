"""Choices of which one holds, each a link."""

from __future__ import annotations

from typing import Any

_CHIP = (
    "inline-flex items-center min-h-11 px-4 rounded-full border no-underline text-sm font-medium "
    "whitespace-nowrap border-line text-ink hover:border-accent aria-[current=true]:bg-accent "
    "aria-[current=true]:text-accent-ink aria-[current=true]:border-accent"
)


def chips(h: Any, label: str, rows: Any) -> Any:
    """Show choices of which one holds, each a link."""
    return h.nav(
        h.ul(
            h.each(
                rows,
                lambda row: h.li(
                    h.link(
                        row.text,
                        to=row.href,
                        keep_scroll=True,
                        aria_current=h.when(row.selected, "true", "false"),
                        class_name=_CHIP,
                    ),
                    key=row.href,
                ),
            ),
            class_name="flex gap-2 overflow-x-auto pb-2",
        ),
        aria_label=label,
        class_name="min-w-0",
    )
