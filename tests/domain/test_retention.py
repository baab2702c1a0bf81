"""What the law kept of somebody who left is deleted when it need not be kept any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, select

from self_service.domain.access import Actor
from self_service.domain.people import erasure, retention
from self_service.domain.pricing.periods import add_months
from self_service.models.audit import AuditEntry
from self_service.models.documents import Document
from self_service.models.orders import (
    OrderItemPrice,
    OrderMilestone,
    ProductOrder,
    ProductOrderItem,
)
from self_service.models.payments import Payment, Refund
from self_service.models.people import Customer, CustomerStatus, Site
from self_service.models.subscriptions import Product, Resource, ResourceKind
from tests.conftest import NOW
from tests.domain.test_erasure import settled
from tests.mailbox import words
from tests.settings_people import acts, other

YEARS = 10
END = add_months(NOW, 12 * YEARS)
KEPT: tuple[type[SQLModel], ...] = (
    ProductOrder,
    ProductOrderItem,
    OrderItemPrice,
    OrderMilestone,
    Payment,
    Product,
    Document,
    Site,
)


def counts(session: Session, customer_id: object) -> dict[str, int]:
    """How many rows there are of what is kept."""
    del customer_id
    return {table.__name__: len(session.exec(select(table)).all()) for table in KEPT}


@pytest.fixture
def gone(session: Session) -> Actor:
    """A customer who left, with everything that has to be kept."""
    actor = settled(session)
    erasure.erase(session, actor, farewell=words, years=YEARS, now=NOW)
    return actor


def test_nothing_goes_a_moment_too_early(session: Session, gone: Actor) -> None:
    before = counts(session, gone.customer_id)
    assert all(before.values())
    early = END - timedelta(seconds=1)
    assert retention.due(session, years=YEARS, as_of=early) == ()
    assert retention.run(session, years=YEARS, now=early) == 0
    assert counts(session, gone.customer_id) == before


def test_all_goes_when_it_may(session: Session, gone: Actor) -> None:
    assert retention.due(session, years=YEARS, as_of=END) == (gone.customer(),)
    assert retention.run(session, years=YEARS, now=END) == 1
    assert not any(counts(session, gone.customer_id).values())
    stub = session.get_one(Customer, gone.customer())
    assert (stub.name, stub.status) == ("Erased", CustomerStatus.CLOSED)
    assert session.exec(select(Resource).where(Resource.product_id.is_not(None))).all() == []  # type: ignore[union-attr]


def test_numbers_are_free_again_and_things_are_not(session: Session, gone: Actor) -> None:
    allocated = select(Resource.kind, Resource.value).where(Resource.product_id.is_not(None))  # type: ignore[union-attr]
    theirs = session.exec(allocated).all()
    assert {kind for kind, _ in theirs} >= {ResourceKind.MSISDN, ResourceKind.SERIAL}
    retention.run(session, years=YEARS, now=END)
    left = set(session.exec(select(Resource.kind, Resource.value)).all())
    assert {found for found in theirs if found in left} == {
        found for found in theirs if found[0] is ResourceKind.MSISDN
    }


def test_it_is_recorded_once(session: Session, gone: Actor) -> None:
    assert retention.run(session, years=YEARS, now=END) == 1
    recorded = session.exec(
        select(AuditEntry).where(AuditEntry.act == "account.retention_ended")
    ).one()
    assert recorded.customer_id == gone.customer_id
    assert recorded.after["rows"]["product_order"] == 1
    assert retention.run(session, years=YEARS, now=END) == 0
    assert acts(session).count("account.retention_ended") == 1


def test_a_later_document_holds_all(session: Session, gone: Actor) -> None:
    payment = session.exec(select(Payment)).one()
    session.add(
        Refund(
            payment_id=payment.id,
            amount_minor=1,
            currency=payment.currency,
            reason="late",
            status_changed_at=NOW,
            created_at=NOW + timedelta(days=1),
        )
    )
    session.flush()
    before = counts(session, gone.customer_id)
    assert retention.run(session, years=YEARS, now=END) == 0
    assert counts(session, gone.customer_id) == before
    assert retention.run(session, years=YEARS, now=END + timedelta(days=1)) == 1
    assert session.exec(select(Refund)).all() == []


def test_nobody_who_is_a_customer_is_touched(session: Session) -> None:
    settled(session)
    other(session)
    before = counts(session, None)
    assert retention.run(session, years=YEARS, now=END + timedelta(days=4_000)) == 0
    assert counts(session, None) == before


def test_batches_are_small(session: Session, gone: Actor) -> None:
    assert retention.run(session, years=YEARS, now=END, most=0) == 0
    assert counts(session, gone.customer_id)["ProductOrder"] == 1


@given(
    last=st.integers(0, 60 * 365),
    years=st.integers(1, 30),
)
def test_the_end_is_never_before_the_years_are_over(last: int, years: int) -> None:
    at = NOW + timedelta(days=last)
    assert add_months(at, 12 * years) - at >= timedelta(days=365 * years)
