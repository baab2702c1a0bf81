"""The basket: a panel beside the store on a desk, a bar above the tabs on a phone."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.state.basket import BasketState


def basket_panel(h: Any, basket: Any) -> Any:
    """Show the basket beside the page, on wide screens."""
    return h.aside(
        h.div(
            kit.heading(h, h.t("Basket"), 2),
            h.span(basket.count_text, class_name="text-muted text-sm"),
            class_name="flex items-baseline justify-between mb-3",
        ),
        basket_lines(h, basket),
        h.when(basket.count > 0, _foot(h, basket)),
        aria_label=h.t("Basket"),
        class_name="hidden xl:block w-88 shrink-0 sticky top-16 self-start overflow-y-auto "
        "max-h-[calc(100dvh-4rem)] pe-8 ps-2 py-8 no-print",
    )


def basket_bar(h: Any, basket: Any) -> Any:
    """Show the totals above the tab bar of a phone, whenever the basket holds something."""
    return h.when(
        basket.count > 0,
        h.link(
            h.span(
                kit.icon(h, "basket"),
                h.span(
                    basket.count,
                    class_name="absolute -top-2 -end-2 min-w-5 h-5 px-1 rounded-full bg-surface "
                    "text-accent text-xs font-bold grid place-items-center numbers",
                ),
                class_name="relative",
            ),
            h.span(
                h.span(h.t("Due now"), " "),
                h.strong(basket.totals.due_now),
                h.when(
                    basket.totals.has_monthly,
                    h.span(" · ", basket.totals.monthly, h.t("/month")),
                ),
                class_name="numbers flex-1 text-sm text-start",
            ),
            h.span(h.t("Basket"), class_name="font-semibold"),
            kit.icon(h, "chevron-right", class_name="mirror"),
            to=routes.page(h.language, routes.BASKET),
            class_name="flex items-center gap-4 px-5 min-h-13 mx-2 mb-2 rounded-(--r1) bg-accent "
            "text-accent-ink no-underline shadow-lg",
        ),
    )


def basket_lines(h: Any, basket: Any) -> Any:
    """Show the lines with what can be changed about them."""
    return h.div(
        h.when(
            basket.count > 0,
            h.ul(
                h.each(basket.lines, lambda line: _line(h, line)),
                class_name="flex flex-col gap-3",
            ),
            kit.empty(
                h,
                "basket",
                h.t("Your basket is empty"),
                h.t("What you choose in the store appears here, with its totals."),
            ),
        ),
        h.when(
            basket.can_undo,
            kit.button(
                h,
                kit.icon(h, "undo", class_name="mirror"),
                h.t("Undo"),
                tone="quiet",
                on_click=BasketState.undo,
                class_name="mt-2",
            ),
        ),
    )


def _line(h: Any, line: Any) -> Any:
    return h.li(
        h.div(
            kit.picture(h, line.picture, "size-16"),
            h.div(
                h.p(line.name, class_name="font-semibold leading-tight"),
                h.p(line.detail, class_name="text-sm text-muted empty:hidden"),
                _price(h, line.totals),
                class_name="min-w-0 flex-1",
            ),
            class_name="flex gap-3",
        ),
        h.ul(
            h.each(line.parts, lambda part: _part(h, part)),
            class_name="mt-2 border-s-2 border-line ps-3 flex flex-col gap-1 empty:hidden",
        ),
        h.p(line.problem, class_name="mt-2 text-sm text-bad empty:hidden"),
        h.div(
            _quantity(h, line),
            h.when(
                line.is_device,
                h.link(
                    h.when(line.has_plan, h.t("Change plan"), h.t("Add a plan")),
                    to=routes.page(h.language, routes.CHOOSE)
                    + "/"
                    + line.slug
                    + "?line="
                    + line.id,
                    class_name="text-accent text-sm font-medium min-h-11 inline-flex items-center",
                ),
            ),
            h.button(
                kit.icon(h, "trash"),
                type="button",
                aria_label=h.t("Remove {name}", name=line.name),
                on_click=BasketState.remove(line.id),
                class_name="grid place-items-center size-11 rounded-full text-muted "
                "hover:bg-bad-soft hover:text-bad cursor-pointer ms-auto",
            ),
            class_name="flex items-center gap-3 mt-1",
        ),
        key=line.id,
        class_name=kit.CARD + "p-3",
    )


def _price(h: Any, totals: Any) -> Any:
    return h.p(
        h.when(totals.has_due, h.span(totals.due_now, " ", h.t("now"), class_name="me-2")),
        h.when(totals.has_monthly, h.span(totals.monthly, h.t("/month"))),
        class_name="numbers text-sm",
    )


def _part(h: Any, part: Any) -> Any:
    return h.li(
        h.div(
            h.span(part.name, class_name="text-sm flex-1"),
            h.span(
                part.monthly,
                h.when(part.has_monthly, h.t("/month")),
                class_name="numbers text-sm text-muted",
            ),
            h.button(
                kit.icon(h, "close", "size-4"),
                type="button",
                aria_label=h.t("Remove {name}", name=part.name),
                on_click=BasketState.remove(part.id),
                class_name="grid place-items-center size-8 rounded-full text-muted "
                "hover:text-bad cursor-pointer",
            ),
            class_name="flex items-center gap-2",
        ),
        h.p(part.problem, class_name="text-sm text-bad empty:hidden"),
        key=part.id,
    )


def _quantity(h: Any, line: Any) -> Any:
    def step(symbol: str, label: str, by: int, possible: Any) -> Any:
        return h.button(
            kit.icon(h, symbol, "size-4"),
            type="button",
            aria_label=h.t(label, name=line.name),
            disabled=h.when(possible, False, True),
            on_click=BasketState.set_quantity(line.id, line.quantity + by),
            class_name="grid place-items-center size-11 rounded-full border border-line "
            "hover:border-accent cursor-pointer disabled:opacity-40 disabled:cursor-not-allowed",
        )

    return h.div(
        step("minus", "One {name} less", -1, line.can_less),
        h.span(line.quantity, class_name="numbers min-w-5 text-center font-medium"),
        step("plus", "One more {name}", 1, line.can_more),
        class_name="flex items-center gap-2",
    )


def basket_totals(h: Any, totals: Any) -> Any:
    """Show the three totals of a sale."""
    return h.dl(
        kit.fact(h, h.t("Due now"), totals.due_now, class_name="text-lg font-bold"),
        h.when(totals.has_monthly, kit.fact(h, h.t("Each month"), totals.monthly)),
        h.when(
            totals.later,
            h.div(
                h.dt(h.t("Later"), class_name="sr"),
                h.dd(totals.later, class_name="text-sm text-muted text-end"),
            ),
        ),
        h.when(totals.has_monthly, kit.fact(h, totals.term, totals.whole_term)),
        h.when(
            totals.saved,
            kit.fact(h, h.t("Saved by codes"), totals.saved, class_name="text-good"),
        ),
        class_name="flex flex-col gap-1",
    )


def _foot(h: Any, basket: Any) -> Any:
    return h.div(
        h.div(basket_totals(h, basket.totals), aria_live="polite"),
        h.p(basket.problem, class_name="text-sm text-bad empty:hidden"),
        kit.button_link(
            h,
            h.t("Check out"),
            to=routes.page(h.language, routes.CHECKOUT),
            class_name="w-full",
        ),
        class_name="mt-4 pt-4 border-t border-line flex flex-col gap-3",
    )
