"""A small operator over years: customers who buy, pay, owe and change their minds.

Each act goes the way of the product; what the world itself remembers (money that came, promises of
the store) is what the books are held against.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from self_service.domain.bills import now as billing
from self_service.domain.bills import preview, run
from self_service.domain.bills.drafting import Draft
from self_service.domain.debts import dunning, keeping
from self_service.domain.debts.overdue import day_over, days_after
from self_service.domain.payments import booking, chargebacks
from self_service.domain.wallet import gifts, renewals, watching
from self_service.models.bills import (
    BillingAccount,
    BillTax,
    CustomerBill,
    ProductCharging,
)
from self_service.models.dunning import (
    AgreedInstalment,
    AgreementStatus,
    DunningCase,
    PaymentAgreement,
    SuspendedProduct,
)
from self_service.models.ledger import AccountKind, LedgerAccount, LedgerEntry
from self_service.models.payments import (
    Payment,
    PaymentPurpose,
    PaymentStatus,
    Refund,
)
from self_service.models.wallet import TransferBalance, TransferStatus
from self_service.money import Money
from self_service.ports import ChargedBack
from tests import wallets
from tests.bills import drafted, written
from tests.money_people import POLICY, People

__all__ = ["POLICY", "World"]


class World(People):
    """An operator, its customers and its clock."""

    # -- bills --------------------------------------------------------------------------------

    def seen(self, account: BillingAccount, as_of: datetime) -> Draft:
        """What the customer is shown before the bill is made."""
        actor = self.actor(self.name_of(account.customer_id))
        return preview.preview(self.session, actor, as_of=as_of, now=self.now)

    def same(self, shown: Draft, made: CustomerBill | None) -> None:
        """Assert that a bill is what its preview was: line by line, tax by tax, and in all."""
        if made is None:
            assert shown.lines == ()
            return
        told = shown.net_minor, shown.tax_minor, shown.gross_minor, shown.period_start, shown.as_of
        kept = made.net_minor, made.tax_minor, made.gross_minor, made.period_start, made.period_end
        assert told == kept
        assert written(self.session, made) == [drafted(line) for line in shown.lines]
        items = self.session.exec(select(BillTax).where(BillTax.bill_id == made.id)).all()
        assert sorted((i.category, i.rate_bp, i.net_minor, i.tax_minor) for i in items) == [
            tuple(item) for item in shown.taxes
        ]

    def bill_now(self, name: str, days: int) -> CustomerBill | None:
        """Let customer service bill somebody until a day; None when nothing falls due."""
        account, session = self.account(name), self.session
        staff = replace(self.staff, customer_id=account.customer_id, behalf=name)
        typed = (self.now + timedelta(days=days)).date().isoformat()
        shown = self.seen(account, billing.as_of(typed, account, now=self.now))
        more = {"typed": typed, "now": self.now}
        other = str(shown.gross_minor + 1)
        assert self.tried(billing.bill_now, staff, seen=other, **more) is None  # not what was seen
        number = self.tried(billing.bill_now, staff, seen=str(shown.gross_minor), **more)
        mine = select(CustomerBill).where(CustomerBill.number == number)
        made = session.exec(mine.execution_options(populate_existing=True)).first()
        self.same(shown, made)
        return made

    def run_cycle(self) -> None:
        """Run the cycle as the job does: each missed one is billed."""
        cycle = run.cycle_id(self.session, "monthly")
        shown = {
            account.id: (account.next_bill_at, self.seen(account, account.next_bill_at))
            for account in self.accounts()
            if account.next_bill_at <= self.now
        }
        made = run.start(self.session, cycle, as_of=self.now, now=self.now)
        tally = run.perform(self.writing, made, now=self.now, policy=POLICY)
        assert tally.refused == set()
        assert run.due(self.session, cycle, as_of=self.now) == 0
        for account_id, (as_of, draft) in shown.items():
            bills = select(CustomerBill).where(
                CustomerBill.account_id == account_id,
                CustomerBill.run_id == made.id,
                CustomerBill.period_end == as_of,
            )
            self.same(draft, self.session.exec(bills).first())
        again = run.perform(self.writing, made, now=self.now, policy=POLICY)
        assert (again.accounts, again.bills) == (0, 0)

    def bills(self, *more: Any) -> list[CustomerBill]:
        """Bills, as they are, in the order of their making."""
        wanted = select(CustomerBill).where(*more)
        ordered = wanted.order_by(
            CustomerBill.customer_id, CustomerBill.sequence
        ).execution_options(populate_existing=True)
        return list(self.session.exec(ordered).all())

    # -- time ---------------------------------------------------------------------------------

    def next_date(self) -> datetime:
        """The next instant at which something happens by itself."""
        dates = [account.next_bill_at for account in self.accounts()]
        dates += self._times(DunningCase.next_at, col(DunningCase.closed_at).is_(None))
        dates += self._times(
            TransferBalance.undo_until, TransferBalance.status == TransferStatus.PENDING
        )
        dates += self._times(
            ProductCharging.next_at,
            ProductCharging.by_wallet,
            ProductCharging.short_since.is_(None),
        )
        due = self._times(CustomerBill.due_at, CustomerBill.remaining_minor > 0)
        late = self._times(
            AgreedInstalment.due_at,
            AgreedInstalment.agreement_id.in_(
                select(PaymentAgreement.id).where(PaymentAgreement.status == AgreementStatus.ACTIVE)
            ),
        )
        dates += [day_over(at) for at in due]
        dates += [days_after(at, POLICY.agreement_grace_days + 1) for at in late]
        return min(at for at in dates if at > self.now)

    def _times(self, column: Any, *conditions: Any) -> list[datetime]:
        wanted = select(column).where(column.is_not(None), *conditions).distinct()
        return list(self.session.exec(wanted).all())

    def pass_dates(self, count: int) -> None:
        """Go from one date at which something happens to the next, and let it happen."""
        for _ in range(count):
            self.now = self.next_date()
            self.round()

    def round(self) -> None:
        """What the jobs do."""
        self.wallet_rounds()
        if any(account.next_bill_at <= self.now for account in self.accounts()):
            self.run_cycle()
        self.look_at_debts()

    def wallet_rounds(self) -> None:
        """What the jobs of the wallet do."""
        session, more = self.session, {"letters": wallets.LETTERS, "now": self.now}
        for gift in gifts.due(session, now=self.now):
            gifts.deliver(session, gift, terms=wallets.TERMS, **more)
        for product in renewals.due(session, now=self.now):
            renewals.charge(session, product, retry_days=30, **more)
        for bucket in watching.expired(session, now=self.now):
            watching.expire(session, bucket, now=self.now)

    # -- money --------------------------------------------------------------------------------

    def payments(self) -> list[Payment]:
        """Payments of bills that are done and were not taken back."""
        back = select(Refund.id).where(Refund.payment_id == Payment.id).exists()
        wanted = select(Payment).where(
            Payment.status == PaymentStatus.DONE,
            Payment.purpose == PaymentPurpose.BILLS,
            Payment.taken_back_minor == 0,
            ~back,
        )
        return list(self.session.exec(wanted.order_by(Payment.created_at, Payment.id)).all())

    def charge_back(self, payment: Payment) -> bool:
        """Let a bank take a payment back: its bills are open again, and what was credit is gone.

        Returns:
            False when what was left of it paid other bills: a claim is not made here.
        """
        account = booking.account_of(self.session, payment, now=self.now)
        self.session.refresh(payment)
        if account.credit_minor < payment.amount_minor - payment.allocated_minor:
            return False
        told = ChargedBack(
            reference=f"dp_{payment.id}",
            charge_reference="",
            amount=Money(payment.amount_minor, payment.currency),
            taken=True,
            at=self.now,
            payment_id=str(payment.id),
        )
        chargebacks.receive(self.session, told, provider=payment.provider, now=self.now)
        return True

    def off(self) -> int:
        """How many services are switched off for a debt."""
        wanted = select(func.count()).select_from(SuspendedProduct)
        return self.session.exec(wanted.where(SuspendedProduct.restored_at.is_(None))).one()

    def look_at_debts(self) -> list[str]:
        """Do what the dunning job does."""
        session, now, found = self.session, self.now, []
        for _, account_id in keeping.active_ones(session):
            found.append(keeping.check(session, account_id, policy=POLICY, now=now))
        for account_id in dunning.candidates(session, now=now):
            dunning.open_case(session, account_id, policy=POLICY, now=now)
        for _, account_id in dunning.without_next(session):
            dunning.on_paid(session, account_id, now)
        for case_id in dunning.due(session, now=now):
            found.append(dunning.take_step(session, case_id, policy=POLICY, now=now))
        return found

    def lying(self, *kinds: AccountKind) -> int:
        """What lies on all accounts of some kinds, by their entries."""
        mine = select(LedgerAccount.id).where(LedgerAccount.kind.in_(kinds))
        came = select(func.sum(LedgerEntry.amount_minor)).where(LedgerEntry.credit_id.in_(mine))
        went = select(func.sum(LedgerEntry.amount_minor)).where(LedgerEntry.debit_id.in_(mine))
        session = self.session
        return int(session.exec(came).one() or 0) - int(session.exec(went).one() or 0)

    def money_at_providers(self) -> int:
        """What providers hold: all that was paid, less all that is owed back."""
        paid = select(func.sum(Payment.amount_minor)).where(
            Payment.status.in_((PaymentStatus.DONE,))
            | select(Refund.id).where(Refund.payment_id == Payment.id).exists()
        )
        back = select(func.sum(Refund.amount_minor))
        taken = select(func.sum(Payment.taken_back_minor))
        sums = [int(self.session.exec(one).one() or 0) for one in (paid, back, taken)]
        return sums[0] - sums[1] - sums[2]
