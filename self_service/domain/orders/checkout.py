"""On the way to the order: what was typed, and the summary that the buyer was shown.

Both are kept with the basket, so a reload or another device goes on where the person was. Never
kept: a password, a card, or anything else than the fields named here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.basket.change import owner_of
from self_service.domain.basket.look import view
from self_service.domain.basket.view import BasketView
from self_service.domain.coverage import reach
from self_service.domain.errors import N_, DomainError
from self_service.domain.orders import contract
from self_service.domain.people import accounts
from self_service.domain.people.person_fields import PersonDetails, check_person
from self_service.domain.people.postal_address import ADDRESS_FIELDS, PostalAddress
from self_service.domain.rules.problems import Impossible
from self_service.models.basket import CartStatus, ShoppingCart

#: All that is kept of a form.
FIELDS = (
    "given_name",
    "family_name",
    "email",
    "mobile",
    "birth_date",
    "language",
    *ADDRESS_FIELDS,
)
#: Longer values are cut: nothing in a form is that long.
LONGEST = 254


class NothingToOrder(DomainError):
    """There is no open basket, or nothing is in it."""

    code = "basket_empty"
    message = N_("Your basket is empty. Choose something in the store first.")


class DetailsNeeded(DomainError):
    """The summary was asked for before anybody said who they are."""

    code = "details_needed"
    message = N_("Please fill in your details first.")


@dataclass(frozen=True, slots=True)
class Draft:
    """Where somebody is on the way to the order.

    Attributes:
        cart_id: the open basket, None without one.
        details: field -> what was typed; of a customer what is known, when that is complete.
        checked: True when the details can go into a contract.
        summary: fingerprint of the content that the archived summary is about, "" for none.
        document_id: that summary.
    """

    cart_id: UUID | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    checked: bool = False
    summary: str = ""
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What the buyer is about to order."""

    basket: BasketView
    details: PersonDetails
    fingerprint: str


def draft(session: Session, actor: Actor) -> Draft:
    """Return where the actor is on the way to the order."""
    cart = _open_cart(session, actor)
    kept = cart.checkout if cart else {}
    details, checked = kept.get("details", {}), bool(kept.get("checked"))
    known = accounts.details_of(session, actor) if actor.signed_in else None
    if known is not None:
        details, checked = known.as_form(), True
    summary = kept.get("summary", {})
    return Draft(
        cart_id=cart.id if cart else None,
        details=details,
        checked=checked,
        summary=summary.get("fingerprint", ""),
        document_id=UUID(summary["document_id"]) if summary else None,
    )


def keep_typed(
    session: Session, actor: Actor, *, form: Mapping[str, object], now: datetime
) -> None:
    """Remember a form as far as it was typed; not checked, so not yet good for a contract.

    Raises:
        NothingToOrder: there is no basket to keep it with.
    """
    typed = {name: str(form[name])[:LONGEST] for name in FIELDS if form.get(name)}
    _keep(session, actor, now, details=typed, checked=False)


def save_details(
    session: Session,
    actor: Actor,
    *,
    form: Mapping[str, object],
    languages: Collection[str],
    default_country: str,
    now: datetime,
) -> PersonDetails:
    """Check the buyer's details and keep them, clean, with the basket.

    Args:
        session: open transaction.
        actor: whose basket.
        form: field -> value, from anybody.
        languages: codes on offer.
        default_country: ISO 3166-1 alpha-2, used when the form names none.
        now: instant of saving; its day is today.

    Raises:
        Invalid: with a fault for each field that is wrong; nothing was kept.
        NotCovered: something in the basket does not reach the address.
        NothingToOrder: there is no basket to keep them with.
    """
    details = check_person(
        form, today=now.date(), languages=languages, default_country=default_country
    )
    require_reach(session, view(session, actor, now=now), details, now=now)
    _keep(session, actor, now, details=details.as_form(), checked=True)
    return details


