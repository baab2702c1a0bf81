"""The wallet of the demo's prepaid customer: filled, used, and a gift given, all in the past."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.messages import Letter
from self_service.domain.payments import settling
from self_service.domain.payments.paying import Way
from self_service.domain.policy import WalletPolicy
from self_service.domain.rows import add_rows
from self_service.domain.vouchers import worth
from self_service.domain.wallet import gifts, renewals, topups
from self_service.domain.wallet.telling import WalletLetters
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.access import DigitalIdentity, Role
from self_service.models.bills import ProductCharging
from self_service.models.messages import CommunicationMessage
from self_service.models.people import Customer
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.models.vouchers import Voucher, VoucherBatch
from self_service.money import Money
from self_service.ports import Charge, ChargeStatus
from self_service.seed.sign_ins import HYBRID, PREPAID

#: Payments of the demo's past were never made at a provider.
_WAY = Way(provider="demo")
#: Days ago -> minor units that came by card.
CARD = ((44, 1_500), (31, 2_500), (4, 1_500))
#: Days ago, minor units, and the number of the batch.
VOUCHER = (24, 1_000, "V-DEMO-WALLET")
#: Days ago, minor units.
GIFT = (9, 500)


def seed_wallet(session: Session, *, now: datetime, currency: str, country: str) -> None:
    """Fill the wallet of the prepaid customer; one that is there already stays as it is.

    Args:
        session: open transaction; the people and what they bought are there.
        now: instant of seeding; all of it lies before.
        currency: of the installation.
        country: of the installation.
    """
    owner = _actor(session, PREPAID.login)
    there = select(VoucherBatch.id).where(VoucherBatch.number == VOUCHER[2])
    if owner is None or session.exec(there).first() is not None:
        return
    terms = WalletTerms(WalletPolicy(), currency, country, _WAY.provider)
    told = set(session.exec(select(CommunicationMessage.id)))
    for at, kind, minor in sorted(_plan(session, owner, now), key=lambda act: act[0]):
        person = _proven(owner, at)
        _charge(session, owner, at)  # what fell due before it
        if kind == "card":
            _by_card(session, person, terms.money(minor), terms, at)
        elif kind == "voucher":
            _by_voucher(session, person, terms.money(minor), terms, at)
        elif kind == "gift":
            _give(session, person, terms.money(minor), terms, at)
    _charge(session, owner, now)
    for message in session.exec(select(CommunicationMessage)):
        if message.id not in told:  # nobody is written to about what is long past
            session.delete(message)
    session.flush()


def _plan(session: Session, owner: Actor, now: datetime) -> list[tuple[datetime, str, int]]:
    """Return what happened when; nothing before the customer was one."""
    since = session.get_one(Customer, owner.customer()).created_at
    acts = [(now - timedelta(days=days), "card", minor) for days, minor in CARD]
    acts.append((now - timedelta(days=VOUCHER[0]), "voucher", VOUCHER[1]))
    acts.append((now - timedelta(days=GIFT[0]), "gift", GIFT[1]))
    return [act for act in acts if act[0] > since]


def _actor(session: Session, login: str) -> Actor | None:
    row = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).first()
    if row is None or row.customer_id is None:
        return None
    return Actor(role=Role.CUSTOMER, customer_id=row.customer_id, identity_id=row.id)


def _proven(owner: Actor, at: datetime) -> Actor:
    return Actor(
        role=owner.role,
        customer_id=owner.customer_id,
        identity_id=owner.identity_id,
        full_name=PREPAID.name,
        confirmed_at=at,
    )


def _by_card(
    session: Session, owner: Actor, amount: Money, terms: WalletTerms, at: datetime
) -> None:
    once = uuid5(NAMESPACE_URL, f"demo top-up {at.isoformat()}")
    payment_id = topups.start_by_card(
        session, owner, amount, way=_WAY, once=once, terms=terms, now=at
    )
    charge = Charge(
        reference=f"demo-{payment_id}",
        payment_id=str(payment_id),
        status=ChargeStatus.SUCCEEDED,
        amount=amount,
        refunded=Money.zero(amount.currency),
    )
    settling.settle(session, charge=charge, now=at)


def _by_voucher(
    session: Session, owner: Actor, amount: Money, terms: WalletTerms, at: datetime
) -> None:
    ends = at + timedelta(days=365)
    batch = VoucherBatch(
        number=VOUCHER[2],
        name="Kiosk",
        amount_minor=amount.minor,
        currency=amount.currency,
        count=1,
        status_changed_at=at,
        expires_at=ends,
        created_at=at,
    )
    # the fingerprint of no code: nobody can type it
    mark = hashlib.sha256(VOUCHER[2].encode()).hexdigest()
    voucher = Voucher(
        batch_id=batch.id,
        serial=1,
        code_hash=mark,
        amount_minor=amount.minor,
        currency=amount.currency,
        status_changed_at=at,
        expires_at=ends,
    )
    add_rows(session, [batch])
    add_rows(session, [voucher])
    worth.issued(session, batch, now=at)
    topups.redeem(session, owner, [mark], terms=terms, now=at)


def _give(session: Session, owner: Actor, amount: Money, terms: WalletTerms, at: datetime) -> None:
    friend = _actor(session, HYBRID.login)
    number = session.exec(
        select(Resource.value)
        .join(Product, col(Product.id) == Resource.product_id)
        .where(
            Product.customer_id == (friend.customer_id if friend else None),
            Resource.kind == ResourceKind.MSISDN,
        )
        .order_by(Resource.value)
    ).first()
    if number is None:
        return
    proposal = gifts.propose(session, owner, number, amount, terms=terms, now=at)
    gift = gifts.send(session, owner, proposal.secret, terms=terms, now=at)
    arrives = at + timedelta(minutes=terms.policy.gift_undo_minutes)
    gifts.deliver(session, gift, terms=terms, letters=_NO_LETTERS, now=arrives)


def _charge(session: Session, owner: Actor, until: datetime) -> None:
    """Take all that fell due until then, each at its time."""
    while due := [
        row
        for row in session.exec(
            select(ProductCharging).where(
                col(ProductCharging.product_id).in_(renewals.due(session, now=until))
            )
        )
        if session.get_one(Product, row.product_id).customer_id == owner.customer_id
    ]:
        first = min(due, key=lambda row: row.next_at or until)
        at = first.next_at or until
        done = renewals.charge(session, first.product_id, retry_days=30, now=at)
        if done is not renewals.Outcome.TAKEN:
            return


def _nothing(*_: object) -> Letter:
    return Letter("", "")


_NO_LETTERS = WalletLetters(
    low=_nothing,
    expiring=_nothing,
    gift=_nothing,
    gift_returned=_nothing,
    suspended=_nothing,
    auto_paused=_nothing,
)
