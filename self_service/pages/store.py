"""The store: what is on sale, filtered by the address."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.compare_bar import compare_bar
from self_service.components.coverage_hint import coverage_hint
from self_service.components.page import Page, page
from self_service.components.product_card import card_skeletons
from self_service.components.store_filters import chosen, filters, shelves, sorting
from self_service.components.store_list import card_list, pagination
from self_service.components.ui import kit
from self_service.components.waiting import stale
from self_service.domain.errors import N_
from self_service.state.store import StoreState, store_values


def view(h: Any, store: Any) -> Any:
    """Show the store."""
    return h.when(store.heading, _store(h, store), _waiting(h))


def _store(h: Any, store: Any) -> Any:
    late = stale(h, store.address)
    return h.div(
        kit.heading(h, store.heading),
        _search(h, store),
        shelves(h, store),
        coverage_hint(h, store.at_address),
        h.div(
            h.div(filters(h, store), class_name="lg:w-52 shrink-0"),
            h.div(
                h.div(
                    h.p(store.total_text, role="status", class_name="text-muted numbers me-auto"),
                    sorting(h, store),
                    class_name="flex items-center gap-3 mb-3",
                ),
                chosen(h, store),
                h.div(
                    card_list(h, store),
                    pagination(h, store),
                    aria_busy=h.when(late, "true", "false"),
                    class_name="transition-opacity delay-150 aria-busy:opacity-50",
                ),
                class_name="min-w-0 flex-1",
            ),
            class_name="flex flex-col lg:flex-row gap-4 lg:gap-8 mt-3",
        ),
        compare_bar(h, store),
    )


def _waiting(h: Any) -> Any:
    return h.div(
        h.p(h.t("Loading …"), role="status", class_name="sr"),
        h.div(class_name="skeleton h-9 w-48"),
        h.div(class_name="skeleton h-11 max-w-xl"),
        h.div(class_name="skeleton h-11"),
        card_skeletons(h),
        class_name="flex flex-col gap-4",
    )


def _search(h: Any, store: Any) -> Any:
    return h.search_form(
        h.each(
            store.keep,
            lambda row: h.input(type="hidden", name=row.text, value=row.href, key=row.text),
        ),
        h.label(h.t("Search the store"), html_for="q", class_name="sr"),
        h.input(
            id="q",
            name="q",
            type="search",
            default_value=store.search_text,
            placeholder=h.t("Phone, plan, brand …"),
            enter_key_hint="search",
            key=store.search_text,
            class_name=kit.INPUT + " flex-1",
        ),
        kit.button(h, kit.icon(h, "search"), h.span(h.t("Search"), class_name="sr"), type="submit"),
        action=routes.page(h.language, routes.STORE),
        on_submit=StoreState.find,
        class_name="flex gap-2 my-4 max-w-xl",
    )


page(
    Page(
        path=routes.STORE,
        title=N_("Store"),
        description=N_("Phones, plans, fibre and TV: compare, choose and order online."),
        view=view,
        state=StoreState,
        loader=store_values,
    )
)
