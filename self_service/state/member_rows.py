"""What the page about people with access shows, and how its forms are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from self_service import i18n
from self_service.domain.people.member_list import Access, Circle
from self_service.domain.people.member_wishes import ALL, Pending, last_day
from self_service.domain.subscriptions.view import SubscriptionView
from self_service.models.access import Scope
from self_service.state.checkout_rows import OptionRow
from self_service.state.member_words import (
    ALL_SUBSCRIPTIONS,
    scopes_text,
    subscription_text,
    until_text,
)
from self_service.state.request import readable

FIELDS = ("email", "scopes", "until")
NO_FAULTS = dict.fromkeys(FIELDS, "")
#: More than any field holds.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class AccessRow:
    """What somebody may do with one subscription, or with all; `last_day` as a field holds it."""

    id: str
    product: str
    can: str
    until: str
    last_day: str
    views: bool
    manages: bool
    pays: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who has access."""

    name: str
    email: str
    access: list[AccessRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PendingRow:
    """Somebody who was invited."""

    reference: str
    email: str
    product: str
    can: str
    until: str
    link_until: str


def circle_values(circle: Circle, language: str) -> dict[str, Any]:
    """Put who has access, and who was invited, into words."""
    named = {view.id: view for view in circle.subscriptions}
    return {
        "members": [
            MemberRow(
                name=member.name,
                email=member.email,
                access=[_access(access, named, language) for access in member.access],
            )
            for member in circle.members
        ],
        "pending": [_pending(row, named, language) for row in circle.pending],
        "products": [
            OptionRow(ALL, i18n.translate(language, ALL_SUBSCRIPTIONS)),
            *[OptionRow(str(key), subscription_text(v, language)) for key, v in named.items()],
        ],
    }


def wish_form(form: object) -> dict[str, Any]:
    """Read the form that invites, whatever anybody sent."""
    return {**terms_form(form), "email": _text(form, "email"), "product": _text(form, "product")}


def terms_form(form: object) -> dict[str, Any]:
    """Read what may be done and until when, whatever anybody sent."""
    found = form if isinstance(form, Mapping) else {}
    # a live form says of a box with an id whether it is ticked
    ticked = [
        scope.value for scope in Scope if found.get(f"scope_{scope.value}") in (True, "on", "true")
    ]
    return {"scopes": ticked, "until": _text(form, "until")}


def _text(form: object, name: str) -> str:
    value = form.get(name) if isinstance(form, Mapping) else ""
    return readable(value)[:_LONGEST] if isinstance(value, str) else ""


def _product(product_id: UUID | None, named: Mapping[UUID, SubscriptionView], language: str) -> str:
    if product_id is None:
        return i18n.translate(language, ALL_SUBSCRIPTIONS)
    return subscription_text(named.get(product_id), language)


def _access(access: Access, named: Mapping[UUID, SubscriptionView], language: str) -> AccessRow:
    return AccessRow(
        id=str(access.id),
        product=_product(access.product_id, named, language),
        can=scopes_text(access.scopes, language),
        until=until_text(access.until, language),
        last_day=last_day(access.until),
        views=True,
        manages=Scope.MANAGE in access.scopes,
        pays=Scope.PAY in access.scopes,
    )


def _pending(row: Pending, named: Mapping[UUID, SubscriptionView], language: str) -> PendingRow:
    return PendingRow(
        reference=row.reference,
        email=row.wish.email,
        product=_product(row.wish.product_id, named, language),
        can=scopes_text(row.wish.scopes, language),
        until=until_text(row.wish.until, language),
        link_until=i18n.short_day(row.ends_at, language),
    )
