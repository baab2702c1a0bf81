"""A bill run that comes late: each missed cycle has its bill, and people have time to pay it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import select

from self_service.db import Database
from self_service.domain.debts import dunning
from self_service.jobs.billing import Billing, bill_cycle
from self_service.models.bills import CustomerBill
from tests.bills import make_product
from tests.books import make_account, proven
from tests.factories import monthly

START = datetime(2027, 1, 10, 9, tzinfo=UTC)
LATE = datetime(2027, 4, 20, 7, tzinfo=UTC)


def day(month: int, of: int) -> datetime:
    return datetime(2027, month, of, tzinfo=UTC)


def bills(database: Database) -> list[tuple]:
    with database.writing() as session:
        proven(session)
        rows = session.exec(select(CustomerBill).order_by(CustomerBill.sequence)).all()
        assert dunning.candidates(session, now=day(5, 4)) == []
        return [(row.period_end, row.gross_minor, row.billed_at, row.due_at) for row in rows]


def begin(database: Database) -> None:
    with database.writing() as session:
        account = make_account(session, now=START)
        make_product(session, account, monthly(1999), start=START)


async def test_each_missed_cycle_is_billed_on_the_day_of_the_run(database: Database) -> None:
    """Bought on 10 January; 1 February has one charge, 1 March and 1 April one more each.

    All bear the date of the run, 20 April, and are due 14 days later.
    """
    begin(database)
    assert await Billing(database, lambda: LATE).look() == 3
    dated = day(4, 20), day(5, 4)
    assert bills(database) == [(day(month, 1), 1999, *dated) for month in (2, 3, 4)]
    assert await Billing(database, lambda: LATE).look() == 0


def test_a_run_for_a_day_that_is_over_is_due_from_today(database: Database) -> None:
    """`bills run --as-of` for 1 February, on 20 April: nobody is behind on the day of the bill."""
    begin(database)
    tally = bill_cycle(database, "monthly", as_of=day(2, 1), now=LATE)
    assert tally is not None
    assert bills(database) == [(day(2, 1), 1999, day(2, 1), day(5, 4))]
