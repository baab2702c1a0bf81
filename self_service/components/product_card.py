"""A product as the store's list shows it."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.price import price_block

#: The list whose rows the cards share: pictures, names, prices and buttons stand on one line.
LIST = (
    "grid gap-3 grid-cols-[repeat(auto-fill,minmax(10.25rem,1fr))] "
    "sm:grid-cols-[repeat(auto-fill,minmax(13rem,1fr))]"
)


def product_card(h: Any, card: Any) -> Any:
    """Show one card; all of it leads to the product, except Compare."""
    return h.li(
        _picture(h, card),
        h.div(
            h.p(card.brand, class_name="text-sm text-muted empty:hidden"),
            h.h2(
                h.link(
                    card.name,
                    to=card.href,
                    class_name="text-ink no-underline hover:text-accent after:absolute "
                    "after:inset-0 after:rounded-(--r2) after:content-['']",
                ),
                class_name="font-semibold leading-snug wrap-break-word",
            ),
            h.ul(
                h.each(card.highlights, lambda line: h.li(line)),
                class_name="text-sm text-muted mt-1 leading-snug empty:hidden",
            ),
            _swatches(h, card),
            class_name="mt-3",
        ),
        h.div(
            price_block(h, card.totals, card.starting),
            class_name="mt-3 [&_strong]:text-base sm:[&_strong]:text-lg",
        ),
        _compare(h, card),
        key=card.slug,
        class_name=kit.CARD + "relative grid grid-rows-subgrid row-span-4 gap-0 p-3 sm:p-4 min-w-0 "
        "hover:border-accent transition-colors",
    )


def _picture(h: Any, card: Any) -> Any:
    return h.div(
        kit.picture(h, card.picture, "h-28 sm:h-36 w-full", card.eager),
        h.when(
            card.badge,
            h.div(kit.badge(h, card.badge, "good"), class_name="absolute start-0 -top-1"),
        ),
        class_name="relative pt-4",
    )


def _swatches(h: Any, card: Any) -> Any:
    return h.ul(
        h.each(
            card.swatches,
            lambda colour: h.li(
                class_name="size-4 rounded-full border border-line",
                style=h.style(background=colour),
                key=colour,
            ),
        ),
        aria_hidden="true",
        class_name="flex gap-1 mt-2 empty:hidden",
    )


def _compare(h: Any, card: Any) -> Any:
    return h.link(
        h.when(
            card.compared,
            kit.icon(h, "check", "size-4"),
            kit.icon(h, "compare", "size-4"),
        ),
        h.when(card.compared, h.t("In comparison"), h.t("Compare")),
        h.span(" ", card.name, class_name="sr"),
        to=card.compare_href,
        keep_scroll=True,
        rel="nofollow",
        data_state=h.when(card.compared, "chosen", "possible"),
        class_name="relative z-10 mt-3 self-end inline-flex items-center justify-center gap-2 "
        "min-h-11 rounded-(--r1) border border-line text-sm font-medium text-accent no-underline "
        "hover:bg-accent-soft data-[state=chosen]:bg-accent-soft "
        "data-[state=chosen]:border-accent",
    )


def card_skeletons(h: Any) -> Any:
    """Hold the place of a list until its data are here."""
    return h.div(
        *[h.div(class_name="skeleton h-96", aria_hidden="true") for _ in range(6)],
        class_name=LIST,
    )
