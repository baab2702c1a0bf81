"""Changes that are planned or were made, with the way to call them off."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge


def change_list(h: Any, rows: Any, revoke: Any, may: Any = True) -> Any:
    """Show changes; what is planned can be called off.

    Args:
        h: builder.
        rows: ChangeRows.
        revoke: the event that calls one off, by its id.
        may: whoever looks may do that.
    """
    return h.ul(
        # `may` is of a row too: in a loop within a loop, equal names would be the inner one's
        h.each(rows, lambda change: _change(h, change, revoke, may)),
        class_name="flex flex-col gap-3 empty:hidden",
    )


def _change(h: Any, row: Any, revoke: Any, may: Any) -> Any:
    return h.li(
        h.div(
            h.p(row.what, class_name="font-semibold leading-snug min-w-0 flex-1"),
            toned_badge(h, row.status, row.tone),
            class_name="flex flex-wrap items-center gap-2",
        ),
        h.p(
            h.span(row.when, title=row.exact),
            h.when(row.cost, h.span(" · ", row.cost)),
            class_name="numbers text-sm text-muted",
        ),
        h.when(
            may,
            h.when(
                row.revocable,
                kit.button(
                    h,
                    kit.icon(h, "undo", "size-4"),
                    h.t("Call off"),
                    h.span(" ", row.what, class_name="sr"),
                    tone="second",
                    on_click=revoke(row.id),
                    class_name="mt-2",
                ),
            ),
        ),
        key=row.id,
        class_name=kit.CARD + "p-4",
    )
