"""What is given out about shared allowances; see `own_data_parts`."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from self_service.domain.errors import N_
from self_service.domain.people.own_data_shape import Part, Whose, part, within
from self_service.models.sharing import (
    SharedDraw,
    SharedUse,
    SharingGroup,
    SharingInvitation,
    SharingLimit,
    SharingMember,
    SharingRequest,
)
from self_service.models.subscriptions import Product


def _member(column: Any) -> Any:
    """Match rows about the customer's lines as members of groups."""
    return lambda who: column.in_(
        select(SharingMember.id)
        .join(Product, col(Product.id) == SharingMember.product_id)
        .where(Product.customer_id == who.customer)
    )


def _invited(who: Whose) -> Any:
    """Match invitations to the customer's groups."""
    return col(SharingInvitation.group_id).in_(
        select(SharingGroup.id)
        .join(Product, col(Product.id) == SharingGroup.product_id)
        .where(Product.customer_id == who.customer)
    )


SHARING: tuple[Part, ...] = (
    part(
        "sharing_groups",
        N_("Groups with which you share what a line includes"),
        SharingGroup,
        "id product_id name kinds created_at closed_at",
        within(SharingGroup.product_id, Product),
    ),
    part(
        "sharing_members",
        N_("Your lines in groups that share"),
        SharingMember,
        "id group_id product_id joined_at left_at",
        within(SharingMember.product_id, Product),
    ),
    part(
        "sharing_invitations",
        N_("Whom you invited to share"),
        SharingInvitation,
        "group_id email created_at expires_at closed_at",
        _invited,
    ),
    part(
        "sharing_requests",
        N_("More that you asked a group for"),
        SharingRequest,
        "member_id kind units status asked_at expires_at answered_at",
        _member(SharingRequest.member_id),
    ),
    part(
        "sharing_limits",
        N_("How much your lines could take from groups"),
        SharingLimit,
        "member_id kind units extra since",
        _member(SharingLimit.member_id),
    ),
    part(
        "shared_use",
        N_("What your lines took from groups, by month"),
        SharedUse,
        "member_id period_id kind units",
        _member(SharedUse.member_id),
    ),
    part(
        "shared_records",
        N_("What your lines took from groups, one by one"),
        SharedDraw,
        "member_id started_at record_id kind zone asked_units given_units",
        _member(SharedDraw.member_id),
    ),
)
