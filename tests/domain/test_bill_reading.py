"""How a bill run reads and names rows: the same as the slower ways that everything else uses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.bills import selecting
from self_service.domain.bills.bill_rows import bill_id, bill_key
from self_service.domain.bills.bulk import instant
from self_service.domain.bills.gathering import gather
from self_service.domain.bills.reading import is_postgres, moment, moment_or_none
from self_service.models.bills import ProductCharging
from tests.bills import make_product
from tests.books import make_account
from tests.factories import monthly

NOW = datetime(2027, 1, 10, 9, 30, 5, 123456, tzinfo=UTC)


@given(st.uuids(), st.integers(1, 10**9))
def test_a_bills_id_is_that_of_its_account_and_number(account: UUID, sequence: int) -> None:
    made = uuid5(account, str(sequence))
    assert (bill_id(account, sequence), bill_key(account.hex, sequence)) == (made, made.hex)


@given(st.integers(-(10**9), 10**9), st.sampled_from([0, 1, 999_999]), st.integers(-840, 840))
def test_an_instant_is_read_as_it_was_written(seconds: int, micro: int, minutes: int) -> None:
    at = NOW + timedelta(seconds=seconds, microseconds=micro)
    elsewhere = at.astimezone(timezone(timedelta(minutes=minutes)))
    for found in (moment(instant(at)), moment(elsewhere.isoformat(" "))):
        assert (found, found.tzinfo) == (at, UTC)
    assert moment_or_none(None) is None


def test_accounts_are_read_as_they_are(session: Session) -> None:
    account = make_account(session, now=NOW)
    other = make_account(session, now=NOW)
    row = make_product(session, account, monthly(500), start=NOW)
    found = gather(session, [account.id.hex], as_of=NOW)
    (read,) = found.accounts
    assert (read.id, read.customer_id) == (account.id, account.customer_id)
    assert (read.ledger, read.cycle) == (account.ledger_id.hex, account.cycle_id.hex)
    assert (read.created_at, read.billed_until) == (account.created_at, account.billed_until)
    assert read.tax_category is account.tax_category
    (charging,) = found.chargings[account.id.hex]
    kept = session.exec(select(ProductCharging)).one()
    assert charging.product_id == row.product_id == kept.product_id
    assert (charging.anchor_at, charging.charged_until) == (kept.anchor_at, kept.charged_until)
    assert charging.end_settled is False
    assert gather(session, [other.id.hex], as_of=NOW).chargings == {}


@pytest.mark.parametrize("count", [0, 3])
def test_as_many_ids_as_wanted_are_one_parameter(session: Session, count: int) -> None:
    made = [make_account(session, now=NOW) for _ in range(4)]
    keys = sorted(account.id.hex for account in made)[:count]
    found = gather(session, keys, as_of=NOW)
    assert sorted(account.key for account in found.accounts) == keys


def test_the_list_of_ids_is_read_once_and_not_for_each_row(session: Session) -> None:
    """PostgreSQL reads an array that is cast from text again for each row: a run took a minute."""
    told = str(selecting.accounts(is_postgres(session)).compile(session.get_bind()))
    wanted = "= ANY (%(ids)s::UUID[])" if is_postgres(session) else "json_each(?)"
    assert wanted in told
