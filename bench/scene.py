"""The people in the pictures, and how far each of them has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import APIResponse, BrowserContext
from sqlmodel import Session, col, select

from bench import shots, visitors
from bench.served import Served
from bench.visitors import Person
from self_service import clock, routes
from self_service.domain.orders import checkout
from self_service.models.access import DigitalIdentity
from self_service.models.bills import CustomerBill
from self_service.models.dunning import InstalmentPurchase
from self_service.seed.sign_ins import POSTPAID

_PHONE = ("kestrel-one", {"colour": "Black", "storage": "128 GB"})
_PLAN = {"current-m-24": {"sim": "esim"}}
_FORM = {
    "given_name": "Mara",
    "family_name": "Lindqvist",
    "email": "mara@example.com",
    "mobile": "+49 1512 3456789",
    "birth_date": "1991-06-17",
    "language": "en",
    "country": "DE",
    "street_address": "Hafenstraße 12",
    "city": "Tidewell",
    "postal_code": "25999",
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is posted to order a basket."""

    cart: str
    accepted: str


def people(served: Served) -> tuple[dict[str, Person], Agreed]:
    """Put everybody where the pictures need them.

    Returns:
        Who looks, by name, and what the buyer agreed to.
    """
    with visitors.books(served) as books, books.writing() as session:
        found = {who: visitors.visitor() for who in (shots.NOBODY, shots.SHOPPER, shots.ORDERING)}
        for who in (shots.SHOPPER, shots.ORDERING):
            _fill(session, found[who])
        checkout.save_details(
            session,
            found[shots.ORDERING].actor(session),
            form=_FORM,
            languages=("en",),
            default_country="DE",
            now=clock.now(),
        )
        for who, login in {**shots.CUSTOMERS, **shots.STAFF}.items():
            found[who] = visitors.signed_in(session, login)
        found[shots.BUYER] = visitors.signed_in(session, POSTPAID.login)
        return found, agree(session, found[shots.BUYER])


def agree(session: Session, person: Person) -> Agreed:
    """Fill a customer's basket and keep a summary, as the check-out's second step does."""
    now = clock.now()
    visitors.put_in(session, person, "nimbo-buds", {"colour": "White"})
    review = checkout.review(session, person.actor(session), now=now)
    checkout.keep_summary(
        session,
        person.actor(session),
        fingerprint=review.fingerprint,
        content=b"%PDF-1.7",
        name="summary.pdf",
        now=now,
    )
    return Agreed(str(review.basket.id), review.fingerprint)


def papers(session: Session) -> Mapping[str, str]:
    """Return the number of the postpaid customer's last bill, and the id of a purchase."""
    bill = (
        select(CustomerBill.number)
        .join(DigitalIdentity, col(DigitalIdentity.customer_id) == CustomerBill.customer_id)
        .where(DigitalIdentity.login == POSTPAID.login, col(CustomerBill.order_id).is_(None))
        .order_by(col(CustomerBill.sequence).desc())
        .limit(1)
    )
    bought = select(InstalmentPurchase.id).limit(1)
    return {"bill": session.exec(bill).one(), "purchase": str(session.exec(bought).one())}


def order(buyer: BrowserContext, served: Served, agreed: Agreed) -> str:
    """Order what was agreed to; returns the path of the screen where it is paid."""
    form = {"cart": agreed.cart, "accepted": agreed.accepted, "agreed": "on", "language": "en"}
    return _post(buyer, served, routes.DO_PLACE_ORDER, form)


def pay(buyer: BrowserContext, served: Served, screen: str) -> str:
    """Approve a payment at the sandbox; returns the path of the order."""
    return _post(buyer, served, screen, {"outcome": "approve"})


def _fill(session: Session, person: Person) -> None:
    visitors.put_in(session, person, *_PHONE, _PLAN)
    visitors.put_in(session, person, visitors.ACCESSORY)


def _post(context: BrowserContext, served: Served, path: str, form: Mapping[str, str]) -> str:
    answer: APIResponse = context.request.post(
        path, form=dict(form), headers={"Origin": served.origin}, max_redirects=0
    )
    return answer.headers.get("location", "").removeprefix(served.origin)
