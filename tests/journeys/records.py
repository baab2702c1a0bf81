"""Usage of the demo's people, as another worker would take it in while the portal runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import select

from self_service import clock, db
from self_service.models.access import DigitalIdentity
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.seed.sign_ins import DemoSignIn
from tests import used
from tests.journeys.conftest import Server


def use(server: Server, person: DemoSignIn, *records: dict[str, Any]) -> None:
    """Rate records of somebody's first line.

    Args:
        server: whose database it is.
        person: whose line it is.
        *records: `id`, `minutes` ago, and what `used.row` takes.
    """
    shelves = db.Database(db.make_engine(f"sqlite:///{server.folder / 'portal.db'}"))
    with shelves.writing() as session:
        login = DigitalIdentity.login == person.login
        owner = session.exec(select(DigitalIdentity.customer_id).where(login)).one()
        number = session.exec(
            select(Resource.value)
            .join(Product, Product.id == Resource.product_id)
            .where(Product.customer_id == owner, Resource.kind == ResourceKind.MSISDN)
        ).first()
        now = clock.now()
        rows = [
            used.row(
                one["id"],
                now - timedelta(minutes=one["minutes"]),
                one["kind"],
                one["units"],
                number=number,
                **one.get("more", {}),
            )
            for one in records
        ]
        used.feed(session, *rows, now=now, source="journey")
        used.rate(session, now=now)
    shelves.engine.dispose()
