"""The demo's people: registered through the domain, with what each of them bought and paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.people import accounts, search_words
from self_service.domain.people.person_fields import check_person
from self_service.domain.rows import add_rows
from self_service.i18n import LANGUAGES
from self_service.models.access import Assignment, DigitalIdentity, Role
from self_service.models.people import Customer, Individual, Organization
from self_service.seed.bills import Past, tell_nobody
from self_service.seed.history import Purchase, sell
from self_service.seed.sign_ins import (
    CORPORATE,
    DEMO_SIGN_INS,
    HYBRID,
    POSTPAID,
    PREPAID,
    DemoSignIn,
)

_SIM, _ESIM = {"sim": "sim"}, {"sim": "esim"}

#: Who -> what was bought how many days ago, each entry one order.
PURCHASES: Mapping[str, tuple[tuple[int, tuple[Purchase, ...]], ...]] = {
    PREPAID.login: (
        (
            47,
            (
                Purchase("nimbo-a5", {"colour": "Green"}, {"drift-m": _SIM}),
                Purchase("nimbo-band", {"colour": "Pink"}),
            ),
        ),
    ),
    POSTPAID.login: (
        (
            251,
            (
                Purchase(
                    "kestrel-one",
                    {"colour": "Black", "storage": "128 GB"},
                    {"current-l-24": _ESIM, "device-care": {}},
                ),
            ),
        ),
        (160, (Purchase("fibre-250"), Purchase("tv-family", {}, {"ultra-hd": {}}))),
    ),
    CORPORATE.login: (
        (
            420,
            (
                Purchase("current-l-24", _SIM, quantity=3),
                Purchase("current-max", _ESIM, {"roam-world": {}}, quantity=2),
                Purchase("fibre-1000"),
            ),
        ),
    ),
    HYBRID.login: (
        (
            130,
            (
                Purchase(
                    "kestrel-lite",
                    {"colour": "Black", "payment": "24 months"},
                    {"current-m-24": _ESIM},
                ),
            ),
        ),
        (12, (Purchase("drift-m", _SIM),)),
    ),
}
#: How long before the first purchase the account was made.
_REGISTERED_BEFORE = timedelta(minutes=5)


def seed_people(session: Session, *, now: datetime, hash_password: Callable[[str], str]) -> None:
    """Register whoever cannot sign in yet; who is there keeps password, orders and all."""
    known = set(session.execute(select(DigitalIdentity.login)).scalars())
    for person in DEMO_SIGN_INS:
        if person.login in known:
            continue
        hashed = hash_password(person.password)
        if person.role is Role.CUSTOMER:
            _register(session, person, hashed, now)
        else:
            _employ(session, person, hashed, now)


def _register(session: Session, person: DemoSignIn, hashed: str, now: datetime) -> None:
    bought = PURCHASES[person.login]
    since = now - timedelta(days=max(days for days, _ in bought)) - _REGISTERED_BEFORE
    details = check_person(
        {**person.details, "email": person.login},
        today=since.date(),
        languages=LANGUAGES,
        default_country=person.details["country"],
    )
    new = accounts.register(session, details=details, password_hash=hashed, now=since)
    _of(session, person.login).email_verified_at = since  # a gift finds only proven addresses
    if person.organization:
        _act_for(session, new.customer_id, person.organization, since)
    buyer = Actor(
        role=Role.CUSTOMER,
        customer_id=new.customer_id,
        identity_id=new.identity_id,
        name=details.given_name,
        language=details.language,
    )
    past = Past(session, person, buyer, now)
    for days, purchases in bought:
        at = now - timedelta(days=days)
        past.until(at)
        sell(session, buyer, new.site_id, *purchases, at=at, now=now)
    past.until(now)
    tell_nobody(session, now)


def _act_for(session: Session, customer_id: UUID, trading_name: str, since: datetime) -> None:
    """Make a company of a customer."""
    organization = Organization(trading_name=trading_name, created_at=since)
    add_rows(session, [organization])
    customer = session.get_one(Customer, customer_id)
    customer.name, customer.organization_id = trading_name, organization.id
    search_words.note(session, customer_id)


def _employ(session: Session, person: DemoSignIn, hashed: str, now: datetime) -> None:
    individual = Individual(
        given_name=person.details["given_name"],
        family_name=person.details["family_name"],
        language=person.details["language"],
        email=person.login,
        created_at=now,
    )
    identity = DigitalIdentity(
        individual_id=individual.id,
        login=person.login,
        password_hash=hashed,
        role=person.role,
        supervisor_id=_of(session, person.supervisor).id if person.supervisor else None,
        created_at=now,
    )
    add_rows(session, [individual])
    add_rows(session, [identity])
    for login in person.serves:
        customer_id = _of(session, login).customer_id
        assert customer_id is not None  # a customer of the demo
        row = Assignment(dealer_id=identity.id, customer_id=customer_id, created_at=now)
        add_rows(session, [row])


def _of(session: Session, login: str) -> DigitalIdentity:
    return session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).one()
