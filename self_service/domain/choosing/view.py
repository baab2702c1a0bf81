"""What can be chosen, as the page of choices shows it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from self_service.domain.catalog.variants import VariantChoice
from self_service.domain.catalog.view import Offering
from self_service.domain.choosing.query import ChooseQuery
from self_service.domain.pricing.totals import PriceTotals
from self_service.domain.rules.problems import FixAct, Violation


@dataclass(frozen=True, slots=True)
class Way:
    """What would make an option possible.

    Attributes:
        act: ADD or REMOVE.
        offering: what is added or taken away.
        query: the address in which that is done and the option is chosen.
    """

    act: FixAct
    offering: Offering
    query: ChooseQuery


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose.

    Attributes:
        offering: None for a device without a plan.
        slug: of the thing in whose address it is chosen.
        query: the address in which it is chosen; of an extra that is chosen, in which it is not.
        chosen: whether it is.
        totals: of a plan, with what it is for; of an extra or a part, of itself.
        in_basket: whether it is what the basket has now.
        line: of the basket, for an extra that can be put on it; None else.
        paid: whether a bundle pays for it.
        problem: why it cannot be chosen, or cannot stay; None when it can.
        way: out of the problem, where there is one.
    """

    offering: Offering | None
    slug: str
    query: ChooseQuery
    chosen: bool
    totals: PriceTotals
    in_basket: bool = False
    line: UUID | None = None
    paid: bool = False
    problem: Violation | None = None
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One choice of a bundle: `minimum` to `maximum` of its options are chosen."""

    minimum: int
    maximum: int
    options: tuple[Option, ...]

    @property
    def fixed(self) -> bool:
        """Say whether there is nothing to choose: it comes with the bundle."""
        return self.minimum > 0 and len(self.options) == 1


@dataclass(frozen=True, slots=True)
class Configurable:
    """Something chosen that has values to choose.

    Attributes:
        slug: "" for the thing itself.
        paid: whether a bundle pays for it, so that no value costs more.
    """

    slug: str
    offering: Offering
    choices: tuple[VariantChoice, ...]
    paid: bool
