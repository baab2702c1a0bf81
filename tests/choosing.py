"""Short ways to the next step of a sale, as an address names it."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.basket import acts as basket
from self_service.domain.choosing import choose
from self_service.domain.choosing.choose import Choosing
from self_service.domain.choosing.query import ChooseQuery
from tests.conftest import NOW


def look(session: Session, actor: Actor, slug: str, **params: str) -> Choosing:
    """What can be chosen at an address."""
    return choose.look(session, actor, slug, ChooseQuery.from_params(params), now=NOW)


def take(session: Session, actor: Actor, slug: str, **params: str) -> basket.BasketView:
    """Put what an address names into the basket."""
    return choose.take(session, actor, slug, ChooseQuery.from_params(params), now=NOW)


def names(options: Any) -> list[str]:
    """The slugs of options, "-" for no plan."""
    return [option.offering.slug if option.offering else "-" for option in options]


def option(found: Choosing, slug: str) -> Any:
    """The option of an offering."""
    every = (*found.plans, *found.extras, *(o for part in found.parts for o in part.options))
    return next(o for o in every if o.offering is not None and o.offering.slug == slug)
