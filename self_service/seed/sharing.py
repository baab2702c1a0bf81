"""A family of the demo: the monthly plan shares its data with the prepaid line."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from self_service import sharing_letters
from self_service.domain.access import Actor
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import SharingPolicy
from self_service.domain.sharing import groups, joining, members, requests
from self_service.models.access import DigitalIdentity, Role
from self_service.models.catalog import OfferingKind, ProductOffering
from self_service.models.sharing import SharingGroup, SharingMember
from self_service.models.subscriptions import Product
from self_service.seed.sign_ins import HYBRID

_GIVES, _TAKES = "current-m-24", "drift-m"
_LIMIT, _MORE = "12", "2"
_POLICY = SharingPolicy()


def seed_sharing(session: Session, *, vault: Vault, now: datetime) -> None:
    """Start the group on the day of the younger line, before usage is rated, unless it is there.

    Args:
        session: open transaction; the people and what they bought are there.
        vault: seals the code of an invitation that waits.
        now: instant of seeding.
    """
    rows = session.execute(
        select(ProductOffering.slug, Product.id, Product.started_at)
        .join(ProductOffering, col(ProductOffering.id) == Product.offering_id)
        .join(DigitalIdentity, col(DigitalIdentity.customer_id) == Product.customer_id)
        .where(DigitalIdentity.login == HYBRID.login, Product.kind == OfferingKind.PLAN)
    )
    lines = {slug: (product_id, since) for slug, product_id, since in rows}
    there = session.exec(select(SharingGroup.id).limit(1)).first()
    if there is not None or not {_GIVES, _TAKES} <= lines.keys():
        return
    owner = _actor(session)
    (giver, _), (taker, since) = lines[_GIVES], lines[_TAKES]
    began = min(since + timedelta(hours=1), now)
    group = groups.start(session, owner, giver, name="Family", kinds=["data"], now=began)
    joining.add(session, owner, group, taker, policy=_POLICY, now=began)
    member = session.exec(select(SharingMember.id).where(SharingMember.group_id == group)).one()
    members.set_limit(session, owner, member, kind="data", amount=_LIMIT, now=began)
    requests.ask(
        session,
        owner,
        member,
        kind="data",
        amount=_MORE,
        words=sharing_letters.asked,
        policy=_POLICY,
        now=now,
    )
    joining.invite(
        session,
        owner,
        group,
        email="",
        vault=vault,
        words=sharing_letters.invited,
        language=HYBRID.details["language"],
        policy=_POLICY,
        now=now,
    )


def _actor(session: Session) -> Actor:
    row = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == HYBRID.login)).one()
    return Actor(
        role=Role.CUSTOMER,
        customer_id=row.customer_id,
        identity_id=row.id,
        full_name=HYBRID.name,
    )
