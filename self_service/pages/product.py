"""One product: its picture, its choices, its price, and the next step of its sale."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.configurator import configurator
from self_service.components.page import Page, page
from self_service.components.product_facts import beside, fact_sheet
from self_service.components.sale import gone
from self_service.components.waiting import elsewhere, waiting
from self_service.domain.errors import N_
from self_service.state.product import ProductState, product_values


def view(h: Any, product: Any) -> Any:
    """Show the product."""
    return h.when(
        product.missing,
        gone(h, product.name, product.reason),
        h.when(elsewhere(h, product.slug), waiting(h), _product(h, product)),
    )


def _product(h: Any, product: Any) -> Any:
    return h.div(
        configurator(h, product, ProductState.add),
        beside(h, product.beside_title, product.beside),
        fact_sheet(h, product.facts),
        class_name="flex flex-col gap-10 max-w-5xl",
    )


page(
    Page(
        path=f"{routes.PRODUCT}/[slug]",
        title="name",
        description=N_("Colours, sizes, price and details, and what goes with it."),
        view=view,
        state=ProductState,
        loader=product_values,
    )
)
