"""What the settings page shows: forms with what is known, and lists in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from self_service import i18n, settings
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.people import consents, contacts, erasure, profile, sites
from self_service.domain.people.own import Place
from self_service.domain.people.postal_address import ADDRESS_FIELDS
from self_service.domain.people.typed_text import Fault
from self_service.state.checkout_rows import AddressRow, OptionRow, address_rows, countries
from self_service.state.display import problem
from self_service.state.request import readable
from self_service.state.settings_places import place_values

#: Forms of the page and their fields; a field has the form's name in front of its own.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "details": ("given_name", "family_name", "birth_date", "mobile"),
    "about": ("gender", "occupation"),
    "ways": ("language", "channel"),
    "contact": ("name", "relation", "email", "mobile", "shown"),
    "site": ("label", "move_on", "accept", *ADDRESS_FIELDS),
}
#: Those of them that are boxes to tick.
BOXES = ("shown", "accept")
#: "details_mobile" -> "": nothing typed, nothing at fault; and why a part of the page refused.
NOTHING = {f"{form}_{name}": "" for form, names in FIELDS.items() for name in names}
SECTIONS = ("details", "about", "ways", "email", "contact", "site", "consent", "data", "erasure")
NO_REFUSAL = dict.fromkeys(SECTIONS, "")
#: More than any field holds; longer input is refused by its length without being read whole.
LONGEST = 2_001

OTHER_REFUSAL = N_("That did not work. Please check what you entered and try again.")
NOT_SURE = N_("Tick the box to say that you are sure.")


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Somebody to reach."""

    id: str
    name: str
    relation: str
    ways: str
    shown: bool


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent with its text, and whether it is given."""

    kind: str
    title: str
    text: str
    given: bool
    version: str


@dataclass(frozen=True, slots=True)
class PastRow:
    """One change of a consent."""

    key: str
    text: str
    when: str
    exact: str


def place() -> Place:
    """Return by what forms are judged here."""
    return Place(tuple(i18n.LANGUAGES), settings.get().country)


def typed_in(form: object, kind: str) -> dict[str, str]:
    """Read the fields of a form that anybody can send; all else is left out."""
    found = form if isinstance(form, Mapping) else {}
    sent = {name: found.get(f"{kind}_{name}") for name in FIELDS[kind]}
    # a live form says of a box with an id whether it is ticked
    sent |= {name: "on" for name in BOXES if sent.get(name) is True}
    return {name: value[:LONGEST] for name, value in sent.items() if isinstance(value, str)}


def prefixed(values: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Return values as the fields of a form show them."""
    return {
        f"{kind}_{name}": readable(str(values[name]))[:LONGEST]
        for name in FIELDS[kind]
        if name in values
    }


def faults_of(faults: Mapping[str, Fault], kind: str, language: str) -> dict[str, str]:
    """Say what is wrong with the fields of a form."""
    return {
        f"{kind}_{name}": problem(fault[0], fault[1], language) for name, fault in faults.items()
    }


def site_fields(
    typed: Mapping[str, str], faults: Mapping[str, str], language: str
) -> list[AddressRow]:
    """Return the address fields of the country that was chosen."""
    values = {name: typed[f"site_{name}"] for name in ADDRESS_FIELDS}
    wrong = {name: faults[f"site_{name}"] for name in ADDRESS_FIELDS}
    return address_rows(values, wrong, language)


