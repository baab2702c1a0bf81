"""Limits when many are at it: each is asked for and told once, and nobody waits for long."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import event
from sqlmodel import Session, select

from self_service.db import Database
from self_service.domain.limits import bars, changing, watching
from self_service.models.limits import UsageAlert
from self_service.models.people import Customer
from self_service.models.subscriptions import Product
from tests.books import make_account
from tests.crowd import at_once
from tests.limited import (
    AT,
    GIVEN,
    HOUR,
    NEXT,
    POLICY,
    plan,
    stands,
    texts,
    wanted,
    watch,
)
from tests.order_shop import customer
from tests.services_world import open_requests
from tests.used import START, feed, included, rate, row, usage


def test_statements_do_not_grow_with_the_months(database: Database) -> None:
    counts = []
    for lines in (2, 9):
        with database.writing() as session:
            account = make_account(session, now=START)
            rows = []
            for place in range(lines):
                number = f"+49158330{lines}{place:03d}"
                plan(session, number=number, account=account)
                rows.append(row(number, START + HOUR, "message", 90, number=number))
            feed(session, *rows)
            rate(session)
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731, B023
        event.listen(database.engine, "before_cursor_execute", listen)
        with database.writing() as session:
            assert watching.look(session, policy=POLICY, now=AT).noticed == 2 * lines
        event.remove(database.engine, "before_cursor_execute", listen)
        counts.append(len(seen))
    assert counts[1] <= counts[0]


def test_two_workers_ask_the_network_once_and_tell_once(database: Database) -> None:
    with database.writing() as session:
        line = plan(session)
        texts(session, "a", 40, START + HOUR, zone="roaming")
        product_id = line.id

    def work(session: Session) -> int:
        seen = watching.look(session, policy=POLICY, now=AT)
        return seen.noticed

    def settle(session: Session) -> int:
        return bars.settle(session, product_id, policy=POLICY, now=AT)

    assert sorted(at_once(database, [work] * 4)) == [0, 0, 0, 3]
    assert sorted(at_once(database, [settle] * 4)) == [0, 0, 0, 1]
    with database.writing() as session:
        assert len(open_requests(session)) == 1
        rows = session.exec(select(UsageAlert)).all()
        assert sorted(one.threshold for one in rows if one.told) == [100]
        assert json.dumps(wanted(session)).count("limit_roaming") == 1


def test_rating_looking_and_changing_do_not_block_each_other(database: Database) -> None:
    with database.writing() as session:
        ada = customer(session)
        owner = session.get_one(Customer, ada.customer())
        prices = included("SMS", 10, carries=True), usage("SMS", 100)
        account = make_account(session, now=START, customer=owner)
        line = plan(session, *prices, account=account, start=START)
        product_id = line.id
        texts(session, "first", 3, START + HOUR)
        texts(session, "next", 3, NEXT)  # what is left goes on, by a row about the product
        feed(session, *[row(f"r{n}", START + 2 * HOUR, "message", 2) for n in range(9)])

    def change(amount: str) -> Any:
        given = {"kind": "all", "amount": amount, "hard": True, **GIVEN}
        return lambda session: changing.set_limit(session, ada, product_id, **given)

    def look(session: Session) -> None:
        seen = watching.look(session, policy=POLICY, now=AT)
        assert seen.noticed >= 0

    acts = [rate, look, change("9"), look, change("8"), rate, look, change("7")]
    assert not [one for one in at_once(database, acts) if isinstance(one, str)]
    with database.writing() as session:
        rate(session)
        watch(session)
        stands_so = stands(session, session.get_one(Product, product_id))
        assert stands_so.spent.minor == 1_100
        assert stands_so.limit.minor in (700, 800, 900)
        assert [one.wanted["value"] for one in open_requests(session)] == ["on"]
