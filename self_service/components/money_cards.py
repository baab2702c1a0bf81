"""Small cards of Home: the wallet, and what is to be paid."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit


def money_cards(h: Any, rows: Any) -> Any:
    """Show what is in the wallet and what is to be paid; nothing for who has neither.

    Args:
        h: builder.
        rows: `state.home_money.MoneyRow`s, or a Var of them.
    """
    return h.ul(
        h.each(rows, lambda row: _card(h, row)),
        aria_label=h.t("Money"),
        class_name="grid gap-4 md:grid-cols-2 mb-4 empty:hidden",
    )


def _card(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.link(
                row.title,
                kit.icon(h, "chevron-right", "size-4", class_name="mirror"),
                to=row.href,
                class_name="inline-flex items-center gap-1 min-h-11 text-muted no-underline "
                "hover:text-accent",
            ),
            h.p(row.amount, class_name="text-2xl font-bold"),
            h.when(
                row.detail,
                h.p(
                    row.detail,
                    class_name=h.when(row.urgent, "font-medium text-warn", "text-muted"),
                ),
            ),
            h.when(row.next, h.p(row.next, class_name="text-sm text-muted")),
            class_name="min-w-0 grow basis-32",
        ),
        h.when(row.act, kit.button_link(h, row.act, to=row.href, tone="second")),
        key=row.key,
        class_name=kit.CARD + "numbers flex flex-wrap items-center gap-4 px-4 pb-4 pt-2 min-w-0",
    )
