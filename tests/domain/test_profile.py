"""Who a customer is and how to talk to them: changed by the customer or for them, recorded."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import Invalid
from self_service.domain.people import profile
from self_service.domain.people.own import AccountClosed
from self_service.models.access import DigitalIdentity
from self_service.models.audit import AuditEntry
from self_service.models.people import Channel, Customer, CustomerStatus, Individual, Organization
from tests.conftest import NOW
from tests.settings_people import ANYTHING, PLACE, acts, ada, dealer_for, everything, one

DETAILS = {"given_name": "Ada Maria", "family_name": "Núñez", "mobile": "0151 99999999"}


def details(session: Session, actor: Actor, **changes: Any) -> None:
    profile.change_details(session, actor, form={**DETAILS, **changes}, place=PLACE, now=NOW)


def faults(session: Session, actor: Actor, act: Any, form: dict[str, Any], **more: Any) -> set[str]:
    """The fields that are at fault; nothing is left of the act."""
    before = everything(session)
    with pytest.raises(Invalid) as refused:
        act(session, actor, form=form, now=NOW, **more)
    assert everything(session) == before
    return set(refused.value.faults)


def test_name_and_mobile_change(session: Session) -> None:
    actor = ada(session)
    details(session, actor)
    found = profile.read(session, actor, now=NOW)
    assert (found.given_name, found.family_name) == ("Ada Maria", "Núñez")
    assert found.mobile == "+4915199999999"
    assert found.birth_date == date(1990, 2, 28)
    assert one(session, Customer).name == "Ada Maria Núñez"


def test_the_record_says_what_changed_but_not_to_what(session: Session) -> None:
    """It can never be changed, so what it holds could never be erased."""
    actor = ada(session)
    details(session, actor)
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.act, entry.customer_id) == ("settings.details_changed", actor.customer_id)
    assert entry.after == {"fields": ["family_name", "given_name", "mobile"]}
    details(session, actor)
    assert acts(session) == ["settings.details_changed"]


def test_a_birth_date_is_said_once(session: Session) -> None:
    actor = ada(session)
    details(session, actor, birth_date="1970-01-01")
    assert one(session, Individual).birth_date == date(1990, 2, 28)
    one(session, Individual).birth_date = None
    assert faults(
        session, actor, profile.change_details, {**DETAILS, "birth_date": "2020-01-01"}, place=PLACE
    ) == {"birth_date"}
    details(session, actor, birth_date="1970-01-01")
    assert one(session, Individual).birth_date == date(1970, 1, 1)


def test_a_company_keeps_its_name(session: Session) -> None:
    actor = ada(session)
    company = Organization(trading_name="Acme", created_at=NOW)
    session.add(company)
    session.flush()
    row = one(session, Customer)
    row.name, row.organization_id = "Acme", company.id
    details(session, actor)
    assert one(session, Customer).name == "Acme"
    assert profile.read(session, actor, now=NOW).organization


def test_about_may_be_empty(session: Session) -> None:
    actor = ada(session)
    said = {"gender": "nonbinary", "occupation": "Gärtnerin"}
    profile.change_about(session, actor, form=said, now=NOW)
    found = profile.read(session, actor, now=NOW)
    assert (found.gender, found.occupation) == ("nonbinary", "Gärtnerin")
    profile.change_about(session, actor, form={}, now=NOW)
    found = profile.read(session, actor, now=NOW)
    assert (found.gender, found.occupation) == ("", "")


def test_language_and_channel(session: Session) -> None:
    actor = ada(session)
    said = {"language": "ar", "channel": "sms"}
    profile.change_ways(session, actor, form=said, place=PLACE, now=NOW)
    found = profile.read(session, actor, now=NOW)
    assert (found.language, found.channel) == ("ar", Channel.SMS)
    entry = session.exec(select(AuditEntry)).one()
    assert entry.before == {"language": "en", "channel": "email"}
    assert entry.after == said


def test_text_messages_need_a_number(session: Session) -> None:
    actor = ada(session)
    one(session, Individual).mobile = ""
    said = {"language": "en", "channel": "sms"}
    assert faults(session, actor, profile.change_ways, said, place=PLACE) == {"channel"}


def test_an_address_is_verified_or_not(session: Session) -> None:
    actor = ada(session)
    assert not profile.read(session, actor, now=NOW).email_verified
    one(session, DigitalIdentity).email_verified_at = NOW
    session.flush()
    assert profile.read(session, actor, now=NOW).email_verified


def test_a_dealer_may_do_it_for_the_customer(session: Session) -> None:
    actor = ada(session)
    details(session, dealer_for(actor))
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.role, entry.actor_name) == ("dealer", "Dan Dealer")


def test_nobody_else(session: Session) -> None:
    actor = ada(session)
    before = everything(session)
    with pytest.raises(SignInNeeded):
        details(session, Actor())
    with pytest.raises(SignInNeeded):
        profile.read(session, Actor(), now=NOW)
    with pytest.raises(NotAllowed):
        details(session, Actor(identity_id=actor.identity_id))
    assert everything(session) == before


def test_nothing_comes_to_a_closed_account(session: Session) -> None:
    actor = ada(session)
    one(session, Customer).status = CustomerStatus.CLOSED
    before = everything(session)
    with pytest.raises(AccountClosed):
        details(session, actor)
    assert everything(session) == before


FORMS = [
    (profile.change_details, ("given_name", "family_name", "mobile"), {"place": PLACE}),
    (profile.change_about, ("gender", "occupation"), {}),
    (profile.change_ways, ("language", "channel"), {"place": PLACE}),
]
QUICK = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize(("act", "names", "more"), FORMS, ids=["details", "about", "ways"])
@QUICK
@given(first=ANYTHING, second=ANYTHING)
def test_anything_typed_is_clean_or_refused(
    session: Session,
    act: Any,
    names: tuple[str, ...],
    more: dict[str, Any],
    first: object,
    second: object,
) -> None:
    actor = session.info.get("ada") or session.info.setdefault("ada", ada(session))
    before = everything(session)
    form = {"mobile": "0151 99999999", names[0]: first, names[-1]: second}
    form.setdefault(names[1], second)
    faults: set[str] = set()
    try:
        act(session, actor, form=form, now=NOW, **more)
    except Invalid as refused:
        faults = set(refused.faults)
    assert faults <= set(names)
    if faults:
        assert everything(session) == before
        return
    person = one(session, Individual)
    for text in (person.given_name, person.family_name, person.occupation, person.gender):
        assert len(text) <= 80
        assert not any(unicodedata.category(char) in ("Cc", "Cs", "Co") for char in text)
        assert not set('<>"\u202e\u2066') & set(text)
