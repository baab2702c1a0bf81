"""Parts and relationships of a TMF620 ProductOffering as drafts."""

from __future__ import annotations

from collections.abc import Iterator

from self_service.domain.errors import N_
from self_service.domain.intake.drafts import LinkDraft
from self_service.domain.intake.json_element import Element, slug
from self_service.models.catalog import Relation

_RELATIONS = {
    "addonof": Relation.ADDON_OF,
    "optionalfor": Relation.ADDON_OF,
    "requires": Relation.REQUIRES,
    "excludes": Relation.EXCLUDES,
}
#: A group's name fits a basket line.
_GROUP_LENGTH = 32


def links(element: Element, named: str) -> Iterator[LinkDraft]:
    """Give the parts and the relationships; each pair is related in one way once.

    Args:
        element: the ProductOffering.
        named: its slug.
    """
    seen: set[tuple[Relation, str]] = set()
    for link, place in (*_parts(element), *_relationships(element)):
        if link.target == named:
            place.fault("id", N_("This names itself."))
        elif (link.relation, link.target) in seen:
            place.fault("id", N_("This was named before."))
        else:
            seen.add((link.relation, link.target))
            yield link


def _parts(element: Element) -> Iterator[tuple[LinkDraft, Element]]:
    for part in element.each("bundledProductOffering"):
        limits = part.child("bundledProductOfferingOption")
        least, most, chosen = 1, 1, 1
        if limits:
            least, most = _limits(limits)
            chosen = limits.whole("numberRelOfferDefault", default=least, most=9)
        yield LinkDraft(Relation.BUNDLES, slug(part, "id"), "", least, most, chosen > 0), part
    groups: set[str] = set()
    for choice in element.each("bundledGroupProductOffering"):
        group = slug(choice, "id", _GROUP_LENGTH)
        if group in groups:
            choice.fault("id", N_("This id was there before."))
        groups.add(group)
        limits = choice.child("bundledGroupProductOfferingOption")
        least, most = _limits(limits) if limits else (1, 1)
        for part in choice.each("bundledProductOffering"):
            own = part.child("bundledProductOfferingOption")
            chosen = own.whole("numberRelOfferDefault", most=9) if own else 0
            target = slug(part, "id")
            yield LinkDraft(Relation.BUNDLES, target, group, least, most, chosen > 0), part


def _limits(element: Element) -> tuple[int, int]:
    least = element.whole("numberRelOfferLowerLimit", default=1, most=9)
    most = element.whole("numberRelOfferUpperLimit", default=max(least, 1), least=1, most=9)
    if least > most:
        element.fault("numberRelOfferLowerLimit", N_("The lower limit is above the upper one."))
    return least, most


def _relationships(element: Element) -> Iterator[tuple[LinkDraft, Element]]:
    for related in element.each("productOfferingRelationship"):
        typed = related.text("relationshipType").casefold()
        if typed in _RELATIONS:
            group = related.text("x_group", limit=_GROUP_LENGTH)
            yield LinkDraft(_RELATIONS[typed], slug(related, "id"), group), related
        else:
            related.fault("relationshipType", N_("This value is not known here."), fatal=False)
