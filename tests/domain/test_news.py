"""News: whoever has a page open is told of what changed for them, and of nobody else."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, select

from self_service.domain import ledger, news, outbox
from self_service.domain.usage import course
from self_service.models.access import Role
from self_service.models.base import new_id
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.messages import OutboxEvent
from self_service.models.subscriptions import Product
from self_service.money import Money
from tests import books
from tests.conftest import NOW
from tests.order_shop import choose, customer, fulfil, open_shop, order, pay
from tests.used import MB, START, feed, included, make_line, rate, row


def told(session: Session, after: int = 0) -> set[object]:
    """Return of whom there is news since a line."""
    session.flush()
    return set(news.since(session, after + news.BACK, frozenset())[1])


def test_an_order_is_news_at_each_step(session: Session) -> None:
    shop, ada = open_shop(session), customer(session)
    choose(session, ada, shop["fibre"])
    placed = order(session, ada)
    steps = []
    for step in (lambda: pay(session, placed), lambda: fulfil(session, placed.order_id)):
        after = news.newest(session)
        step()
        steps.append(told(session, after))
    assert steps == [{ada.customer_id}, {ada.customer_id}]


def test_money_is_news_of_its_owner_only(session: Session) -> None:
    account = books.make_account(session, now=NOW)
    books.make_account(session, now=NOW)
    debt = ledger.owned(session, AccountKind.RECEIVABLE, account.id, "EUR")
    till = ledger.house(session, AccountKind.CLEARING, "EUR", "bank")
    move = ledger.Movement(EntryKind.PAYMENT, new_id(), till, debt, Money(500, "EUR"))
    after = news.newest(session)
    ledger.post(session, [move], now=NOW)
    assert told(session, after) == {account.customer_id}


def test_rated_usage_is_news(session: Session) -> None:
    line = make_line(session, included("GB", 1))
    product = session.get_one(Product, line.product_id)
    rate(session)
    after = news.newest(session)
    feed(session, row("r1", START + timedelta(hours=1), "data", MB))
    assert told(session, after) == set()  # it came, but nothing is counted yet
    course.rate(session, now=START + timedelta(days=1))
    assert told(session, after) == {product.customer_id}


def test_a_line_that_comes_late_with_an_early_number_is_not_missed(session: Session) -> None:
    ada, bo = new_id(), new_id()
    news.tell(session, [ada], now=NOW)
    session.flush()
    early = news.newest(session)
    news.tell(session, [bo], now=NOW)
    there, _ = news.since(session, early + 1, frozenset())
    seen = frozenset(there) - {early}  # its transaction had not ended then
    assert news.since(session, max(there), seen)[1] == {ada}
    assert news.since(session, max(there), frozenset(there))[1] == set()


def test_many_customers_are_named_in_few_lines(session: Session) -> None:
    customers = {new_id() for _ in range(news.TOGETHER + 1)}
    news.tell(session, customers, now=NOW)
    assert told(session) == customers
    assert len(session.exec(select(OutboxEvent)).all()) == 2


def test_nobody_has_to_act_on_news_and_they_go_after_a_day(session: Session) -> None:
    news.tell(session, [new_id()], now=NOW)
    session.flush()
    assert outbox.open_events(session) == ()
    assert news.forget(session, now=NOW + news.KEPT) == 0
    outbox.emit(session, outbox.EventKind.ORDER_PLACED, "an order", now=NOW)
    assert news.forget(session, now=NOW + news.KEPT + timedelta(seconds=1)) == 1
    assert [row.kind for row in session.exec(select(OutboxEvent))] == ["order_placed"]


def test_customers_follow_their_own(session: Session) -> None:
    ada = customer(session)
    assert ada.role is Role.CUSTOMER
    assert news.followed(session, ada, now=NOW) == {ada.customer_id}