def known_only(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the forms that show what is known; the others are for one row each."""
    return {k: v for k, v in typed.items() if not k.startswith(("contact_", "site_"))}


def answered(query: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return what a plain post of the page led back with: which part, and why it refused."""
    section = query.get("open", "") if query.get("open", "") in SECTIONS else ""
    told = _told(query.get("refused", ""), language)
    return {"open": section, "refused": {**NO_REFUSAL, section or "email": told}}


def page_values(session: Session, actor: Actor, language: str, *, now: datetime) -> dict[str, Any]:
    """Read all that the page shows."""
    person = profile.read(session, actor, now=now)
    known = {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "mobile": person.mobile,
        "gender": person.gender,
        "occupation": person.occupation,
        "language": person.language,
        "channel": person.channel.value,
    }
    typed = dict(NOTHING)
    for kind in ("details", "about", "ways"):
        typed |= prefixed(known, kind)
    return {
        "loaded": True,
        "in_person": not actor.acting,
        "typed": typed,
        "faults": NOTHING,
        "born": i18n.short_day(person.birth_date, language) if person.birth_date else "",
        "email": person.email,
        "verified": person.email_verified,
        "genders": _options(profile.GENDERS, language),
        "channels": _options(profile.CHANNELS, language),
        "languages": [OptionRow(found.code, found.name) for found in i18n.LANGUAGES.values()],
        "labels": _options(sites.LABELS, language),
        "countries": countries(language),
        **list_values(session, actor, language, now),
    }


def list_values(session: Session, actor: Actor, language: str, now: datetime) -> dict[str, Any]:
    """Read the lists of the page."""
    values: dict[str, Any] = {
        "contacts": [_contact(row) for row in contacts.listed(session, actor, now=now)],
        **place_values(session, actor, language, now),
    }
    return values if actor.acting else {**values, **_own_values(session, actor, language, now)}


def _own_values(session: Session, actor: Actor, language: str, now: datetime) -> dict[str, Any]:
    """Read what is for the customer in person."""
    given = consents.current(session, actor, now=now)
    years = settings.get().retention_years
    outlook = erasure.outlook(session, actor, years=years, now=now)
    return {
        "consents": [
            ConsentRow(
                kind.value,
                i18n.translate(language, title),
                i18n.translate(language, text),
                given[kind],
                consents.VERSION,
            )
            for kind, (title, text) in consents.TEXTS.items()
        ],
        "past_consents": [
            _past(row, language) for row in consents.history(session, actor, now=now)
        ],
        "no_erasure": i18n.translate(language, outlook.refused) if outlook.refused else "",
        "kept": _kept(outlook, years, language),
    }


def _kept(outlook: erasure.Outlook, years: int, language: str) -> str:
    """Say what stays after an erasure, for how long, and until when; "" for nothing."""
    if outlook.kept_until is None:
        return ""
    return i18n.plural(
        language,
        "The law makes us keep your bills, with the name and address on them, and your orders, "
        "payments and contracts for {count} year after the last of them: until {day}.",
        "The law makes us keep your bills, with the name and address on them, and your orders, "
        "payments and contracts for {count} years after the last of them: until {day}.",
        years,
        day=i18n.short_day(outlook.kept_until, language),
    )


def _contact(row: contacts.Contact) -> ContactRow:
    ways = " · ".join(way for way in (row.mobile, row.email) if way)
    return ContactRow(str(row.id), row.name, row.relation, ways, row.shown)


def _past(row: consents.Choice, language: str) -> PastRow:
    named = {kind.value: title for kind, (title, _) in consents.TEXTS.items()}
    title = i18n.translate(language, named.get(row.kind, row.kind))
    text = N_("{title}: given") if row.given else N_("{title}: withdrawn")
    return PastRow(
        key=f"{row.kind} {row.at.isoformat()}",
        text=i18n.translate(language, text, title=title),
        when=i18n.short_day(row.at, language),
        exact=i18n.instant(row.at, language),
    )


def _options(texts: Mapping[Any, str], language: str) -> list[OptionRow]:
    return [OptionRow(str(key), i18n.translate(language, text)) for key, text in texts.items()]


def _told(code: str, language: str) -> str:
    """Say a refusal that a form of the page was answered with, by its code."""
    if not code:
        return ""
    messages = {kind.code: kind.message for kind in _kinds(DomainError)}
    text = NOT_SURE if code == "not_sure" else messages.get(code, OTHER_REFUSAL)
    return i18n.translate(language, OTHER_REFUSAL if "{" in text else text)


def _kinds(kind: type[DomainError]) -> list[type[DomainError]]:
    return [found for sub in kind.__subclasses__() for found in (sub, *_kinds(sub))]
