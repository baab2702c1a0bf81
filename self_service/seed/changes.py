"""What the demo's customers mean to change: a planned one that can be called off."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.access import Actor
from self_service.domain.catalog import index as catalog_index
from self_service.domain.changes import asking, quoting, telling
from self_service.domain.changes.view import Wish
from self_service.domain.policy import Policy
from self_service.models.access import DigitalIdentity
from self_service.models.changes import ChangeKind, ProductChange
from self_service.models.subscriptions import Product, ProductStatus
from self_service.seed.sign_ins import POSTPAID

#: What the postpaid customer has, and what it becomes with the end of its month.
FROM, TO = "tv-family", "tv-start"


def changes(session: Session, now: datetime) -> None:
    """Plan the change, unless one was ever asked for; what ended is left alone.

    Args:
        session: open transaction.
        now: instant of asking.
    """
    catalog = catalog_index.current(session)
    identity = session.exec(
        select(DigitalIdentity).where(DigitalIdentity.login == POSTPAID.login)
    ).first()
    if identity is None or identity.customer_id is None:
        return
    mine = Product.customer_id == identity.customer_id
    running = (mine, Product.status == ProductStatus.ACTIVE)
    here = Product.offering_id == catalog.by_slug(FROM).id
    product = session.exec(select(Product).where(*running, here)).first()
    asked = ProductChange.customer_id == identity.customer_id
    if product is None or session.exec(select(ProductChange.id).where(asked)).first():
        return
    actor = Actor(
        role=identity.role,
        customer_id=identity.customer_id,
        identity_id=identity.id,
        language="en",
        confirmed_at=now,
    )
    wish = Wish(ChangeKind.DOWNGRADE, product.id, catalog.by_slug(TO).id)
    found = quoting.quote(session, actor, wish, policy=Policy(), now=now)
    asking.ask(session, actor, wish, seen=found.seen, policy=Policy(), now=now)
    for event in telling.waiting(session):  # nobody is told of what a demo begins with
        outbox.finish(session, event.id, now=now)
