"""The demo's bills: made by the engine for each month since the first purchase, most of them paid.

Jonas has one that is overdue for a few days and one that is open; the company pays all in time and
gets electronic invoices; Mateo was behind with one and pays it in instalments (`seed.debts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import outbox
from self_service.domain.access import Actor
from self_service.domain.bills import charges, taxes, writing
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.bill_rows import bill_id
from self_service.domain.bills.drafting import draft
from self_service.domain.outbox import EventKind
from self_service.domain.payments import paying, settling
from self_service.domain.payments.paying import Way
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing.periods import day_start
from self_service.models.access import DigitalIdentity, Role
from self_service.models.base import Texts
from self_service.models.bills import BillingAccount, ChargeKind, CustomerBill
from self_service.models.payments import PaymentPurpose
from self_service.money import Money
from self_service.ports import Charge, ChargeStatus
from self_service.seed.sign_ins import CORPORATE, HYBRID, POSTPAID, DemoSignIn

#: As with the orders of the demo's past, no provider is asked about these payments.
_WAY = Way(provider="demo")
_HOUR = timedelta(hours=1)
#: Bills are paid so long after they were made.
_PAID_AFTER = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class _Extra:
    """Something charged between two bills of the cycle, on a bill of its own.

    Attributes:
        days_ago: when.
        minor: its price in minor units, tax included.
    """

    days_ago: int
    name: Texts
    minor: int


#: Who -> what was charged to them in between, the oldest first.
_EXTRAS: Mapping[str, tuple[_Extra, ...]] = {
    # due after a fortnight: the first is overdue for four days, the second is open
    POSTPAID.login: (
        _Extra(
            18,
            {"en": "Number of your choice", "es": "Número a elegir", "ar": "رقم من اختيارك"},
            3_499,
        ),
        _Extra(
            3,
            {"en": "Technician's visit", "es": "Visita del técnico", "ar": "زيارة فني"},
            4_900,
        ),
    ),
    # was overdue for six days when an agreement was made about it
    HYBRID.login: (
        _Extra(
            30,
            {"en": "Screen repair", "es": "Reparación de la pantalla", "ar": "إصلاح الشاشة"},
            8_900,
        ),
    ),
}


class Past:
    """What one customer of the demo was billed and paid, made in the order in which it happened.

    Orders come between: whoever writes one first lets all happen that was before it.
    """

    def __init__(self, session: Session, person: DemoSignIn, payer: Actor, now: datetime) -> None:
        """Take who it is.

        Args:
            session: open transaction.
            person: of the demo.
            payer: as the customer.
            now: instant of seeding; all of it lies before.
        """
        self._session, self._person, self._payer, self._now = session, person, payer, now
        self._account_id: UUID | None = None
        between = _EXTRAS.get(person.login, ())
        self._ahead: list[tuple[datetime, int, Callable[[BillingAccount, datetime], None]]] = [
            (_morning(now, one.days_ago), number, partial(self._off_cycle, one))
            for number, one in enumerate(between)
        ]

    def until(self, at: datetime) -> None:
        """Let happen what was before an instant, nothing while there is no account."""
        account = self._account()
        while account is not None:
            coming = account.next_bill_at or at
            first = min(self._ahead, default=None, key=lambda act: act[:2])
            if first is not None and first[0] < min(coming, at):
                self._ahead.remove(first)
                first[2](account, first[0])
            elif coming < at:
                self._on_cycle(account, coming)
            else:
                return
            self._session.refresh(account)

    def _account(self) -> BillingAccount | None:
        mine = BillingAccount.customer_id == self._payer.customer()
        account = self._session.exec(select(BillingAccount).where(mine)).first()
        if account is not None and self._account_id is None:
            self._account_id = account.id
            if self._person.organization:
                account.e_invoice, account.tax_number = True, "DE811234567"
                account.buyer_reference = "PO-2026-17"
                self._session.flush()
        return account

    def _on_cycle(self, account: BillingAccount, at: datetime) -> None:
        session = self._session
        lock_account(session, account.id)
        found = draft(session, account.id, as_of=at, policy=BillPolicy())
        made = bill_id(account.id, account.last_sequence + 1)
        written = writing.put(session, [found], writing.Occasion(at, on_cycle=True))
        paid_at = at + _PAID_AFTER
        if written and paid_at < self._now:
            self._ahead.append((paid_at, account.last_sequence, partial(self._pay, made)))

    def _off_cycle(self, extra: _Extra, account: BillingAccount, at: datetime) -> None:
        session, micro = self._session, taxes.to_micro(extra.minor, account.currency)
        source = f"demo {extra.days_ago}"
        charges.add_charge(session, account.id, ChargeKind.ONE_TIME, extra.name, micro, source, at)
        writing.bill_now(session, account.id, as_of=at, now=at, policy=BillPolicy())

    def _pay(self, which: UUID, account: BillingAccount, at: datetime) -> None:
        session = self._session
        bill = session.get_one(CustomerBill, which)
        if not bill.remaining_minor:
            return
        amount = Money(bill.remaining_minor, bill.currency)
        made = paying.start(
            session,
            self._payer,
            purpose=PaymentPurpose.BILLS,
            amount=amount,
            way=_WAY,
            items=paying.shares(session, [bill.id]),
            now=at,
        )
        charge = Charge(
            reference=f"demo-{made}",
            payment_id=str(made),
            status=ChargeStatus.SUCCEEDED,
            amount=amount,
            refunded=Money.zero(amount.currency),
        )
        settling.settle(session, charge=charge, now=at)
        session.expire_all()


def bills(session: Session, now: datetime) -> None:
    """Make the bills of those of the demo who have none yet, an installation from before bills.

    Args:
        session: open transaction, after the demo's people were seeded.
        now: instant of seeding; all of it lies before.
    """
    taxes.seed(session)
    for person in (POSTPAID, CORPORATE, HYBRID):
        mine = select(DigitalIdentity).where(DigitalIdentity.login == person.login)
        identity = session.exec(mine).first()
        if identity is None or identity.customer_id is None or _billed(session, identity):
            continue
        payer = Actor(Role.CUSTOMER, customer_id=identity.customer_id, identity_id=identity.id)
        Past(session, person, payer, now).until(now)
        tell_nobody(session, now)


def _billed(session: Session, identity: DigitalIdentity) -> bool:
    """Say whether there are bills of the cycle."""
    cycle = select(CustomerBill.id).where(
        CustomerBill.customer_id == identity.customer_id, col(CustomerBill.order_id).is_(None)
    )
    return session.exec(cycle.limit(1)).first() is not None


def _morning(now: datetime, days_ago: int) -> datetime:
    return day_start(now - timedelta(days=days_ago)) + 9 * _HOUR


def tell_nobody(session: Session, now: datetime) -> None:
    """Say that nobody is to be told of what is long past."""
    kinds = (EventKind.BILL_MADE, EventKind.BILL_SETTLED)
    while events := outbox.open_events(session, of=kinds):
        for event in events:
            outbox.finish(session, event.id, now=now)
