"""What a customer says about themselves: who they are, and how to talk to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, Invalid, NotFound
from self_service.domain.people import search_words, typed_text
from self_service.domain.people.own import Place, customer_row, person_of
from self_service.domain.people.person_fields import read_field
from self_service.domain.people.postal_address import CHOOSE
from self_service.domain.people.typed_text import Fault, Faulty
from self_service.models.access import DigitalIdentity
from self_service.models.people import Channel, Customer, Individual

#: What may be said about gender; "" says nothing.
GENDERS: Mapping[str, str] = {
    "": N_("I would rather not say"),
    "female": N_("Woman"),
    "male": N_("Man"),
    "nonbinary": N_("Non-binary"),
    "other": N_("Another"),
}
CHANNELS: Mapping[Channel, str] = {
    Channel.EMAIL: N_("E-mail"),
    Channel.SMS: N_("Text message"),
    Channel.POST: N_("Letter"),
}
NO_MOBILE = N_("Add a mobile number first, so that text messages can reach you.")


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer's person.

    Attributes:
        organization: the customer is one; its name is not the person's.
        birth_date: None until it is said once.
        email_verified: somebody opened the link that was sent there.
    """

    given_name: str
    family_name: str
    birth_date: date | None
    mobile: str
    gender: str
    occupation: str
    language: str
    channel: Channel
    email: str
    email_verified: bool
    organization: bool


def read(session: Session, actor: Actor, *, now: datetime) -> Profile:
    """Return the profile of the actor's customer.

    Raises:
        SignInNeeded, NotAllowed: not a customer, nor somebody who acts for one.
        NotFound: the customer has no person.
    """
    del now
    row = session.exec(
        select(Individual, Customer)
        .join(Customer, Customer.individual_id == Individual.id)
        .where(Customer.id == actor.customer())
    ).first()
    if row is None:
        raise NotFound
    person, customer = row
    verified = session.exec(
        select(DigitalIdentity.email_verified_at)
        .where(DigitalIdentity.individual_id == person.id)
        .order_by(DigitalIdentity.created_at)
    ).first()
    return Profile(
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        mobile=person.mobile,
        gender=person.gender,
        occupation=person.occupation,
        language=person.language,
        channel=person.channel,
        email=person.email,
        email_verified=verified is not None,
        organization=customer.organization_id is not None,
    )


def change_details(
    session: Session, actor: Actor, *, form: Mapping[str, object], place: Place, now: datetime
) -> None:
    """Change the name and the mobile number; the birth date only while it is not known.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        form: given_name, family_name, mobile, birth_date; from anybody.
        place: languages and country.
        now: instant of the act.

    Raises:
        Invalid: with a fault for each field that is wrong; nothing was changed.
        SignInNeeded, NotAllowed, AccountClosed, NotFound: not for this actor.
    """
    customer = customer_row(session, actor)
    person = person_of(session, customer)
    wanted = ["given_name", "family_name", "mobile"]
    if person.birth_date is None:
        wanted.append("birth_date")
    given = place.on(now)
    checks = {name: _reader(name, form, given) for name in wanted}
    found = checked(checks)
    if customer.organization_id is None:
        customer.name = f"{found['given_name']} {found['family_name']}"[:160]
    _change(session, actor, person, "settings.details_changed", found, now)
    search_words.note(session, customer.id)


def change_about(
    session: Session, actor: Actor, *, form: Mapping[str, object], now: datetime
) -> None:
    """Change gender and occupation; both may stay empty.

    Raises:
        Invalid: with a fault for each field that is wrong; nothing was changed.
        SignInNeeded, NotAllowed, AccountClosed, NotFound: not for this actor.
    """
    person = person_of(session, customer_row(session, actor))
    found = checked(
        {
            "gender": lambda: chosen(form.get("gender", ""), GENDERS),
            "occupation": lambda: typed_text.name(form.get("occupation"), missing=""),
        }
    )
    _change(session, actor, person, "settings.about_changed", found, now)


def change_ways(
    session: Session, actor: Actor, *, form: Mapping[str, object], place: Place, now: datetime
) -> None:
    """Change the language, and the way by which news comes.

    Raises:
        Invalid: with a fault for each field that is wrong; nothing was changed.
        SignInNeeded, NotAllowed, AccountClosed, NotFound: not for this actor.
    """
    person = person_of(session, customer_row(session, actor))

    def channel() -> Channel:
        found = Channel(chosen(form.get("channel"), tuple(CHANNELS)))
        if found is Channel.SMS and not person.mobile:
            raise Faulty(NO_MOBILE)
        return found

    found = checked({"language": _reader("language", form, place.on(now)), "channel": channel})
    before = {name: str(getattr(person, name)) for name in found}
    _change(session, actor, person, "settings.ways_changed", found, now, before=before)


def chosen(value: object, among: Any) -> str:
    """Return what was chosen from a list.

    Raises:
        Faulty: it is not on the list.
    """
    if not isinstance(value, str) or value not in among:
        raise Faulty(CHOOSE)
    return value


def checked(checks: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Run the checks of a form; returns the clean values.

    Raises:
        Invalid: with a fault for each field that is wrong.
    """
    values: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    for name, check in checks.items():
        try:
            values[name] = check()
        except Faulty as faulty:
            faults[name] = faulty.fault
    if faults:
        raise Invalid(faults)
    return values


def _reader(name: str, form: Mapping[str, object], given: Mapping[str, Any]) -> Callable[[], Any]:
    return lambda: read_field(name, form, **given)


def _change(
    session: Session,
    actor: Actor,
    person: Individual,
    act: str,
    values: Mapping[str, Any],
    now: datetime,
    *,
    before: Mapping[str, str] | None = None,
) -> None:
    """Write what is new, and record it.

    The record is never changed, so it says which fields changed and not what they held: else
    nobody's data could ever be erased. Values that tell nothing about a person come in `before`.
    """
    new = {name: value for name, value in values.items() if getattr(person, name) != value}
    if not new:
        return
    for name, value in new.items():
        setattr(person, name, value)
    session.flush()
    told = {name: str(new[name]) for name in new} if before else {"fields": sorted(new)}
    old = {name: before[name] for name in new} if before else None
    audit.record(session, actor, act, now=now, subject="profile", before=old, after=told)
