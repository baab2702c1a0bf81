"""A plan to choose for a device, priced together with it."""

from __future__ import annotations

from typing import Any

from self_service.components.choices import refused
from self_service.components.ui import kit
from self_service.components.ui.price import price_block


def plan_cards(h: Any, plans: Any, put: Any) -> Any:
    """Show plans side by side; `put` is the event that puts an extra on a line of the basket."""
    return h.ul(
        h.each(plans, lambda plan: _card(h, plan, put)),
        class_name="grid gap-3 grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))]",
    )


def _card(h: Any, plan: Any, put: Any) -> Any:
    words = h.t("Choose"), h.span(" ", plan.name, class_name="sr")
    return h.li(
        h.div(
            h.div(
                kit.heading(h, plan.name, 2, class_name="text-lg! leading-snug"),
                h.when(plan.badge, kit.badge(h, plan.badge, "good")),
                class_name="flex flex-wrap items-center justify-between gap-2",
            ),
            h.ul(
                h.each(
                    plan.highlights,
                    lambda line: h.li(
                        kit.icon(h, "check", "size-4", class_name="text-good mt-1"),
                        line,
                        class_name="flex gap-2",
                    ),
                ),
                class_name="mt-2 text-sm flex flex-col gap-1 empty:hidden",
            ),
            class_name="flex-1",
        ),
        h.div(price_block(h, plan.totals), class_name="mt-4 pt-3 border-t border-line"),
        h.when(
            plan.state == "impossible",
            refused(h, plan),
            h.when(
                plan.line,
                kit.button(h, *words, on_click=put(plan.line), tone="second", class_name="mt-4"),
                kit.button_link(
                    h,
                    *words,
                    to=plan.href,
                    tone="second",
                    rel="nofollow",
                    class_name="mt-4",
                ),
            ),
        ),
        key=plan.key,
        data_state=plan.state,
        class_name=kit.CARD + "p-4 grid grid-rows-subgrid row-span-3 gap-0 min-w-0 "
        "data-[state=impossible]:bg-ground "
        "data-[state=chosen]:border-accent data-[state=chosen]:ring-1 "
        "data-[state=chosen]:ring-accent",
    )
