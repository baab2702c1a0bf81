"""Promotions as administrators run them: who may, what is refused, what is on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed, SignInNeeded
from self_service.domain.errors import Invalid, NotFound
from self_service.domain.promotions import desk, desk_form
from self_service.models.access import Role
from self_service.models.audit import AuditEntry
from self_service.models.promotions import Promotion, PromotionEffect
from self_service.seed.promotions import seed_promotions
from tests.conftest import NOW
from tests.order_shop import fill, open_shop, rows, unchanged_but, visitor
from tests.promoted import make_code, told, typed

BOSS = Actor(
    Role.ADMINISTRATOR, key="k", identity_id=uuid4(), full_name="Ines Moreno", confirmed_at=NOW
)
FORM = {
    "code": "summer-5",
    "name": "Summer",
    "effect": "recurringAmount",
    "value": "5,50",
    "months": "6",
    "kinds": "plan tv",
    "most_uses": "100",
    "valid_from": "2026-06-01",
    "valid_to": "2026-06-30",
    "alone": "on",
}


@pytest.fixture(autouse=True)
def shop(session: Session) -> Any:
    return open_shop(session)


def stored(session: Session) -> Promotion:
    return session.exec(select(Promotion)).one()


def recorded(session: Session) -> list[tuple[str, str]]:
    entries = session.exec(select(AuditEntry).order_by(AuditEntry.number)).all()
    return [(entry.act, entry.subject) for entry in entries]


def test_a_promotion_is_made(session: Session, shop: Any) -> None:
    form = {**FORM, "offerings": "plan, extra"}
    desk.add(session, BOSS, form=form, now=NOW)
    row = stored(session)
    assert (row.code, row.name, row.effect) == (
        "SUMMER-5",
        {"en": "Summer"},
        PromotionEffect.RECURRING_AMOUNT,
    )
    assert (row.amount_minor, row.percent_bp, row.months) == (550, 0, 6)
    assert (row.kinds, row.alone, row.new_customers_only) == (["plan", "tv"], True, False)
    assert row.offering_ids == [str(shop["plan"]), str(shop["extra"])]
    assert row.valid_to is not None
    assert row.valid_to - row.valid_from == timedelta(days=30)  # both days are in
    assert recorded(session) == [("promotion.added", "SUMMER-5")]


WRONG = {
    "code": ["", " ", "A", "two words", "x" * 41, "' or 1=1 --"],
    "name": ["", "x" * 81],
    "effect": ["", "percent", "\0"],
    "value": ["", "0", "-1", "1.234", "1e3", "٣", "100000.01", "NaN"],
    "months": ["-1", "61", "1.5", "x", "٣"],
    "kinds": ["phone", "plan;tv"],
    "offerings": ["no-such-thing"],
    "most_uses": ["-1", "10000001", "x"],
    "valid_from": ["2026-13-01", "0001-01-01", "9999-12-31", "tomorrow"],
    "valid_to": ["2026-05-31", "x"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_field_is_told_and_nothing_is_made(session: Session, name: str, value: str) -> None:
    before = rows(session, Promotion, AuditEntry)
    with pytest.raises(Invalid) as caught:
        desk.add(session, BOSS, form={**FORM, name: value}, now=NOW)
    assert list(caught.value.faults) == [name]
    assert rows(session, Promotion, AuditEntry) == before


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(sorted(FORM)),
        st.one_of(st.text(max_size=20), st.integers(), st.none(), st.lists(st.text(max_size=2))),
    )
)
def test_whatever_is_sent_is_read_or_refused(session: Session, changes: dict[str, Any]) -> None:
    try:
        columns = desk_form.read(session, {**FORM, **changes}, now=NOW)
    except Invalid:
        return
    assert columns["valid_to"] is None or columns["valid_to"] > columns["valid_from"]
    assert 0 <= columns["percent_bp"] <= 10_000
    assert columns["code"]


def test_a_code_is_made_once(session: Session) -> None:
    make_code(session, "SUMMER-5")
    before = rows(session, Promotion)
    with pytest.raises(Invalid) as caught:
        desk.add(session, BOSS, form=FORM, now=NOW)
    assert list(caught.value.faults) == ["code"]
    assert rows(session, Promotion) == before


def test_limits_change_and_what_it_takes_does_not(session: Session) -> None:
    row = make_code(session, uses=3)
    form = {**FORM, "most_uses": "10", "valid_from": "", "valid_to": ""}
    since = row.valid_from
    desk.change(session, BOSS, promotion_id=row.id, form=form, now=NOW)
    session.expire_all()
    after = stored(session)
    assert (after.most_uses, after.valid_from, after.percent_bp) == (10, since, 1000)
    assert (after.code, after.alone) == ("WELCOME10", False)
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.act, entry.before["most_uses"], entry.after["most_uses"]) == (
        "promotion.changed",
        0,
        10,
    )
    changed = rows(session, Promotion)
    with pytest.raises(Invalid) as caught:
        desk.change(session, BOSS, promotion_id=row.id, form={"most_uses": "2"}, now=NOW)
    assert list(caught.value.faults) == ["most_uses"]
    assert rows(session, Promotion) == changed


@pytest.mark.parametrize("begins", [-30, 0, 30], ids=["running", "just now", "planned"])
def test_ended_now(session: Session, shop: Any, begins: int) -> None:
    actor = visitor(session)
    fill(session, actor, shop)
    row = make_code(session)
    typed(session, actor, "WELCOME10")
    row.valid_from = NOW + timedelta(days=begins)
    session.flush()
    assert desk.end(session, BOSS, promotion_id=row.id, now=NOW)
    assert not desk.end(session, BOSS, promotion_id=row.id, now=NOW)
    session.expire_all()
    from self_service.domain.basket import acts as basket

    assert told(basket.view(session, actor, now=NOW)) == {"WELCOME10": "code_over"}
    assert recorded(session) == [("promotion.ended", "WELCOME10")]
    (shown,) = desk.listing(session, BOSS, now=NOW)
    assert (shown.over, shown.running) == (True, False)


STALE = Actor(Role.ADMINISTRATOR, identity_id=uuid4(), confirmed_at=NOW - timedelta(hours=1))
OTHERS = {
    "visitor": (Actor(key="v"), SignInNeeded),
    "customer": (Actor(Role.CUSTOMER, identity_id=uuid4(), customer_id=uuid4()), NotAllowed),
    "dealer": (Actor(Role.DEALER, identity_id=uuid4(), confirmed_at=NOW), NotAllowed),
    "representative": (
        Actor(Role.REPRESENTATIVE, identity_id=uuid4(), confirmed_at=NOW),
        NotAllowed,
    ),
    "a while ago": (STALE, ConfirmationNeeded),
}


@pytest.mark.parametrize(("actor", "kind"), OTHERS.values(), ids=OTHERS)
def test_others_change_nothing(session: Session, actor: Actor, kind: Any) -> None:
    row = make_code(session)
    before = rows(session, Promotion, AuditEntry)
    acts = [
        lambda: desk.add(session, actor, form=FORM, now=NOW),
        lambda: desk.change(session, actor, promotion_id=row.id, form=FORM, now=NOW),
        lambda: desk.end(session, actor, promotion_id=row.id, now=NOW),
    ]
    for act in acts:
        unchanged_but(session, kind, act)
    if actor is not STALE:
        unchanged_but(session, kind, lambda: desk.listing(session, actor, now=NOW))
    assert rows(session, Promotion, AuditEntry) == before


@pytest.mark.parametrize("unknown", [uuid4, lambda: "x", lambda: None], ids=["new", "x", "none"])
def test_an_unknown_promotion(session: Session, unknown: Any) -> None:
    for act in (desk.end, lambda *a, **k: desk.change(*a, form=FORM, **k)):
        with pytest.raises(NotFound):
            act(session, BOSS, promotion_id=unknown(), now=NOW)
    with pytest.raises(NotFound):
        desk.find(session, "NOTHING")


def test_the_demo_has_three_codes(session: Session) -> None:
    seed_promotions(session, now=NOW)
    first = rows(session, Promotion)
    seed_promotions(session, now=NOW + timedelta(days=1))
    assert rows(session, Promotion) == first
    found = {one.what.code: (one.running, one.over) for one in desk.listing(session, BOSS, now=NOW)}
    assert found == {
        "WELCOME10": (True, False),
        "ONCE20": (True, False),
        "SPRING5": (False, True),
    }
