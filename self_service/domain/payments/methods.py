"""Saved cards: listing, adding, choosing, removing. The provider keeps them; we hold a token.

Adding and removing want a fresh proof of who is there, and only the customer in person does
either. A card may be charged in absence (autopay, automatic top-ups) once that was agreed to:
`mandate_at` says when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service import clock
from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.rows import add_once, changed
from self_service.models.bills import BillingAccount
from self_service.models.payments import MethodStatus, PaymentMethod
from self_service.models.people import Customer, Individual
from self_service.models.wallet import AutoTopup, Bucket
from self_service.ports import SavedMethod


class MandateNeeded(DomainError):
    """The box about charging the card in absence was not ticked."""

    code = "mandate_needed"
    message = N_("Tick the box to save the card. Without it we may not keep it.")


@dataclass(frozen=True, slots=True)
class Card:
    """A saved card as its owner sees it.

    Attributes:
        ends_at: first instant at which it is no longer valid.
        pays: it is the one that autopay or automatic top-ups use.
    """

    id: UUID
    provider: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    is_default: bool
    expired: bool
    ends_at: datetime
    mandate_at: datetime | None
    pays: bool


def cards(session: Session, actor: Actor, *, now: datetime) -> tuple[Card, ...]:
    """List the customer's cards, the default first, then the newest.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
    """
    return cards_of(session, actor.customer(), now=now)


def cards_of(session: Session, customer_id: UUID, *, now: datetime) -> tuple[Card, ...]:
    """List a customer's cards; whoever asks was found to be allowed to see them."""
    pays = paying(session, customer_id)
    rows = session.exec(
        select(PaymentMethod)
        .where(PaymentMethod.customer_id == customer_id, _kept())
        .order_by(col(PaymentMethod.is_default).desc(), col(PaymentMethod.created_at).desc())
    )
    return tuple(_card(row, row.id in pays, now) for row in rows)


def begin(session: Session, actor: Actor, *, now: datetime) -> tuple[UUID, str, str]:
    """Find out for whom a card is about to be saved at the provider.

    Returns:
        The customer's id, the provider's id of the customer ("" for none yet), e-mail address.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
        ConfirmationNeeded: the last proof is too old.
    """
    customer_id = actor.own_customer()
    actor.fresh(now)
    return known_as(session, customer_id)


def known_as(session: Session, customer_id: UUID) -> tuple[UUID, str, str]:
    """Return a customer's id, the provider's id of them ("" for none yet), and e-mail address."""
    customer = session.get_one(Customer, customer_id)
    person = session.get(Individual, customer.individual_id) if customer.individual_id else None
    return customer_id, customer.gateway_customer, person.email if person else ""


def remember_customer(session: Session, customer_id: UUID, reference: str) -> str:
    """Keep the provider's id of a customer; whoever was first decides it. Returns what is kept."""
    statement = update(Customer).where(
        Customer.id == customer_id, col(Customer.gateway_customer) == ""
    )
    changed(session, statement.values(gateway_customer=reference))
    session.expire_all()
    return session.get_one(Customer, customer_id).gateway_customer


def add(
    session: Session,
    actor: Actor,
    saved: SavedMethod,
    *,
    provider: str,
    default: bool = False,
    now: datetime,
) -> UUID:
    """Keep a card that the provider saved; its owner agreed to the mandate just now.

    Args:
        session: open transaction.
        actor: the customer in person.
        saved: as the provider knows it; the same one twice is one card.
        provider: who keeps it.
        default: choose it from now on; the first card always is.
        now: instant of saving.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: as of `begin`.
    """
    customer_id = actor.own_customer()
    actor.fresh(now)
    method_id = keep(session, customer_id, saved, provider=provider, now=now)
    if default:
        choose(session, customer_id, method_id)
    audit.record(session, actor, "card.add", now=now, subject=saved.last4)
    return method_id


def keep(
    session: Session, customer_id: UUID, saved: SavedMethod, *, provider: str, now: datetime
) -> UUID:
    """Keep a card for a customer, once; the first one becomes the default.

    A card that is there already, by whatever token, gets the new token and end, and is good again.

    Raises:
        NotFound: it is somebody else's.
    """
    lock(session, customer_id)
    same = _same_card(session, customer_id, saved, provider)
    if same is not None:
        return _renew(session, same, saved, now)
    first = session.exec(
        select(PaymentMethod.id).where(
            PaymentMethod.customer_id == customer_id, PaymentMethod.is_default
        )
    ).first()
    row = PaymentMethod(
        customer_id=customer_id,
        provider=provider,
        token=saved.token,
        fingerprint=saved.fingerprint[:120],
        brand=saved.brand[:24],
        last4=saved.last4[-4:],
        exp_month=saved.exp_month,
        exp_year=saved.exp_year,
        is_default=first is None,
        status_changed_at=now,
        mandate_at=now,
        created_at=now,
    )
    if add_once(session, row):
        return row.id
    known = session.exec(
        select(PaymentMethod).where(
            PaymentMethod.provider == provider, PaymentMethod.token == saved.token
        )
    ).one()
    if known.customer_id != customer_id:
        raise NotFound
    return known.id


