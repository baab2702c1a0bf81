"""Withdrawing from a contract within the legal time (directive 2011/83/EU as of 2023/2673).

Two steps: a statement that says who withdraws from what, and its confirmation. The confirmation
counts at once, whatever the network says to switching off, and is answered by a receipt that says
the day and the time. Services end, what they cost is credited; goods are to be sent back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.bills import credit_note
from self_service.domain.bills.accounts import billing_account, lock_account
from self_service.domain.bills.credit_note import CreditLine, NothingToCredit
from self_service.domain.changes import charging, goods, orders, paying, performing, revoking
from self_service.domain.changes.refusals import NotRevocable, TooLateToWithdraw
from self_service.domain.changes.telling import Told, tell
from self_service.domain.changes.tree import Tree, open_tree
from self_service.domain.changes.view import Quote, Wish
from self_service.domain.debts.overdue import days_after, last_of_day
from self_service.domain.errors import N_, DomainError
from self_service.domain.fulfilment.resources import GOODS
from self_service.domain.network import requests
from self_service.domain.payments import refunds
from self_service.domain.policy import Policy
from self_service.domain.rows import add_rows, lock_order
from self_service.domain.transitions import CHANGE, PRODUCT, advance
from self_service.models.access import Scope
from self_service.models.base import Texts, new_id
from self_service.models.bills import AppliedBillingRate, ChargeKind, CustomerBill
from self_service.models.changes import ChangeKind, ChangeStatus, GoodsWish, ProductChange
from self_service.models.ledger import EntryKind, LedgerEntry
from self_service.models.network import NetworkAct
from self_service.models.orders import OrderState, ProductOrder, ProductOrderItem
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.wallet import WalletCharge
from self_service.money import Money


class NameNeeded(DomainError):
    """The law wants to know who withdraws."""

    code = "name_needed"
    message = N_("Type your name: the receipt names who withdrew.")


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody withdraws from.

    Attributes:
        contract: number of the order.
        until: last instant at which it is possible.
        services, goods: what ends, and what is to be sent back.
        amount: what is credited for the services.
        to_card: it goes back the way it was paid; else it is credit for the next bills.
    """

    contract: str
    ordered_at: datetime
    until: datetime
    services: tuple[Texts, ...]
    goods: tuple[Texts, ...]
    amount: Money
    to_card: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """That somebody withdrew: from what, and when."""

    number: str
    contract: str
    at: datetime
    amount: Money


def until(tree: Tree, policy: Policy) -> datetime:
    """Return the last instant at which a subscription can be withdrawn from."""
    start = tree.main.started_at or tree.main.status_changed_at
    return last_of_day(days_after(start, policy.changes.withdraw_days))


def statement(
    session: Session, actor: Actor, product_id: object, *, policy: Policy, now: datetime
) -> Statement:
    """Say what withdrawing means; nothing is changed.

    Raises:
        NotFound, NotAllowed: it is not theirs.
        TooLateToWithdraw: the legal time is over.
    """
    tree = open_tree(session, actor, product_id, scope=Scope.MANAGE, now=now, policy=policy.bills)
    return stated(session, tree, policy=policy, now=now)


def stated(session: Session, tree: Tree, *, policy: Policy, now: datetime) -> Statement:
    """Say what withdrawing from a subscription that was read means; raises as `statement`."""
    last = until(tree, policy)
    if now > last:
        raise TooLateToWithdraw(date=_named(last))
    bill, lines = _billed(session, tree)
    given = sum(line.gross_minor for line in lines) if bill else 0
    for one in tree.ending:
        row = tree.books.rows.get(one.id)
        if row is not None and not row.by_wallet:
            since = row.bills_from or row.starts_at
            given -= tree.books.total(tree.books.settled(one.id, since).back).minor
    given += sum(charge.gross_minor for charge in _from_wallet(session, tree))
    currency = tree.root.currency
    whole = bill is not None and _payment(session, bill) is not None and not _goods(tree)
    return Statement(
        contract=tree.contract.number,
        ordered_at=tree.contract.ordered_at,
        until=last,
        services=tuple(one.name for one in tree.ending),
        goods=tuple(one.name for one in _goods(tree)),
        amount=Money(given, currency),
        to_card=whole,
    )


def withdraw(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    who: str,
    policy: Policy,
    now: datetime,
) -> Receipt:
    """Withdraw from the contract of a subscription.

    Args:
        session: open transaction.
        actor: the customer, whoever acts for one, or a member who may manage the subscription.
        product_id: the subscription, whatever a client sent.
        who: the name that the person gave with the statement.
        policy: the operator's.
        now: instant of the confirmation; the receipt says it.

    Raises:
        NotFound, NotAllowed: it is not theirs.
        TooLateToWithdraw: the legal time is over.
        NameNeeded: nobody is named.
    """
    tree = open_tree(session, actor, product_id, scope=Scope.MANAGE, now=now, policy=policy.bills)
    said = stated(session, tree, policy=policy, now=now)
    if not who.strip():
        raise NameNeeded("who")
    lock_order(session, tree.contract.id)
    whose = billing_account(session, tree.root.customer_id, currency=tree.root.currency, now=now)
    lock_account(session, whose.id)
    for change in tree.open:
        _call_off(session, change, now)
    change = _write(session, actor, tree, said, who.strip()[:120], now)
    _end(session, tree, now)
    _credit(session, tree, now)
    for one in _goods(tree):
        goods.note(session, actor, one, GoodsWish.RETURN, "withdrawn", now=now)
    for number, one in enumerate(tree.services):
        key = f"{change.id}:{number}"
        act, purpose = NetworkAct.TERMINATE, performing.PURPOSE
        requests.ask(session, one.id, act, {}, purpose=purpose, key=key, now=now)
    tell(session, change, Told.WITHDRAWN, now=now)
    about, told = str(tree.root.id), {"contract": said.contract, "amount": said.amount.minor}
    customer_id = tree.root.customer_id
    audit.record(
        session,
        actor,
        "changes.withdraw",
        now=now,
        subject=about,
        after=told,
        customer_id=customer_id,
    )
    order = session.get_one(ProductOrder, change.order_id)
    return Receipt(order.number, said.contract, now, said.amount)


