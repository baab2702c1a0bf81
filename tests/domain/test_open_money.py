"""Leaving waits until all money is settled; each refusal says what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select

from self_service.domain import ledger
from self_service.domain.access import Actor
from self_service.domain.bills import allocating, charges
from self_service.domain.bills.accounts import billing_account, lock_account
from self_service.domain.debts import disputes, purchases
from self_service.domain.payments import autopay
from self_service.domain.people import erasure, open_money, retention
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing.periods import add_months
from self_service.domain.wallet import gifts, standing, topups
from self_service.models.base import Texts
from self_service.models.bills import (
    AccountStatus,
    AppliedBillingRate,
    BillCategory,
    BillingAccount,
    ChargeKind,
    CustomerBill,
)
from self_service.models.catalog import OfferingKind
from self_service.models.documents import Document
from self_service.models.dunning import (
    AgreementStatus,
    BillDispute,
    InstalmentPurchase,
    PaymentAgreement,
    PurchaseStatus,
)
from self_service.models.ledger import AccountKind, EntryKind, LedgerEntry
from self_service.models.payments import Payment, PaymentMethod
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.wallet import AutoTopup, AutoTopupTrigger, TransferBalance
from tests import wallets
from tests.bills import bill as make_last_bill
from tests.bills import make_product
from tests.books import CURRENCY, make_bill, make_payment, proven
from tests.conftest import NOW
from tests.domain.test_erasure import KEPT, found_in, refused, settled
from tests.factories import as_price, monthly
from tests.mailbox import words
from tests.settings_people import ada
from tests.wallets import TERMS, fresh

POLICY = BillPolicy()
NAME: Texts = {"en": "Fee"}
FRIEND = "friend@example.com"


@pytest.fixture
def actor(session: Session) -> Actor:
    """Ada, freshly confirmed, with nothing."""
    return fresh(ada(session), NOW)


@pytest.fixture
def account(session: Session, actor: Actor) -> BillingAccount:
    """Her billing account."""
    return billing_account(session, actor.customer(), currency=CURRENCY, now=NOW)


def leaves(session: Session, actor: Actor) -> bool:
    return erasure.erase(session, actor, farewell=words, years=10, now=NOW)


def pay(session: Session, account: BillingAccount, minor: int) -> None:
    payment = make_payment(session, account, minor, now=NOW)
    row = lock_account(session, account.id)
    bills = session.exec(select(CustomerBill.id).where(CustomerBill.account_id == row.id)).all()
    meant = [allocating.Share(bill, minor) for bill in bills]
    allocating.use_payment(session, row.id, payment, meant, now=NOW)


def empty(session: Session, actor: Actor) -> None:
    """Let somebody's credit be given up."""
    wallet = ledger.owned(session, AccountKind.WALLET, actor.customer(), CURRENCY)
    gone = ledger.house(session, AccountKind.EXPIRED, CURRENCY)
    left = ledger.balance(session, wallet)
    bucket = wallets.wallet(session, actor, now=NOW)
    ledger.post(
        session, [ledger.Movement(EntryKind.EXPIRY, bucket.id, wallet, gone, left)], now=NOW
    )


def test_a_bill_is_paid_first(session: Session, actor: Actor, account: BillingAccount) -> None:
    make_bill(session, account, gross=1_000, tax=0, now=NOW)
    refused(session, actor, open_money.BillsOpen)
    assert "Pay it" in erasure.outlook(session, actor, years=10, now=NOW).refused
    pay(session, account, 1_000)
    assert leaves(session, actor)
    proven(session)


def test_credit_of_the_account_is_paid_out_first(
    session: Session, actor: Actor, account: BillingAccount
) -> None:
    pay(session, account, 700)
    refused(session, actor, open_money.AccountCreditLeft)


def test_a_charge_waits_for_its_bill(
    session: Session, actor: Actor, account: BillingAccount
) -> None:
    charges.add_charge(session, account.id, ChargeKind.FEE, NAME, 1_000, "fee", NOW)
    refused(session, actor, open_money.BillToCome)


