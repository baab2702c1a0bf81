"""The bill run: whole once, whatever happens on the way; the same as bills made one by one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, func, select

from self_service.db import Database
from self_service.domain import ledger
from self_service.domain.bills import charges, run, writing
from self_service.domain.bills.drafting import draft
from self_service.domain.bills.recurring import _Course
from self_service.domain.errors import NotFound
from self_service.domain.policy import BillPolicy
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    BillingCycle,
    BillRun,
    BillRunStatus,
    BillTax,
    ChargeKind,
    CustomerBill,
    ProductCharging,
    ProductPause,
)
from self_service.models.ledger import AccountKind, LedgerAccount, LedgerEntry
from self_service.settings import ROOT
from tests.bills import make_product
from tests.books import make_account, proven
from tests.factories import discount, monthly

START = datetime(2027, 1, 10, 9, tzinfo=UTC)
FIRST = datetime(2027, 2, 1, tzinfo=UTC)
SECOND = datetime(2027, 3, 1, tzinfo=UTC)
POLICY = BillPolicy()


def people(session: Session, count: int) -> None:
    """Add accounts of several kinds: discounts, pauses, ends, waiting charges, nothing at all."""
    ledger.house(session, AccountKind.REVENUE, "EUR")
    ledger.house(session, AccountKind.TAX, "EUR", "S")
    for number in range(count):
        account = make_account(session, now=START)
        if number % 5 == 4:
            continue
        first = make_product(
            session, account, monthly(1999 + number), discount(percent_bp=1000), start=START
        )
        if number % 3 == 0:
            make_product(session, account, monthly(500), monthly(77), start=START)
        if number % 4 == 1:
            charges.end_charging(session, first.product_id, at=datetime(2027, 2, 20, tzinfo=UTC))
        if number % 4 == 2:
            pause = ProductPause(
                product_id=first.product_id, starts_at=datetime(2027, 1, 20, tzinfo=UTC)
            )
            session.add(pause)
        for usage in range(number % 3):
            micro = 123_456 * (usage + 1)
            name = {"en": "Calls"}
            charges.add_charge(
                session, account.id, ChargeKind.USAGE, name, micro, f"u{number}:{usage}", START
            )


def go(database: Database, as_of: datetime = SECOND, *, chunk: int = 3, **more: Any) -> run.Tally:
    """Run the cycle as the command does."""
    with database.writing() as session:
        cycle = run.cycle_id(session, "monthly")
        current = run.start(session, cycle, as_of=as_of, now=as_of)
    tally = run.perform(database.writing, current, now=as_of, policy=POLICY, chunk=chunk, **more)
    with database.writing() as session:
        run.finish(session, current, tally, now=as_of)
    return tally


def everything(database: Database) -> list[Any]:
    """All that a run writes, without what a database numbers by itself."""
    found = []
    with database.reading() as session:
        for table, left_out in (
            (CustomerBill, {"run_id"}),
            (AppliedBillingRate, {"id"}),
            (BillTax, set()),
            (LedgerEntry, {"id"}),
            (LedgerAccount, set()),
            (BillingAccount, set()),
            (ProductCharging, set()),
            (ProductPause, set()),
        ):
            columns = [c for c in table.__table__.c if c.name not in left_out]
            found.append(sorted(map(repr, session.execute(select(*columns)).all())))
    return found


def copies(database: Database, tmp_path: Any, *names: str) -> Iterator[Database]:
    """Copies of a SQLite database, so that the same accounts are billed in several ways."""
    from self_service import db

    for name in names:
        path = tmp_path / name
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"VACUUM INTO '{path}'")
            connection.exec_driver_sql("BEGIN")
        yield db.Database(db.make_engine(f"sqlite:///{path}"))


@contextmanager
def sqlite_of(database: Database) -> Iterator[None]:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("copies a file")
    yield


def test_a_second_run_finds_nothing(database: Database) -> None:
    with database.writing() as session:
        people(session, 12)
    first = go(database)
    before = everything(database)
    assert (first.bills > 12, first.refused) == (True, set())
    second = go(database)
    assert (second.bills, second.accounts) == (0, 0)
    assert everything(database) == before
    with database.writing() as session:
        proven(session)
        noted = session.exec(select(BillRun)).one()
        assert (noted.status, noted.bills) == (BillRunStatus.DONE, first.bills)
        periods = select(CustomerBill.period_end).distinct().order_by(CustomerBill.period_end)
        assert session.exec(periods).all() == [FIRST, SECOND]
        next_at = session.exec(select(BillingAccount.next_bill_at).distinct()).all()
        assert next_at == [datetime(2027, 4, 1, tzinfo=UTC)]


def test_chunks_and_single_bills_make_equal_rows(database: Database, tmp_path) -> None:
    with sqlite_of(database), database.writing() as session:
        people(session, 23)
    whole, small, single = copies(database, tmp_path, "whole.db", "small.db", "single.db")
    go(whole, chunk=1000)
    go(small, chunk=4)
    with single.writing() as session:
        for instant in (FIRST, SECOND):
            for account_id in session.exec(select(BillingAccount.id)).all():
                found = draft(session, account_id, as_of=instant)
                occasion = writing.Occasion(SECOND, SECOND, on_cycle=True)
                writing.put(session, [found], occasion)
        proven(session)
    assert everything(whole) == everything(small) == everything(single)
    for one in (whole, small, single):
        one.engine.dispose()


def test_a_failure_between_chunks_loses_and_doubles_nothing(database: Database, tmp_path) -> None:
    with sqlite_of(database), database.writing() as session:
        people(session, 20)
    whole, broken = copies(database, tmp_path, "whole.db", "broken.db")
    go(whole)

    class Stopped(BaseException):
        pass

    for after in (1, 2, 3):
        seen = []

        def stop(done: int, seen: list[int] = seen, after: int = after) -> None:
            seen.append(done)
            if len(seen) == after:
                raise Stopped

        with pytest.raises(Stopped):
            go(broken, progress=stop)
    go(broken)
    assert everything(broken) == everything(whole)
    with broken.writing() as session:
        proven(session)
    for one in (whole, broken):
        one.engine.dispose()


_WORKER = """
import sys, time
from datetime import datetime
from self_service import clock
from self_service.db import Database, make_engine
from tests.domain.test_bill_run import go
clock.set_zone("UTC")
go(Database(make_engine(sys.argv[1])), chunk=2,
   progress=lambda done: (print("chunk", flush=True), time.sleep(0.05)))
