"""What a customer has now, beside what is compared."""

from __future__ import annotations

from sqlmodel import select

from self_service.domain.choosing.current_plans import current
from self_service.models.catalog import OfferingKind
from self_service.models.subscriptions import Product, ProductStatus
from tests.basket_shop import make_customer, own


def test_only_what_runs_and_is_of_the_kind(session, shop, ana):
    bob = make_customer(session)
    own(session, bob, shop["plan-m"])
    own(session, bob, shop["plan-l"], ProductStatus.TERMINATED)
    for product in session.exec(select(Product)):
        product.kind = OfferingKind.PLAN
    session.flush()
    assert current(session, bob, OfferingKind.PLAN) == (shop["plan-m"],)
    assert current(session, bob, OfferingKind.DEVICE) == ()
    assert current(session, ana, OfferingKind.PLAN) == ()
    assert current(session, make_customer(session), OfferingKind.PLAN) == ()