@pytest.mark.parametrize("paid", [-10, 20], ids=["days to pay", "days given back"])
def test_what_ended_gets_its_last_bill_first(
    session: Session, actor: Actor, account: BillingAccount, paid: int
) -> None:
    end, until = NOW - timedelta(days=1), NOW + timedelta(days=paid)
    start = add_months(until, -2)
    row = make_product(session, account, monthly(3_000), start=start, end=end, paid=until)
    ended = session.get_one(Product, row.product_id)
    ended.status = ProductStatus.TERMINATED
    refused(session, actor, open_money.BillToCome)
    assert "ask customer service" in erasure.outlook(session, actor, years=10, now=NOW).refused
    bill = make_last_bill(session, account, NOW)
    assert bill is not None
    if bill.gross_minor > 0:
        assert bill.category is BillCategory.LAST
        refused(session, actor, open_money.BillsOpen)
        pay(session, account, bill.gross_minor)
        assert leaves(session, actor)
    else:
        refused(session, actor, open_money.AccountCreditLeft)
    proven(session)


def test_what_ended_and_is_paid_to_its_end_needs_no_bill(
    session: Session, actor: Actor, account: BillingAccount
) -> None:
    start = add_months(NOW, -1)
    row = make_product(session, account, monthly(3_000), start=start, end=NOW, paid=NOW)
    session.get_one(Product, row.product_id).status = ProductStatus.TERMINATED
    assert row.closed_at is None  # no bill run has looked at it since
    assert leaves(session, actor)


def test_a_payment_is_awaited(session: Session, actor: Actor) -> None:
    payment_id = wallets.start(session, actor, 1_000, now=NOW)
    refused(session, actor, open_money.PaymentUnderWay)
    wallets.decline(session, payment_id, now=NOW)
    assert leaves(session, actor)
    proven(session)


def test_credit_of_the_wallet_is_used_up_first(session: Session, actor: Actor) -> None:
    wallets.top_up(session, actor, 1_000, now=NOW)
    refused(session, actor, open_money.WalletCreditLeft)
    empty(session, actor)
    assert leaves(session, actor)
    proven(session)


def give(session: Session, actor: Actor, minor: int, to: str = FRIEND, note: str = "") -> object:
    asked = gifts.propose(session, actor, to, wallets.euro(minor), note, terms=TERMS, now=NOW)
    return gifts.send(session, actor, asked.secret, terms=TERMS, now=NOW)


def test_a_gift_arrives_first(session: Session, actor: Actor) -> None:
    friend = wallets.person(session, FRIEND, now=NOW, name="Bo Friend")
    wallets.top_up(session, actor, 1_000, now=NOW)
    give(session, actor, 1_000)
    for one in (actor, fresh(friend, NOW)):
        refused(session, one, open_money.GiftUnderWay)
    proven(session)


def test_a_debt_by_instalments_is_paid_first(
    session: Session, actor: Actor, account: BillingAccount
) -> None:
    agreement = PaymentAgreement(
        account_id=account.id,
        total_minor=500,
        currency=CURRENCY,
        status_changed_at=NOW,
        created_at=NOW,
    )
    session.add(agreement)
    session.flush()
    refused(session, actor, open_money.AgreementOpen)
    agreement.status = AgreementStatus.KEPT
    session.flush()
    assert leaves(session, actor)


def test_goods_are_paid_for_first(session: Session) -> None:
    actor = settled(session)
    product = session.exec(select(Product)).first()
    account = session.exec(select(BillingAccount)).one()
    assert product
    price = as_price(monthly(3_540, duration_length=24))
    product.kind = OfferingKind.DEVICE
    assert purchases.begin(session, account, product, [price], now=NOW)
    refused(session, actor, open_money.InstalmentsOpen)
    purchase = session.exec(select(InstalmentPurchase)).one()
    purchase.status, purchase.billed, purchase.next_at = PurchaseStatus.SETTLED, 24, None
    session.flush()
    assert leaves(session, actor)


