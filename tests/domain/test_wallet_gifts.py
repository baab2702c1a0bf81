"""Gifts: nobody probes, the sum waits, it can be taken back until it arrives, and arrives once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed, SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.ledger import NotEnough
from self_service.domain.wallet import gifts, history
from self_service.domain.wallet.gifts import (
    GiftExpired,
    GiftsUsedUp,
    NoteUnusable,
    ReceiverUnknown,
    TooLateToUndo,
)
from self_service.domain.wallet.terms import AmountTooLarge, AmountTooSmall
from self_service.models.access import DigitalIdentity
from self_service.models.ledger import LedgerEntry
from self_service.models.people import Customer, CustomerStatus
from self_service.models.subscriptions import ProductStatus
from self_service.models.wallet import TransferBalance, TransferStatus
from tests.books import proven
from tests.conftest import NOW
from tests.order_shop import rows
from tests.wallets import (
    LETTERS,
    TERMS,
    euro,
    fresh,
    holds,
    kinds,
    make_service,
    person,
    top_up,
    wallet,
)

LATER = NOW + timedelta(minutes=15)
BEN = "ben@example.com"


@pytest.fixture
def ada(session: Session) -> Actor:
    """A customer with credit."""
    actor = person(session, "ada@example.com", now=NOW)
    top_up(session, actor, 20_000, now=NOW)
    return actor


@pytest.fixture
def ben(session: Session) -> Actor:
    """Another customer."""
    return person(session, BEN, now=NOW, name="Ben Hale")


def give(session: Session, actor: Actor, minor: int, to: str = BEN) -> object:
    proposal = gifts.propose(session, actor, to, euro(minor), terms=TERMS, now=NOW)
    return gifts.send(session, actor, proposal.secret, terms=TERMS, now=NOW)


def arrive(session: Session) -> list[bool]:
    due = gifts.due(session, now=LATER)
    return [gifts.deliver(session, one, terms=TERMS, letters=LETTERS, now=LATER) for one in due]


def written(session: Session) -> list[object]:
    return rows(session, TransferBalance, LedgerEntry)


def test_a_gift_waits_then_arrives_once(session: Session, ada: Actor, ben: Actor) -> None:
    proposal = gifts.propose(session, ada, BEN, euro(500), "For you", terms=TERMS, now=NOW)
    assert (proposal.receiver, proposal.minutes) == ("B… H…", 15)
    assert holds(session, ada) == 20_000
    gift_id = gifts.send(session, ada, proposal.secret, terms=TERMS, now=NOW)
    assert (holds(session, ada), holds(session, ben)) == (19_500, 0)
    assert gifts.due(session, now=LATER - timedelta(seconds=1)) == ()
    proven(session)
    assert arrive(session) == [True]
    assert not gifts.deliver(session, gift_id, terms=TERMS, letters=LETTERS, now=LATER)
    assert (holds(session, ada), holds(session, ben)) == (19_500, 500)
    assert kinds(session) == ["gift"]
    assert wallet(session, ben, now=NOW).valid_until == LATER + timedelta(days=365)
    (entry,) = history.page(session, ben, terms=TERMS, now=LATER).entries
    assert (entry.message, entry.data, entry.note) == (
        "Gift from {who}",
        {"who": "A… Q…"},
        "For you",
    )
    proven(session)


def test_a_gift_is_sent_once(session: Session, ada: Actor, ben: Actor) -> None:
    proposal = gifts.propose(session, ada, BEN, euro(500), terms=TERMS, now=NOW)
    gifts.send(session, ada, proposal.secret, terms=TERMS, now=NOW)
    before = written(session)
    with pytest.raises(GiftExpired):
        gifts.send(session, ada, proposal.secret, terms=TERMS, now=NOW)
    assert written(session) == before
    assert holds(session, ben) == 0


def test_a_proposal_is_its_makers_and_ends(session: Session, ada: Actor, ben: Actor) -> None:
    proposal = gifts.propose(session, ada, BEN, euro(500), terms=TERMS, now=NOW)
    before = written(session)
    late = NOW + timedelta(minutes=10)
    with pytest.raises(GiftExpired):
        gifts.send(session, fresh(ada, late), proposal.secret, terms=TERMS, now=late)
    with pytest.raises(GiftExpired):
        gifts.send(session, ben, proposal.secret, terms=TERMS, now=NOW)
    assert written(session) == before


def test_it_can_be_taken_back_while_it_waits(session: Session, ada: Actor, ben: Actor) -> None:
    gift_id = give(session, ada, 500)
    assert [gift.receiver for gift in gifts.waiting(session, ada, now=NOW)] == ["B… H…"]
    assert gifts.undo(session, ada, gift_id, now=NOW) == euro(500)
    with pytest.raises(TooLateToUndo):
        gifts.undo(session, ada, gift_id, now=NOW)
    assert (holds(session, ada), arrive(session), holds(session, ben)) == (20_000, [], 0)
    assert gifts.left_this_month(session, wallet(session, ada, now=NOW), TERMS, NOW).minor == 10_000
    proven(session)


def test_too_late_and_not_ones_own(session: Session, ada: Actor, ben: Actor) -> None:
    gift_id = give(session, ada, 500)
    before = written(session)
    for actor, given, at, refusal in (
        (ada, gift_id, LATER, TooLateToUndo),
        (ben, gift_id, NOW, NotFound),
        (ada, "nonsense", NOW, NotFound),
        (Actor(), gift_id, NOW, SignInNeeded),
    ):
        with pytest.raises(refusal):
            gifts.undo(session, actor, given, now=at)
    assert written(session) == before


@pytest.mark.parametrize(
    "to",
    ["nobody@example.com", "ada@example.com", "+4915550999999", "12", "", "x" * 3000, None],
    ids=["stranger", "oneself", "no-number-of-ours", "short", "nothing", "long", "none"],
)
def test_one_answer_for_all_who_cannot_receive(
    session: Session, ada: Actor, ben: Actor, to: object
) -> None:
    before = written(session)
    with pytest.raises(ReceiverUnknown) as refused:
        gifts.propose(session, ada, to, euro(500), terms=TERMS, now=NOW)
    assert (refused.value.data, written(session)) == ({}, before)


@pytest.mark.parametrize("state", ["unproven", "disabled", "left"])
def test_whoever_may_not_be_who_they_say_receives_nothing(
    session: Session, ada: Actor, ben: Actor, state: str
) -> None:
    identity = session.get_one(DigitalIdentity, ben.identity_id)
    if state == "unproven":
        identity.email_verified_at = None
    elif state == "disabled":
        identity.disabled_at = NOW
    else:
        session.get_one(Customer, ben.customer_id).status = CustomerStatus.CLOSED
    session.flush()
    with pytest.raises(ReceiverUnknown):
        gifts.propose(session, ada, BEN, euro(500), terms=TERMS, now=NOW)


@pytest.mark.parametrize("typed", ["+49 1555 0000007", "01555 0000007", "0049 15550000007"])
def test_a_number_of_ours_is_found_however_it_is_typed(
    session: Session, ada: Actor, ben: Actor, typed: str
) -> None:
    service = make_service(session, ben, now=NOW, number="+4915550000007")
    proposal = gifts.propose(session, ada, typed, euro(500), terms=TERMS, now=NOW)
    assert proposal.receiver == "B… H…"
    service.status = ProductStatus.TERMINATED
    session.flush()
    with pytest.raises(ReceiverUnknown):
        gifts.propose(session, ada, typed, euro(500), terms=TERMS, now=NOW)


@pytest.mark.parametrize(
    ("minor", "refusal"),
    [(99, AmountTooSmall), (5_001, AmountTooLarge), (-500, AmountTooSmall)],
)
def test_limits_of_one_gift(
    session: Session, ada: Actor, ben: Actor, minor: int, refusal: type[Exception]
) -> None:
    before = written(session)
    with pytest.raises(refusal):
        gifts.propose(session, ada, BEN, euro(minor), terms=TERMS, now=NOW)
    assert written(session) == before


def test_the_months_limit_counts_what_was_proposed_before(
    session: Session, ada: Actor, ben: Actor
) -> None:
    give(session, ada, 5_000)
    give(session, ada, 4_900)
    with pytest.raises(GiftsUsedUp) as refused:
        gifts.propose(session, ada, BEN, euro(200), terms=TERMS, now=NOW)
    assert refused.value.data == {"left": euro(100)}
    give(session, ada, 100)
    proven(session)


def test_what_is_not_there_is_not_given(session: Session, ben: Actor) -> None:
    poor = person(session, "eve@example.com", now=NOW, name="Eve Roe")
    top_up(session, poor, 500, now=NOW)
    with pytest.raises(NotEnough):
        gifts.propose(session, poor, BEN, euro(501), terms=TERMS, now=NOW)
    assert holds(session, poor) == 500


def test_only_the_customer_in_person_with_a_fresh_proof(
    session: Session, ada: Actor, ben: Actor
) -> None:
    before = written(session)
    for actor, refusal in (
        (Actor(), SignInNeeded),
        (replace(ada, behalf="Ada Quell"), NotAllowed),
        (replace(ada, confirmed_at=NOW - timedelta(minutes=10)), ConfirmationNeeded),
    ):
        with pytest.raises(refusal):
            gifts.propose(session, actor, BEN, euro(500), terms=TERMS, now=NOW)
        with pytest.raises(refusal):
            gifts.send(session, actor, "secret", terms=TERMS, now=NOW)
    assert written(session) == before


@pytest.mark.parametrize("note", ["x" * 141, "a\0b", "\u202eevil"], ids=["long", "nul", "turned"])
def test_a_note_is_plain_and_short(session: Session, ada: Actor, ben: Actor, note: str) -> None:
    with pytest.raises(NoteUnusable):
        gifts.propose(session, ada, BEN, euro(500), note, terms=TERMS, now=NOW)


def test_a_gift_to_somebody_who_left_comes_back(session: Session, ada: Actor, ben: Actor) -> None:
    gift_id = give(session, ada, 500)
    session.get_one(Customer, ben.customer_id).status = CustomerStatus.CLOSED
    session.flush()
    assert arrive(session) == [True]
    assert (holds(session, ada), holds(session, ben)) == (20_000, 0)
    gift = session.get_one(TransferBalance, gift_id, populate_existing=True)
    assert gift.status is TransferStatus.UNDONE
    assert kinds(session) == ["gift_returned"]
    proven(session)


def test_the_sender_sees_both_ways_in_the_history(session: Session, ada: Actor, ben: Actor) -> None:
    gifts.undo(session, ada, give(session, ada, 500), now=NOW)
    wanted = history.Wanted(history.Kind.GIFTS)
    entries = history.page(session, ada, wanted, terms=TERMS, now=NOW).entries
    assert [(one.message, one.amount.minor) for one in entries] == [
        ("Gift to {who} taken back", 500),
        ("Gift to {who}", -500),
    ]
    assert session.exec(select(TransferBalance)).one().status is TransferStatus.UNDONE
