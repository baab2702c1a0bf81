"""The accounts of the ledger: customers', which know their balance, and the operator's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, or_
from sqlmodel import Session, select

from self_service.domain.rows import add_once
from self_service.models.base import NOBODY
from self_service.models.ledger import AccountKind, LedgerAccount, LedgerEntry
from self_service.money import Money

#: Kinds that belong to customers. Their balance is kept with each entry; the operator's accounts
#: would make every transaction wait for one row, so theirs is a sum, taken when it is asked for.
CUSTOMERS = frozenset({AccountKind.WALLET, AccountKind.RECEIVABLE})


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the ledger.

    Attributes:
        currency: ISO 4217, the same for all its entries.
    """

    id: UUID
    kind: AccountKind
    currency: str

    @property
    def tracked(self) -> bool:
        """Say whether its balance is kept, and each entry's balance with it."""
        return self.kind in CUSTOMERS


def house(session: Session, kind: AccountKind, currency: str, name: str = "") -> Account:
    """Return one of the operator's accounts, made when it is needed first.

    Args:
        session: open transaction.
        kind: what it holds.
        currency: ISO 4217.
        name: tells several of one kind apart: the payment provider, the tax category.
    """
    return _account(session, kind, NOBODY, currency, name)


def owned(session: Session, kind: AccountKind, owner_id: UUID, currency: str) -> Account:
    """Return a customer's account, made when it is needed first.

    Args:
        session: open transaction.
        kind: WALLET (owner: the customer) or RECEIVABLE (owner: the billing account).
        owner_id: whose.
        currency: ISO 4217.
    """
    return _account(session, kind, owner_id, currency, "")


def balance(session: Session, account: Account) -> Money:
    """Return what an account was given less what was taken from it."""
    if account.tracked:
        kept = select(LedgerAccount.balance_minor).where(LedgerAccount.id == account.id)
        return Money(session.exec(kept).one(), account.currency)
    signed = case(
        (LedgerEntry.credit_id == account.id, LedgerEntry.amount_minor),
        else_=-LedgerEntry.amount_minor,
    )
    touched = or_(LedgerEntry.credit_id == account.id, LedgerEntry.debit_id == account.id)
    total = session.exec(select(func.coalesce(func.sum(signed), 0)).where(touched)).one()
    return Money(int(total), account.currency)


def _account(
    session: Session, kind: AccountKind, owner_id: UUID, currency: str, name: str
) -> Account:
    mine = select(LedgerAccount.id).where(
        LedgerAccount.kind == kind,
        LedgerAccount.owner_id == owner_id,
        LedgerAccount.name == name,
        LedgerAccount.currency == currency,
    )
    found = session.exec(mine).first()
    if found is None:
        add_once(session, LedgerAccount(kind=kind, owner_id=owner_id, name=name, currency=currency))
        found = session.exec(mine).one()
    return Account(found, kind, currency)
