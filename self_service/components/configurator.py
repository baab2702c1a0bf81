"""A product with its picture, what can be chosen of it, what that costs, and the next step."""

from __future__ import annotations

from typing import Any

from self_service.components.choices import setting
from self_service.components.coverage_hint import coverage_hint
from self_service.components.ui import kit
from self_service.components.ui.price import price_block
from self_service.components.waiting import stale


def configurator(h: Any, product: Any, add: Any) -> Any:
    """Show the picture beside the choices; `add` is the event that fills the basket."""
    return h.div(
        _shelf(h, product),
        _picture(h, product),
        h.div(
            _name(h, product),
            coverage_hint(h, product.at_address),
            h.each(product.settings, lambda row: setting(h, row)),
            _price(h, product, add),
            class_name="flex flex-col gap-6 min-w-0",
        ),
        class_name="grid gap-6 md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] md:gap-8 items-start",
    )


def _shelf(h: Any, product: Any) -> Any:
    return h.link(
        kit.icon(h, "chevron-left", "size-4", class_name="mirror"),
        product.shelf,
        to=product.shelf_href,
        class_name="inline-flex items-center gap-1 min-h-11 -my-3 w-fit text-sm no-underline "
        "text-muted hover:text-accent md:col-span-2",
    )


def _picture(h: Any, product: Any) -> Any:
    return h.div(
        kit.picture(h, product.picture, "h-56 md:h-80 w-full", eager=True),
        h.when(
            product.badge,
            h.div(kit.badge(h, product.badge, "good"), class_name="absolute start-4 top-4"),
        ),
        class_name=kit.CARD + "relative p-4 md:p-8 md:sticky md:top-24",
    )


def _name(h: Any, product: Any) -> Any:
    return h.div(
        h.p(product.brand, class_name="text-muted empty:hidden"),
        kit.heading(h, product.name),
        h.p(product.description, class_name="mt-2 max-w-prose empty:hidden"),
        h.ul(
            h.each(
                product.highlights,
                lambda line: h.li(
                    kit.icon(h, "check", "size-4", class_name="text-good mt-1"),
                    line,
                    class_name="flex gap-2",
                ),
            ),
            class_name="mt-3 flex flex-col gap-1 empty:hidden",
        ),
    )


def _price(h: Any, product: Any, add: Any) -> Any:
    return h.section(
        h.div(
            price_block(h, product.totals, product.starting),
            h.p(product.stock, class_name="mt-2 text-sm text-warn empty:hidden"),
            h.p(product.problem, class_name="mt-2 text-sm text-bad empty:hidden"),
            aria_live="polite",
            aria_busy=h.when(stale(h, product.address), "true", "false"),
            class_name="transition-opacity aria-busy:opacity-50",
        ),
        h.when(
            product.action_href,
            kit.button_link(
                h,
                product.action,
                kit.icon(h, "chevron-right", "size-4", class_name="mirror"),
                to=product.action_href,
                rel="nofollow",
                class_name="w-full mt-4",
            ),
            kit.button(
                h,
                kit.icon(h, "basket"),
                product.action,
                on_click=add,
                class_name="w-full mt-4",
            ),
        ),
        kit.button_link(
            h,
            kit.icon(h, "compare"),
            h.t("Compare"),
            to=product.compare_href,
            tone="quiet",
            rel="nofollow",
            class_name="w-full mt-1",
        ),
        aria_label=h.t("Price"),
        class_name=kit.CARD + "p-4",
    )
