"""Offerings made by hand and the circumstances under which they are sold: no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from self_service.domain.catalog.view import Characteristic, Link, Offering
from self_service.domain.errors import DomainError
from self_service.domain.rules import engine as catalog_rules
from self_service.domain.rules.problems import Violation
from self_service.domain.rules.sale import SaleLine
from self_service.models.catalog import OfferingKind, Relation
from tests.conftest import NOW

K = OfferingKind


def offer(kind: OfferingKind, name: str, *links: Link, **more: Any) -> Offering:
    defaults = {"name": {"en": name, "es": f"{name} (es)"}, "description": {}, "category": "c"}
    return Offering(id=uuid4(), slug=name.lower(), kind=kind, links=links, **{**defaults, **more})


def to(relation: Relation, target: Offering, **more: Any) -> Link:
    return Link(relation, target.id, **more)


def choices(**values: Sequence[str]) -> tuple[Characteristic, ...]:
    return tuple(Characteristic(n, tuple(v), configurable=True) for n, v in values.items())


def line(offering: Offering, parent: SaleLine | None = None, **more: Any) -> SaleLine:
    key = more.pop("key", offering.slug)
    configuration = more.pop("configuration", {})
    return SaleLine(key, offering, configuration, parent.key if parent else None, **more)


@dataclass
class Shop:
    """The circumstances of a check, with the offerings that can be found."""

    offerings: list[Offering] = field(default_factory=list)
    owned: set[UUID] = field(default_factory=set)
    new_customer: bool = True
    stock: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)

    def find(self, offering_id: UUID) -> Offering:
        for offering in self.offerings:
            if offering.id == offering_id:
                return offering
        raise DomainError

    def terms(self) -> dict[str, Any]:
        return {
            "owned": self.owned,
            "new_customer": self.new_customer,
            "now": NOW,
            "stock": self.stock,
            "find": self.find,
        }

    def check(self, *lines: SaleLine) -> tuple[Violation, ...]:
        return catalog_rules.check(lines, **self.terms())

    def codes(self, *lines: SaleLine) -> list[tuple[str, Any]]:
        return [(found.code, found.line) for found in self.check(*lines)]

    def may_add(self, offering: Offering, *lines: SaleLine, **more: Any) -> str:
        found = catalog_rules.may_add(offering, lines, **self.terms(), **more)
        return found.code if found else ""


PHONE = offer(K.DEVICE, "Phone")
PLAN, OTHER_PLAN = offer(K.PLAN, "Plan M"), offer(K.PLAN, "Plan L")
FIBRE, FAST_FIBRE = offer(K.BROADBAND, "Fibre 100"), offer(K.BROADBAND, "Fibre 500")
ROAMING = offer(K.ADDON, "Roaming", to(Relation.ADDON_OF, PLAN), to(Relation.ADDON_OF, OTHER_PLAN))
PACK = offer(
    K.BUNDLE,
    "Pack",
    to(Relation.BUNDLES, FIBRE, group="net"),
    to(Relation.BUNDLES, FAST_FIBRE, group="net", is_default=True),
    to(Relation.BUNDLES, PLAN, group="sims", minimum=0, maximum=2),
    to(Relation.BUNDLES, OTHER_PLAN, group="sims", minimum=0, maximum=2),
)
TOP = line(PACK)
SHOP = Shop([PHONE, PLAN, OTHER_PLAN, FIBRE, FAST_FIBRE, ROAMING])


def said(violation: Violation, language: str = "en") -> str:
    """The message as a person reads it: every place must be filled."""
    data = {k: v[language] if isinstance(v, dict) else v for k, v in violation.data.items()}
    return violation.message.format_map(data)
