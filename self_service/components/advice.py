"""Advice on plans: on the page of spending, and as a line on Home."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit


def advice_cards(h: Any, rows: Any) -> Any:
    """Show what own usage says about each plan.

    Args:
        h: builder.
        rows: `state.advice.AdviceRow`s, or a Var of them.
    """
    return h.when(
        h.count(rows) > 0,
        h.section(
            kit.heading(h, h.t("The plan for your usage"), 2),
            h.ul(
                h.each(rows, lambda row: _card(h, row)),
                class_name="flex flex-col gap-3",
            ),
            class_name="flex flex-col gap-3 numbers",
        ),
    )


def _card(h: Any, row: Any) -> Any:
    return h.li(
        h.p(h.bdi(row.plan), class_name="text-sm text-muted"),
        h.p(
            h.when(
                row.href,
                kit.icon(h, "tag", class_name="text-accent mt-0.5"),
                kit.icon(h, "check", class_name="text-good mt-0.5"),
            ),
            h.span(row.head, class_name="min-w-0"),
            class_name="flex gap-2 font-semibold text-lg leading-snug",
        ),
        h.p(row.how, class_name="text-sm"),
        h.ul(
            h.each(row.changes, lambda text: h.li(text, key=text)),
            class_name="text-sm list-disc ps-5 empty:hidden",
        ),
        h.when(
            row.href,
            kit.button_link(h, row.act, to=row.href, tone="second", class_name="self-start"),
        ),
        key=row.key,
        class_name=kit.CARD + "p-4 flex flex-col gap-2",
    )


def home_advice(h: Any, rows: Any) -> Any:
    """Show savings as lines that lead to the page of spending; nothing without one."""
    return h.ul(
        h.each(
            rows,
            lambda row: h.li(
                h.link(
                    kit.icon(h, "tag"),
                    h.span(row.text, class_name="min-w-0 flex-1"),
                    kit.icon(h, "chevron-right", "size-4", class_name="mirror"),
                    to=row.href,
                    class_name="flex items-center gap-3 min-h-11 px-4 py-2 rounded-(--r2) "
                    "no-underline font-medium " + kit.BADGES["accent"],
                ),
                key=row.key,
            ),
        ),
        aria_label=h.t("Advice"),
        class_name="flex flex-col gap-2 mb-4 numbers empty:hidden",
    )