def require_reach(
    session: Session, basket: BasketView, details: PersonDetails, *, now: datetime
) -> None:
    """Demand that all of a basket that comes to an address comes to this one.

    Raises:
        NotCovered: home internet or television does not.
    """
    kinds = {one.kind for line in basket.lines for one in (line, *line.children)}
    reach.require(session, details.address, kinds, now=now)


def review(session: Session, actor: Actor, *, now: datetime, cart_id: UUID | None = None) -> Review:
    """Return what would be ordered now, at what price, by whom.

    Args:
        session: open transaction.
        actor: who orders.
        now: instant of the prices.
        cart_id: a basket of the actor's in any state; the open one when None.

    Raises:
        NothingToOrder: the basket is empty.
        Impossible: a rule of the catalogue is broken: what it is and what would help.
        DetailsNeeded: the buyer's details are not complete.
    """
    basket = view(session, actor, now=now, cart_id=cart_id)
    if not basket.lines:
        raise NothingToOrder
    if basket.problems:
        raise Impossible(basket.problems[0])
    details = _details(session, actor, cart_id)
    return Review(basket, details, contract.fingerprint(basket, details))


def keep_summary(
    session: Session, actor: Actor, *, fingerprint: str, content: bytes, name: str, now: datetime
) -> UUID:
    """Archive the summary that the buyer is shown, and remember what it is about.

    Args:
        session: open transaction.
        actor: whose basket.
        fingerprint: of the `Review` that the summary was made from.
        content: the file.
        name: what a person will save it as.
        now: instant of archiving.

    Raises:
        NothingToOrder: the basket was ordered or closed meanwhile.
    """
    cart = _open_cart(session, actor)
    if cart is None:
        raise NothingToOrder
    document_id = contract.archive(session, cart_id=cart.id, content=content, name=name, now=now)
    summary = {"fingerprint": fingerprint, "document_id": str(document_id)}
    _keep(session, actor, now, summary=summary)
    return document_id


def shown_summary(session: Session, cart_id: UUID) -> tuple[str, UUID | None]:
    """Return the fingerprint of the content that a basket's summary is about, and its document."""
    cart = session.get(ShoppingCart, cart_id, populate_existing=True)
    summary = cart.checkout.get("summary") if cart else None
    return (summary["fingerprint"], UUID(summary["document_id"])) if summary else ("", None)


def _details(session: Session, actor: Actor, cart_id: UUID | None) -> PersonDetails:
    known = accounts.details_of(session, actor) if actor.signed_in else None
    if known is not None:
        return known
    cart = session.get(ShoppingCart, cart_id) if cart_id else _open_cart(session, actor)
    kept = cart.checkout if cart else {}
    if not kept.get("checked"):
        raise DetailsNeeded
    return from_form(kept["details"])


def from_form(clean: Mapping[str, str]) -> PersonDetails:
    """Return the details that `PersonDetails.as_form` wrote; they were checked then."""
    address = {name: clean.get(name, "") for name in ADDRESS_FIELDS}
    person = {name: clean[name] for name in FIELDS if name not in ADDRESS_FIELDS}
    born = date.fromisoformat(person.pop("birth_date"))
    return PersonDetails(**person, birth_date=born, address=PostalAddress(**address))


def _open_cart(session: Session, actor: Actor, *, lock: bool = False) -> ShoppingCart | None:
    owner = owner_of(actor)
    if owner is None:
        return None
    statement = select(ShoppingCart).where(owner.owns, ShoppingCart.status == CartStatus.OPEN)
    if lock:
        statement = statement.with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one_or_none()


def _keep(session: Session, actor: Actor, now: datetime, **values: Any) -> None:
    cart = _open_cart(session, actor, lock=True)
    if cart is None:
        raise NothingToOrder
    cart.checkout = {**cart.checkout, **values}
    cart.updated_at = now
    session.flush()
