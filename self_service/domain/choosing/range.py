"""What the catalogue has to choose from for one thing: its plans, its extras, its parts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from self_service.domain.basket.swap import SWAPPED
from self_service.domain.catalog.index import Catalog, OfferingGone
from self_service.domain.catalog.view import Link, Offering
from self_service.domain.rules.sale import EXTRAS, groups, targets
from self_service.models.catalog import OfferingKind, Relation

#: Plans that are offered for one thing, or things for one extra: the most popular ones.
MOST_PLANS = 24


def known(catalog: Catalog, offering_id: UUID) -> Offering | None:
    """Return an offering, None when it left the catalogue."""
    try:
        return catalog.get(offering_id)
    except OfferingGone:
        return None


def plans_for(catalog: Catalog, top: Offering) -> tuple[Offering, ...]:
    """Return the plans that stand for choice: beside a device, or in the place of another."""
    kind = OfferingKind.PLAN if top.kind is OfferingKind.DEVICE else top.kind
    if kind not in SWAPPED:
        return ()
    return tuple(plan for plan in catalog.of_kind(kind) if plan.is_sellable)[:MOST_PLANS]


def hosts_for(catalog: Catalog, top: Offering) -> tuple[Offering, ...]:
    """Return what an extra can be chosen for, the most popular first; nothing for other kinds."""
    if top.kind not in EXTRAS:
        return ()
    found = (known(catalog, target) for target in targets(top, Relation.ADDON_OF))
    sold = [host for host in found if host is not None and host.is_sellable]
    return tuple(sorted(sold, key=lambda host: -host.popularity)[:MOST_PLANS])


def extras_for(catalog: Catalog, hosts: Iterable[Offering]) -> tuple[Offering, ...]:
    """Return what can be added to any of `hosts` and is no part of a bundle among them."""
    above = tuple(hosts)
    parts = {part for host in above for part in targets(host, Relation.BUNDLES)}
    found = {extra.id: extra for host in above for extra in catalog.addons_of(host.id)}
    return tuple(e for e in found.values() if e.is_sellable and e.id not in parts)


def bundle_parts(catalog: Catalog, top: Offering) -> dict[str, tuple[tuple[Link, Offering], ...]]:
    """Return the choices of a bundle: name in an address -> alternatives that are on sale."""
    found = {}
    for name, links in groups(top, Relation.BUNDLES).items():
        parts = tuple(
            (link, part) for link in links if (part := known(catalog, link.target)) is not None
        )
        if parts:
            found[name if links[0].group else parts[0][1].slug] = parts
    return found
