"""Automatic top-ups: once when due, never beyond the ceiling, stopped by a declined card."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed, SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.wallet import auto, standing, watching
from self_service.domain.wallet.standing import (
    CeilingTooLow,
    DayInvalid,
    NoCardForThis,
    StandingView,
    Wish,
)
from self_service.domain.wallet.terms import AmountTooLarge, AmountTooSmall
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.payments import MethodStatus, Payment, PaymentMethod
from self_service.models.wallet import AutoTopup, AutoTopupTrigger, Bucket, BucketStatus
from tests.books import proven
from tests.conftest import NOW
from tests.order_shop import rows
from tests.wallets import (
    LETTERS,
    TERMS,
    decline,
    euro,
    fresh,
    holds,
    kinds,
    make_card,
    person,
    settle,
    top_up,
    wallet,
)

T = AutoTopupTrigger


@pytest.fixture
def ada(session: Session) -> Actor:
    """A customer."""
    return person(session, "ada@example.com", now=NOW)


def wish(session: Session, actor: Actor, **changes: object) -> Wish:
    card = make_card(session, actor, now=NOW)
    given = Wish(T.THRESHOLD, euro(1000), euro(2500), card.id, euro(500))
    return replace(given, **changes)  # type: ignore[arg-type]


def set_up(session: Session, actor: Actor, **changes: object) -> None:
    standing.set_up(session, actor, wish(session, actor, **changes), terms=TERMS, now=NOW)


def tick(session: Session, now: datetime = NOW) -> list[object]:
    """What a round of the job starts."""
    started = [auto.start(session, one, terms=TERMS, now=now) for one in auto.due(session, now=now)]
    return [one for one in started if one]


def view(session: Session, actor: Actor, now: datetime = NOW) -> StandingView:
    found = standing.view(session, actor, terms=TERMS, now=now)
    assert found is not None
    return found


def test_below_the_threshold_it_tops_up_once(session: Session, ada: Actor) -> None:
    set_up(session, ada)
    (payment_id,) = tick(session)
    payment = session.get_one(Payment, payment_id)
    assert (payment.off_session, payment.amount_minor) == (True, 1000)
    assert tick(session) == []  # one is under way
    settle(session, payment.id, now=NOW)
    assert (holds(session, ada), tick(session)) == (1000, [])
    assert view(session, ada).spent == euro(1000)
    proven(session)


def test_the_ceiling_holds_until_the_next_month(session: Session, ada: Actor) -> None:
    set_up(session, ada, threshold=euro(100_000))
    for _ in range(2):
        (payment_id,) = tick(session)
        settle(session, payment_id, now=NOW)
    assert (tick(session), view(session, ada).full) == ([], True)
    december = NOW.replace(month=12, day=1)
    assert len(tick(session, december)) == 1
    assert view(session, ada, december).spent == euro(1000)
    proven(session)


def test_a_day_of_the_month_comes_once_a_month(session: Session, ada: Actor) -> None:
    set_up(session, ada, trigger=T.DATE, day=28)
    due = NOW.replace(day=28, hour=0)
    assert (tick(session), view(session, ada).next_at) == ([], due)
    (payment_id,) = tick(session, due)
    settle(session, payment_id, now=due)
    assert tick(session, due) == []
    assert view(session, ada).next_at == due.replace(month=12)
    proven(session)


def test_a_declined_card_stops_it_and_is_told_once(session: Session, ada: Actor) -> None:
    set_up(session, ada)
    (payment_id,) = tick(session)
    decline(session, payment_id, now=NOW, code="card_declined")
    found = view(session, ada)
    assert (found.active, found.paused_reason, found.spent) == (False, "card_declined", euro(0))
    assert tick(session) == []
    assert auto.tell_paused(session, letters=LETTERS, now=NOW) == 1
    assert auto.tell_paused(session, letters=LETTERS, now=NOW) == 0
    assert kinds(session) == ["auto_paused"]
    standing.resume(session, ada, terms=TERMS, now=NOW)
    assert len(tick(session)) == 1
    assert holds(session, ada) == 0
    proven(session)


def test_a_card_that_may_not_be_charged_any_more_stops_it(session: Session, ada: Actor) -> None:
    chosen = wish(session, ada)
    standing.set_up(session, ada, chosen, terms=TERMS, now=NOW)
    for card in rows_of_cards(session):
        card.status = MethodStatus.REMOVED
    session.flush()
    assert tick(session) == []
    assert view(session, ada).paused_reason == auto.NO_CARD
    with pytest.raises(NoCardForThis):
        standing.resume(session, ada, terms=TERMS, now=NOW)
    assert session.exec(select(Payment)).all() == []


def rows_of_cards(session: Session) -> list[object]:
    return list(session.exec(select(PaymentMethod)))


def test_its_owner_stops_it(session: Session, ada: Actor) -> None:
    set_up(session, ada)
    standing.stop(session, ada, terms=TERMS, now=NOW)
    assert (tick(session), view(session, ada).paused_reason) == ([], "")
    assert auto.tell_paused(session, letters=LETTERS, now=NOW) == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": euro(499)}, AmountTooSmall),
        ({"amount": euro(20_001), "ceiling": euro(30_000)}, AmountTooLarge),
        ({"ceiling": euro(999)}, CeilingTooLow),
        ({"ceiling": euro(50_001)}, AmountTooLarge),
        ({"threshold": euro(0)}, AmountTooSmall),
        ({"trigger": T.DATE, "day": 0}, DayInvalid),
        ({"trigger": T.DATE, "day": 29}, DayInvalid),
        ({"method_id": uuid4()}, NoCardForThis),
    ],
    ids=["least", "most", "ceiling", "highest", "threshold", "day-0", "day-29", "card"],
)
def test_what_cannot_be_chosen(
    session: Session, ada: Actor, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        set_up(session, ada, **changes)
    assert rows(session, AutoTopup) == [[]]


def test_cards_without_a_mandate_and_of_others_do_not_do(session: Session, ada: Actor) -> None:
    ben = person(session, "ben@example.com", now=NOW)
    for card in (
        make_card(session, ada, now=NOW, mandate_at=None),
        make_card(session, ben, now=NOW),
    ):
        with pytest.raises(NoCardForThis):
            set_up(session, ada, method_id=card.id)
    assert rows(session, AutoTopup) == [[]]


def test_only_in_person_with_a_fresh_proof(session: Session, ada: Actor) -> None:
    for actor, refusal in (
        (replace(ada, behalf="Ada"), NotAllowed),
        (replace(ada, confirmed_at=None), ConfirmationNeeded),
    ):
        chosen = wish(session, ada)
        with pytest.raises(refusal):
            standing.set_up(session, actor, chosen, terms=TERMS, now=NOW)
    with pytest.raises(SignInNeeded):
        standing.stop(session, Actor(), terms=TERMS, now=NOW)
    with pytest.raises(NotFound):
        standing.stop(session, ada, terms=TERMS, now=NOW)
    assert rows(session, AutoTopup) == [[]]


def test_low_credit_is_told_once_a_fall(session: Session, ada: Actor) -> None:
    wallet(session, ada, now=NOW)
    assert watching.warn_low(session, letters=LETTERS, now=NOW) == 0  # new and empty: no news
    top_up(session, ada, 1000, now=NOW)
    spend(session, ada, 900)
    assert watching.warn_low(session, letters=LETTERS, now=NOW) == 1
    assert watching.warn_low(session, letters=LETTERS, now=NOW) == 0
    top_up(session, ada, 1000, now=NOW)
    assert watching.warn_low(session, letters=LETTERS, now=NOW) == 0
    spend(session, ada, 1000)
    assert watching.warn_low(session, letters=LETTERS, now=NOW) == 1
    assert kinds(session) == ["low", "low"]


def spend(session: Session, actor: Actor, minor: int) -> None:
    purse = ledger.owned(session, AccountKind.WALLET, actor.customer(), "EUR")
    sold = ledger.house(session, AccountKind.REVENUE, "EUR")
    move = ledger.Movement(EntryKind.ADJUSTMENT, uuid4(), purse, sold, euro(minor))
    ledger.post(session, [move], now=NOW)


def test_what_expires_is_told_before_and_booked_once(session: Session, ada: Actor) -> None:
    top_up(session, ada, 1000, now=NOW)
    soon, over = NOW + timedelta(days=351), NOW + timedelta(days=365)
    early = soon - timedelta(seconds=1)
    assert watching.warn_expiring(session, terms=TERMS, letters=LETTERS, now=early) == 0
    assert watching.warn_expiring(session, terms=TERMS, letters=LETTERS, now=soon) == 1
    assert watching.warn_expiring(session, terms=TERMS, letters=LETTERS, now=soon) == 0
    (row,) = watching.expired(session, now=over)
    assert watching.expired(session, now=over - timedelta(seconds=1)) == ()
    assert watching.expire(session, row, now=over)
    assert not watching.expire(session, row, now=over)
    assert holds(session, ada) == 0
    assert session.get_one(Bucket, row).status is BucketStatus.EXPIRED
    proven(session)
    top_up(session, fresh(ada, over), 500, now=over)
    assert session.get_one(Bucket, row).status is BucketStatus.ACTIVE
    again = over + timedelta(days=365)
    assert watching.expire(session, row, now=again)
    assert (holds(session, ada), kinds(session)) == (0, ["expiring"])
    proven(session)


def test_credit_that_was_moved_on_does_not_expire(session: Session, ada: Actor) -> None:
    top_up(session, ada, 1000, now=NOW)
    later = NOW + timedelta(days=300)
    top_up(session, fresh(ada, later), 500, now=later)
    over = NOW + timedelta(days=365)
    assert not watching.expire(session, wallet(session, ada, now=over).id, now=over)
    assert holds(session, ada) == 1500
