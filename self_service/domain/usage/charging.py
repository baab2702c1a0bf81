"""What usage costs goes on bills (prepaid: `collecting`), told anew whenever it changes.

One charge waits for each month, kind and zone. While it is on no bill it is kept up to date; once
it is, what comes later is a difference, on the next bill.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from self_service.domain.bills.accounts import billing_account
from self_service.domain.rows import changed
from self_service.domain.usage import tariffs
from self_service.models.base import Texts
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    ChargeKind,
    ProductCharging,
)
from self_service.models.catalog import PriceType
from self_service.models.subscriptions import Product
from self_service.models.usage import (
    UsageDay,
    UsageHandover,
    UsageKind,
    UsagePeriod,
    UsageZone,
)

#: Months handed over in one transaction.
CHUNK = 500
_Place = tuple[int, UsageKind, UsageZone]


class Due(NamedTuple):
    """A month whose amount changed since bills were told."""

    id: int
    product_id: UUID
    customer_id: UUID
    currency: str
    starts_at: datetime
    ends_at: datetime


def to_bills(
    session: Session, *, now: datetime, limit: int = CHUNK, after: int = 0, only: UUID | None = None
) -> int | None:
    """Tell bills what usage costs that changed; a fixed number of statements, but for new accounts.

    Args:
        session: open transaction.
        now: instant at which a difference falls due; the charge of a month does at its end.
        limit: at most so many months.
        after: only months with a higher number.
        only: only of this product.

    Returns:
        The last month's number, None when there was none.
    """
    months = _due(session, limit=limit, after=after, only=only)
    if not months:
        return None
    accounts = _locked_accounts(session, months, now)
    ids = [month.id for month in months]
    locked = select(UsagePeriod.id).where(col(UsagePeriod.id).in_(ids))
    session.exec(locked.order_by(col(UsagePeriod.id)).with_for_update(key_share=True)).all()
    sums = _sums(session, ids)
    told = {
        (row.period_id, row.kind, row.zone): row
        for row in session.exec(select(UsageHandover).where(col(UsageHandover.period_id).in_(ids)))
    }
    rates = _rates(session, told)
    names = _names(session, months)
    by_id = {month.id: month for month in months}
    for place in sorted(sums.keys() | told.keys()):
        month = by_id[place[0]]
        row = told.get(place)
        if row is None:
            if not sums.get(place):
                continue
            row = UsageHandover(period_id=place[0], kind=place[1], zone=place[2])
        _tell(
            session,
            row,
            rates.get(_source(row)),
            _Told(month, accounts[month.customer_id], names.get((month.product_id, *place[1:]))),
            sums.get(place, 0),
            now,
        )
    session.flush()
    done = update(UsagePeriod).where(col(UsagePeriod.id).in_(ids)).values(to_hand_over=False)
    changed(session, done.execution_options(synchronize_session=False))
    session.expire_all()
    return ids[-1]


class _Told(NamedTuple):
    """For whom and under which name a charge is."""

    month: Due
    account_id: UUID
    name: Texts | None


def by_wallet() -> Any:
    """Return the condition that a product is paid from a wallet, not by bills."""
    return func.coalesce(ProductCharging.by_wallet, Product.prepaid)


def _due(session: Session, *, limit: int, after: int, only: UUID | None) -> list[Due]:
    wanted = (
        select(
            UsagePeriod.id,
            Product.id,
            Product.customer_id,
            Product.currency,
            UsagePeriod.starts_at,
            UsagePeriod.ends_at,
        )
        .join(Product, Product.id == UsagePeriod.product_id)
        .outerjoin(ProductCharging, ProductCharging.product_id == Product.id)
        .where(
            col(UsagePeriod.to_hand_over),
            ~by_wallet(),
            col(UsagePeriod.id) > after,
        )
        .order_by(col(UsagePeriod.id))
        .limit(limit)
    )
    if only is not None:
        wanted = wanted.where(Product.id == only)
    return [Due(*row) for row in session.execute(wanted)]


def _locked_accounts(session: Session, months: Sequence[Due], now: datetime) -> dict[UUID, UUID]:
    """Lock the billing accounts in one order; make those that are missing."""
    customers = {month.customer_id: month.currency for month in months}
    mine = select(BillingAccount.customer_id, BillingAccount.id).where(
        col(BillingAccount.customer_id).in_(list(customers))
    )
    found = {customer: account for customer, account in session.execute(mine)}  # noqa: C416
    for customer_id in sorted(customers.keys() - found.keys(), key=str):
        made = billing_account(session, customer_id, currency=customers[customer_id], now=now)
        found[customer_id] = made.id
    locked = select(BillingAccount.id).where(col(BillingAccount.id).in_(found.values()))
    session.exec(locked.order_by(col(BillingAccount.id)).with_for_update()).all()
    return found


def _sums(session: Session, ids: Sequence[int]) -> dict[_Place, int]:
    rows = session.execute(
        select(UsageDay.period_id, UsageDay.kind, UsageDay.zone, func.sum(UsageDay.amount_micro))
        .where(col(UsageDay.period_id).in_(ids), UsageDay.amount_micro != 0)
        .group_by(col(UsageDay.period_id), col(UsageDay.kind), col(UsageDay.zone))
    )
    return {(period, kind, zone): int(micro) for period, kind, zone, micro in rows}


def _source(row: UsageHandover) -> str:
    """Name a charge for good."""
    return f"usage:{row.period_id}:{row.kind.value}:{row.zone.value}:{row.number}"


def _rates(
    session: Session, told: Mapping[_Place, UsageHandover]
) -> dict[str | None, AppliedBillingRate]:
    names = [_source(row) for row in told.values()]
    wanted = select(AppliedBillingRate).where(col(AppliedBillingRate.source).in_(names))
    found = session.exec(wanted.execution_options(populate_existing=True))
    return {rate.source: rate for rate in found}


def _tell(
    session: Session,
    row: UsageHandover,
    rate: AppliedBillingRate | None,
    told: _Told,
    total: int,
    now: datetime,
) -> None:
    """Bring the charges of one month, kind and zone to a total."""
    if rate is not None and rate.bill_id is not None:
        row.billed_micro += rate.amount_micro
        row.number, rate = row.number + 1, None
    session.add(row)
    wanted = total - row.billed_micro
    if wanted == 0:  # nothing to ask for: no line of zero on the bill
        if rate is not None:
            session.delete(rate)
        return
    month = told.month
    if rate is None:
        late = row.number > 0
        rate = AppliedBillingRate(
            account_id=told.account_id,
            product_id=month.product_id,
            kind=ChargeKind.USAGE if wanted > 0 else ChargeKind.CREDIT,
            name=told.name or _NAMES[row.kind],
            source=_source(row),
            charged_at=max(now, month.ends_at) if late else month.ends_at,
            period_start=month.starts_at,
            period_end=month.ends_at,
        )
        rate.detail = {"usage": row.kind.value, "zone": row.zone.value, "late": late}
    rate.amount_micro = wanted
    session.add(rate)


#: Where no sold price has a name for it.
_NAMES: Mapping[UsageKind, Texts] = {
    UsageKind.DATA: {"en": "Data", "es": "Datos", "ar": "البيانات"},
    UsageKind.VOICE: {"en": "Calls", "es": "Llamadas", "ar": "المكالمات"},
    UsageKind.MESSAGE: {"en": "Messages", "es": "Mensajes", "ar": "الرسائل"},
}


def _names(
    session: Session, months: Sequence[Due]
) -> dict[tuple[UUID, UsageKind, UsageZone], Texts]:
    """Name kinds and zones as the prices are named that were sold for them."""
    ids = sorted({month.product_id for month in months}, key=str)
    found: dict[tuple[UUID, UsageKind, UsageZone], Texts] = {}
    for product_id, sold in tariffs.sold(session, ids, kinds=(PriceType.USAGE,)).items():
        for tariff in sold.tariffs:
            for zone in tariff.zones:
                key = product_id, UsageKind(tariff.kind), UsageZone(zone)
                found.setdefault(key, json.loads(tariff.name))
    return found
