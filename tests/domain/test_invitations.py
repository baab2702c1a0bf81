"""Invitations: who may be let in, and whom a link lets in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import (
    Actor,
    SignInNeeded,
)
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.domain.people import erasure, invitations, members
from self_service.domain.people.accounts import LoginTaken
from self_service.domain.people.invitations import NotInvited, WorkAccount
from self_service.models.access import DigitalIdentity, Grant, OneTimeSecret, Role
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from self_service.models.people import Customer, CustomerStatus
from self_service.models.subscriptions import Product, ProductStatus
from tests.conftest import NOW
from tests.household import Household, come, invite, let_in, wish
from tests.mailbox import words
from tests.members_view import circle, refused, seen
from tests.order_shop import customer, rows
from tests.settings_people import ANYTHING


def test_mails_are_limited(session: Session, quells: Household, eve: Actor) -> None:
    def count(actor: Actor, now: Any = NOW, **form: Any) -> bool:
        return members.count_invitation(session, actor, form=wish(**form), now=now)

    assert [count(quells.ada, email="Ben@example.com") for _ in range(4)] == [True] * 3 + [False]
    assert not count(eve)  # the same mailbox
    many = [count(quells.ada, email=f"p{number}@example.com") for number in range(20)]
    assert many == [True] * 16 + [False] * 4
    with pytest.raises(Invalid):
        count(quells.ada, email="nobody")


# invitations


def test_the_letter_and_the_record(session: Session, quells: Household) -> None:
    secret = invite(session, quells.ada, product=str(quells.fibre), until="2026-12-01")
    letter = session.exec(select(CommunicationMessage)).one()
    assert (letter.receiver, letter.identity_id) == ("ben@example.com", None)
    (row,) = session.exec(select(OneTimeSecret)).all()
    assert (row.data["customer_id"], row.data["product_id"]) == (
        str(quells.ada.customer_id),
        str(quells.fibre),
    )
    ben = come(session, secret)
    found = {entry.act: entry for entry in session.exec(select(AuditEntry))}
    invited, accepted = found["member.invited"], found["member.invitation_accepted"]
    assert invited.customer_id == accepted.customer_id == quells.ada.customer_id
    assert (accepted.actor_id, accepted.network) == (ben.identity_id, "192.0.2.7")
    assert found["signed_in"].actor_id == ben.identity_id
    assert secret not in str(rows(session, AuditEntry))
    assert session.exec(select(OneTimeSecret)).all() == []


def test_a_link_works_once_and_for_a_week(session: Session, quells: Household) -> None:
    secret = invite(session, quells.ada)
    late = NOW + timedelta(days=7)
    refused(session, LinkUsedUp, lambda: come(session, secret, now=late))
    assert circle(session, quells, late).pending == ()
    ben = come(session, secret, now=late - timedelta(seconds=1))
    refused(session, LinkUsedUp, lambda: come(session, secret))
    again = {"secret": secret, "told": words, "now": NOW}
    refused(session, LinkUsedUp, lambda: invitations.accept(session, ben, **again))


def test_a_link_is_not_older_than_what_it_offers(session: Session, quells: Household) -> None:
    secret = invite(session, quells.ada, until="2026-11-22")
    refused(session, LinkUsedUp, lambda: come(session, secret, now=NOW + timedelta(days=2)))


def test_a_withdrawn_invitation_is_dead(session: Session, quells: Household) -> None:
    secret = invite(session, quells.ada)
    (waiting,) = circle(session, quells).pending
    members.withdraw(session, quells.ada, waiting.reference, now=NOW)
    refused(session, LinkUsedUp, lambda: come(session, secret))
    refused(
        session,
        NotFound,
        lambda: members.withdraw(session, quells.ada, waiting.reference, now=NOW),
    )


def test_a_new_invitation_replaces_the_one_before(session: Session, quells: Household) -> None:
    old = invite(session, quells.ada, scopes=["pay"])
    new = invite(session, quells.ada, email="BEN@example.com")
    other = invite(session, quells.ada, product=str(quells.fibre))
    refused(session, LinkUsedUp, lambda: come(session, old))
    ben = come(session, new)
    invitations.accept(session, ben, secret=other, told=words, now=NOW)
    assert len(circle(session, quells).members[0].access) == 2


def test_what_is_gone_is_not_given(session: Session, quells: Household, eve: Actor) -> None:
    secret = invite(session, quells.ada, product=str(quells.fibre))
    product = session.get_one(Product, quells.fibre)
    for status, owner in (
        (ProductStatus.TERMINATED, quells.ada),
        (ProductStatus.ACTIVE, eve),
    ):
        product.status, product.customer_id = status, owner.customer()
        session.flush()
        refused(session, LinkUsedUp, lambda: come(session, secret))


def test_who_was_locked_out_or_left_lets_nobody_in(session: Session, quells: Household) -> None:
    secret = invite(session, quells.ada)
    identity = session.get_one(DigitalIdentity, quells.ada.identity_id)
    identity.disabled_at = NOW
    session.flush()
    refused(session, LinkUsedUp, lambda: come(session, secret))
    identity.disabled_at = None
    session.get_one(Customer, quells.ada.customer_id).status = CustomerStatus.CLOSED
    session.flush()
    refused(session, LinkUsedUp, lambda: come(session, secret))


def test_only_whoever_was_invited_accepts(session: Session, quells: Household, eve: Actor) -> None:
    secret = invite(session, quells.ada, email="eve@example.com")
    dan = customer(session, "dan@example.com")

    def accept(actor: Actor) -> None:
        invitations.accept(session, actor, secret=secret, told=words, now=NOW)

    refused(session, SignInNeeded, lambda: accept(Actor(key="visitor")))
    refused(session, NotInvited, lambda: accept(dan))
    refused(session, NotInvited, lambda: accept(quells.ada))
    refused(session, WorkAccount, lambda: accept(replace(eve, role=Role.DEALER)))
    refused(session, LoginTaken, lambda: come(session, secret))
    accept(eve)
    assert len(seen(session, eve)) == 2


def test_the_offer_is_said_in_words(session: Session, quells: Household, eve: Actor) -> None:
    secret = invite(session, quells.ada, product=str(quells.mobile))
    found = invitations.look(session, secret, now=NOW)
    assert (found.owner, found.product, found.known) == ("Ada Quell", {"en": "plan"}, False)
    known = invite(session, quells.ada, email="eve@example.com")
    found = invitations.look(session, known, now=NOW)
    assert (found.product, found.known) == (None, True)
    assert invitations.login_of(session, eve) == "eve@example.com"


def test_names_are_checked() -> None:
    with pytest.raises(Invalid) as caught:
        invitations.check_names({"given_name": "<b>", "family_name": None})
    assert list(caught.value.faults) == ["given_name", "family_name"]
    assert invitations.check_names({"given_name": " Ben ", "family_name": "Q"}) == ("Ben", "Q")


def test_erasing_leaves_no_access(session: Session, quells: Household) -> None:
    ben = let_in(session, quells.ada)
    secret = invite(session, quells.ada, email="cleo@example.com")
    for product in session.exec(select(Product)):
        product.status = ProductStatus.TERMINATED
    session.flush()
    erasure.erase(session, quells.ada, farewell=words, years=10, now=NOW)
    assert rows(session, Grant) == [[]]
    assert seen(session, ben) == []
    refused(session, LinkUsedUp, lambda: come(session, secret))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    form=st.dictionaries(st.sampled_from(["email", "product", "scopes", "until"]), ANYTHING),
    named=ANYTHING,
)
def test_anything_may_be_sent_and_nothing_happens(
    session: Session, quells: Household, form: dict[str, Any], named: Any
) -> None:
    ada, whole = quells.ada, {**wish(email="x"), **form}
    refused(
        session,
        DomainError,
        lambda: members.invite(
            session,
            ada,
            form=whole,
            words=words,
            language="en",
            now=NOW,
        ),
    )
    for act in (
        lambda: members.change(session, ada, named, form=form, now=NOW),
        lambda: members.remove(session, ada, named, words=words, now=NOW),
        lambda: members.withdraw(session, ada, named, now=NOW),
    ):
        refused(session, NotFound, act)