def rich(session: Session) -> Actor:
    """A customer who leaves after years with bills, a wallet, cards, gifts and vouchers."""
    friend = wallets.person(session, FRIEND, now=NOW, name="Bo Friend")
    actor = fresh(settled(session), NOW)
    account = session.exec(
        select(BillingAccount).where(BillingAccount.customer_id == actor.customer())
    ).one()
    bill = make_bill(session, account, gross=1_000, tax=160, now=NOW)
    line = session.exec(
        select(AppliedBillingRate.id).where(AppliedBillingRate.bill_id == bill.id)
    ).one()
    why = {"reason": "Ada Quell never had this", "policy": POLICY}
    asked = disputes.dispute(session, actor, line, **why, now=NOW)
    disputes.withdraw(session, actor, asked, now=NOW)
    pay(session, account, 1_000)
    document = Document(
        customer_id=actor.customer(),
        kind="bill",
        name="bill.pdf",
        media_type="application/pdf",
        digest="d",
        content=b"bill",
        created_at=NOW,
    )
    session.add(document)
    session.flush()
    session.refresh(bill)
    bill.document_id = document.id
    wallets.top_up(session, actor, 5_000, now=NOW)
    voucher = wallets.make_voucher(session, 2_500, now=NOW)
    topups.redeem(session, actor, voucher, terms=TERMS, now=NOW)
    give(session, actor, 500, note="From Ada Quell")
    later = NOW + timedelta(hours=1)
    for gift in gifts.due(session, now=later):
        gifts.deliver(session, gift, terms=TERMS, letters=wallets.LETTERS, now=later)
    card = wallets.make_card(session, actor, now=NOW)
    autopay.switch_on(session, actor, card.id, agreed=True, currency=CURRENCY, now=NOW)
    once = standing.Wish(
        AutoTopupTrigger.THRESHOLD,
        amount=wallets.euro(1_000),
        ceiling=wallets.euro(3_000),
        method_id=card.id,
        threshold=wallets.euro(100),
    )
    standing.set_up(session, actor, once, terms=TERMS, now=NOW)
    empty(session, actor)
    session.flush()
    assert wallets.holds(session, friend) == 500
    proven(session)
    return actor


def test_cards_orders_and_words_go_and_books_stay(session: Session) -> None:
    actor = rich(session)
    booked = session.exec(select(func.count()).select_from(LedgerEntry)).one()
    assert leaves(session, actor)
    session.expire_all()
    assert found_in(session, "Quell") <= set(KEPT)
    assert session.exec(select(PaymentMethod)).all() == []
    assert session.exec(select(AutoTopup)).all() == []
    assert [gift.note for gift in session.exec(select(TransferBalance))] == [""]
    assert [one.reason for one in session.exec(select(BillDispute))] == [""]
    account = session.exec(
        select(BillingAccount).where(BillingAccount.customer_id == actor.customer())
    ).one()
    assert (account.autopay, account.method_id) == (False, None)
    assert (account.status, account.next_bill_at) == (AccountStatus.CLOSED, None)
    assert session.exec(select(func.count()).select_from(LedgerEntry)).one() == booked
    documents = session.exec(select(CustomerBill.document_id)).all()
    assert set(filter(None, documents)) <= set(session.exec(select(Document.id)).all())
    assert any(documents)
    proven(session)


def test_bills_go_when_the_law_allows_it_and_the_ledger_stays(session: Session) -> None:
    actor = rich(session)
    leaves(session, actor)
    end = add_months(NOW + timedelta(days=1), 120)
    booked = session.exec(select(func.count()).select_from(LedgerEntry)).one()
    assert retention.run(session, years=10, now=NOW + timedelta(days=3_000)) == 0
    assert retention.run(session, years=10, now=end) == 1
    for table in (CustomerBill, BillingAccount, BillDispute, AppliedBillingRate):
        of_friend = session.exec(select(table)).all()
        assert of_friend == [], table
    mine = select(Payment).where(Payment.customer_id == actor.customer())
    assert session.exec(mine).all() == []
    assert session.exec(select(func.count()).select_from(LedgerEntry)).one() == booked
    assert retention.run(session, years=10, now=end) == 0
    proven(session)


def test_a_late_bill_holds_all(session: Session) -> None:
    actor = rich(session)
    leaves(session, actor)
    bill = session.exec(select(CustomerBill).order_by(col(CustomerBill.sequence).desc())).first()
    assert bill
    bill.billed_at = NOW + timedelta(days=40)
    session.flush()
    assert retention.run(session, years=10, now=add_months(NOW + timedelta(days=39), 120)) == 0
    assert retention.run(session, years=10, now=add_months(NOW + timedelta(days=41), 120)) == 1


def test_what_was_topped_up_is_kept_without_any_order(session: Session, actor: Actor) -> None:
    assert erasure.outlook(session, actor, years=10, now=NOW).kept_until is None
    wallets.top_up(session, actor, 1_000, now=NOW)
    empty(session, actor)
    outlook = erasure.outlook(session, actor, years=10, now=NOW)
    assert (outlook.orders, outlook.refused) == (0, "")
    assert outlook.kept_until == add_months(NOW, 120)
