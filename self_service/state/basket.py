"""The basket, on every page of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from self_service import i18n
from self_service.domain.basket import acts as domain
from self_service.domain.errors import N_, DomainError
from self_service.domain.promotions import codes as promotion_codes
from self_service.domain.promotions.refusals import TooManyCodesTried
from self_service.state.display import (
    TotalsRow,
    configuration_text,
    picture_path,
    problem,
    refusal,
    totals_row,
)
from self_service.state.guard import act, network_of, public
from self_service.state.promotion_rows import CodeRow, brought, code_rows, said, saved_row
from self_service.state.request import PageRequest, PageState, put, show
from self_service.state.shell import ShellState


@dataclass(frozen=True, slots=True)
class PartRow:
    """A plan on a phone, an add-on on a plan, a part of a bundle."""

    id: str
    name: str
    detail: str
    monthly: str
    has_monthly: bool
    is_plan: bool
    problem: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the basket."""

    id: str
    offering_id: str
    slug: str
    name: str
    detail: str
    picture: str
    quantity: int
    can_less: bool
    can_more: bool
    totals: TotalsRow
    problem: str
    has_plan: bool
    is_device: bool
    parts: list[PartRow] = field(default_factory=list)


class BasketState(PageState, rx.State):
    """What this person means to buy."""

    lines: list[LineRow] = []
    totals: TotalsRow = TotalsRow()
    count: int = 0
    count_text: str = ""
    can_undo: bool = False
    can_check_out: bool = False
    problem: str = ""
    codes: list[CodeRow] = []
    code_fault: str = ""
    code_note: str = ""  # of the link that led here: its code was taken
    code_problem: str = ""  # or why it was not

    @public
    async def load(self) -> Any:
        """Read the basket."""
        return await show(self, basket_values)

    @public
    async def add(self, offering_id: str) -> None:
        """Put one piece of an offering without choices into the basket."""
        await self._change(N_("Added to your basket."), domain.add, offering_id=offering_id)

    @public
    async def set_quantity(self, line_id: str, quantity: int) -> None:
        """Change how many pieces; none removes the line."""
        await self._change(
            N_("Basket changed."), domain.set_quantity, line_id=line_id, quantity=quantity
        )

    @public
    async def remove(self, line_id: str) -> None:
        """Take a line out, with what was chosen for it."""
        await self._change(N_("Removed. You can undo this."), domain.remove, line_id=line_id)

    @public
    async def undo(self) -> None:
        """Take the last change back."""
        await self._change(N_("The last change was taken back."), domain.undo)

    @public
    async def add_code(self, form: dict[str, Any]) -> None:
        """Put a promotion code in; what is wrong with it stands at its field."""
        typed = form.get("code", "") if isinstance(form, dict) else ""
        try:
            if not await act(self, promotion_codes.count_try, network=network_of(self)):
                raise TooManyCodesTried("code")
            view = await act(self, promotion_codes.add, code=typed)
        except DomainError as error:
            self.code_fault = refusal(error, PageRequest.of(self).language)
            return
        language = PageRequest.of(self).language
        fill(self, view, language)
        (await self.get_state(ShellState))._tell(i18n.translate(language, N_("Code added.")))

    @public
    async def remove_code(self, promotion: str) -> None:
        """Take a promotion code out."""
        await self._change(N_("Code removed."), promotion_codes.remove, promotion_id=promotion)

    async def _change(self, done: str, operation: Any, **kwargs: Any) -> None:
        """Run one change, show the basket after it, and say what happened."""
        language = PageRequest.of(self).language
        shell = await self.get_state(ShellState)
        try:
            view = await act(self, operation, **kwargs)
        except DomainError as error:
            shell._tell(refusal(error, language))
            return
        fill(self, view, language)
        shell._tell(i18n.translate(language, done))


def fill(state: BasketState, view: domain.BasketView, language: str) -> None:
    """Show a basket that a domain function returned."""
    put(state, rows(view, language))


async def basket_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of BasketState."""
    values = rows(await request.look(domain.view), request.language)
    query, language = request.query, request.language
    told = brought(request.path, query, request.cookie, language)
    return values | {"code_fault": said(query, language), **told}


def rows(view: domain.BasketView, language: str) -> dict[str, Any]:
    """Put a basket into words."""
    problems = [_problem(found, language) for found in view.problems]
    return {
        "lines": [_line(line, language) for line in view.lines],
        "totals": saved_row(view, language),
        "count": view.count,
        "count_text": i18n.plural(language, "{count} item", "{count} items", view.count),
        "can_undo": view.can_undo,
        "can_check_out": view.can_check_out,
        "problem": problems[0] if problems else "",
        "codes": code_rows(view, language),
        "code_fault": "",
    }


def _problem(found: Any, language: str) -> str:
    return problem(found.message, found.data, language) if found else ""


def _line(line: domain.LineView, language: str) -> LineRow:
    return LineRow(
        id=str(line.id),
        offering_id=str(line.offering_id),
        slug=line.slug,
        name=line.name.get(language) or line.name.get("en", ""),
        detail=configuration_text(line.configuration, language),
        picture=picture_path(line.picture, line.configuration.get("colour", "")),
        quantity=line.quantity,
        can_less=line.quantity > 1,
        can_more=line.quantity < line.max_quantity,
        totals=totals_row(line.totals, language),
        problem=_problem(line.problem, language),
        has_plan=any(child.kind == "plan" for child in line.children),
        is_device=line.kind == "device",
        parts=[_part(child, language) for child in _flat(line.children)],
    )


def _flat(children: Any) -> list[Any]:
    return [found for child in children for found in (child, *_flat(child.children))]


def _part(line: domain.LineView, language: str) -> PartRow:
    totals = totals_row(line.totals, language)
    return PartRow(
        id=str(line.id),
        name=line.name.get(language) or line.name.get("en", ""),
        detail=configuration_text(line.configuration, language),
        monthly=totals.monthly if totals.has_monthly else totals.due_now,
        has_monthly=totals.has_monthly,
        is_plan=line.kind == "plan",
        problem=_problem(line.problem, language),
    )
