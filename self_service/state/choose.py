"""The next step of a sale: everything chosen stands in the address until it is in the basket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import reflex as rx
from babel.lists import format_list

from self_service import i18n, routes
from self_service.domain.basket.view import BasketView
from self_service.domain.catalog.view import text
from self_service.domain.choosing import choose
from self_service.domain.choosing.choose import Choosing
from self_service.domain.choosing.query import ChooseQuery
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.rules.sale import EXTRAS
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind
from self_service.state.basket import BasketState, fill
from self_service.state.choices import OptionRow, SettingRow, option_row, parameters
from self_service.state.choose_rows import (
    GroupRow,
    SumRow,
    extra_rows,
    part_rows,
    setting_rows,
    sum_rows,
)
from self_service.state.display import (
    TotalsRow,
    configuration_text,
    picture_path,
    problem,
    refusal,
    totals_row,
)
from self_service.state.guard import act, public
from self_service.state.request import PageRequest, PageState, show
from self_service.state.shell import ShellState


class ChooseState(PageState, rx.State):
    """What can be chosen at this address."""

    slug: str = ""  # of what is shown, so that the page sees when it is another
    address: list[str] = []  # parameters that this was read for
    missing: bool = False
    title: str = ""
    heading: str = ""
    step: str = ""
    action: str = ""
    name: str = ""
    detail: str = ""
    picture: str = ""
    product_href: str = ""
    changing: bool = False
    plan_open: bool = False
    plans: list[OptionRow] = []
    plan_name: str = ""
    plan_href: str = ""  # where another plan is chosen
    parts: list[GroupRow] = []
    settings: list[SettingRow] = []
    extras: list[GroupRow] = []
    sums: list[SumRow] = []
    totals: TotalsRow = TotalsRow()
    problem: str = ""
    dropped: str = ""

    @public
    async def load(self) -> Any:
        """Read what can be chosen at this address."""
        try:
            return await show(self, choose_values)
        except NotFound:
            self.slug, self.missing = PageRequest.of(self).last, True
            return None

    @public
    async def take(self) -> Any:
        """Put it all into the basket in one act, or change the basket's plan."""
        return await self._take(ChooseQuery.from_params(PageRequest.of(self).query))

    @public
    async def put(self, line_id: str) -> Any:
        """Put an extra on a line that is in the basket."""
        query = ChooseQuery.from_params(PageRequest.of(self).query)
        return await self._take(replace(query, line=str(line_id)))

    async def _take(self, query: ChooseQuery) -> Any:
        request = PageRequest.of(self)
        shell = await self.get_state(ShellState)
        try:
            view = await act(self, choose.take, request.last, query)
        except DomainError as error:
            shell._tell(refusal(error, request.language))
            return None
        fill(await self.get_state(BasketState), view, request.language)
        shell._tell(_done(view, bool(query.line), request.language))
        return rx.redirect(routes.page(request.language, routes.BASKET))


async def choose_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of ChooseState.

    Raises:
        NotFound: there is nothing of this name.
    """
    query = ChooseQuery.from_params(request.query)
    found: Choosing = await request.look(choose.look, request.last, query)
    language, top = request.language, found.offering

    def link(wanted: ChooseQuery, slug: str = top.slug) -> str:
        return routes.with_query(routes.page(language, routes.CHOOSE, slug), wanted.to_params())

    values = found.query.values
    plan = next((option for option in found.plans if option.chosen), None)
    return {
        "address": parameters(request.query),
        "slug": top.slug,
        "missing": False,
        "name": text(top.name, language),
        "detail": configuration_text(values, language),
        "picture": picture_path(top.picture, values.get("colour", "")),
        "product_href": ""
        if found.changing
        else routes.with_query(routes.page(language, routes.PRODUCT, top.slug), values),
        "changing": found.changing,
        "plan_open": found.plan_open,
        "plans": [option_row(option, link, language) for option in found.plans],
        "plan_name": option_row(plan, link, language).name if plan else "",
        "plan_href": link(found.query.with_plan("")),
        "parts": part_rows(found.parts, link, language),
        "extras": extra_rows(found.extras, link, language),
        "settings": setting_rows(found, link, language),
        "sums": sum_rows(found.sale, language),
        "totals": totals_row(found.sale.totals, language),
        "problem": _problem(found, language),
        "dropped": _dropped(found.dropped, language),
        **_headings(found, language),
    }


def _headings(found: Choosing, language: str) -> dict[str, str]:
    top, step = found.offering, ""
    if found.changing:
        heading = N_("Change plan")
    elif top.kind in EXTRAS:
        heading = N_("What is it for?")
    elif found.plan_open:
        heading = N_("Choose a plan")
    elif top.kind is OfferingKind.BUNDLE:
        heading = N_("Put your bundle together")
    else:
        heading = N_("Choose extras") if found.extras else N_("Your choice")
    if found.plans and not found.changing and top.kind is OfferingKind.DEVICE:
        step = i18n.translate(language, N_("Step {n} of {total}"), n=3 - found.plan_open, total=3)
    said = i18n.translate(language, heading)
    action = N_("Change plan") if found.changing else N_("Add to basket")
    return {
        "title": f"{said} · {text(top.name, language)}",
        "heading": said,
        "step": step,
        "action": i18n.translate(language, action),
    }


def _problem(found: Choosing, language: str) -> str:
    if found.problem is None or found.offering.kind in EXTRAS:
        return ""
    return problem(found.problem.message, found.problem.data, language)


def _dropped(names: Iterable[Texts], language: str) -> str:
    listed = format_list(
        [text(name, language) for name in names], locale=i18n.LANGUAGES[language].locale
    )
    if not listed:
        return ""
    said = N_("{names}: does not go with this plan and is left out.")
    return i18n.translate(language, said, names=listed)


def _done(view: BasketView, changed: bool, language: str) -> str:
    said = N_("Basket changed.") if changed else N_("Added to your basket.")
    parts = [i18n.translate(language, said), _dropped(view.dropped, language)]
    return " ".join(part for part in parts if part)
