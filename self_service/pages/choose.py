"""The next step of a sale: a plan for a device, extras for a plan, the parts of a bundle."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.basket import basket_totals
from self_service.components.choices import options, setting
from self_service.components.page import Page, page
from self_service.components.plan_card import plan_cards
from self_service.components.sale import gone, sum_bar
from self_service.components.ui import kit
from self_service.components.waiting import elsewhere, stale, waiting
from self_service.domain.errors import N_
from self_service.state.choose import ChooseState, choose_values


def view(h: Any, sale: Any) -> Any:
    """Show what can be chosen now."""
    return h.when(
        sale.missing, gone(h), h.when(elsewhere(h, sale.slug), waiting(h), _choose(h, sale))
    )


def _choose(h: Any, sale: Any) -> Any:
    return h.div(
        h.p(sale.step, class_name="text-sm font-medium text-accent numbers empty:hidden"),
        kit.heading(h, sale.heading),
        _subject(h, sale),
        h.when(sale.plan_open, _plans(h, sale), _rest(h, sale)),
        class_name="max-w-5xl",
    )


def _subject(h: Any, sale: Any) -> Any:
    """Show what all of this is for, with a way back to it."""
    return h.div(
        kit.picture(h, sale.picture, "size-16", eager=True),
        h.div(
            h.p(sale.name, class_name="font-semibold leading-tight"),
            h.p(sale.detail, class_name="text-sm text-muted empty:hidden"),
            class_name="min-w-0 flex-1",
        ),
        h.when(
            sale.product_href,
            kit.button_link(
                h,
                h.t("Change"),
                h.span(" ", sale.name, class_name="sr"),
                to=sale.product_href,
                tone="quiet",
            ),
        ),
        class_name=kit.CARD + "flex items-center gap-3 p-3 my-4",
    )


def _plans(h: Any, sale: Any) -> Any:
    return h.group(
        h.p(
            h.t("All prices are for both together."),
            class_name="text-muted mb-3",
        ),
        _problem(h, sale),
        plan_cards(h, sale.plans, ChooseState.put),
    )


def _problem(h: Any, sale: Any) -> Any:
    return h.when(
        sale.problem,
        kit.callout(h, h.p(sale.problem), tone="warn", symbol="alert", class_name="mb-4"),
    )


def _rest(h: Any, sale: Any) -> Any:
    return h.div(
        h.when(sale.plan_name, _plan(h, sale)),
        h.when(
            sale.dropped,
            kit.callout(h, h.p(sale.dropped), tone="warn", role="status"),
        ),
        h.each(sale.parts, lambda group: options(h, group)),
        h.when(
            h.count(sale.settings) > 0,
            h.div(
                h.each(sale.settings, lambda row: setting(h, row)),
                class_name="flex flex-col gap-5",
            ),
        ),
        h.each(sale.extras, lambda group: options(h, group)),
        _sum(h, sale),
        class_name="flex flex-col gap-6",
    )


def _plan(h: Any, sale: Any) -> Any:
    return h.div(
        kit.icon(h, "sim", "size-6", class_name="text-accent"),
        h.p(sale.plan_name, class_name="font-semibold flex-1"),
        kit.button_link(h, h.t("Other plan"), to=sale.plan_href, tone="quiet"),
        class_name=kit.CARD + "flex items-center gap-3 ps-4 pe-3 py-1 -mt-3",
    )


def _sum(h: Any, sale: Any) -> Any:
    return h.group(
        h.section(
            kit.heading(h, h.t("Together"), 2, class_name="mb-2"),
            h.ul(
                h.each(
                    sale.sums,
                    lambda row: h.li(
                        row.name,
                        h.span(" ", row.detail, class_name="text-muted text-sm"),
                        key=row.name,
                    ),
                ),
                class_name="mb-3",
            ),
            basket_totals(h, sale.totals),
            aria_label=h.t("Together"),
            class_name=kit.CARD + "p-4",
        ),
        _problem(h, sale),
        sum_bar(
            h,
            sale.totals,
            kit.button(
                h, sale.action, on_click=ChooseState.take, class_name="shrink-0 whitespace-nowrap"
            ),
            stale(h, sale.address),
        ),
    )


page(
    Page(
        path=f"{routes.CHOOSE}/[slug]",
        title="title",
        description=N_("Choose plan and extras, and see what it costs together."),
        view=view,
        state=ChooseState,
        loader=choose_values,
    )
)
