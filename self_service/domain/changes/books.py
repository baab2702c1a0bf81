"""The books that a change is reckoned in: whose account, whose taxes, how far it is charged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.bills import taxes
from self_service.domain.bills.drafting import DraftLine, taxed
from self_service.domain.bills.gathering import Account
from self_service.domain.bills.recurring import Charging, Line, Pause, SoldPrice
from self_service.domain.changes.sums import Settled, first_lines, settle
from self_service.domain.policy import BillPolicy
from self_service.models.bills import (
    BillingAccount,
    BillingCycle,
    ChargeTiming,
    ProductCharging,
    ProductPause,
    TaxCategory,
)
from self_service.models.catalog import PriceType
from self_service.models.orders import OrderItemPrice
from self_service.models.subscriptions import Product
from self_service.money import Money

_NEVER = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
_NO_KEY = UUID(int=0).hex


@dataclass(frozen=True, slots=True)
class Books:
    """How lines become money for one customer.

    Attributes:
        account: as the bills read it; one that is not there yet is the usual one.
        rates: of tax.
        country: whose rates hold.
        timing: of its cycle.
        scale: millionths in a minor unit.
        chargings, rows, pauses: by product id.
    """

    account: Account
    rates: taxes.Rates
    country: str
    timing: ChargeTiming
    scale: int
    chargings: dict[UUID, Charging]
    rows: dict[UUID, ProductCharging]
    pauses: dict[UUID, tuple[Pause, ...]]

    def rounded(self, lines: Iterable[Line]) -> tuple[DraftLine, ...]:
        """Round lines as a bill does."""
        return tuple(taxed(line, self.account, self.country, self.rates) for line in lines)

    def total(self, lines: Iterable[Line]) -> Money:
        """Return what lines come to on a bill."""
        minor = sum(line.gross_minor for line in self.rounded(lines))
        return Money(minor, self.account.currency)

    def by_wallet(self, product_id: UUID) -> bool:
        """Say whether a product is paid from the wallet."""
        row = self.rows.get(product_id)
        return row is not None and row.by_wallet

    def timing_of(self, product_id: UUID) -> ChargeTiming:
        """Return when a product is charged: wallets pay in advance."""
        return ChargeTiming.ADVANCE if self.by_wallet(product_id) else self.timing

    def settled(self, product_id: UUID, at: datetime) -> Settled:
        """Settle what is charged for a product up to an instant; nothing when nothing is."""
        charging = self.chargings.get(product_id)
        if charging is None:
            return Settled((), (), ())
        timing, pauses = self.timing_of(product_id), self.pauses.get(product_id, ())
        return settle(charging, pauses, at=at, timing=timing, scale=self.scale)

    def first(self, charging: Charging, *, by_wallet: bool) -> tuple[Line, ...]:
        """Return what a new price asks for as it begins."""
        timing = ChargeTiming.ADVANCE if by_wallet else self.timing
        return first_lines(charging, timing=timing, scale=self.scale)


def read(
    session: Session,
    customer_id: UUID,
    products: Iterable[Product],
    *,
    currency: str,
    policy: BillPolicy | None = None,
) -> Books:
    """Read the books of a customer about some products: five statements.

    Args:
        session: open transaction; who changes them holds the account's lock.
        customer_id: whose.
        products: of that customer.
        currency: of the installation, for who has no account yet.
        policy: the operator's tax country.
    """
    owned = {product.id: product for product in products}
    found = session.exec(
        select(BillingAccount)
        .where(BillingAccount.customer_id == customer_id)
        .execution_options(populate_existing=True)
    ).first()
    cycle = session.get(BillingCycle, found.cycle_id) if found else None
    rows = session.exec(
        select(ProductCharging)
        .where(col(ProductCharging.product_id).in_(list(owned)))
        .execution_options(populate_existing=True)
    ).all()
    running = {row.product_id: row for row in rows if row.closed_at is None}
    prices = _prices(session, {row.order_item_id for row in running.values()})
    account = _account(found, customer_id, currency)
    return Books(
        account=account,
        rates=taxes.load(session),
        country=account.tax_country or (policy or BillPolicy()).tax_country,
        timing=cycle.timing if cycle else ChargeTiming.ADVANCE,
        scale=taxes.to_micro(1, account.currency),
        chargings={
            key: _charging(row, owned[key], prices.get(row.order_item_id, ()))
            for key, row in running.items()
        },
        rows=running,
        pauses=_pauses(session, list(owned)),
    )


def _account(row: BillingAccount | None, customer_id: UUID, currency: str) -> Account:
    if row is None:
        ids = (_NO_KEY, customer_id.hex, _NO_KEY, _NO_KEY, "", currency)
        return Account(*ids, 0, 0, None, None, _NEVER, TaxCategory.STANDARD, "")
    return Account(
        row.id.hex,
        row.customer_id.hex,
        row.ledger_id.hex,
        row.cycle_id.hex,
        row.number,
        row.currency,
        row.credit_minor,
        row.last_sequence,
        row.billed_until,
        row.next_bill_at,
        row.created_at,
        row.tax_category,
        row.tax_country,
    )


def _charging(row: ProductCharging, product: Product, prices: tuple[SoldPrice, ...]) -> Charging:
    return Charging(
        product.id.hex,
        json.dumps(product.name),
        prices,
        row.anchor_at,
        row.starts_at,
        row.ends_at,
        row.charged_until,
        row.bills_from,
        row.end_settled,
    )


def _prices(session: Session, items: set[UUID]) -> dict[UUID, tuple[SoldPrice, ...]]:
    rows = session.exec(
        select(OrderItemPrice)
        .where(
            col(OrderItemPrice.item_id).in_(list(items)),
            col(OrderItemPrice.price_type).in_([PriceType.RECURRING, PriceType.DISCOUNT]),
        )
        .order_by(OrderItemPrice.item_id, OrderItemPrice.position)
    )
    found: dict[UUID, tuple[SoldPrice, ...]] = {}
    for row in rows:
        sold = SoldPrice(
            row.price_type,
            row.amount_minor,
            row.percent_bp,
            row.period_unit,
            row.period_length,
            row.duration_unit,
            row.duration_length,
            row.position,
            json.dumps(row.name),
        )
        found[row.item_id] = (*found.get(row.item_id, ()), sold)
    return found


def _pauses(session: Session, ids: list[UUID]) -> dict[UUID, tuple[Pause, ...]]:
    found: dict[UUID, tuple[Pause, ...]] = {}
    rows = select(ProductPause).where(col(ProductPause.product_id).in_(ids))
    for row in session.exec(rows.execution_options(populate_existing=True)):
        pause = Pause(row.id, row.starts_at, row.ends_at, row.credited_until)
        found[row.product_id] = (*found.get(row.product_id, ()), pause)
    return found
