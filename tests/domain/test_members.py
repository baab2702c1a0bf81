"""People with access: let in, seeing exactly what was shared, and out again at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import (
    FRESH_FOR,
    Actor,
    ConfirmationNeeded,
    NotAllowed,
    SignInNeeded,
)
from self_service.domain.access.grants import held
from self_service.domain.basket import acts as basket
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.domain.people import invitations, member_list, members
from self_service.domain.people.members import MOST, TooManyMembers
from self_service.domain.subscriptions.home import home
from self_service.domain.subscriptions.shared import shared
from self_service.models.access import DigitalIdentity, Grant, Role, Scope
from self_service.models.audit import AuditEntry
from self_service.models.people import Customer, CustomerStatus
from self_service.models.subscriptions import Product, ProductStatus
from tests.conftest import NOW
from tests.household import TABLES, Household, invite, let_in, wish
from tests.mailbox import words
from tests.members_view import SCOPES, S, access, circle, may, refused, seen
from tests.order_shop import rows
from tests.settings_people import acts, dealer_for

# what is shared is seen, and nothing else


def test_a_new_member_sees_exactly_what_was_shared(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada, product=str(quells.mobile))
    assert (ben.role, ben.customer_id, ben.name) == (Role.SUB_USER, None, "Ben")
    (found,) = shared(session, ben, now=NOW)
    assert (found.owner, found.subscription.name) == ("Ada Quell", {"en": "plan"})
    assert found.scopes == {S.VIEW}
    assert may(session, ben, quells.mobile) == {S.VIEW}
    assert may(session, ben, quells.phone_plan) == {S.VIEW}  # it is in it
    for other in (quells.fibre, quells.case):
        assert may(session, ben, other) == set()
    identity = session.get_one(DigitalIdentity, ben.identity_id)
    assert (identity.login, identity.email_verified_at) == ("ben@example.com", NOW)


def test_everything_is_all_subscriptions_but_no_goods(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada)
    assert sorted(seen(session, ben)) == ["fibre", "plan"]
    with pytest.raises(NotAllowed):
        home(session, ben, now=NOW)


def test_the_keys_of_a_sim_are_for_who_may_change_it(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada, product=str(quells.mobile))
    (found,) = shared(session, ben, now=NOW)
    assert [set(service.sim_detail) - {"form"} for service in found.subscription.services] == [
        set(),
        set(),
    ]


@pytest.mark.parametrize("kind", list(SCOPES))
def test_scopes_allow_what_they_say(session: Session, quells: Household, kind: str) -> None:
    given_, allowed_ = SCOPES[kind]
    ben = let_in(session, quells.ada, product=str(quells.fibre), scopes=sorted(given_))
    assert may(session, ben, quells.fibre) == allowed_
    assert may(session, ben, quells.mobile) == set()


def test_owners_may_everything_and_strangers_nothing(
    session: Session, quells: Household, eve: Actor
) -> None:
    assert may(session, quells.ada, quells.fibre) == set(Scope)
    assert may(session, dealer_for(quells.ada), quells.fibre) == set(Scope)
    for stranger in (eve, Actor(), Actor(key="visitor")):
        assert may(session, stranger, quells.fibre) == set()
    for nonsense in (None, "", str(quells.fibre), uuid4(), 5):
        assert may(session, quells.ada, nonsense) == set()


def test_a_members_member_is_a_stranger(session: Session, quells: Household, eve: Actor) -> None:
    mallory = let_in(session, eve, email="mallory@example.com")
    assert sorted(seen(session, mallory)) == ["fibre", "plan"]
    assert {found.owner for found in shared(session, mallory, now=NOW)} == {"Ada Quell"}
    for product in (quells.fibre, quells.mobile):  # of the other one of that name
        assert may(session, mallory, product) == set()


def test_a_member_buys_nothing(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada, scopes=["manage", "pay"])
    refused(
        session,
        NotAllowed,
        lambda: basket.add(session, ben, now=NOW, offering_id=quells.shop["case"]),
    )
    assert basket.view(session, ben, now=NOW).lines == ()


def test_a_customer_sees_what_others_share(session: Session, quells: Household, eve: Actor) -> None:
    secret = invite(session, quells.ada, email="EVE@example.com", product=str(quells.fibre))
    invitations.accept(session, eve, secret=secret, told=words, now=NOW)
    assert seen(session, eve) == ["fibre"]
    assert session.get_one(DigitalIdentity, eve.identity_id).role is Role.CUSTOMER
    assert len(home(session, eve, now=NOW).subscriptions) == 2  # her own
    assert seen(session, dealer_for(eve)) == []  # shared with her in person
    assert may(session, replace(dealer_for(eve)), quells.fibre) == set()


# until when


def test_an_access_ends_with_its_last_day(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada, until="2026-11-22")
    last = NOW.replace(day=22, hour=23, minute=59, second=59)
    over = last + timedelta(seconds=1)
    assert len(seen(session, ben, last)) == 2
    assert may(session, ben, quells.fibre, last) == {S.VIEW}
    assert seen(session, ben, over) == []
    assert may(session, ben, quells.fibre, over) == set()
    assert circle(session, quells, over).members == ()


def test_what_is_taken_away_is_gone_at_once(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada)
    members.remove(session, quells.ada, access(session, quells).id, words=words, now=NOW)
    assert seen(session, ben) == []
    assert may(session, ben, quells.fibre) == set()
    assert circle(session, quells).members == ()
    assert rows(session, Grant) == [[]]
    assert acts(session)[-1] == "member.access_removed"


def test_what_ended_is_not_shown(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada)
    session.get_one(Product, quells.fibre).status = ProductStatus.TERMINATED
    session.flush()
    assert seen(session, ben) == ["plan"]


def test_of_a_closed_customer_nothing_is_shown(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada)
    session.get_one(Customer, quells.ada.customer_id).status = CustomerStatus.CLOSED
    session.flush()
    assert (seen(session, ben), held(session, ben, now=NOW)) == ([], ())


def test_who_was_locked_out_holds_nothing(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada)
    session.get_one(DigitalIdentity, ben.identity_id).disabled_at = NOW
    session.flush()
    assert may(session, ben, quells.fibre) == set()


# changing


def test_less_works_at_once_and_needs_no_proof(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada, scopes=["manage", "pay"])
    which, later = access(session, quells).id, NOW + FRESH_FOR
    form = {"scopes": ["pay"], "until": "2026-12-01"}
    members.change(session, quells.ada, which, form=form, now=later)
    assert may(session, ben, quells.fibre, later) == {S.VIEW, S.PAY}
    assert access(session, quells).id == which
    entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.number).desc())).first()
    assert entry is not None
    assert (entry.act, entry.subject, entry.customer_id) == (
        "member.access_changed",
        "Ben Quell",
        quells.ada.customer_id,
    )
    assert (entry.before["scopes"], entry.after["until"]) == (["manage", "pay"], "2026-12-01")
    assert audit.broken(session) is None


@pytest.mark.parametrize(
    "wider",
    [
        {"scopes": ["manage"], "until": "2026-12-01"},
        {"scopes": ["pay"], "until": "2026-12-01"},
        {"scopes": ["view"], "until": "2026-12-02"},
        {"scopes": ["view"], "until": ""},
    ],
)
def test_more_needs_a_fresh_proof(session: Session, quells: Household, wider: Any) -> None:
    let_in(session, quells.ada, until="2026-12-01")
    which = access(session, quells).id
    stale = NOW + FRESH_FOR

    def widen(now: Any) -> None:
        members.change(session, quells.ada, which, form=wider, now=now)

    refused(session, ConfirmationNeeded, lambda: widen(stale))
    widen(NOW)
    assert sorted(access(session, quells).scopes) == wider["scopes"]


def test_the_same_again_changes_nothing(session: Session, quells: Household) -> None:
    let_in(session, quells.ada, until="2026-12-01")
    before = rows(session, *TABLES)
    form = {"scopes": ["view"], "until": "2026-12-01"}
    members.change(session, quells.ada, access(session, quells).id, form=form, now=NOW)
    assert rows(session, *TABLES) == before


def test_a_second_invitation_replaces_the_access(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada, scopes=["manage", "pay"])
    invitations.accept(session, ben, secret=invite(session, quells.ada), told=words, now=NOW)
    assert access(session, quells).scopes == {S.VIEW}
    assert len(rows(session, Grant)[0]) == 1


# who may, and what is refused


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (lambda ada: Actor(), SignInNeeded),
        (dealer_for, NotAllowed),
        (lambda ada: replace(ada, customer_id=None, role=Role.SUB_USER), NotAllowed),
        (lambda ada: replace(ada, customer_id=None, role=Role.REPRESENTATIVE), NotAllowed),
    ],
    ids=["visitor", "dealer", "sub-user", "staff"],
)
def test_only_the_customer_in_person(
    session: Session, quells: Household, who: Any, error: type[DomainError]
) -> None:
    let_in(session, quells.ada)
    invite(session, quells.ada, email="cleo@example.com")
    found, actor = circle(session, quells), who(quells.ada)
    which, waiting = found.members[0].access[0].id, found.pending[0].reference
    form = {"scopes": ["view"], "until": "2026-12-01"}
    for act in (
        lambda: invite(session, actor, email="dan@example.com"),
        lambda: members.change(session, actor, which, form=form, now=NOW),
        lambda: members.remove(session, actor, which, words=words, now=NOW),
        lambda: members.withdraw(session, actor, waiting, now=NOW),
        lambda: members.count_invitation(session, actor, form=wish(), now=NOW),
        lambda: member_list.circle(session, actor, now=NOW),
    ):
        refused(session, error, act)


def test_another_customer_reaches_nothing(session: Session, quells: Household, eve: Actor) -> None:
    let_in(session, quells.ada)
    invite(session, quells.ada, email="cleo@example.com")
    found = circle(session, quells)
    which, waiting = found.members[0].access[0].id, found.pending[0].reference
    form = {"scopes": ["manage"], "until": ""}
    for act in (
        lambda: members.change(session, eve, which, form=form, now=NOW),
        lambda: members.remove(session, eve, str(which), words=words, now=NOW),
        lambda: members.withdraw(session, eve, waiting, now=NOW),
        lambda: invite(session, eve, product=str(quells.fibre)),
        lambda: members.count_invitation(
            session, eve, form=wish(product=str(quells.fibre)), now=NOW
        ),
    ):
        refused(session, NotFound, act)
    assert member_list.circle(session, eve, now=NOW).members == ()


NO_SUBSCRIPTION = "9b2d4c5e-0000-4000-8000-000000000000"


@pytest.mark.parametrize("product", ["", "ALL", None, 5, NO_SUBSCRIPTION, "x" * 5000, "\0"])
def test_what_is_no_subscription_is_not_found(
    session: Session, quells: Household, product: Any
) -> None:
    refused(session, NotFound, lambda: invite(session, quells.ada, product=product))


def test_only_subscriptions_are_shared(session: Session, quells: Household) -> None:
    for inside in (quells.phone_plan, quells.case):
        refused(
            session, NotFound, lambda inside=inside: invite(session, quells.ada, product=inside)
        )
    session.get_one(Product, quells.fibre).status = ProductStatus.TERMINATED
    session.flush()
    refused(session, NotFound, lambda: invite(session, quells.ada, product=quells.fibre))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ben"}, "email"),
        ({"email": "ADA@example.com"}, "email"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["own"]}, "scopes"),
        ({"scopes": ["view", "VIEW"]}, "scopes"),
        ({"scopes": "view"}, "scopes"),
        ({"scopes": {"view": True}}, "scopes"),
        ({"until": "2026-11-20"}, "until"),
        ({"until": "2036-11-30"}, "until"),
        ({"until": "9999-12-31"}, "until"),
        ({"until": "0001-01-01"}, "until"),
        ({"until": "2026-02-30"}, "until"),
        ({"until": "tomorrow"}, "until"),
        ({"until": 5}, "until"),
    ],
    ids=str,
)
def test_faults_stand_at_their_fields(
    session: Session, quells: Household, change: Any, field: str
) -> None:
    error = refused(session, Invalid, lambda: invite(session, quells.ada, **change))
    assert isinstance(error, Invalid)
    assert list(error.faults) == [field]


def test_inviting_needs_a_fresh_proof(session: Session, quells: Household) -> None:
    late = NOW + FRESH_FOR
    refused(session, ConfirmationNeeded, lambda: invite(session, quells.ada, now=late))


def test_at_most_twenty_people(session: Session, quells: Household) -> None:
    let_in(session, quells.ada)
    for number in range(MOST - 1):
        invite(session, quells.ada, email=f"p{number}@example.com")
    error = refused(
        session, TooManyMembers, lambda: invite(session, quells.ada, email="more@example.com")
    )
    assert error.data == {"most": MOST}
    invite(session, quells.ada, product=str(quells.fibre))  # more for somebody who is in
    invite(session, quells.ada, email="p3@example.com", scopes=["pay"])
    first = circle(session, quells).pending[0]
    members.withdraw(session, quells.ada, first.reference, now=NOW)
    invite(session, quells.ada, email="more@example.com")
