"""Who may pay which bill, and how."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.payments import pending
from self_service.domain.payments.payers import PayByLink
from self_service.domain.payments.paying import (
    CardNotUsable,
)
from self_service.domain.payments.settling import Outcome
from self_service.models.access import Grant, Role, Scope
from self_service.models.audit import AuditEntry
from self_service.models.bills import AppliedBillingRate, CustomerBill
from self_service.models.payments import (
    MethodStatus,
    Payment,
)
from self_service.models.people import Customer
from tests.books import make_account, make_bill, make_customer, proven
from tests.conftest import NOW
from tests.household import household, let_in
from tests.order_shop import rows
from tests.payers import (
    WRITTEN,
    charge_of,
    make_card,
    owing,
    settle,
    start,
)


def refused(session: Session, error: type[DomainError], act) -> DomainError:
    """The act is refused, and nothing was written."""
    before = rows(session, *WRITTEN)
    with pytest.raises(error) as caught:
        act()
    assert rows(session, *WRITTEN) == before
    return caught.value


class TestWhoPays:
    def test_no_other_provider_settles_it(self, session: Session) -> None:
        from self_service.domain.payments import settling

        ada, (bill,) = owing(session, 5_000)
        made = start(session, ada, [bill])
        charge = charge_of(session, made)
        found = settling.settle(session, charge=charge, now=NOW, provider="transfer")
        assert found.outcome is Outcome.UNKNOWN
        session.refresh(bill)
        assert bill.remaining_minor == 5_000

    def test_who_acts_for_a_customer_sends_a_link_instead(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        acting = Actor(
            role=Role.DEALER,
            customer_id=ada.customer_id,
            identity_id=uuid4(),
            behalf="Ada Quell",
        )
        refused(session, PayByLink, lambda: start(session, acting, [bill]))

    def test_a_foreign_removed_or_expired_card_is_refused(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        foreign = make_card(session, make_customer(session, now=NOW).id)
        refused(session, NotFound, lambda: start(session, ada, [bill], method_id=foreign.id))
        refused(session, NotFound, lambda: start(session, ada, [bill], method_id=uuid4()))
        for status in (MethodStatus.REMOVED, MethodStatus.EXPIRED):
            card = make_card(session, ada.customer(), status=status)
            act = lambda: start(session, ada, [bill], method_id=card.id)  # noqa: B023, E731
            refused(session, CardNotUsable, act)

    @pytest.mark.parametrize(
        ("scope", "lines", "may"),
        [
            (Scope.PAY, "mine", True),
            (Scope.PAY, "both", False),
            (Scope.PAY, "none", False),
            (Scope.VIEW, "mine", False),
            (Scope.MANAGE, "mine", False),
        ],
        ids=["theirs", "others too", "no subscription", "sees", "manages"],
    )
    def test_a_member_pays_what_is_only_about_their_subscription(
        self, session: Session, scope: Scope, lines: str, may: bool
    ) -> None:
        home = household(session)
        bill = _bill_of(session, home.ada)
        about = {"mine": [home.phone_plan], "both": [home.mobile, home.fibre], "none": [None]}
        ben = let_in(session, home.ada, product=str(home.mobile), scopes=[scope.value])
        _lines(session, bill, about[lines])
        if not may:
            refused(session, NotFound, lambda: start(session, ben, [bill]))
            return
        made = start(session, ben, [bill], keep=True)
        payment = session.get_one(Payment, made)
        assert (payment.customer_id, payment.payer_id) == (home.ada.customer_id, ben.identity_id)
        assert not payment.keep_method
        assert pending.owned_by(session, made, ben)
        assert "bill.pay" in [entry.act for entry in session.exec(select(AuditEntry))]
        settle(session, made)
        proven(session)

    def test_a_member_with_all_pays_all_but_with_no_saved_card(self, session: Session) -> None:
        home = household(session)
        bill = _bill_of(session, home.ada)
        ben = let_in(session, home.ada, scopes=["pay"])
        card = make_card(session, home.ada.customer())
        before = rows(session, *WRITTEN)
        with pytest.raises(NotAllowed):
            start(session, ben, [bill], method_id=card.id)
        assert rows(session, *WRITTEN) == before
        assert start(session, ben, [bill])

    def test_a_grant_that_is_over_pays_nothing(self, session: Session) -> None:
        home = household(session)
        bill = _bill_of(session, home.ada)
        ben = let_in(session, home.ada, scopes=["pay"])
        for grant in session.exec(select(Grant)):
            grant.expires_at = NOW
        session.flush()
        refused(session, NotFound, lambda: start(session, ben, [bill]))


def _bill_of(session: Session, ada: Actor) -> CustomerBill:
    customer = session.get_one(Customer, ada.customer())
    account = make_account(session, now=NOW, customer=customer)
    return make_bill(session, account, gross=5_000, tax=0, now=NOW)


def _lines(session: Session, bill: CustomerBill, products: list[UUID | None]) -> None:
    """Say what the bill's line is about; further lines are of nothing."""
    (line,) = session.exec(
        select(AppliedBillingRate).where(AppliedBillingRate.bill_id == bill.id)
    ).all()
    line.product_id = products[0]
    for product in products[1:]:
        session.add(
            AppliedBillingRate(
                account_id=bill.account_id,
                bill_id=bill.id,
                product_id=product,
                name={"en": "Plan"},
                charged_at=NOW,
            )
        )
    session.flush()
