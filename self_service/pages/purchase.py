"""Goods that are paid by instalments: the schedule, and paying the rest at once."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.domain.errors import N_
from self_service.state.purchase import PurchaseState, purchase_values


def view(h: Any, state: Any) -> Any:
    """Show the purchase, or that there is none."""
    return h.div(
        h.when(
            state.purchase_id,
            kit.heading(h, state.name, class_name="mb-4"),
            kit.heading(h, h.t("Instalments"), class_name="mb-4"),
        ),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(
            state.purchase_id, _purchase(h, state), h.when(state.missing, _missing(h), _loading(h))
        ),
        class_name="max-w-3xl",
    )


def _purchase(h: Any, state: Any) -> Any:
    return h.div(
        h.dl(
            kit.fact(h, h.t("All instalments"), state.total),
            kit.fact(h, h.t("Remaining"), state.remaining),
            class_name=kit.CARD + "p-4 mb-4",
        ),
        h.when(state.open, _early(h, state), _all_billed(h)),
        kit.heading(h, h.t("Instalments"), 2, class_name="mt-6 mb-2"),
        h.ol(
            h.each(state.parts, lambda row: _part(h, row)),
            class_name=kit.CARD + "px-4 divide-y divide-line",
        ),
    )


def _early(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("Pay the rest at once"), 2, class_name="mb-2"),
        h.when(
            state.quote,
            h.div(
                h.p(
                    h.t("You pay"),
                    " ",
                    h.b(state.quote),
                    " · ",
                    h.t("valid until"),
                    " ",
                    state.quote_until,
                    class_name="numbers mb-3",
                ),
                h.p(
                    h.t("The sum stands on a bill of its own. No further instalments follow."),
                    class_name="text-muted mb-3",
                ),
                kit.button(h, h.t("Put it on a bill now"), on_click=PurchaseState.settle),
            ),
            h.div(
                h.p(
                    h.t(
                        "It costs what remains: no fee, and, as there is no interest, no discount."
                    ),
                    class_name="text-muted mb-3",
                ),
                kit.button(h, h.t("Get an offer"), tone="second", on_click=PurchaseState.ask),
            ),
        ),
        class_name=kit.CARD + "p-4",
    )


def _all_billed(h: Any) -> Any:
    return h.section(
        h.p(h.t("All instalments are on your bills already."), class_name="text-muted mb-3"),
        kit.button_link(
            h, h.t("To your bills"), to=routes.page(h.language, routes.BILLS), tone="second"
        ),
        class_name=kit.CARD + "p-4",
    )


def _part(h: Any, row: Any) -> Any:
    return h.li(
        h.span(row.day, class_name="flex-1"),
        toned_badge(h, row.state, row.tone),
        h.span(row.amount, class_name="font-medium"),
        key=row.key,
        class_name="numbers flex items-center gap-3 min-h-11",
    )


def _missing(h: Any) -> Any:
    return kit.empty(
        h,
        "bills",
        h.t("Nothing here"),
        h.t("What you pay by instalments stands on your home page."),
        kit.button_link(h, h.t("Home"), to=routes.page(h.language, routes.HOME)),
    )


def _loading(h: Any) -> Any:
    return h.div(class_name="skeleton h-64", aria_busy="true")


page(
    Page(
        path=f"{routes.PURCHASE}/[slug]",
        title=N_("Instalments"),
        description=N_("What remains of what you pay by instalments."),
        view=view,
        state=PurchaseState,
        loader=purchase_values,
        private=True,
        bare=True,
    )
)
