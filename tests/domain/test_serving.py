"""Serving customers: who is found by what, by whom, and turning to one of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor, NotAllowed, SignInNeeded, open_session, resolve
from self_service.domain.errors import NotFound
from self_service.domain.people import accounts, serving
from self_service.domain.rows import add_rows
from self_service.models.access import Assignment, DigitalIdentity, Role, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.people import Customer
from tests.conftest import NOW
from tests.order_shop import choose, details, open_shop, order

PEOPLE = {
    "lucia": {"given_name": "Lucía", "family_name": "Ferrer", "mobile": "+49 171 3920011"},
    "jonas": {"given_name": "Jonas", "family_name": "Ångström-Löw", "mobile": "+49 171 3920022"},
    "amal": {"given_name": "أمل", "family_name": "حداد", "mobile": "+49 171 3920033"},
}


def employ(session: Session, name: str, role: Role, supervisor: UUID | None = None) -> Actor:
    """Somebody who works here, signed in behind the cookie `name`."""
    made = accounts.register(
        session, details=details(email=f"{name}@work.example"), password_hash="hash", now=NOW
    )
    identity = session.get_one(DigitalIdentity, made.identity_id)
    identity.role, identity.customer_id, identity.supervisor_id = role, None, supervisor
    session.flush()
    open_session(session, identity.id, cookie=name, now=NOW, network="192.0.2.7")
    session.flush()
    return resolve(session, name, now=NOW)


@pytest.fixture
def people(session: Session) -> dict[str, UUID]:
    """Three customers by name."""
    made = {}
    for name, changes in PEOPLE.items():
        given = details(email=f"{name}@example.com", **changes)
        made[name] = accounts.register(
            session, details=given, password_hash="hash", now=NOW
        ).customer_id
    return made


def assign(session: Session, dealer: Actor, customer_id: UUID) -> None:
    add_rows(
        session,
        [Assignment(dealer_id=dealer.identity(), customer_id=customer_id, created_at=NOW)],
    )


def names(session: Session, actor: Actor, words: str) -> set[str]:
    found = serving.search(session, actor, words=words, now=NOW)
    return {customer.email.split("@")[0] for customer in found.customers}


SAID: list[tuple[str, set[str]]] = [
    ("lucía", {"lucia"}),
    ("LUCIA f", {"lucia"}),
    ("Ferrer Luc", {"lucia"}),
    ("Ferrer, Luc", set()),
    ("ucía", set()),
    ("angstr", {"jonas"}),
    ("ÅNGSTRÖM-l", {"jonas"}),
    ("[a-z]*", set()),
    ("*", set()),
    ("LÖW", set()),  # the second half of a double name is no word of its own
    ("أمل", {"amal"}),
    ("AMAL@example", {"amal"}),
    ("example.com", set()),
    ("+49 171 39200", {"lucia", "jonas", "amal"}),
    ("0049 171 3920022", {"jonas"}),
    ("0171-3920033", {"amal"}),
    ("171 3920", set()),
    ("%", set()),
    ("%%", set()),
    ("__", set()),
    ("' or 1=1 --", set()),
    ("x" * 500, set()),
    ("", set()),
    ("l", set()),
]


def test_found_by_what_people_say(session: Session, people) -> None:
    sam = employ(session, "sam", Role.REPRESENTATIVE)
    found = [(words, names(session, sam, words)) for words, _ in SAID]
    assert found == SAID


def test_found_by_order_number(session: Session, people) -> None:
    shop = open_shop(session)
    identity = session.exec(
        select(DigitalIdentity).where(DigitalIdentity.customer_id == people["jonas"])
    ).one()
    jonas = Actor(Role.CUSTOMER, customer_id=people["jonas"], identity_id=identity.id)
    choose(session, jonas, shop["case"])
    number = order(session, jonas).number
    sam = employ(session, "sam", Role.REPRESENTATIVE)
    assert names(session, sam, number.lower()) == {"jonas"}
    assert names(session, sam, number[:7]) == {"jonas"}
    assert names(session, sam, number[1:]) == set()


def test_a_dealer_finds_assigned_ones_only(session: Session, people) -> None:
    boss = employ(session, "boss", Role.DEALER_SUPERVISOR)
    one = employ(session, "one", Role.DEALER, boss.identity())
    two = employ(session, "two", Role.DEALER)
    assign(session, one, people["lucia"])
    assign(session, two, people["jonas"])
    assert [names(session, who, "") for who in (one, two, boss)] == [
        {"lucia"},
        {"jonas"},
        {"lucia"},
    ]
    assert names(session, one, "jonas") == names(session, boss, "jonas@") == set()


def test_twenty_and_whether_there_are_more(session: Session) -> None:
    for n in range(serving.MOST + 1):
        given = details(email=f"n{n}@example.com", family_name="Quell")
        accounts.register(session, details=given, password_hash="hash", now=NOW)
    sam = employ(session, "sam", Role.REPRESENTATIVE)
    found = serving.search(session, sam, words="Quell", now=NOW)
    assert (len(found.customers), found.more) == (serving.MOST, True)
    assert serving.search(session, sam, words="n11@", now=NOW).more is False


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (Actor(), SignInNeeded),
        (Actor(Role.CUSTOMER, customer_id=uuid4(), identity_id=uuid4()), NotAllowed),
        (Actor(Role.SUB_USER, identity_id=uuid4()), NotAllowed),
    ],
)
def test_others_find_and_open_nobody(session: Session, people, actor, refusal) -> None:
    with pytest.raises(refusal):
        serving.search(session, actor, words="lucia", now=NOW)
    with pytest.raises(refusal):
        serving.open_customer(session, actor, people["lucia"], before="", fresh="x", now=NOW)
    assert session.exec(select(AuditEntry)).all() == []


def test_turning_changes_the_cookie_and_is_recorded(session: Session, people) -> None:
    sam = employ(session, "sam", Role.REPRESENTATIVE)
    serving.open_customer(session, sam, str(people["lucia"]), before="sam", fresh="two", now=NOW)
    assert not resolve(session, "sam", now=NOW).signed_in
    acting = resolve(session, "two", now=NOW)
    assert (acting.behalf, acting.customer_id) == ("Lucía Ferrer", people["lucia"])
    assert acting.identity_id == sam.identity_id

    serving.open_customer(session, acting, people["jonas"], before="two", fresh="three", now=NOW)
    acting = resolve(session, "three", now=NOW)
    assert acting.behalf == "Jonas Ångström-Löw"
    serving.leave_customer(session, acting, before="three", fresh="four", now=NOW)
    left = resolve(session, "four", now=NOW)
    assert (left.acting, left.customer_id) == (False, None)
    serving.leave_customer(session, left, before="four", fresh="five", now=NOW)

    entries = session.exec(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [(entry.act, entry.customer_id, entry.actor_name) for entry in entries] == [
        ("customer.opened", people["lucia"], "Ada Quell"),
        ("customer.left", people["lucia"], "Ada Quell"),
        ("customer.opened", people["jonas"], "Ada Quell"),
        ("customer.left", people["jonas"], "Ada Quell"),
    ]
    assert {entry.network for entry in entries} == {"192.0.2.7"}
    assert audit.broken(session) is None


@pytest.mark.parametrize(
    "wanted", ["", "lucia", "0" * 32, None, 7, [], "\0", "9b2d4c5e-0000-4000-8000-000000000000"]
)
def test_nobody_else_can_be_opened(session: Session, people, wanted) -> None:
    dealer = employ(session, "one", Role.DEALER)
    assign(session, dealer, people["lucia"])
    for who in (wanted, people["jonas"]):
        with pytest.raises(NotFound):
            serving.open_customer(session, dealer, who, before="one", fresh="two", now=NOW)
    assert not resolve(session, "one", now=NOW).acting
    assert not resolve(session, "two", now=NOW).signed_in
    assert session.exec(select(AuditEntry)).all() == []


def test_taking_the_assignment_away_ends_the_acting(session: Session, people) -> None:
    dealer = employ(session, "one", Role.DEALER)
    assign(session, dealer, people["lucia"])
    serving.open_customer(session, dealer, people["lucia"], before="one", fresh="two", now=NOW)
    assert resolve(session, "two", now=NOW).acting
    session.delete(session.exec(select(Assignment)).one())
    session.flush()
    ended = resolve(session, "two", now=NOW)
    assert (ended.acting, ended.customer_id, ended.signed_in) == (False, None, True)
    serving.leave_customer(session, ended, before="two", fresh="three", now=NOW)
    assert session.exec(select(WebSession.acting_for)).all() == [None]


def test_an_ended_session_opens_nobody(session: Session, people) -> None:
    employ(session, "sam", Role.REPRESENTATIVE)
    late = NOW + timedelta(hours=13)
    gone = resolve(session, "sam", now=late)
    with pytest.raises(SignInNeeded):
        serving.open_customer(session, gone, people["lucia"], before="sam", fresh="two", now=late)
    assert session.exec(select(WebSession.acting_for)).all() == [None]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=90),
        st.sampled_from(["lucia", "+49", "0171", "TW-", "a@b"]).flatmap(
            lambda start: st.text("%_\\' -+0123@é", max_size=8).map(lambda rest: start + rest)
        ),
    )
)
def test_whatever_is_typed_is_searched(session: Session, words: str) -> None:
    if session.exec(select(Customer)).first() is None:
        session.info["sam"] = employ(session, "sam", Role.REPRESENTATIVE)
        session.info["one"] = employ(session, "one", Role.DEALER)
        given = details(email="lucia@example.com", given_name="Lucía")
        accounts.register(session, details=given, password_hash="hash", now=NOW)
    assert len(serving.search(session, session.info["sam"], words=words, now=NOW).customers) <= 3
    assert serving.search(session, session.info["one"], words=words, now=NOW).customers == ()