def _same_card(
    session: Session, customer_id: UUID, saved: SavedMethod, provider: str
) -> PaymentMethod | None:
    """Return the row of a card that was saved before, by another token; None when it is new."""
    if not saved.fingerprint:
        return None
    known = select(PaymentMethod.id).where(
        PaymentMethod.provider == provider, PaymentMethod.token == saved.token
    )
    if session.exec(known).first() is not None:
        return None
    mine = select(PaymentMethod).where(
        PaymentMethod.customer_id == customer_id,
        PaymentMethod.provider == provider,
        PaymentMethod.fingerprint == saved.fingerprint[:120],
        _kept(),
    )
    return session.exec(mine.execution_options(populate_existing=True)).first()


def _renew(session: Session, row: PaymentMethod, saved: SavedMethod, now: datetime) -> UUID:
    """Let a card's row speak of how it was saved last; the provider forgets the token of before."""
    before = PaymentMethod(
        customer_id=row.customer_id,
        provider=row.provider,
        token=row.token,
        brand=row.brand,
        last4=row.last4,
        exp_month=row.exp_month,
        exp_year=row.exp_year,
        status=MethodStatus.REMOVED,
        status_changed_at=now,
        mandate_at=row.mandate_at,
        created_at=row.created_at,
    )
    values = {
        "token": saved.token,
        "brand": saved.brand[:24],
        "last4": saved.last4[-4:],
        "exp_month": saved.exp_month,
        "exp_year": saved.exp_year,
        "status": MethodStatus.ACTIVE,
        "status_changed_at": now,
        "mandate_at": now,
        "told_expiry_at": None,
    }
    mine = update(PaymentMethod).where(PaymentMethod.id == row.id)
    changed(session, mine.values(**values))
    add_once(session, before)
    session.expire(row)
    return row.id


def make_default(session: Session, actor: Actor, method_id: object, *, now: datetime) -> None:
    """Offer a card first from now on.

    Raises:
        NotFound: there is no such card that can be used.
        SignInNeeded, NotAllowed: not a customer in person.
    """
    customer_id = actor.own_customer()
    lock(session, customer_id)
    card = mine(session, customer_id, method_id)
    if card.status is not MethodStatus.ACTIVE:
        raise NotFound
    choose(session, customer_id, card.id)
    audit.record(session, actor, "card.default", now=now, subject=card.last4)


def paying(session: Session, customer_id: UUID) -> frozenset[UUID]:
    """Return the cards by which a customer's bills or top-ups are paid automatically."""
    bills = select(BillingAccount.method_id).where(
        BillingAccount.customer_id == customer_id, BillingAccount.autopay
    )
    topups = (
        select(AutoTopup.method_id)
        .join(Bucket, Bucket.id == AutoTopup.bucket_id)
        .where(Bucket.customer_id == customer_id, AutoTopup.active)
    )
    found = [*session.exec(bills), *session.exec(topups)]
    return frozenset(one for one in found if one is not None)


def ends_at(exp_month: int, exp_year: int) -> datetime:
    """Return the first instant after the month to whose end a card is valid, where we are.

    A card says "12/28" and works until the end of that month (ISO/IEC 7813, expiration date).
    """
    if not exp_year:  # a method that never ends
        return datetime(9999, 1, 1, tzinfo=UTC)
    year, month = (exp_year + 1, 1) if exp_month >= 12 else (exp_year, exp_month + 1)
    return datetime(year, month, 1, tzinfo=clock.zone()).astimezone(UTC)


def lock(session: Session, customer_id: UUID) -> None:
    """Let nobody else change a customer's cards, or what is paid by them, until the commit.

    The customer's billing account, if there is one, is locked before. Rows that only name the
    customer (a bill, a payment) can still be added by others.
    """
    wanted = select(Customer.id).where(Customer.id == customer_id)
    session.exec(wanted.with_for_update(key_share=True)).one()


def choose(session: Session, customer_id: UUID, method_id: UUID) -> None:
    """Make a card the only default: two statements, since at most one may be at any time."""
    theirs = update(PaymentMethod).where(PaymentMethod.customer_id == customer_id)
    changed(session, theirs.values(is_default=False))
    changed(session, theirs.where(PaymentMethod.id == method_id).values(is_default=True))
    session.expire_all()


def mine(session: Session, customer_id: UUID, method_id: object) -> PaymentMethod:
    """Return a card of a customer that is not removed.

    Raises:
        NotFound: there is none with this id.
    """
    row = session.get(PaymentMethod, as_id(method_id), populate_existing=True)
    if row is None or row.customer_id != customer_id or row.status is MethodStatus.REMOVED:
        raise NotFound
    return row


def _kept() -> object:
    return col(PaymentMethod.status) != MethodStatus.REMOVED


def _card(row: PaymentMethod, pays: bool, now: datetime) -> Card:
    ends = ends_at(row.exp_month, row.exp_year)
    return Card(
        id=row.id,
        provider=row.provider,
        brand=row.brand,
        last4=row.last4,
        exp_month=row.exp_month,
        exp_year=row.exp_year,
        is_default=row.is_default,
        expired=row.status is MethodStatus.EXPIRED or ends <= now,
        ends_at=ends,
        mandate_at=row.mandate_at,
        pays=pays,
    )
