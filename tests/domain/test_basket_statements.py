"""How many statements a basket sends to the database."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlmodel import Session

from self_service.domain.basket import acts as basket
from tests.basket_shop import (
    BLACK,
    BLUE,
    ESIM,
    find,
    make_customer,
    phone_with_plan,
    put,
    visitor,
)
from tests.conftest import NOW


class Statements:
    """Notes what is sent to the database; transactions and savepoints are no statements."""

    def __init__(self, session: Session) -> None:
        self.engine = session.get_bind()
        self.sent: list[str] = []

    def __enter__(self) -> Statements:
        event.listen(self.engine, "before_cursor_execute", self.note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self.note)

    def note(self, _connection, _cursor, statement, *_rest) -> None:
        verb = statement.split()[0]
        if verb not in {"BEGIN", "SAVEPOINT", "RELEASE"}:
            self.sent.append(verb)

    @property
    def reads(self) -> int:
        return self.sent.count("SELECT")


@pytest.mark.parametrize("signed_in", [False, True])
def test_adding_is_three_reads_and_three_writes_however_much_is_there(session, shop, signed_in):
    session.commit()  # so that the catalogue in memory is the shared one
    actor = make_customer(session) if signed_in else visitor()
    put(session, actor, shop, "cable")
    counts = []
    fillers = [("phone", BLACK), ("phone", BLUE), ("plan-l", ESIM), ("fibre", {}), ("sport", {})]
    for slug, configuration in fillers:
        with Statements(session) as adding:
            phone_with_plan(session, actor, shop, "plan-m", "roaming", "data")
        counts.append((adding.reads, len(adding.sent)))
        top = find(basket.view(session, actor, now=NOW), "plan-m")
        basket.remove(session, actor, now=NOW, line_id=top.id)
        put(session, actor, shop, slug, configuration=configuration)
    assert counts == [(3, 6)] * len(fillers)


def test_opening_a_basket_costs_one_statement_more(session, shop, ana):
    session.commit()
    basket.view(session, ana, now=NOW)
    with Statements(session) as adding:
        put(session, ana, shop, "cable")
    # no lines to read yet, one basket to write
    assert (adding.reads, len(adding.sent)) == (2, 6)


def test_looking_is_three_reads(session, shop, ana):
    phone_with_plan(session, ana, shop, "plan-m", "roaming", "data")
    session.commit()
    basket.view(session, ana, now=NOW)
    with Statements(session) as looking:
        basket.view(session, ana, now=NOW)
    assert looking.sent == ["SELECT"] * 3
    with Statements(session) as looking:
        basket.may_add(session, ana, now=NOW, offering_ids=shop.ids.values())
    assert looking.sent == ["SELECT"] * 3


def test_each_act_is_three_reads(session, shop, ana):
    view = phone_with_plan(session, ana, shop, "plan-m", "roaming", "data")
    phone, plan = view.lines[0].id, find(view, "plan-m").id
    session.commit()
    basket.view(session, ana, now=NOW)
    acts = [
        (basket.set_quantity, {"line_id": phone, "quantity": 2}),
        (basket.configure, {"line_id": phone, "configuration": BLUE}),
        (basket.swap_plan, {"line_id": plan, "offering_id": shop["plan-l"]}),
        (basket.remove, {"line_id": plan}),
        (basket.undo, {}),
        (basket.clear, {}),
    ]
    for act, arguments in acts:
        with Statements(session) as statements:
            act(session, ana, now=NOW, **arguments)
        assert statements.reads == 3, act
        assert len(statements.sent) <= 7, act
