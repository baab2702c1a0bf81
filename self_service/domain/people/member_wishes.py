"""What a customer wants to share, read from a form, and as it waits in an invitation."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from self_service import clock
from self_service.domain.access import grants
from self_service.domain.access.grants import Granting
from self_service.domain.errors import N_, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.people.person_fields import check_email
from self_service.domain.people.typed_text import Fault, Faulty
from self_service.domain.subscriptions.home import SERVICES, SHOWN
from self_service.models.access import DigitalIdentity, OneTimeSecret, Purpose, Scope
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind
from self_service.models.subscriptions import Product

#: How a form names all subscriptions.
ALL = "all"
#: Nobody plans further ahead, and no calendar ends before.
LONGEST = timedelta(days=3653)

CHOOSE_SCOPES = N_("Choose what this person may do.")
NO_DATE = N_("Enter the day as year-month-day, like {example}.")
PAST_DATE = N_("This day is over. Choose a later one, or leave the field empty.")
FAR_DATE = N_("Choose a day in the next 10 years, or leave the field empty.")

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEY_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to let in, to what, for what, until when."""

    email: str
    product_id: UUID | None
    scopes: frozenset[Scope]
    until: datetime | None

    def as_data(self, customer_id: UUID) -> dict[str, Any]:
        """Return what is kept with the secret of the invitation."""
        return {
            "customer_id": str(customer_id),
            "product_id": str(self.product_id) if self.product_id else "",
            "scopes": sorted(self.scopes),
            "until": self.until.isoformat() if self.until else "",
            "email": self.email,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Wish:
        """Read it again."""
        return cls(
            email=data["email"],
            product_id=UUID(data["product_id"]) if data["product_id"] else None,
            scopes=frozenset(map(Scope, data["scopes"])),
            until=datetime.fromisoformat(data["until"]) if data["until"] else None,
        )

    def granted(self, customer_id: UUID, granted_by: UUID) -> Granting:
        """Return it as what is granted."""
        return Granting(customer_id, self.product_id, self.scopes, granted_by, self.until)


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who was invited and has not come yet.

    Attributes:
        key: of the secret; its beginning names the invitation to the customer.
        ends_at: first instant at which its link does not work any more.
    """

    key: str
    wish: Wish
    ends_at: datetime

    @property
    def reference(self) -> str:
        """Return what names it to the customer."""
        return self.key[:_KEY_SHOWN]


def pending(session: Session, customer_id: UUID, *, now: datetime) -> tuple[Pending, ...]:
    """List a customer's invitations that still work, the oldest first."""
    inviters = select(DigitalIdentity.id).where(DigitalIdentity.customer_id == customer_id)
    rows = session.exec(
        select(OneTimeSecret)
        .where(
            OneTimeSecret.purpose == Purpose.INVITATION,
            col(OneTimeSecret.identity_id).in_(inviters),
            OneTimeSecret.expires_at > now,
        )
        .order_by(col(OneTimeSecret.created_at), OneTimeSecret.key)
    )
    found = (Pending(row.key, Wish.of(row.data), row.expires_at) for row in rows)
    return tuple(row for row in found if row.wish.until is None or row.wish.until > now)


def read_wish(
    session: Session, customer_id: UUID, form: Mapping[str, object], *, now: datetime
) -> Wish:
    """Read a form with `email`, `product`, `scopes` (a list) and `until`.

    Raises:
        Invalid: at the fields that are wrong.
        NotFound: no subscription of the customer's; also for one of somebody else's.
    """
    faults: dict[str, Fault] = {}
    email = ""
    try:
        email = check_email(form.get("email"))
    except Invalid as invalid:
        faults |= invalid.faults
    try:
        scopes, until = read_terms(form, now=now)
    except Invalid as invalid:
        raise Invalid(faults | invalid.faults) from None
    if faults:
        raise Invalid(faults)
    product = form.get("product")
    product_id = None if product == ALL else subscription(session, customer_id, product)
    return Wish(email, product_id, scopes, until)


def read_terms(
    form: Mapping[str, object], *, now: datetime, known: datetime | None = None
) -> tuple[frozenset[Scope], datetime | None]:
    """Read `scopes` and `until` of a form.

    Args:
        form: values of any type.
        now: instant of the act.
        known: the end as it is; it is kept when its day comes back.

    Raises:
        Invalid: at the fields that are wrong.
    """
    faults: dict[str, Fault] = {}
    until, scopes = None, _scopes(form.get("scopes"))
    if not scopes:
        faults["scopes"] = (CHOOSE_SCOPES, {})
    try:
        until = known if form.get("until") == last_day(known) else _until(form.get("until"), now)
    except Faulty as faulty:
        faults["until"] = faulty.fault
    if faults:
        raise Invalid(faults)
    return scopes, until


def last_day(until: datetime | None) -> str:
    """Return the last day of an access as a form holds it, "" for no end."""
    if until is None:
        return ""
    last = until.astimezone(clock.zone()) - timedelta(microseconds=1)
    return last.date().isoformat()


def subscription(session: Session, customer_id: UUID, product_id: object) -> UUID:
    """Return the id of a subscription that the customer has now.

    Raises:
        NotFound: it is none, none that runs, or not the customer's.
    """
    product = session.get(Product, as_id(product_id))
    ours = product is not None and product.customer_id == customer_id
    if product is None or not ours or product.parent_id or product.status not in SHOWN:
        raise NotFound
    if _service(session, product) is None:
        raise NotFound
    return product.id


def name_in(session: Session, root: Product) -> Texts:
    """Return the name by which a subscription is shown: of its plan, unless it is a bundle."""
    service = _service(session, root)
    return root.name if service is None or root.kind is OfferingKind.BUNDLE else service.name


def _service(session: Session, root: Product) -> Product | None:
    """Find what makes a subscription of a product: itself, or what is in it, as a phone's plan."""
    level = [root]
    while level:
        for product in level:
            if product.kind in SERVICES:
                return product
        below = select(Product).where(
            col(Product.parent_id).in_([product.id for product in level]),
            col(Product.status).in_(SHOWN),
        )
        level = list(session.exec(below.order_by(Product.started_at, Product.id)))
    return None


def _scopes(value: object) -> frozenset[Scope]:
    """Read what may be done; a word that is none makes all of it nothing."""
    if not isinstance(value, Collection) or isinstance(value, (str, bytes, Mapping)):
        return frozenset()
    known = {scope.value: scope for scope in Scope}
    if any(not isinstance(word, str) or word not in known for word in value):
        return frozenset()
    return grants.needed([known[str(word)] for word in value]) if value else frozenset()


def _until(value: object, now: datetime) -> datetime | None:
    if value is None or value == "":
        return None
    today = now.astimezone(clock.zone()).date()
    day = _day(value, today)
    if day < today:
        raise Faulty(PAST_DATE)
    if day > today + LONGEST:
        raise Faulty(FAR_DATE)
    after = datetime.combine(day + timedelta(days=1), clock_time.min, clock.zone())
    return after.astimezone(UTC)


def _day(value: object, today: date) -> date:
    text = value.strip() if isinstance(value, str) and len(value) < 20 else ""
    if _ISO_DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Faulty(NO_DATE, example=(today + timedelta(days=30)).isoformat())
