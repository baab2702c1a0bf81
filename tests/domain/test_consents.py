"""Consents: each change a row with the text's version; the last one counts; in person only."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.people import consents
from self_service.domain.people.consents import Kind
from tests.conftest import NOW
from tests.settings_people import ANYTHING, HOSTILE, acts, ada, dealer_for, everything, other

V = consents.VERSION


def choose(
    session: Session, actor: Actor, kind: object, given: object, version: object = V, at: Any = NOW
) -> None:
    consents.choose(session, actor, kind=kind, given=given, version=version, now=at)


def test_nothing_is_given_until_it_is(session: Session) -> None:
    actor = ada(session)
    assert consents.current(session, actor, now=NOW) == dict.fromkeys(Kind, False)
    choose(session, actor, "marketing_sms", False)
    assert consents.history(session, actor, now=NOW) == ()


def test_given_and_withdrawn_each_with_its_row(session: Session) -> None:
    actor = ada(session)
    for said in (True, True, False, False, True):
        choose(session, actor, "marketing_email", said)
    assert consents.current(session, actor, now=NOW)[Kind.MARKETING_EMAIL]
    found = consents.history(session, actor, now=NOW)
    assert [(row.given, row.version) for row in found] == [(True, V), (False, V), (True, V)]
    assert found[0].at > found[1].at > found[2].at
    assert acts(session) == ["consent.given", "consent.withdrawn", "consent.given"]
    assert not consents.current(session, other(session), now=NOW)[Kind.MARKETING_EMAIL]


def test_a_new_text_is_agreed_to_anew(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = ada(session)
    choose(session, actor, "usage_analysis", True)
    monkeypatch.setattr(consents, "VERSION", "2030-01")
    before = everything(session)
    with pytest.raises(consents.TextChanged):
        choose(session, actor, "usage_analysis", True)
    assert everything(session) == before
    choose(session, actor, "usage_analysis", True, "2030-01", NOW + timedelta(days=1))
    assert [row.version for row in consents.history(session, actor, now=NOW)] == ["2030-01", V]
    choose(session, actor, "usage_analysis", False, V, NOW + timedelta(days=2))
    assert not consents.current(session, actor, now=NOW)[Kind.USAGE_ANALYSIS]


def test_nobody_else_may(session: Session) -> None:
    actor = ada(session)
    before = everything(session)
    for who, refusal in ((dealer_for(actor), NotAllowed), (Actor(), SignInNeeded)):
        for act in (consents.current, consents.history):
            with pytest.raises(refusal):
                act(session, who, now=NOW)
        with pytest.raises(refusal):
            choose(session, who, "marketing_sms", True)
    assert everything(session) == before


def test_there_are_no_others(session: Session) -> None:
    actor = ada(session)
    before = everything(session)
    for kind in ("", "other", None, 7, [], {}, *HOSTILE):
        with pytest.raises(NotFound):
            choose(session, actor, kind, True)
    assert everything(session) == before


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kind=st.one_of(st.sampled_from(list(Kind)), ANYTHING), said=ANYTHING, version=ANYTHING)
def test_only_a_clear_yes_is_one(
    session: Session, kind: object, said: object, version: object
) -> None:
    actor = session.info.get("ada") or session.info.setdefault("ada", ada(session))
    before = everything(session)
    with pytest.raises(DomainError) if said is True else contextlib.suppress(NotFound):
        choose(session, actor, kind, said, version)
    assert everything(session) == before


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(list(Kind)), st.booleans(), st.integers(0, 3)), max_size=8
    )
)
def test_the_last_word_counts(session: Session, steps: list[tuple[Kind, bool, int]]) -> None:
    """Also when clicks come in the same instant, or a clock runs back."""
    number = session.info["number"] = session.info.get("number", 0) + 1
    actor = ada(session, f"ada{number}@example.com")
    expected = dict.fromkeys(Kind, False)
    for kind, said, minutes in steps:
        choose(session, actor, kind, said, at=NOW + timedelta(minutes=minutes))
        expected[kind] = said
    assert consents.current(session, actor, now=NOW) == expected
