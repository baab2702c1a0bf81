"""The way from what is on sale to what reaches one's address."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def coverage_hint(h: Any, shown: Any) -> Any:
    """Lead to the check of an address.

    Args:
        h: builder.
        shown: Var or value: what is on sale here depends on the address.
    """
    return h.when(
        shown,
        h.link(
            kit.icon(h, "home", "size-4"),
            h.t("Check what is available at your address"),
            to=routes.page(h.language, routes.COVERAGE),
            class_name="inline-flex items-center gap-2 min-h-11 w-fit text-accent underline",
        ),
    )
