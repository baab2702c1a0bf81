"""Two to four offers side by side: equal facts in one row, what differs and which is best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from self_service.domain.catalog.facts import place, sheet
from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.specifications import (
    Better,
    Fact,
    Headed,
    Section,
    by_section,
    magnitude,
)
from self_service.domain.catalog.values import Value
from self_service.domain.catalog.view import Offering, text
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.store.cards import Card, card

#: How many offers stand side by side.
FEWEST = 2
MOST = 4


class TooFewToCompare(DomainError):
    """One offer, or none, is left to compare."""

    code = "too_few_to_compare"
    message = N_("Choose at least two offers of the same kind to compare them.")


class TooManyToCompare(DomainError):
    """More offers than fit side by side."""

    code = "too_many_to_compare"
    message = N_("At most {most} offers can be compared. Take out {surplus} of them.")


class NotComparable(DomainError):
    """Offers of different kinds: nothing that is said of one can be said of the other.

    `data["keep"]` names, joined by commas, the slugs that can be compared with each other.
    """

    code = "not_comparable"
    message = N_("Only offers of the same kind can be compared. Take out {others}.")


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One fact about all columns.

    Attributes:
        label: translatable.
        values: one per column; None where nothing is known.
        differs: not all columns say the same.
        best: index of the column with the best value; None when no one is best alone.
    """

    name: str
    label: str
    section: Section
    values: tuple[Value | None, ...]
    differs: bool
    best: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Offers side by side.

    Attributes:
        columns: in the order asked for.
        groups: all rows, by heading.
        left_out: what was asked for but is not on sale (any more).
    """

    columns: tuple[Card, ...]
    groups: tuple[Headed[CompareRow], ...]
    left_out: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[CompareRow, ...]:
        """All rows, in order."""
        return tuple(row for group in self.groups for row in group.lines)


def compare(
    catalog: Catalog,
    slugs: Sequence[str],
    *,
    as_of: datetime,
    language: str,
    new_customer: bool = True,
) -> Comparison:
    """Put offers side by side.

    Args:
        catalog: what is on sale.
        slugs: two to four; a slug that comes twice counts once, unknown ones are left out.
        as_of: instant at which the prices hold.
        language: of names and highlights.
        new_customer: True when new customers' prices may be shown.

    Raises:
        TooFewToCompare: fewer than two are left.
        TooManyToCompare: more than four.
        NotComparable: they are not all of one kind; says what to take out.
    """
    asked = tuple(dict.fromkeys(slugs))
    pricer = catalog.pricer(as_of, new_customer=new_customer)
    known = [found for slug in asked if (found := _find(catalog, slug)) is not None]
    offers = [offer for found in known if (offer := pricer.offer(found)) is not None]
    _check([offer.offering for offer in offers], language)
    sheets = [sheet(offer) for offer in offers]
    shown = {offer.offering.slug for offer in offers}
    return Comparison(
        columns=tuple(card(offer, language) for offer in offers),
        groups=by_section(_rows(sheets)),
        left_out=tuple(slug for slug in asked if slug not in shown),
    )


def _find(catalog: Catalog, slug: str) -> Offering | None:
    try:
        return catalog.by_slug(slug)
    except NotFound:
        return None


def _check(offerings: Sequence[Offering], language: str) -> None:
    if len(offerings) > MOST:
        raise TooManyToCompare(most=MOST, surplus=len(offerings) - MOST)
    if len(offerings) < FEWEST:
        raise TooFewToCompare
    kinds = Counter(offering.kind for offering in offerings)
    kept, _ = kinds.most_common(1)[0]
    others = [text(o.name, language) for o in offerings if o.kind is not kept]
    if others:
        keep = [o.slug for o in offerings if o.kind is kept]
        raise NotComparable(others=", ".join(others), keep=",".join(keep))


def _rows(sheets: Sequence[Mapping[str, Fact]]) -> Iterator[CompareRow]:
    facts = {name: fact for sheet in sheets for name, fact in sheet.items()}
    for name in sorted(facts, key=place):
        yield _row(facts[name], [sheet.get(name) for sheet in sheets])


def _row(fact: Fact, stated: Sequence[Fact | None]) -> CompareRow:
    values = tuple(found.value if found else None for found in stated)
    differs = len(set(values)) > 1
    best = _best(values, fact.better)
    return CompareRow(fact.name, fact.label, fact.section, values, differs, best)


def _best(values: Sequence[Value | None], better: Better) -> int | None:
    """Return the index of the one best value among at least two that can be compared."""
    sizes = {
        i: m for i, value in enumerate(values) if value and (m := magnitude(value)) is not None
    }
    if better is Better.NEITHER or len(sizes) < FEWEST:
        return None
    wanted = (max if better is Better.MORE else min)(sizes.values())
    winners = [index for index, size in sizes.items() if size == wanted]
    return winners[0] if len(winners) == 1 else None
