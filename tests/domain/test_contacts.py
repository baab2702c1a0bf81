"""People to reach about a customer: ten at most, three of them shown to staff."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from sqlmodel import Session, select

from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.errors import Invalid, NotFound
from self_service.domain.people import contacts
from self_service.models.audit import AuditEntry
from self_service.models.people import ContactMedium
from tests.conftest import NOW
from tests.settings_people import (
    ANYTHING,
    HOSTILE,
    PLACE,
    acts,
    ada,
    dealer_for,
    everything,
    one,
    other,
)

BEN = {"name": "Ben Quell", "relation": "Brother", "email": "ben@EXAMPLE.com", "shown": "on"}


def add(session: Session, actor: Actor, **changes: Any) -> Any:
    return contacts.add(session, actor, form={**BEN, **changes}, place=PLACE, now=NOW)


def change(session: Session, actor: Actor, contact_id: object, **changes: Any) -> None:
    form = {**BEN, **changes}
    contacts.change(session, actor, contact_id, form=form, place=PLACE, now=NOW)


def names(session: Session, actor: Actor) -> list[str]:
    return [found.name for found in contacts.listed(session, actor, now=NOW)]


def test_add_change_remove(session: Session) -> None:
    actor = ada(session)
    added = add(session, actor, mobile="0151 99999999")
    (found,) = contacts.listed(session, actor, now=NOW)
    assert (found.email, found.mobile, found.shown) == ("ben@example.com", "+4915199999999", True)
    change(session, actor, str(added), name="Ben O'Neil", mobile="")
    (found,) = contacts.listed(session, actor, now=NOW)
    assert (found.name, found.mobile) == ("Ben O'Neil", "")
    change(session, actor, added, name="Ben O'Neil", mobile="")
    contacts.remove(session, actor, added, now=NOW)
    assert names(session, actor) == []
    assert acts(session) == ["contact.added", "contact.changed", "contact.removed"]
    said = str([row.model_dump() for row in session.exec(select(AuditEntry))])
    assert "Neil" not in said
    assert "@" not in said


def test_staff_sees_three(session: Session) -> None:
    actor = ada(session)
    ids = [add(session, actor, name=f"Contact {n}") for n in range(contacts.MOST_SHOWN)]
    before = everything(session)
    with pytest.raises(Invalid) as refused:
        add(session, actor, name="One more")
    assert refused.value.faults == {"shown": (contacts.SHOWN_FULL, {"most": 3})}
    assert everything(session) == before
    hidden = add(session, actor, name="One more", shown="")
    with pytest.raises(Invalid):
        change(session, actor, hidden, name="One more")
    session.expire_all()
    assert not one(session, ContactMedium, id=hidden).shown
    change(session, actor, ids[0], name="Contact 0", shown=None)
    change(session, actor, hidden, name="One more")
    change(session, actor, hidden, name="Still shown")
    assert "Contact 0" not in names(session, dealer_for(actor))
    assert len(names(session, dealer_for(actor))) == 3


def test_ten_at_most(session: Session) -> None:
    actor = ada(session)
    for number in range(contacts.MOST):
        add(session, actor, name=f"Contact {number}", shown="")
    before = everything(session)
    with pytest.raises(contacts.TooManyContacts):
        add(session, actor, shown="")
    assert everything(session) == before
    add(session, other(session))


@pytest.mark.parametrize("ways", [{"email": ""}, {"email": " ", "mobile": None}])
def test_there_is_a_way_to_reach_them(session: Session, ways: dict[str, Any]) -> None:
    actor = ada(session)
    with pytest.raises(Invalid) as refused:
        add(session, actor, **ways)
    assert refused.value.faults == {"email": (contacts.NO_WAY, {})}


def test_what_is_hidden_is_not_for_a_dealer(session: Session) -> None:
    actor = ada(session)
    hidden = add(session, actor, shown="")
    with pytest.raises(NotFound):
        change(session, dealer_for(actor), hidden)
    add(session, dealer_for(actor), name="By a dealer")
    assert names(session, dealer_for(actor)) == ["By a dealer"]


def test_others_contacts_are_not_there(session: Session) -> None:
    actor, eve = ada(session), other(session)
    theirs = add(session, eve)
    before = everything(session)
    for wanted in (theirs, str(theirs), uuid4(), "", None, [], {}, 7, *HOSTILE):
        with pytest.raises(NotFound):
            change(session, actor, wanted)
        with pytest.raises(NotFound):
            contacts.remove(session, actor, wanted, now=NOW)
    with pytest.raises(SignInNeeded):
        add(session, Actor())
    assert everything(session) == before
    assert names(session, actor) == []


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=ANYTHING, relation=ANYTHING, email=ANYTHING, mobile=ANYTHING, shown=ANYTHING)
def test_anything_typed_is_clean_or_refused(session: Session, **form: Any) -> None:
    actor = session.info.get("ada") or session.info.setdefault("ada", ada(session))
    before = everything(session)
    faults: set[str] = set()
    try:
        added = contacts.add(session, actor, form=form, place=PLACE, now=NOW)
    except Invalid as refused:
        faults = set(refused.faults)
    assert faults <= set(form)
    if faults:
        assert everything(session) == before
        return
    row = one(session, ContactMedium, id=added)
    assert not set("<>\x00\u202e") & set(row.name + row.relation + row.email + row.mobile)
    session.delete(row)
    session.flush()


def test_hostile_ways_are_refused_at_their_field(session: Session) -> None:
    actor = ada(session)
    before = everything(session)
    for field in ("email", "mobile"):
        for typed in HOSTILE:
            with pytest.raises(Invalid) as refused:
                add(session, actor, **{field: typed})
            assert list(refused.value.faults) == [field]
    assert everything(session) == before
