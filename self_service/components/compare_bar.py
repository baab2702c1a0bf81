"""What is being compared, in view while the list of the store goes by."""

from __future__ import annotations

from typing import Any

from self_service.components.sale import BAR
from self_service.components.ui import kit


def compare_bar(h: Any, store: Any) -> Any:
    """Show what is being compared, in view while the list goes by."""
    return h.when(
        h.count(store.compared) > 0,
        h.section(
            h.div(
                h.span(store.compare_text, class_name="text-sm font-semibold numbers"),
                h.link(
                    h.t("Clear"),
                    to=store.compare_clear_href,
                    keep_scroll=True,
                    rel="nofollow",
                    class_name="inline-flex items-center min-h-11 px-2 text-sm text-muted",
                ),
                class_name="flex items-center gap-1",
            ),
            h.ul(
                h.each(store.compared, lambda row: _compared(h, row)),
                class_name="hidden md:flex flex-wrap gap-2 flex-1 min-w-0",
            ),
            h.when(
                store.compare_ready,
                kit.button_link(h, h.t("Compare"), to=store.compare_href, class_name="ms-auto"),
                h.span(h.t("Choose one more"), class_name="ms-auto text-sm text-muted"),
            ),
            h.p(
                store.compare_full,
                role="status",
                class_name="basis-full text-sm font-medium text-warn empty:hidden",
            ),
            aria_label=h.t("Comparison"),
            class_name=BAR + "flex-wrap appear mt-4",
        ),
    )


def _compared(h: Any, row: Any) -> Any:
    return h.li(
        h.link(
            row.text,
            kit.icon(h, "close", "size-4"),
            h.span(h.t("take out"), class_name="sr"),
            to=row.href,
            keep_scroll=True,
            rel="nofollow",
            class_name="inline-flex items-center gap-2 min-h-9 px-3 rounded-full bg-accent-soft "
            "text-accent no-underline text-sm font-medium",
        ),
        key=row.text,
    )
