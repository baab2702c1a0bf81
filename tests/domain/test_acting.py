"""Acting for a customer: whom each role reaches, asked anew at every act."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete, select

from self_service.domain.access import NotAllowed, acting, resolve
from self_service.domain.errors import NotFound
from self_service.domain.rows import add_rows
from self_service.models.access import Assignment, DigitalIdentity, Role, WebSession
from self_service.models.people import Customer
from tests.conftest import NOW
from tests.domain.test_serving import employ
from tests.order_shop import customer


def reached(session: Session, identity_id: UUID, role: Role) -> set[UUID]:
    return set(session.exec(select(Customer.id).where(acting.reached(identity_id, role))))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    assigned=st.sets(st.tuples(st.integers(0, 2), st.integers(0, 2))),
    supervised=st.sets(st.integers(0, 2)),
    disabled=st.sets(st.integers(0, 2)),
)
def test_everybody_reaches_just_whom_they_serve(
    session: Session,
    assigned: set[tuple[int, int]],
    supervised: set[int],
    disabled: set[int],
) -> None:
    if "scene" not in session.info:
        boss = employ(session, "boss", Role.DEALER_SUPERVISOR)
        dealers = [employ(session, f"d{n}", Role.DEALER).identity() for n in range(3)]
        customers = [customer(session, f"c{n}@example.com").customer() for n in range(3)]
        session.info["scene"] = (boss.identity(), dealers, customers)
    boss_id, dealers, customers = session.info["scene"]
    session.exec(delete(Assignment))
    add_rows(
        session,
        [
            Assignment(dealer_id=dealers[who], customer_id=customers[whom], created_at=NOW)
            for who, whom in sorted(assigned)
        ],
    )
    for number, dealer_id in enumerate(dealers):
        identity = session.get_one(DigitalIdentity, dealer_id)
        identity.supervisor_id = boss_id if number in supervised else None
        identity.disabled_at = NOW if number in disabled else None
    session.flush()
    theirs = {
        number: {customers[whom] for who, whom in assigned if who == number}
        for number in set(range(3)) - disabled
    }
    for number, dealer_id in enumerate(dealers):
        assert reached(session, dealer_id, Role.DEALER) == theirs.get(number, set())
    under = set().union(*(theirs.get(number, set()) for number in supervised))
    assert reached(session, boss_id, Role.DEALER_SUPERVISOR) == under
    for role in (Role.CUSTOMER, Role.SUB_USER, Role.VISITOR):
        assert reached(session, boss_id, role) == set()
    everybody = set(session.exec(select(Customer.id)))
    for role in (Role.REPRESENTATIVE, Role.ADMINISTRATOR):
        assert reached(session, boss_id, role) == everybody


def test_acting_is_not_being_there_in_person(session: Session) -> None:
    ada, sam = customer(session), employ(session, "sam", Role.REPRESENTATIVE)
    acting.turn_to(session, sam.identity(), sam.session_id, ada.customer_id)
    session.expire_all()
    actor = resolve(session, "sam", now=NOW)
    assert actor.customer() == ada.customer_id
    with pytest.raises(NotAllowed):
        actor.own_customer()
    with pytest.raises(NotFound):
        acting.turn_to(session, sam.identity(), sam.session_id, uuid4())
    assert (
        session.exec(select(WebSession.acting_for).where(WebSession.id == sam.session_id)).one()
        == ada.customer_id
    )
