"""The last use of a code: twenty at once, one gets it; and no customer has it twice."""

from __future__ import annotations

from typing import Any

from self_service.db import Database
from self_service.domain.orders import cancellation
from self_service.domain.orders import placing as orders
from self_service.domain.promotions import using
from self_service.models.orders import ProductOrder
from self_service.models.promotions import Promotion, PromotionUse
from tests.conftest import NOW
from tests.crowd import CROWD, at_once, everything
from tests.order_shop import TERMS, agree, choose, customer, open_shop, order
from tests.promoted import make_code, off_once, typed


def test_twenty_orders_want_the_last_use(database: Database) -> None:
    with database.writing() as session:
        shop = open_shop(session)
        off_once(session, 100, most_uses=1)
        ready = []
        for number in range(CROWD):
            actor = customer(session, f"c{number}@example.com")
            choose(session, actor, shop["case"])
            typed(session, actor, "ONCE20")
            ready.append((actor, agree(session, actor)))

    def place(actor: Any, agreed: Any) -> Any:
        return lambda session: orders.place(session, actor, **agreed, terms=TERMS, now=NOW)

    placed = at_once(database, [place(*one) for one in ready])
    assert sum(not isinstance(one, str) for one in placed) == 1
    assert {one for one in placed if isinstance(one, str)} == {"code_lost"}
    (code,) = everything(database, Promotion)
    (use,) = everything(database, PromotionUse)
    (stored,) = everything(database, ProductOrder)
    assert (code.uses, use.order_id) == (1, stored.id)


def test_a_customer_uses_a_code_once(database: Database) -> None:
    with database.writing() as session:
        shop = open_shop(session)
        code_id = make_code(session).id
        actor = customer(session)
        made = []
        for _ in range(CROWD):
            choose(session, actor, shop["case"])
            made.append(order(session, actor).order_id)

    def use(order_id: Any) -> Any:
        return lambda session: using.consume(
            session, [code_id], customer_id=actor.customer_id, order_id=order_id, now=NOW
        )

    done = at_once(database, [use(order_id) for order_id in made])
    assert sorted(map(str, done)) == ["None"] + ["code_lost"] * (CROWD - 1)
    (code,) = everything(database, Promotion)
    assert code.uses == len(everything(database, PromotionUse)) == 1


def test_given_back_once(database: Database) -> None:
    with database.writing() as session:
        shop = open_shop(session)
        off_once(session, 100, uses=3)
        actor = customer(session)
        choose(session, actor, shop["case"])
        typed(session, actor, "ONCE20")
        order_id = order(session, actor).order_id

    def call_off(session: Any) -> None:
        cancellation.cancel(session, actor, order_id, now=NOW)

    done = at_once(database, [call_off] * CROWD)
    assert sorted(map(str, done)) == ["None"] + ["order_cancelled"] * (CROWD - 1)
    (code,) = everything(database, Promotion)
    assert (code.uses, everything(database, PromotionUse)) == (3, [])
