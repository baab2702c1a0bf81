"""Rows of the page on which offers stand side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

from self_service import i18n, routes
from self_service.domain.catalog.compare import CompareRow, Comparison
from self_service.domain.catalog.steps import Step
from self_service.domain.errors import N_
from self_service.domain.store.cards import BADGE_LABELS, Card
from self_service.state.display import picture_path
from self_service.state.values import written

#: Steps that are done on a page of choices; all others begin on the product's own page.
_CHOOSING = frozenset({Step.CHOOSE_PLAN, Step.CHOOSE_ADDONS, Step.CHOOSE_PARTS})


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One of the offers: what stands at the top of its column."""

    slug: str
    name: str
    brand: str
    badge: str
    picture: str
    href: str
    pick_href: str  # "" for what the customer has already
    remove_href: str  # "" for what was set beside the others by us


@dataclass(frozen=True, slots=True)
class CellRow:
    """What one fact is for one offer; "" when it is not known."""

    text: str
    best: bool


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact about all offers."""

    label: str
    differs: bool
    cells: list[CellRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SectionRow:
    """Facts under one heading."""

    title: str
    facts: list[FactRow] = field(default_factory=list)


def column_row(card: Card, step: Step, language: str, *, held: bool, remove_href: str) -> ColumnRow:
    """Put the top of a column into words.

    Args:
        card: of the offer.
        step: where Pick leads.
        language: of the reader.
        held: whether the customer has it.
        remove_href: address of the comparison without it.
    """
    badge = BADGE_LABELS[card.badge] if card.badge else ""
    path = routes.CHOOSE if step in _CHOOSING else routes.PRODUCT
    return ColumnRow(
        slug=card.slug,
        name=card.name,
        brand=card.brand,
        badge=i18n.translate(language, N_("Yours now") if held else badge) if held or badge else "",
        picture=picture_path(card.picture),
        href=routes.page(language, routes.PRODUCT, card.slug),
        pick_href="" if held else routes.page(language, path, card.slug),
        remove_href=remove_href,
    )


def section_rows(found: Comparison, language: str, *, only_differences: bool) -> list[SectionRow]:
    """Put the facts into words, all of them or only those that differ."""
    sections = []
    for group in found.groups:
        facts = [_fact(row, language) for row in group.lines if row.differs or not only_differences]
        if facts:
            sections.append(SectionRow(i18n.translate(language, group.label), facts))
    return sections


def _fact(row: CompareRow, language: str) -> FactRow:
    return FactRow(
        label=i18n.translate(language, row.label),
        differs=row.differs,
        cells=[
            CellRow(written(value, language) if value is not None else "", index == row.best)
            for index, value in enumerate(row.values)
        ],
    )
