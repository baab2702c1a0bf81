"""The list of the store: its cards, its pages, and the ways out of an empty one."""

from __future__ import annotations

from typing import Any

from self_service.components.product_card import LIST, product_card
from self_service.components.ui import kit


def card_list(h: Any, store: Any) -> Any:
    """Show the cards, or the ways out when there are none."""
    return h.when(
        h.count(store.cards) > 0,
        h.ul(h.each(store.cards, lambda card: product_card(h, card)), class_name=LIST),
        _nothing(h, store),
    )


def _nothing(h: Any, store: Any) -> Any:
    """Say that nothing was found, and every way that leads to something."""
    return h.div(
        kit.empty(
            h,
            "search",
            h.t("Nothing matches all of this"),
            h.when(
                store.correction,
                h.link(
                    h.t("Did you mean “{words}”?", words=store.correction),
                    to=store.correction_href,
                    class_name="inline-flex items-center min-h-11 font-semibold text-accent",
                ),
                h.t("Take something away, or search for fewer words."),
            ),
            h.ul(
                h.each(store.hints, lambda row: _hint(h, row)),
                class_name="flex flex-wrap justify-center gap-2 mb-4 empty:hidden",
            ),
            kit.button_link(h, h.t("Show everything"), to=store.clear_href, tone="second"),
        ),
        class_name=kit.CARD,
    )


def _hint(h: Any, row: Any) -> Any:
    return h.li(
        h.link(
            row.text,
            h.span(row.count, class_name="numbers text-muted"),
            to=row.href,
            rel="nofollow",
            class_name="inline-flex items-center gap-2 min-h-11 px-4 rounded-full border "
            "border-line text-sm font-medium text-accent no-underline hover:border-accent",
        ),
        key=row.text,
    )


def pagination(h: Any, store: Any) -> Any:
    """Show the way to other pages of the list, when there are any."""
    return h.when(
        h.count(store.pages) > 0,
        h.nav(
            _arrow(h, "chevron-left", h.t("Previous page"), store.previous_href),
            h.ul(
                h.each(store.pages, lambda row: _page_link(h, row)),
                class_name="flex items-center",
            ),
            _arrow(h, "chevron-right", h.t("Next page"), store.next_href),
            aria_label=h.t("Pages"),
            class_name="flex justify-center items-center gap-1 mt-6",
        ),
    )


_SQUARE = "grid place-items-center size-11 rounded-(--r1) numbers no-underline "


def _page_link(h: Any, row: Any) -> Any:
    return h.li(
        h.when(
            row.href,
            h.link(
                row.text,
                to=row.href,
                aria_current=h.when(row.selected, "page", "false"),
                class_name=_SQUARE + "text-ink hover:bg-accent-soft aria-[current=page]:bg-accent "
                "aria-[current=page]:text-accent-ink",
            ),
            h.span(row.text, class_name="px-1 text-muted"),
        ),
        key=row.text + row.count,
    )


def _arrow(h: Any, symbol: str, text: str, href: Any) -> Any:
    return h.when(
        href,
        h.link(
            kit.icon(h, symbol, class_name="mirror"),
            h.span(text, class_name="sr"),
            to=href,
            class_name=_SQUARE + "text-accent hover:bg-accent-soft",
        ),
        h.span(class_name="size-11"),
    )
