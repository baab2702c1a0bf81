"""One product: what it is, what can be chosen of it, what it costs, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.domain.basket import acts as basket
from self_service.domain.catalog import index as catalog_index
from self_service.domain.catalog.product_page import product
from self_service.domain.catalog.variants import stock_of
from self_service.domain.catalog.view import Offering, text
from self_service.domain.choosing import choose
from self_service.domain.choosing.query import ChooseQuery
from self_service.domain.coverage.waiting import WAITED
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.people import customers
from self_service.state.basket import BasketState, fill
from self_service.state.choices import SettingRow, parameters, setting_row
from self_service.state.display import (
    TotalsRow,
    problem,
    refusal,
)
from self_service.state.guard import act, public
from self_service.state.product_rows import (
    BesideRow,
    FactsRow,
    described,
    facts,
    goes_with,
    priced,
    shelf,
    step,
)
from self_service.state.request import PageRequest, PageState, show
from self_service.state.shell import ShellState


class ProductState(PageState, rx.State):
    """The product at this address, as configured there."""

    slug: str = ""  # of what is shown, so that the page sees when it is another
    address: list[str] = []  # parameters that this was read for
    missing: bool = False
    reason: str = ""  # why something that there is cannot be bought
    shelf: str = ""  # where it stands in the store
    shelf_href: str = ""
    name: str = ""
    brand: str = ""
    badge: str = ""
    description: str = ""
    picture: str = ""
    highlights: list[str] = []
    at_address: bool = False  # whether it can be had depends on where one lives
    settings: list[SettingRow] = []
    totals: TotalsRow = TotalsRow()
    starting: bool = False  # other parts of the bundle cost something else
    stock: str = ""
    problem: str = ""
    action: str = ""
    action_href: str = ""  # "" when it goes straight into the basket
    compare_href: str = ""
    facts: list[FactsRow] = []
    beside_title: str = ""
    beside: list[BesideRow] = []

    @public
    async def load(self) -> Any:
        """Read the product at this address."""
        try:
            return await show(self, product_values)
        except NotFound:
            self.slug, self.missing = PageRequest.of(self).last, True
            self.name = self.reason = ""  # those of the product before
            return None

    @public
    async def add(self) -> Any:
        """Put what is chosen at this address into the basket."""
        request = PageRequest.of(self)
        shell = await self.get_state(ShellState)
        query = ChooseQuery.from_params(request.query)
        try:
            view = await act(self, choose.take, request.last, replace(query, line=""))
        except DomainError as error:
            shell._tell(refusal(error, request.language))
            return
        fill(await self.get_state(BasketState), view, request.language)
        shell._tell(i18n.translate(request.language, N_("Added to your basket.")))


async def product_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of ProductState.

    Raises:
        NotFound: there is nothing of this name.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    catalog, language = catalog_index.current(session), request.language
    offering = catalog.by_slug(request.last)
    query = ChooseQuery.from_params(request.query)
    try:
        found = product(
            catalog,
            request.last,
            as_of=now,
            language=language,
            new_customer=customers.is_new(session, actor, now=now),
            configuration=query.values,
            stock=stock_of(session, offering.id),
        )
    except NotFound:
        return _not_sold(session, actor, offering, language, now=now)
    settings = [setting_row(choice, _href(request, query), language) for choice in found.choices]
    return {
        "address": parameters(request.query),
        "slug": request.last,
        "missing": False,
        "reason": "",
        **described(found, language),
        **shelf(catalog.categories, offering.category, language),
        "at_address": offering.kind in WAITED,
        "settings": settings,
        **priced(found, language),
        **step(found, replace(query, values=dict(found.configuration)), language),
        "compare_href": routes.page(language, routes.COMPARE, items=request.last),
        "facts": facts(found, language),
        **goes_with(found, language),
    }


def _not_sold(
    session: Session, actor: Actor, offering: Offering, language: str, *, now: datetime
) -> dict[str, Any]:
    """Say why somebody cannot buy something that there is."""
    why = basket.may_add(session, actor, now=now, offering_ids=[offering.id])[offering.id]
    return {
        "slug": offering.slug,
        "missing": True,
        "name": text(offering.name, language),
        "reason": problem(why.message, why.data, language) if why else "",
    }


def _href(request: PageRequest, query: ChooseQuery) -> Any:
    def href(configuration: Mapping[str, str]) -> str:
        params = replace(query, values=dict(configuration)).to_params()
        here = routes.page(request.language, routes.PRODUCT, request.last)
        return routes.with_query(here, params)

    return href
