"""Acting for a customer: said so that it cannot be missed."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def acting_banner(h: Any, around: Any) -> Any:
    """Say for whom everything happens now, and offer the way back."""
    return h.section(
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            kit.icon(h, "users"),
            h.p(
                h.t("You are acting for {name}. All you do is recorded.", name=around.behalf),
                class_name="flex-1 min-w-0 font-semibold",
            ),
            kit.button(h, h.t("Leave"), type="submit", tone="second"),
            method="post",
            action=routes.DO_LEAVE,
            class_name="flex items-center gap-3 mx-auto max-w-[96rem] px-4 lg:px-8 py-2",
        ),
        aria_label=h.t("Acting for a customer"),
        class_name=f"sticky top-0 z-40 no-print {kit.BADGES['warn']}",
    )
