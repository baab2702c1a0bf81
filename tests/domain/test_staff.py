"""Staff administration: who may change it, what it changes, and that one administrator remains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service.domain import audit, messages
from self_service.domain.access import (
    Actor,
    ConfirmationNeeded,
    NotAllowed,
    SignInNeeded,
    acting,
    one_time,
    resolve,
)
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.domain.messages import Letter
from self_service.domain.people import assignments, staff, staff_list
from self_service.domain.people.assignments import NoDealer, UnknownCustomer
from self_service.domain.people.staff_checks import LastAdministrator, NotYourself
from self_service.models.access import Assignment, DigitalIdentity, OneTimeSecret, Purpose, Role
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.conftest import NOW
from tests.domain.test_serving import employ
from tests.order_shop import choose, customer, open_shop, order, rows, unchanged_but

TABLES = (DigitalIdentity, Assignment, OneTimeSecret, CommunicationMessage, AuditEntry)
NEW = {
    "given_name": "Dora",
    "family_name": "Lind",
    "email": "Dora@Work.example",
    "role": "dealer",
    "supervisor": "",
}


def words(language: str, secret: str) -> Letter:
    return Letter("Choose", f"https://here.example/{language}/reset?link={secret}")


def add(session: Session, actor: Actor, **changes: Any) -> Any:
    form = {**NEW, **changes}
    return staff.add(session, actor, form=form, words=words, language="es", now=NOW)


@pytest.fixture
def ines(session: Session) -> Actor:
    """The administrator."""
    return employ(session, "ines", Role.ADMINISTRATOR)


def unchanged(session: Session, refusals: Any, act: Callable[[], Any]) -> DomainError:
    before = rows(session, *TABLES)
    refusal = unchanged_but(session, refusals, act)
    assert rows(session, *TABLES) == before
    return refusal


def acts(session: Session) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    found = session.exec(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert audit.broken(session) is None
    return [(entry.act, entry.subject, entry.before, entry.after) for entry in found]


def test_adding_somebody_mails_a_link(session: Session, ines: Actor) -> None:
    boss = employ(session, "boss", Role.DEALER_SUPERVISOR)
    made = add(session, ines, supervisor=str(boss.identity_id))
    member = next(row for row in staff_list.members(session, ines, now=NOW) if row.id == made)
    assert (member.name, member.login, member.role) == ("Dora Lind", "dora@work.example", "dealer")
    assert (member.supervisor, member.invited, member.disabled) == ("Ada Quell", True, False)
    mail = messages.due(session, now=NOW)[0]
    assert (mail.receiver, mail.language) == ("Dora@work.example", "es")
    secret = mail.body.partition("link=")[2]
    found = one_time.redeem(session, Purpose.STAFF_INVITATION, secret, now=NOW)
    assert found.identity_id == made
    done = acts(session)
    assert done == [
        (
            "staff.added",
            "dora@work.example",
            {},
            {"role": "dealer", "supervisor": "boss@work.example"},
        )
    ]
    assert secret not in str(done)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"given_name": "", "family_name": "7"}, {"given_name", "family_name"}),
        ({"email": "dora"}, {"email"}),
        ({"email": "INES@work.example"}, {"email"}),
        ({"role": "customer"}, {"role"}),
        ({"role": None}, {"role"}),
        ({"role": ["dealer"]}, {"role"}),
        ({"supervisor": "nobody"}, {"supervisor"}),
        ({"supervisor": str(uuid4())}, {"supervisor"}),
        ({"supervisor": {"a": 1}}, {"supervisor"}),
    ],
)
def test_faults_stand_at_their_fields(session: Session, ines: Actor, changes, fields) -> None:
    refusal = unchanged(session, Invalid, lambda: add(session, ines, **changes))
    assert set(refusal.faults) == fields


def test_only_a_supervisor_supervises(session: Session, ines: Actor) -> None:
    unchanged(session, Invalid, lambda: add(session, ines, supervisor=str(ines.identity_id)))


def test_another_role_ends_sessions_and_takes_things_away(session: Session, ines: Actor) -> None:
    boss = employ(session, "boss", Role.DEALER_SUPERVISOR)
    dealer = employ(session, "one", Role.DEALER, boss.identity())
    ada = customer(session)
    assignments.assign(
        session, ines, member_id=str(dealer.identity_id), customer=" ADA@example.com ", now=NOW
    )
    staff.change_role(
        session, ines, member_id=boss.identity(), role="representative", supervisor="x", now=NOW
    )
    assert not resolve(session, "boss", now=NOW).signed_in
    session.expire_all()
    assert session.get_one(DigitalIdentity, dealer.identity_id).supervisor_id is None
    assert resolve(session, "one", now=NOW).signed_in
    staff.change_role(session, ines, member_id=dealer.identity(), role="dealer_supervisor", now=NOW)
    assert not resolve(session, "one", now=NOW).signed_in
    assert session.exec(select(Assignment)).all() == []
    assert resolve(session, "ines", now=NOW).signed_in
    staff.change_role(session, ines, member_id=dealer.identity(), role="dealer_supervisor", now=NOW)
    assert acts(session) == [
        ("assignment.added", "one@work.example", {}, {"customer": "Ada Quell"}),
        (
            "staff.role_changed",
            "boss@work.example",
            {"role": "dealer_supervisor", "supervisor": ""},
            {"role": "representative", "supervisor": ""},
        ),
        (
            "staff.role_changed",
            "one@work.example",
            {"role": "dealer", "supervisor": ""},
            {"role": "dealer_supervisor", "supervisor": ""},
        ),
    ]
    assert ada.customer_id is not None


def test_another_supervisor_leaves_the_dealer_at_work(session: Session, ines: Actor) -> None:
    boss = employ(session, "boss", Role.DEALER_SUPERVISOR)
    dealer = employ(session, "one", Role.DEALER)
    customer(session)
    assignments.assign(
        session, ines, member_id=dealer.identity(), customer="ada@example.com", now=NOW
    )
    staff.change_role(
        session,
        ines,
        member_id=str(dealer.identity_id),
        role="dealer",
        supervisor=str(boss.identity_id),
        now=NOW,
    )
    assert resolve(session, "one", now=NOW).signed_in
    assert len(session.exec(select(Assignment)).all()) == 1


def test_a_disabled_one_is_out_at_once_and_can_come_back(session: Session, ines: Actor) -> None:
    made = add(session, ines)
    dealer = employ(session, "one", Role.DEALER)
    staff.disable(session, ines, member_id=made, now=NOW)
    assert session.exec(select(OneTimeSecret)).all() == []
    for _ in range(2):
        staff.disable(session, ines, member_id=dealer.identity(), now=NOW)
    assert not resolve(session, "one", now=NOW).signed_in
    for _ in range(2):
        staff.enable(session, ines, member_id=str(dealer.identity_id), now=NOW)
    assert not resolve(session, "one", now=NOW).signed_in, "has to sign in anew"
    assert [act for act, *_ in acts(session)] == [
        "staff.added",
        "staff.disabled",
        "staff.disabled",
        "staff.enabled",
    ]


def test_an_administrator_remains(session: Session, ines: Actor) -> None:
    other = employ(session, "olga", Role.ADMINISTRATOR)
    for member, refusal in ((ines.identity(), NotYourself), (other.identity(), None)):
        for work in (
            lambda who: staff.change_role(session, ines, member_id=who, role="dealer", now=NOW),
            lambda who: staff.disable(session, ines, member_id=who, now=NOW),
        ):
            if refusal:
                unchanged(session, refusal, lambda w=work, m=member: w(m))
    staff.change_role(session, ines, member_id=ines.identity(), role="administrator", now=NOW)
    staff.disable(session, ines, member_id=other.identity(), now=NOW)
    machine = replace(ines, identity_id=uuid4())  # the command line is nobody in the list
    for work in (
        lambda: staff.disable(session, machine, member_id=ines.identity(), now=NOW),
        lambda: staff.change_role(
            session, machine, member_id=ines.identity(), role="dealer", now=NOW
        ),
    ):
        unchanged(session, LastAdministrator, work)


def everything(session: Session, actor: Actor, member: Any, customer_id: Any) -> list[Any]:
    """All that changes the staff."""
    who = {"member_id": member, "now": NOW}
    return [
        lambda: add(session, actor),
        lambda: staff.change_role(session, actor, role="administrator", **who),
        lambda: staff.disable(session, actor, **who),
        lambda: staff.enable(session, actor, **who),
        lambda: assignments.assign(session, actor, customer="ada@example.com", **who),
        lambda: assignments.unassign(session, actor, customer_id=customer_id, **who),
    ]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_changes_anything(session: Session, ines: Actor, role: Role) -> None:
    dealer, ada = employ(session, "one", Role.DEALER), customer(session)
    assignments.assign(
        session, ines, member_id=dealer.identity(), customer="ada@example.com", now=NOW
    )
    stranger = Actor(role, identity_id=uuid4(), confirmed_at=NOW)
    if role is Role.VISITOR:
        stranger = Actor()
    expected = SignInNeeded if role is Role.VISITOR else NotAllowed
    for act in everything(session, stranger, dealer.identity(), ada.customer_id):
        unchanged(session, expected, act)
    with pytest.raises(expected):
        staff_list.members(session, stranger, now=NOW)


def test_a_change_wants_a_fresh_proof(session: Session, ines: Actor) -> None:
    dealer = employ(session, "one", Role.DEALER)
    stale = replace(ines, confirmed_at=NOW - timedelta(minutes=10))
    for act in everything(session, stale, dealer.identity(), customer(session).customer_id):
        unchanged(session, ConfirmationNeeded, act)
    assert staff_list.members(session, stale, now=NOW)


@pytest.mark.parametrize(
    "member", ["", "x", None, 7, {}, "9b2d4c5e-0000-4000-8000-000000000000", "customer"]
)
def test_customers_and_nobody_are_no_staff(session: Session, ines: Actor, member: Any) -> None:
    ada = customer(session)
    wanted = ada.identity_id if member == "customer" else member
    for act in everything(session, ines, wanted, ada.customer_id)[1:]:
        unchanged(session, NotFound, act)


def test_assigning_by_address_or_order_number(session: Session, ines: Actor) -> None:
    dealer = employ(session, "one", Role.DEALER)
    shop, ada = open_shop(session), customer(session)
    choose(session, ada, shop["case"])
    number = order(session, ada).number
    for said in ("ada@example.com", number.lower()):
        name = assignments.assign(
            session, ines, member_id=dealer.identity(), customer=said, now=NOW
        )
        assert name == "Ada Quell"
    identity = session.get_one(DigitalIdentity, dealer.identity_id)
    assert acting.served(session, identity, ada.customer_id) is not None
    for _ in range(2):
        assignments.unassign(
            session,
            ines,
            member_id=dealer.identity(),
            customer_id=str(ada.customer_id),
            now=NOW,
        )
    assert acting.served(session, identity, ada.customer_id) is None
    assert acts(session) == [
        ("assignment.added", "one@work.example", {}, {"customer": "Ada Quell"}),
        ("assignment.removed", "one@work.example", {"customer": "Ada Quell"}, {}),
    ]


@pytest.mark.parametrize("said", ["", "eve@example.com", "%", "TW-", None, 7, "one@work.example"])
def test_unknown_customers_are_not_assigned(session: Session, ines: Actor, said: Any) -> None:
    customer(session)
    dealer = employ(session, "one", Role.DEALER)
    unchanged(
        session,
        UnknownCustomer,
        lambda: assignments.assign(
            session, ines, member_id=dealer.identity(), customer=said, now=NOW
        ),
    )


def test_only_dealers_are_given_customers(session: Session, ines: Actor) -> None:
    customer(session)
    unchanged(
        session,
        NoDealer,
        lambda: assignments.assign(
            session, ines, member_id=ines.identity(), customer="ada@example.com", now=NOW
        ),
    )


def test_an_invitation_lives_a_week_and_can_be_sent_again(session: Session, ines: Actor) -> None:
    made = add(session, ines)
    first = messages.due(session, now=NOW)[0].body.partition("link=")[2]
    late = NOW + timedelta(days=7, seconds=1)
    assert one_time.look(session, Purpose.STAFF_INVITATION, first, now=NOW).identity_id == made
    with pytest.raises(one_time.LinkUsedUp):
        one_time.look(session, Purpose.STAFF_INVITATION, first, now=late)
    staff.invite_again(session, ines, member_id=made, words=words, now=NOW)
    with pytest.raises(one_time.LinkUsedUp):
        one_time.look(session, Purpose.STAFF_INVITATION, first, now=NOW)
    assert len(rows(session, CommunicationMessage)[0]) == 2
    session.get_one(DigitalIdentity, made).password_hash = "chosen"
    session.flush()
    unchanged(
        session,
        staff.NotWaiting,
        lambda: staff.invite_again(session, ines, member_id=made, words=words, now=NOW),
    )
