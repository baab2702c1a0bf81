"""Two to four devices or plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.domain.catalog import index as catalog_index
from self_service.domain.catalog.compare import (
    MOST,
    Comparison,
    NotComparable,
    TooFewToCompare,
    compare,
)
from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.steps import next_step
from self_service.domain.catalog.view import Offering
from self_service.domain.choosing import current_plans
from self_service.domain.errors import N_, NotFound
from self_service.domain.people import customers
from self_service.models.catalog import OfferingKind
from self_service.state.compare_rows import ColumnRow, SectionRow, column_row, section_rows
from self_service.state.display import refusal
from self_service.state.guard import public
from self_service.state.request import PageRequest, PageState, show
from self_service.state.store_rows import too_many

#: Of these the one that the customer has is set beside the others.
_HELD = frozenset({OfferingKind.PLAN, OfferingKind.BROADBAND, OfferingKind.TV})

#: Of these the colour is chosen on their own page; the SIM of a plan beside its extras.
_CONFIGURED_FIRST = frozenset({OfferingKind.DEVICE, OfferingKind.ACCESSORY})


class CompareState(PageState, rx.State):
    """What stands side by side at this address."""

    ready: bool = False  # read at all
    columns: list[ColumnRow] = []
    sections: list[SectionRow] = []
    all_rows: bool = True
    only_differences: bool = False
    all_href: str = ""
    differences_href: str = ""
    add_href: str = ""  # "" when no more fit
    chosen: str = ""  # said while there are too few to compare
    note: str = ""
    note_way: str = ""
    note_href: str = ""

    @public
    async def load(self) -> Any:
        """Read what is to be compared at this address."""
        return await show(self, compare_values)


async def compare_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of CompareState."""
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    catalog, language = catalog_index.current(session), request.language
    asked, surplus = _asked(request, catalog)
    held = _held(session, actor, catalog, asked)
    new_customer = customers.is_new(session, actor, now=now)
    note = {"note": too_many([catalog.by_slug(slug) for slug in surplus], language)}
    found = None
    for slugs in ([*held, *asked], asked):  # without the one held, when it is not sold now
        try:
            found = compare(catalog, slugs, as_of=now, language=language, new_customer=new_customer)
        except NotComparable as error:
            note = _refused(error, request)
        except TooFewToCompare:
            continue
        break
    return {
        "ready": True,
        **_links(asked, request, catalog),
        **_columns(found, asked, held, request, catalog),
        "note_way": "",
        "note_href": "",
        **note,
    }


def _asked(request: PageRequest, catalog: Catalog) -> tuple[list[str], list[str]]:
    """Return the slugs of the address that are in the catalogue: four at most, and the others."""
    slugs = dict.fromkeys(request.query.get("items", "").split(",")[: MOST * 2])
    known = [slug for slug in slugs if _find(catalog, slug) is not None]
    return known[:MOST], known[MOST:]


def _find(catalog: Catalog, slug: str) -> Offering | None:
    try:
        return catalog.by_slug(slug)
    except NotFound:
        return None


def _held(session: Session, actor: Actor, catalog: Catalog, asked: Sequence[str]) -> list[str]:
    """Return the slug of the plan that the customer has, when others are compared and it fits."""
    kinds = {catalog.by_slug(slug).kind for slug in asked}
    if len(kinds) != 1 or not kinds <= _HELD or len(asked) == MOST:
        return []
    owned = current_plans.current(session, actor, kinds.pop())
    return [plan.slug for plan in catalog.offerings if plan.id in owned[:1]]


def _refused(error: NotComparable, request: PageRequest) -> dict[str, str]:
    return {
        "note": refusal(error, request.language),
        "note_way": i18n.translate(request.language, N_("Take it out")),
        "note_href": _address(request, error.data["keep"].split(",")),
    }


def _address(request: PageRequest, slugs: Sequence[str], diff: str | None = None) -> str:
    diff = request.query.get("diff", "")[:1] if diff is None else diff
    return routes.page(request.language, routes.COMPARE, items=",".join(slugs), diff=diff)


def _links(asked: Sequence[str], request: PageRequest, catalog: Catalog) -> dict[str, Any]:
    shelf = catalog.by_slug(asked[0]).category if asked else ""
    add = routes.page(request.language, routes.STORE, category=shelf, compare=",".join(asked))
    only = request.query.get("diff", "") == "1"
    return {
        "all_rows": not only,
        "only_differences": only,
        "all_href": _address(request, asked, ""),
        "differences_href": _address(request, asked, "1"),
        "add_href": add if len(asked) < MOST else "",
        "chosen": i18n.plural(
            request.language, "{count} chosen so far.", "{count} chosen so far.", len(asked)
        )
        if asked
        else "",
    }


def _columns(
    found: Comparison | None,
    asked: Sequence[str],
    held: Sequence[str],
    request: PageRequest,
    catalog: Catalog,
) -> dict[str, Any]:
    if found is None:
        return {"columns": [], "sections": []}
    rows = []
    for card in found.columns:
        others = [slug for slug in asked if slug != card.slug]
        step = next_step(
            catalog.get(card.id),
            configured=card.kind not in _CONFIGURED_FIRST,
            has_addons=bool(catalog.addons_of(card.id)),
        )
        rows.append(
            column_row(
                card,
                step,
                request.language,
                held=card.slug in held,
                remove_href=_address(request, others) if card.slug in asked else "",
            )
        )
    only = request.query.get("diff", "") == "1"
    sections = section_rows(found, request.language, only_differences=only)
    return {"columns": rows, "sections": sections}