def _call_off(session: Session, change: ProductChange, now: datetime) -> None:
    try:
        revoking.call_off(session, change, now=now)
    except NotRevocable:  # what is under way finds nothing to do when the network answers
        to = ChangeStatus.FAILED
        advance(session, ProductChange, change.id, to, allowed=CHANGE, now=now, failure="withdrawn")
        orders.close(session, change.order_id, OrderState.FAILED, now=now)


def _write(
    session: Session, actor: Actor, tree: Tree, said: Statement, who: str, now: datetime
) -> ProductChange:
    nothing = Money.zero(tree.root.currency)
    wish = Wish(ChangeKind.WITHDRAW, tree.root.id)
    quote = Quote(wish, tree.main.name, now, (), -said.amount, False, nothing, nothing, nothing)
    order_id, _ = orders.place(
        session, tree, tree.main, quote, None, (), language=actor.language, now=now
    )
    change = ProductChange(
        id=new_id(),
        order_id=order_id,
        customer_id=tree.root.customer_id,
        root_id=tree.root.id,
        product_id=tree.main.id,
        slot=f"{tree.root.id.hex}:withdraw",
        kind=ChangeKind.WITHDRAW,
        effective_at=now,
        status=ChangeStatus.DONE,
        status_changed_at=now,
        quoted={"name": dict(tree.main.name), "to": {}, "due_minor": -said.amount.minor},
        wanted={"who": who},
        asked_by=actor.identity_id,
        asked_at=now,
    )
    add_rows(session, [change])
    orders.close(session, order_id, OrderState.COMPLETED, now=now)
    return session.get_one(ProductChange, change.id)


def _end(session: Session, tree: Tree, now: datetime) -> None:
    for charge in _from_wallet(session, tree):
        paying.give_back(session, charge.id, now=now)
    for one in tree.ending:
        row = tree.books.rows.get(one.id)
        if row is not None:
            since = now if row.by_wallet else row.bills_from or row.starts_at
            charging.finish(session, tree.books, one.id, at=since)
        to = ProductStatus.TERMINATED
        advance(session, Product, one.id, to, allowed=PRODUCT, now=now, next_charge_at=None)


def _credit(session: Session, tree: Tree, now: datetime) -> None:
    """Credit what the services cost with the order; give it back to the card when it is all."""
    bill, lines = _billed(session, tree)
    if bill is None:
        return
    try:
        wanted = [CreditLine(line.id) for line in lines if line.id is not None]
        note = credit_note.credit(session, bill.id, wanted, "withdrawal", now)
    except NothingToCredit:
        return
    payment = _payment(session, bill)
    account = lock_account(session, bill.account_id)
    back = payment is not None and payment.amount_minor == -note.gross_minor
    if payment is not None and back and account.credit_minor >= payment.amount_minor:
        refunds.due(session, payment, reason="withdrawal", now=now)


def _billed(session: Session, tree: Tree) -> tuple[CustomerBill | None, list[AppliedBillingRate]]:
    """Return the bill of the contract's order, and its lines for services."""
    whose = select(CustomerBill).where(CustomerBill.order_id == tree.contract.id)
    bill = session.exec(whose).first()
    if bill is None:
        return None, []
    kept = {tree.by_id[one].order_item_id for one in tree.goods_tree}
    items = session.exec(
        select(ProductOrderItem.id).where(
            ProductOrderItem.order_id == tree.contract.id,
            col(ProductOrderItem.kind).not_in(GOODS),
            col(ProductOrderItem.id).not_in(kept),
        )
    ).all()
    ours = {f"o{item.hex}" for item in items}
    rows = session.exec(
        select(AppliedBillingRate).where(
            AppliedBillingRate.bill_id == bill.id, AppliedBillingRate.kind != ChargeKind.CREDIT
        )
    )
    return bill, [row for row in rows if (row.source or "").partition(":")[0] in ours]


def _payment(session: Session, bill: CustomerBill) -> Payment | None:
    """Return the one payment that paid all of an order, None when it was paid otherwise."""
    done = select(Payment).where(
        Payment.order_id == bill.order_id, Payment.status == PaymentStatus.DONE
    )
    paid = session.exec(done).all()
    return paid[0] if len(paid) == 1 and paid[0].amount_minor == bill.gross_minor else None


def _from_wallet(session: Session, tree: Tree) -> list[WalletCharge]:
    ids = [one.id for one in tree.ending]
    returned = select(LedgerEntry.id).where(
        LedgerEntry.source_id == WalletCharge.id, LedgerEntry.kind == EntryKind.CHARGE_RETURNED
    )
    taken = select(WalletCharge).where(
        col(WalletCharge.product_id).in_(ids), ~returned.correlate(WalletCharge).exists()
    )
    return list(session.exec(taken))


def _goods(tree: Tree) -> tuple[Product, ...]:
    return tuple(one for one in tree.products if one.kind in GOODS)


def _named(at: datetime) -> Texts:
    return {one: format_date(at, locale=one) for one in ("en", "es", "ar")}
