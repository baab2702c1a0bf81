"""Goods that are paid by instalments, as a list."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit


def purchases_list(h: Any, rows: Any) -> Any:
    """Show what is paid by instalments; nothing when there is none.

    Args:
        h: builder.
        rows: `state.purchase.PurchaseRow`s, or a Var of them.
    """
    return h.when(
        h.count(rows) > 0,
        h.section(
            kit.heading(h, h.t("Paid by instalments"), 2, class_name="mb-2"),
            h.ul(
                h.each(rows, lambda row: _row(h, row)),
                class_name=kit.CARD + "px-4 divide-y divide-line",
            ),
            class_name="mt-4",
        ),
    )


def _row(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.link(row.name, to=row.href, class_name="font-medium"),
            h.when(row.next, h.p(row.next, class_name="text-sm text-muted")),
            class_name="min-w-0 flex-1",
        ),
        h.p(
            h.span(h.t("Remaining"), class_name="block text-sm text-muted"),
            row.remaining,
            class_name="text-end",
        ),
        key=row.key,
        class_name="numbers flex items-center gap-4 py-3",
    )