"""


def test_a_killed_run_goes_on_where_it_was(database: Database, tmp_path) -> None:
    with sqlite_of(database), database.writing() as session:
        people(session, 20)
    whole, killed = copies(database, tmp_path, "whole.db", "killed.db")
    go(whole)
    command = [sys.executable, "-c", _WORKER, str(killed.engine.url)]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(3):
            assert process.stdout.readline() == "chunk\n"
        time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with killed.reading() as session:
        made = session.exec(select(func.count()).select_from(CustomerBill)).one()
        assert made > 0
    go(killed)
    assert everything(killed) == everything(whole)
    with killed.writing() as session:
        proven(session)
        assert session.exec(select(func.count()).select_from(CustomerBill)).one() > made
    for one in (whole, killed):
        one.engine.dispose()


def test_an_account_that_fails_is_left_out_and_the_rest_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as session:
        people(session, 8)
        chosen = session.exec(select(ProductCharging).limit(1)).one()
        bad = chosen.account_id, chosen.product_id
    real = _Course.result

    def fails(self: _Course) -> Any:
        if self._of.product_id == bad[1]:
            raise ZeroDivisionError
        return real(self)

    with monkeypatch.context() as patched:
        patched.setattr(_Course, "result", fails)
        tally = go(database)
    assert tally.refused == {bad[0]}
    assert [record.message for record in caplog.records if "left out" in record.message] == [
        f"billing account {bad[0]} is left out"
    ]
    with database.reading() as session:
        mine = select(CustomerBill).where(CustomerBill.account_id == bad[0])
        assert session.exec(mine).all() == []
        assert session.exec(select(BillRun.refused)).one() == 1
    again = go(database)
    assert (again.refused, again.bills) == (set(), 2)
    with database.writing() as session:
        proven(session)


def test_a_row_that_the_database_refuses_leaves_one_account_out(database: Database) -> None:
    with database.writing() as session:
        people(session, 6)
        account = session.exec(
            select(BillingAccount).join(ProductCharging).order_by(BillingAccount.number).limit(1)
        ).one()
        other = make_account(session, now=START)
        taken = CustomerBill(  # somebody has the number that the first bill would get
            number=f"{account.number}-0001",
            account_id=other.id,
            customer_id=other.customer_id,
            sequence=99,
            run_type="offCycle",
            status_changed_at=START,
            billed_at=START,
            period_start=START,
            period_end=START,
            due_at=START,
            currency="EUR",
        )
        session.add(taken)
    tally = go(database, FIRST)
    assert tally.refused == {account.id}
    assert tally.bills > 1
    with database.reading() as session:
        kept = session.get(BillingAccount, account.id)
        assert (kept.last_sequence, kept.next_bill_at) == (0, FIRST)


def test_a_cycle_has_to_be_known_and_its_day_to_have_come(session: Session) -> None:
    make_account(session, now=START)
    with pytest.raises(NotFound):
        run.cycle_id(session, "weekly")
    cycle = session.exec(select(BillingCycle.id)).one()
    with pytest.raises(run.NotYet):
        run.start(session, cycle, as_of=SECOND, now=FIRST)
    assert session.exec(select(BillRun)).all() == []


def test_two_workers_share_a_run(database: Database) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    with database.writing() as session:
        people(session, 20)
        cycle = run.cycle_id(session, "monthly")
        current = run.start(session, cycle, as_of=SECOND, now=SECOND)
    with database.writing() as held:  # another worker is in the middle of its first chunk
        at, ids = run._claim(held, current, None, 5)
        assert (at, len(ids)) == (FIRST, 5)
        tally = run.perform(database.writing, current, now=SECOND, policy=POLICY, chunk=5)
        bills = held.execute(text("SELECT count(*) FROM customer_bill")).scalar_one()
        assert 0 < tally.bills == bills
    rest = run.perform(database.writing, current, now=SECOND, policy=POLICY, chunk=5)
    assert rest.bills > 0
    with database.writing() as session:
        proven(session)
        assert run.due(session, cycle, as_of=SECOND) == 0
