"""Drafts and previews: what goes on a bill once, and changes nothing before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from self_service.domain.bills import charges, preview, writing
from self_service.domain.bills.drafting import draft
from self_service.domain.pricing import totals as pricing
from self_service.models.bills import (
    BillingAccount,
    BillState,
    BillTax,
    ChargeKind,
    CustomerBill,
    ProductCharging,
    TaxCategory,
)
from self_service.models.dunning import InstalmentPurchase, PurchaseStatus
from self_service.models.ledger import AccountKind
from tests.bills import bill, make_product, shown, sums
from tests.books import balance, make_account, make_bill, proven, receivable
from tests.factories import as_price, discount, monthly

JAN = datetime(2027, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_waiting_charges_and_instalments_go_on_the_bill_once(session: Session) -> None:
    account = make_account(session, now=JAN)
    row = make_product(session, account, monthly(1000), start=JAN)
    add = charges.add_charge
    fee, name = ChargeKind.FEE, {"en": "Reminder"}
    outside = TaxCategory.OUTSIDE
    assert add(session, account.id, fee, name, 3_000_000, "fee:1", JAN, tax_category=outside)
    assert not add(session, account.id, fee, name, 3_000_000, "fee:1", JAN)
    credit = ChargeKind.CREDIT
    add(session, account.id, credit, {"en": "Sorry"}, -1_005_000, "g:1", JAN)
    add(session, account.id, fee, name, 9_000_000, "fee:2", at("2027-03-01"))
    purchase = InstalmentPurchase(
        account_id=account.id,
        product_id=row.product_id,
        total_minor=1000,
        currency="EUR",
        count=3,
        next_at=JAN,
        anchor_at=JAN,
        status_changed_at=JAN,
    )
    session.add(purchase)
    made = bill(session, account, at("2027-01-15"))
    assert shown(session, made) == [1000, 300, -101, 333]
    taxes = session.exec(select(BillTax).where(BillTax.bill_id == made.id)).all()
    assert {(tax.category, tax.net_minor, tax.tax_minor) for tax in taxes} == {
        (TaxCategory.OUTSIDE, 300, 0),
        (TaxCategory.STANDARD, 840 - 85 + 280, 160 - 16 + 53),
    }
    session.refresh(purchase)
    assert (purchase.billed, purchase.next_at) == (1, at("2027-02-01"))
    assert shown(session, bill(session, account, at("2027-03-01")))[-2:] == [333, 334]
    session.refresh(purchase)
    assert (purchase.status, purchase.next_at) == (PurchaseStatus.SETTLED, None)
    proven(session)


@pytest.mark.parametrize("category", [TaxCategory.REVERSE_CHARGE, TaxCategory.EXEMPT])
def test_who_pays_no_tax_pays_the_net_of_the_price(session: Session, category: TaxCategory) -> None:
    account = make_account(session, now=JAN)
    account.tax_category = category
    session.add(account)
    make_product(session, account, monthly(11900), start=JAN)
    made = bill(session, account, JAN)
    assert (made.net_minor, made.tax_minor, made.gross_minor) == (10000, 0, 10000)
    item = session.exec(select(BillTax)).one()
    assert (item.category, item.rate_bp) == (category, 0)
    assert balance(session, AccountKind.RECEIVABLE, account.id) == -10000
    proven(session)


def test_credit_pays_older_bills_first(session: Session) -> None:
    account = make_account(session, now=JAN)
    make_bill(session, account, gross=1000, tax=0, now=JAN - timedelta(days=40))
    _pay_in(session, account, 1500)
    make_product(session, account, monthly(2000), start=JAN)
    made = bill(session, account, JAN)
    assert (made.remaining_minor, made.state) == (1500, BillState.PARTIALLY_PAID)
    session.refresh(account)
    assert account.credit_minor == 0
    proven(session)


def test_a_second_writing_of_the_same_draft_is_refused_by_the_database(session: Session) -> None:
    account = make_account(session, now=JAN)
    make_product(session, account, monthly(2000), start=JAN)
    found = draft(session, account, as_of=JAN)
    writing.write(session, found, writing.Occasion(JAN))
    nested = session.begin_nested()
    with pytest.raises(Exception, match=r"(?i)unique"):
        writing.write(session, found, writing.Occasion(JAN))
    nested.rollback()
    assert len(session.exec(select(CustomerBill)).all()) == 1
    proven(session)


def test_the_bills_of_a_term_are_the_whole_term_of_the_store(session: Session) -> None:
    prices = [monthly(1999), discount(percent_bp=3333, months=5)]
    start = at("2027-08-31T07:00")
    account = make_account(session, now=start)
    make_product(session, account, *prices, start=start)
    told = pricing.totals(
        [as_price(price) for price in prices],
        as_of=start,
        new_customer=True,
        currency="EUR",
        term_months=24,
    )
    made = [bill(session, account, start + timedelta(days=n)) for n in range(0, 731, 9)]
    assert sum(one.gross_minor for one in made if one) == told.whole_term.minor
    proven(session)


def test_a_preview_changes_nothing_and_is_for_those_who_may(session: Session) -> None:
    from self_service.domain.access import Actor
    from self_service.domain.access.actor import NotAllowed, SignInNeeded
    from self_service.domain.errors import NotFound
    from self_service.models.access import Role

    account = make_account(session, now=JAN)
    row = make_product(session, account, monthly(2000), start=JAN)
    who = Actor(Role.CUSTOMER, identity_id=row.product_id, customer_id=account.customer_id)
    staff = Actor(Role.REPRESENTATIVE, identity_id=row.product_id)
    dealer = Actor(Role.DEALER, identity_id=row.product_id)
    other = Actor(Role.CUSTOMER, identity_id=row.product_id, customer_id=row.product_id)
    show = preview.preview
    later = JAN + timedelta(days=58)
    for actor, named in ((who, None), (staff, account.id)):
        found = show(session, actor, as_of=later, now=JAN, account_id=named)
        assert sums(found) == [2000, 2000]
    with pytest.raises(NotAllowed):
        show(session, dealer, as_of=later, now=JAN, account_id=account.id)
    with pytest.raises(NotAllowed):
        show(session, who, as_of=later, now=JAN, account_id=account.id)
    with pytest.raises(SignInNeeded):
        show(session, Actor(), as_of=later, now=JAN)
    with pytest.raises(NotFound):
        show(session, other, as_of=later, now=JAN)
    with pytest.raises(preview.TooFarAhead):
        show(session, who, as_of=JAN + timedelta(days=401), now=JAN)
    assert session.exec(select(CustomerBill)).all() == []
    session.refresh(row)
    assert row.charged_until == JAN
    assert session.exec(select(ProductCharging.closed_at)).one() is None


def _pay_in(session: Session, account: BillingAccount, minor: int) -> None:
    from self_service.domain import ledger
    from self_service.domain.bills import allocating
    from self_service.models.base import new_id
    from self_service.models.ledger import EntryKind
    from self_service.money import Money

    given = ledger.house(session, AccountKind.GOODWILL, "EUR")
    move = ledger.Movement(
        EntryKind.ADJUSTMENT, new_id(), given, receivable(session, account), Money(minor, "EUR")
    )
    ledger.post(session, [move], now=JAN)
    allocating.add_credit(session, account.id, minor)
    session.refresh(account)
