"""Coming by an invitation: looking at it changes nothing, accepting uses its link up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import SERVING, Actor, grants, one_time
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.messages import Words
from self_service.domain.people import accounts, mailbox, member_wishes, signing_in, typed_text
from self_service.domain.people.accounts import LoginTaken
from self_service.domain.people.member_wishes import Wish
from self_service.domain.people.person_fields import NO_FAMILY_NAME, NO_GIVEN_NAME
from self_service.domain.people.signing_in import Browser
from self_service.domain.people.typed_text import Fault, Faulty
from self_service.domain.rows import add_once, add_rows
from self_service.domain.subscriptions.home import SHOWN
from self_service.models.access import DigitalIdentity, Purpose, Role
from self_service.models.base import Texts
from self_service.models.people import Customer, CustomerStatus, Individual
from self_service.models.subscriptions import Product


class NotInvited(DomainError):
    """Signed in with another address than the one that was invited."""

    code = "not_invited"
    message = N_("This invitation is for another e-mail address. Sign in with that one.")


class WorkAccount(DomainError):
    """Whoever serves customers is not let in as one of a household."""

    code = "work_account"
    message = N_("This is an account for work. Ask for an invitation to your private address.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation offers.

    Attributes:
        owner: name of the customer who shares.
        product: name of the subscription, None for all.
        known: the address has an account.
    """

    wish: Wish
    owner: str
    product: Texts | None
    known: bool


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody new: a name, and the hash of a password, made before the transaction."""

    given_name: str
    family_name: str
    language: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class _Found:
    invitation: Invitation
    customer_id: UUID
    inviter: UUID


def look(session: Session, secret: str, *, now: datetime) -> Invitation:
    """Return what an invitation offers, and leave it as it is.

    Raises:
        LinkUsedUp: it does not work (any more).
    """
    return _find(session, secret, now).invitation


def login_of(session: Session, actor: Actor) -> str:
    """Return by which address somebody who is signed in is known."""
    return session.get_one(DigitalIdentity, actor.identity()).login


def check_names(form: Mapping[str, object]) -> tuple[str, str]:
    """Read given and family name.

    Raises:
        Invalid: at the fields that are wrong.
    """
    faults: dict[str, Fault] = {}
    names = []
    for name, missing in (("given_name", NO_GIVEN_NAME), ("family_name", NO_FAMILY_NAME)):
        try:
            names.append(typed_text.name(form.get(name), missing=missing))
        except Faulty as faulty:
            faults[name] = faulty.fault
    if faults:
        raise Invalid(faults)
    return names[0], names[1]


def accept(session: Session, actor: Actor, *, secret: str, told: Words, now: datetime) -> None:
    """Add what was offered to the account of whoever is signed in; the role stays.

    Args:
        session: open transaction.
        actor: signed in with the address that was invited.
        secret: of the link.
        told: words of the mail to whoever invited.
        now: instant of the act.

    Raises:
        LinkUsedUp: the link does not work (any more).
        SignInNeeded, NotInvited, WorkAccount: not (as) whoever was invited; the link still works.
    """
    found = _find(session, secret, now)
    identity = mailbox.usable(session, actor.identity())
    if identity is None or identity.login != accounts.normalise(found.invitation.wish.email):
        raise NotInvited
    if actor.role in SERVING or actor.acting:
        raise WorkAccount
    _redeem(session, secret, found, now)
    identity.email_verified_at = identity.email_verified_at or now
    _grant(session, actor, identity.id, found, now)
    _tell_inviter(session, found, told, now)


def accept_as_new(
    session: Session,
    browser: Browser,
    *,
    secret: str,
    named: Named,
    told: Words,
    now: datetime,
) -> None:
    """Make an account for the address that was invited, with what was offered, and sign it in.

    Args:
        session: open transaction.
        browser: from which they come.
        secret: of the link.
        named: who they are.
        told: words of the mail to whoever invited.
        now: instant of the act.

    Raises:
        LinkUsedUp: the link does not work (any more).
        LoginTaken: the address has an account by now; the transaction is to be given up.
    """
    found = _find(session, secret, now)
    _redeem(session, secret, found, now)
    identity = _new(session, found.invitation.wish.email, named, now)
    actor = mailbox.holder(session, identity, Actor(network=browser.network))
    _grant(session, actor, identity.id, found, now)
    _tell_inviter(session, found, told, now)
    signing_in.open_for(session, identity.id, browser, proof="invitation", now=now)


def _tell_inviter(session: Session, found: _Found, told: Words, now: datetime) -> None:
    inviter = session.get_one(DigitalIdentity, found.inviter)
    login = accounts.normalise(found.invitation.wish.email)
    mailbox.write(session, inviter, "invitation_accepted", told, login, now=now)


def _new(session: Session, email: str, named: Named, now: datetime) -> DigitalIdentity:
    person = Individual(
        given_name=named.given_name,
        family_name=named.family_name,
        email=email,
        language=named.language,
        created_at=now,
    )
    identity = DigitalIdentity(
        individual_id=person.id,
        login=accounts.normalise(email),
        password_hash=named.password_hash,
        role=Role.SUB_USER,
        email_verified_at=now,
        created_at=now,
    )
    add_rows(session, [person])
    if not add_once(session, identity):
        raise LoginTaken("email")
    return session.get_one(DigitalIdentity, identity.id)


def _find(session: Session, secret: str, now: datetime) -> _Found:
    """Find what still holds of an invitation: who invited, and what is shared, may be gone."""
    secret_found = one_time.look(session, Purpose.INVITATION, secret, now=now)
    wish, customer_id = Wish.of(secret_found.data), UUID(secret_found.data["customer_id"])
    inviter = session.get(DigitalIdentity, secret_found.identity_id)
    customer = session.get(Customer, customer_id)
    if inviter is None or inviter.disabled_at is not None or inviter.customer_id != customer_id:
        raise LinkUsedUp
    if customer is None or customer.status is CustomerStatus.CLOSED:
        raise LinkUsedUp
    product = session.get(Product, wish.product_id) if wish.product_id else None
    if wish.product_id and (product is None or not _runs(product, customer_id)):
        raise LinkUsedUp
    if wish.until is not None and wish.until <= now:
        raise LinkUsedUp
    login = accounts.normalise(wish.email)
    known = select(DigitalIdentity.id).where(DigitalIdentity.login == login)
    has_account = session.exec(known).first() is not None
    name = member_wishes.name_in(session, product) if product else None
    return _Found(Invitation(wish, customer.name, name, has_account), customer_id, inviter.id)


def _runs(product: Product, customer_id: UUID) -> bool:
    return product.customer_id == customer_id and product.status in SHOWN


def _redeem(session: Session, secret: str, found: _Found, now: datetime) -> None:
    """Use the link up; the customer's row first, as whoever withdraws or erases takes them."""
    customer = session.exec(
        select(Customer)
        .where(Customer.id == found.customer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if customer.status is CustomerStatus.CLOSED:
        raise LinkUsedUp
    one_time.redeem(session, Purpose.INVITATION, secret, now=now)


def _grant(session: Session, actor: Actor, identity_id: UUID, found: _Found, now: datetime) -> None:
    wish = found.invitation.wish
    grants.give(session, identity_id, wish.granted(found.customer_id, found.inviter), now=now)
    said = {key: wish.as_data(found.customer_id)[key] for key in ("scopes", "product_id")}
    until = member_wishes.last_day(wish.until)
    audit.record(
        session,
        actor,
        "member.invitation_accepted",
        now=now,
        subject=wish.email,
        after={**said, "until": until},
        customer_id=found.customer_id,
    )
