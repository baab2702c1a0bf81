"""The demo's bills: made by the engine, most of them paid, the books in order."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from self_service.domain import outbox
from self_service.domain.bills import list as bill_list
from self_service.domain.bills.list import Standing
from self_service.domain.outbox import EventKind
from self_service.models.access import DigitalIdentity
from self_service.models.bills import CustomerBill
from self_service.models.ledger import AccountKind, LedgerAccount, LedgerEntry
from self_service.seed.bills import bills
from self_service.seed.sign_ins import CORPORATE, POSTPAID
from tests.bills_view import customer_actor
from tests.books import proven
from tests.conftest import NOW

pytestmark = pytest.mark.xdist_group("demo")


def test_some_months_of_bills(seeded: Session) -> None:
    session, now = seeded, NOW
    proven(session)
    made = session.exec(select(CustomerBill.number)).all()
    bills(session, now)
    assert session.exec(select(CustomerBill.number)).all() == made
    for login, least in ((POSTPAID.login, 8), (CORPORATE.login, 12)):
        identity = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).one()
        whose = type("Whose", (), {"id": identity.customer_id})
        shown = bill_list.bills(session, customer_actor(whose), now=now)
        assert len(made) >= least
        standings = [bill.standing for bill in shown.bills]
        assert standings.count(Standing.PAID) >= 4
        if login == POSTPAID.login:
            assert standings.count(Standing.OVERDUE) == 1
            assert Standing.DUE in standings
        else:
            assert Standing.OVERDUE not in standings
    kinds = (EventKind.BILL_MADE, EventKind.BILL_SETTLED)
    assert outbox.open_events(session, of=kinds) == ()


def test_all_of_it_was_made_in_the_order_of_time(seeded: Session) -> None:
    by_number = select(CustomerBill).order_by(col(CustomerBill.number))
    for _, made in groupby(seeded.exec(by_number).all(), key=lambda bill: bill.account_id):
        dates = [bill.billed_at for bill in made]
        assert dates == sorted(dates)
    kinds = (AccountKind.WALLET, AccountKind.RECEIVABLE)
    own = seeded.exec(select(LedgerAccount.id).where(col(LedgerAccount.kind).in_(kinds))).all()
    posted: dict[UUID, list[datetime]] = {account: [] for account in own}
    for entry in seeded.exec(select(LedgerEntry).order_by(col(LedgerEntry.id))):
        for account in {entry.debit_id, entry.credit_id} & posted.keys():
            posted[account].append(entry.posted_at)
    assert sum(map(len, posted.values())) > 50
    assert all(found == sorted(found) for found in posted.values())
