"""From what a person chose to new lines: who hangs on whom, and what a bundle brings by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from self_service.domain.basket.input import Choice
from self_service.domain.basket.lines import Line, Lines
from self_service.domain.catalog.index import Catalog
from self_service.domain.rules.sale import groups, part_group, targets
from self_service.models.base import new_id
from self_service.models.catalog import Relation


def under(catalog: Catalog, parent: Line, choice: Choice) -> Line:
    """Return a new line for `choice` under `parent`, as many pieces as it has.

    Raises:
        OfferingGone: what was chosen, or the parent, left the catalogue.
    """
    catalog.get(choice.offering_id)
    above = catalog.get(parent.offering_id)
    return Line(
        id=new_id(),
        offering_id=choice.offering_id,
        configuration=choice.configuration,
        parent_id=parent.id,
        group=part_group(above, choice.offering_id, choice.group) or "",
        quantity=parent.quantity,
    )


def together(catalog: Catalog, top: Choice, choices: Sequence[Choice], quantity: int) -> Lines:
    """Return new lines for something with what was chosen for it, parents first.

    An extra goes under the first plan (or other offering) in the list that it can be added to, the
    rest goes under the top. Groups of a bundle that nothing was chosen for take their default.

    Raises:
        OfferingGone: something chosen left the catalogue.
    """
    first = Line(new_id(), top.offering_id, top.configuration, quantity=quantity)
    lines = [first]
    waiting = [*choices, *_defaults(catalog, top, choices)]
    chosen = {choice.offering_id for choice in waiting}
    # what others hang on comes first, so that a list in any order finds its parents
    for choice in sorted(waiting, key=lambda c: not chosen.isdisjoint(_hosts(catalog, c))):
        hosts = _hosts(catalog, choice)
        parent = next((line for line in lines[1:] if line.offering_id in hosts), first)
        lines.append(under(catalog, parent, choice))
    return tuple(lines)


def may_bring(catalog: Catalog, incoming: Iterable[UUID]) -> set[UUID]:
    """Return what may come into a basket with these offerings: they, and the parts of bundles.

    Raises:
        OfferingGone: one of them left the catalogue.
    """
    found = set(incoming)
    for offering_id in tuple(found):
        found.update(targets(catalog.get(offering_id), Relation.BUNDLES))
    return found


def _hosts(catalog: Catalog, choice: Choice) -> tuple[UUID, ...]:
    return targets(catalog.get(choice.offering_id), Relation.ADDON_OF)


def _defaults(catalog: Catalog, top: Choice, choices: Sequence[Choice]) -> list[Choice]:
    """Return what a bundle brings where nothing was chosen: its default, or its only part."""
    chosen = {(choice.offering_id, choice.group) for choice in choices}
    brought = []
    for links in groups(catalog.get(top.offering_id), Relation.BUNDLES).values():
        answers = {(link.target, group) for link in links for group in ("", link.group)}
        defaults = [link for link in links if link.is_default or len(links) == 1]
        if chosen.isdisjoint(answers) and defaults and defaults[0].minimum > 0:
            brought.append(Choice(defaults[0].target, group=defaults[0].group))
    return brought
