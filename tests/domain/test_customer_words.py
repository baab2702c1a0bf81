"""Customers are found by the beginnings of words, from an index, and not once they are erased."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import Session

from self_service.domain.people import search_words
from self_service.models.people import Customer, CustomerStatus
from tests.order_shop import customer


@pytest.fixture
def ada(session: Session) -> Customer:
    return session.get_one(Customer, customer(session).customer_id)


def found(session: Session, typed: str) -> set[object]:
    hits: set[object] = set()
    for query in search_words.matching(typed, 5):
        hits |= set(session.exec(query).all())
    return hits


@pytest.mark.parametrize("typed", ["quell", "ADA qu", "Que ad", "ada@exam", "Quéll"])
def test_beginnings_of_words_in_any_order_find(session: Session, ada, typed: str) -> None:
    assert found(session, typed) == {ada.id}


@pytest.mark.parametrize("typed", ["uell", "ada roe", "%", "_"])
def test_other_letters_do_not(session: Session, ada, typed: str) -> None:
    assert found(session, typed) == set()


def test_a_closed_customer_is_not_found(session: Session, ada) -> None:
    ada.status = CustomerStatus.CLOSED
    session.flush()
    search_words.note(session, ada.id)
    assert found(session, "quell") == set()


def test_an_index_answers(session: Session, ada) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table of one row as a whole")
    for query in search_words.matching("Ada Quell", 5):
        compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = str(session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all())
        assert "SCAN" not in plan, plan
