"""What the pages of a sale share: the sum with its one button, and nothing there."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit

#: A bar that stays in view above the tabs of a phone, and above its basket when there is one.
BAR = (
    "sticky bottom-16 in-[:has(.fixed_[href$='/basket'])]:bottom-33 lg:bottom-4! z-10 flex "
    "items-center gap-3 p-3 bg-raised border border-line rounded-(--r2) shadow-lg "
)


def sum_bar(h: Any, totals: Any, button: Any, late: Any) -> Any:
    """Keep the sum and what to do next in view; `late` while another sum is on its way."""
    return h.div(
        h.p(
            h.strong(totals.due_now, class_name="text-lg"),
            h.span(" ", h.t("now"), class_name="text-sm text-muted"),
            h.when(
                totals.has_monthly,
                h.span(totals.monthly, h.t("/month"), class_name="block text-sm text-muted"),
            ),
            aria_live="polite",
            aria_busy=h.when(late, "true", "false"),
            class_name="numbers leading-tight me-auto transition-opacity aria-busy:opacity-50",
        ),
        button,
        class_name=BAR,
    )


def gone(h: Any, name: Any = "", reason: Any = "") -> Any:
    """Say that nothing can be bought at this address, why, and where something can."""
    return h.div(
        kit.heading(h, h.when(name, name, h.t("Not in the store")), class_name="sr"),
        kit.empty(
            h,
            "search",
            h.when(reason, reason, h.t("This is not in our store any more")),
            h.when(reason, "", h.t("It may have been replaced by something newer.")),
            kit.button_link(h, h.t("Go to the store"), to=routes.page(h.language, routes.STORE)),
        ),
    )
