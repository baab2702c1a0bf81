"""To whom bills are addressed: written down with the bill, so that it says the same ever after.

A bill's file is made when somebody first opens it. By then people may have moved, or been erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.bills.reading import among, is_postgres, key, listed, plain
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.people import Customer, Site


class Addressee(NamedTuple):
    """Who a bill is for; fields as of `CustomerBill.buyer_*`, the address as JSON."""

    name: str
    address: str


def of_accounts(session: Session, keys: Sequence[str]) -> dict[str, Addressee]:
    """Return to whom bills are addressed now, for many accounts at once.

    It is the place that was entered first of those where the customer still is, else of all.

    Args:
        session: open transaction.
        keys: ids of the accounts, in hex digits.

    Returns:
        The account's key -> who.
    """
    postgres = is_postgres(session)
    ids = {"ids": listed(keys, postgres=postgres)}
    found: dict[str, Addressee] = {}
    for account, name, address in session.connection().execute(_statement(postgres), ids):
        if account not in found:  # the first place of all
            found[account] = Addressee(" ".join(name.split()), address or "{}")
    return found


def of_bill(session: Session, bill_id: UUID) -> Addressee:
    """Return to whom a bill was addressed, who may have moved or been erased since."""
    of = CustomerBill
    wanted = select(of.buyer_name, plain(of.buyer_address)).where(of.id == bill_id)
    return Addressee(*session.connection().execute(wanted).one())


@lru_cache(maxsize=2)
def _statement(postgres: bool) -> Any:
    of = BillingAccount
    return (
        select(key(of.id, postgres=postgres), Customer.name, plain(Site.address))
        .join(Customer, Customer.id == of.customer_id)
        .join(Site, Site.customer_id == Customer.id, isouter=True)
        .where(among(of.id, postgres=postgres))
        .order_by(Site.closed_at.is_not(None), Site.created_at, Site.id)
    )
