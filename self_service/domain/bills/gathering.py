"""Reading what bills are made of, for many accounts at once: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, select

from self_service.domain.bills import selecting, taxes
from self_service.domain.bills.reading import (
    is_postgres,
    listed,
    moment,
    moment_or_none,
)
from self_service.domain.bills.recurring import Charging, Line, Pause, SoldPrice
from self_service.domain.orders.cancellation import ENDED
from self_service.models.bills import (
    BillingCycle,
    ChargeKind,
    CustomerBill,
    TaxCategory,
)
from self_service.models.catalog import PeriodUnit, PriceType
from self_service.models.orders import ProductOrder
from self_service.models.payments import Payment, PaymentPurpose, PaymentStatus, Refund


class Account(NamedTuple):
    """A billing account; fields as of `BillingAccount`, but ids as 32 hex digits.

    Attributes:
        key, customer, ledger, cycle: its own id, and those of what it belongs to.
    """

    key: str
    customer: str
    ledger: str
    cycle: str
    number: str
    currency: str
    credit_minor: int
    last_sequence: int
    billed_until: datetime | None
    next_bill_at: datetime | None
    created_at: datetime
    tax_category: TaxCategory
    tax_country: str

    @property
    def id(self) -> UUID:
        """Return its id."""
        return UUID(self.key)

    @property
    def customer_id(self) -> UUID:
        """Return whose it is."""
        return UUID(self.customer)


class Instalment(NamedTuple):
    """Goods that are paid over months; fields as of `InstalmentPurchase`."""

    id: UUID
    product: str  # hex digits of its id
    name: str
    total_minor: int
    pieces: int
    billed: int
    next_at: datetime
    anchor_at: datetime


@dataclass(frozen=True, slots=True)
class Gathered:
    """What bills of some accounts are made of, by the account's key (pauses by the product's)."""

    accounts: tuple[Account, ...]
    cycles: Mapping[str, BillingCycle]
    chargings: Mapping[str, Sequence[Charging]]
    pauses: Mapping[str, Sequence[Pause]]
    waiting: Mapping[str, Sequence[Line]]
    instalments: Mapping[str, Sequence[Instalment]]
    bound: Mapping[str, int]
    rates: taxes.Rates


class _Reader:
    """Reads what belongs to some accounts, by statements that are built once."""

    def __init__(self, session: Session, keys: Sequence[str], as_of: datetime) -> None:
        self.session, self.postgres = session, is_postgres(session)
        self._connection = session.connection()
        self._parameters = {"ids": listed(keys, postgres=self.postgres), "as_of": as_of}

    def rows(self, statement: Any, **more: Any) -> Sequence[Any]:
        """Return the rows that a statement finds with `ids` and `as_of`."""
        return self._connection.execute(statement, {**self._parameters, **more}).all()


def gather(
    session: Session, keys: Sequence[str], *, as_of: datetime, texts: bool = True
) -> Gathered:
    """Read what is to be billed by an instant.

    Args:
        session: open transaction; who writes bills from this has locked the accounts.
        keys: ids of the accounts in hex digits, at most some thousands.
        as_of: waiting charges of later do not come.
        texts: whether names of waiting charges are wanted: a run does not read them.
    """
    session.flush()
    reader = _Reader(session, keys, as_of)
    accounts = tuple(map(_account, reader.rows(selecting.accounts(reader.postgres))))
    return Gathered(
        accounts=accounts,
        cycles={cycle.id.hex: cycle for cycle in session.exec(select(BillingCycle)).all()},
        chargings=_chargings(reader),
        pauses=_pauses(reader),
        waiting=_waiting(reader, texts=texts),
        instalments=_instalments(reader),
        bound=_bound(session, [account for account in accounts if account.credit_minor]),
        rates=taxes.load(session),
    )


_CATEGORY = {category.value: category for category in TaxCategory}
_CHARGE = {kind.value: kind for kind in ChargeKind}
_PRICE = {kind.value: kind for kind in PriceType}
_UNIT = {unit.value: unit for unit in PeriodUnit}


def _account(row: Sequence[Any]) -> Account:
    own, customer, ledger, cycle, number, currency, credit, sequence, *rest = row
    until, coming, made, category, country = rest
    return Account(
        own,
        customer,
        ledger,
        cycle,
        number,
        currency,
        credit,
        sequence,
        moment_or_none(until),
        moment_or_none(coming),
        moment(made),
        _CATEGORY[category],
        country,
    )


def _chargings(reader: _Reader) -> dict[str, list[Charging]]:
    rows = reader.rows(selecting.chargings(reader.postgres))
    sold = _sold(reader, {row[1] for row in rows})
    found: dict[str, list[Charging]] = defaultdict(list)
    for account, item, product, name, anchor, start, end, until, bills_from, settled in rows:
        charging = Charging(
            product,
            name,
            sold.get(item, ()),
            moment(anchor),
            moment(start),
            moment_or_none(end),
            moment(until),
            moment_or_none(bills_from),
            settled,
        )
        found[account].append(charging)
    return found


def _sold(reader: _Reader, items: set[str]) -> dict[str, tuple[SoldPrice, ...]]:
    found: dict[str, tuple[SoldPrice, ...]] = {}
    ids = listed(sorted(items), postgres=reader.postgres)
    for item, *row in reader.rows(selecting.sold(reader.postgres), ids=ids):
        found[item] = (*found.get(item, ()), _sold_price(*row))
    return found


@lru_cache(maxsize=1_024)
def _sold_price(
    kind: str, minor: int, percent_bp: int, unit: str, length: int, duration_unit: str, *rest: Any
) -> SoldPrice:
    """Make a price of a row; few differ, and those that are equal are one."""
    units = _UNIT[unit], length, _UNIT[duration_unit]
    return SoldPrice(_PRICE[kind], minor, percent_bp, *units, *rest)


def _pauses(reader: _Reader) -> dict[str, list[Pause]]:
    found: dict[str, list[Pause]] = defaultdict(list)
    for product, *row in reader.rows(selecting.pauses(reader.postgres)):
        found[product].append(Pause(*row))
    return found


def _waiting(reader: _Reader, *, texts: bool) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for account, at, micro, category, number, *shown in reader.rows(
        selecting.waiting(reader.postgres, texts)
    ):
        found[account].append(_line(moment(at), micro, _CATEGORY[category], number, *shown))
    return found


def _line(
    at: datetime,
    micro: int,
    category: TaxCategory,
    number: int,
    kind: str = ChargeKind.USAGE.value,
    name: str = "",
    detail: Any = None,
    product: str | None = None,
    start: str | None = None,
    end: str | None = None,
    source: str | None = None,
) -> Line:
    """Make a line of what waited; what only readers want is left out in a run."""
    period = moment_or_none(start), moment_or_none(end)
    return Line(_CHARGE[kind], name, detail, product, at, *period, micro, source, category, number)


def _instalments(reader: _Reader) -> dict[str, list[Instalment]]:
    found: dict[str, list[Instalment]] = defaultdict(list)
    for account, *row in reader.rows(selecting.instalments(reader.postgres)):
        found[account].append(Instalment(*row))
    return found


def _bound(session: Session, accounts: Sequence[Account]) -> dict[str, int]:
    """Return, by account, how much of its credit a new bill cannot have.

    That is what older bills still ask for, and what was paid for orders that are under way: it
    pays their own bill, or goes back.
    """
    if not accounts:
        return {}
    found: dict[str, int] = defaultdict(int)
    ids = [account.id for account in accounts]
    older = select(CustomerBill.account_id, func.sum(CustomerBill.remaining_minor)).where(
        CustomerBill.account_id.in_(ids), CustomerBill.remaining_minor > 0
    )
    for account_id, minor in session.execute(older.group_by(CustomerBill.account_id)):
        found[account_id.hex] += int(minor)
    by_customer = {account.customer_id: account.key for account in accounts}
    for customer_id, minor in session.execute(paid_for_orders(list(by_customer))):
        found[by_customer[customer_id]] += int(minor)
    return found


#: Of a payment, what is neither put against a bill nor with the payer's bank again.
_FREE = Payment.amount_minor - Payment.allocated_minor - Payment.taken_back_minor


def paid_for_orders(customer_ids: Sequence[UUID]) -> Any:
    """Select, by customer, what was paid for orders that are under way and have no bill yet."""
    billed = select(CustomerBill.id).where(CustomerBill.order_id == Payment.order_id).exists()
    back = select(Refund.id).where(Refund.payment_id == Payment.id).exists()
    return (
        select(Payment.customer_id, func.sum(_FREE))
        .join(ProductOrder, ProductOrder.id == Payment.order_id)
        .where(
            Payment.customer_id.in_(customer_ids),
            Payment.purpose == PaymentPurpose.ORDER,
            Payment.status == PaymentStatus.DONE,
            ProductOrder.state.not_in(ENDED),
            ~billed,
            ~back,
        )
        .group_by(Payment.customer_id)
    )
