"""The hourly look for bill runs that are due."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import select

from self_service.db import Database
from self_service.jobs.billing import Billing
from self_service.models.bills import BillRun, CustomerBill
from tests.bills import make_product
from tests.books import make_account, proven
from tests.factories import monthly

START = datetime(2027, 1, 10, 9, tzinfo=UTC)
BEFORE, AFTER = datetime(2027, 1, 31, 23, tzinfo=UTC), datetime(2027, 2, 1, 7, tzinfo=UTC)


async def test_bills_are_made_on_their_day_and_once(database: Database) -> None:
    with database.writing() as session:
        account = make_account(session, now=START)
        make_product(session, account, monthly(1999), start=START)
    assert await Billing(database, lambda: BEFORE).look() == 0
    assert await Billing(database, lambda: AFTER).look() == 1
    assert await Billing(database, lambda: AFTER).look() == 0
    with database.writing() as session:
        made = session.exec(select(CustomerBill)).one()
        day = datetime(2027, 2, 1, tzinfo=UTC)
        assert (made.billed_at, made.period_end, made.gross_minor) == (day, day, 1999)
        assert session.exec(select(BillRun.bills)).all() == [1]
        proven(session)
