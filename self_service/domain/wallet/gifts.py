"""Gifts: credit given to another customer, with a while to take it back.

Nobody probes for customers: looking for a receiver wants a fresh proof of who asks, enough credit
for the gift, and is counted; whoever is found is shown by the first letters of the name only, and
whoever cannot receive anything is "not found", whatever the reason. An e-mail address counts once
it was proven, a telephone number when it is one of ours: so money cannot be caught by claiming to
be somebody else. The sum leaves the sender at once and waits where neither can spend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, func, select

from self_service.domain import audit, ledger
from self_service.domain.access import Actor, one_time
from self_service.domain.access.attempts import Limit
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.people import typed_text
from self_service.domain.pricing import periods
from self_service.domain.rows import add_rows
from self_service.domain.transitions import TRANSFER, advance
from self_service.domain.usage import collecting
from self_service.domain.wallet import buckets, receivers, renewals
from self_service.domain.wallet.telling import WalletLetters, tell
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.access import Purpose
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.wallet import Bucket, TransferBalance, TransferStatus
from self_service.money import Money

#: How often somebody may look for a receiver.
LOOKED_UP = Limit("gift receiver", 10, timedelta(hours=24))
#: Characters of a note.
NOTE = 140


class ReceiverUnknown(DomainError):
    """Nobody, or nobody who can receive a gift: one answer for all."""

    code = "receiver_unknown"
    message = N_("We found nobody with this number or address who can receive a gift.")


class TooManyLookedUp(DomainError):
    """Looked for receivers too often in a day."""

    code = "too_many_looked_up"
    message = N_("You looked for receivers too often today. Please try again tomorrow.")


class GiftsUsedUp(DomainError):
    """The month's limit leaves less."""

    code = "gifts_used_up"
    message = N_("You can give {left} more this month.")


class GiftExpired(DomainError):
    """The confirmation was left open too long, or used before."""

    code = "gift_expired"
    message = N_("This took too long or was sent already. Look at your history, then start again.")


class NoteUnusable(DomainError):
    """Too long, or with characters that nobody sees."""

    code = "note_unusable"
    message = N_("Write a shorter note, in plain letters.")


class TooLateToUndo(DomainError):
    """It arrived."""

    code = "too_late_to_undo"
    message = N_("This gift has arrived and cannot be taken back.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A gift that is to be confirmed.

    Attributes:
        secret: sends it, once, within ten minutes.
        receiver: first letters of the name.
        minutes: for which it can be taken back.
    """

    secret: str
    amount: Money
    receiver: str
    note: str
    minutes: int


@dataclass(frozen=True, slots=True)
class WaitingGift:
    """A gift that can still be taken back."""

    id: UUID
    amount: Money
    receiver: str
    undo_until: datetime


def propose(
    session: Session,
    actor: Actor,
    typed: object,
    amount: Money,
    note: object = "",
    *,
    terms: WalletTerms,
    now: datetime,
) -> Proposal:
    """Look for a receiver and say what would be sent; moves nothing.

    The caller counted the look-up by `LOOKED_UP`, in a transaction of its own.

    Args:
        session: open transaction.
        actor: the sender in person.
        typed: e-mail address or telephone number of the receiver.
        amount: how much.
        note: a line for the receiver.
        terms: limits.
        now: instant of asking.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not the customer, or no fresh proof.
        AmountTooSmall, AmountTooLarge, GiftsUsedUp, NotEnough: the sum is not possible.
        ReceiverUnknown: nobody was found.
        NoteUnusable: the note is too long.
    """
    customer_id = actor.own_customer()
    actor.fresh(now)
    words = _note(note)
    row = buckets.bucket(session, customer_id, terms.currency, now)
    _possible(session, row, amount, terms, now)
    found = receivers.find(session, typed, country=terms.country)
    if found is None or found.customer_id == customer_id:
        raise ReceiverUnknown("to")
    secret = one_time.issue(
        session,
        Purpose.GIFT,
        now=now,
        identity_id=actor.identity(),
        replaces=True,
        receiver=str(found.customer_id),
        minor=amount.minor,
        note=words,
    )
    return Proposal(secret, amount, found.masked, words, terms.policy.gift_undo_minutes)


def send(session: Session, actor: Actor, secret: str, *, terms: WalletTerms, now: datetime) -> UUID:
    """Send what was proposed: the sum leaves the wallet and waits.

    Returns:
        The gift.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not the customer, or no fresh proof.
        GiftExpired: the proposal is another's, was used, or is too old.
        AmountTooSmall, AmountTooLarge, GiftsUsedUp, NotEnough: not possible any more.
    """
    customer_id = actor.own_customer()
    actor.fresh(now)
    try:
        proposed = one_time.redeem(session, Purpose.GIFT, secret, now=now)
    except LinkUsedUp:
        raise GiftExpired from None
    if proposed.identity_id != actor.identity():
        raise GiftExpired
    amount = terms.money(int(proposed.data["minor"]))
    row = buckets.lock(session, buckets.bucket(session, customer_id, terms.currency, now).id)
    _possible(session, row, amount, terms, now)
    receiver = UUID(proposed.data["receiver"])
    gift = TransferBalance(
        sender_id=row.id,
        receiver_id=buckets.bucket(session, receiver, terms.currency, now).id,
        amount_minor=amount.minor,
        note=proposed.data["note"],
        status_changed_at=now,
        undo_until=now + timedelta(minutes=terms.policy.gift_undo_minutes),
        created_at=now,
    )
    add_rows(session, [gift])
    waiting = ledger.house(session, AccountKind.GIFTS, terms.currency)
    _post(session, EntryKind.GIFT_SENT, gift.id, buckets.account(row), waiting, amount, now)
    audit.record(session, actor, "wallet.gift_sent", now=now, after={"minor": amount.minor})
    return gift.id


def undo(session: Session, actor: Actor, gift_id: object, *, now: datetime) -> Money:
    """Take a gift back while it waits.

    Returns:
        What came back.

    Raises:
        SignInNeeded, NotAllowed: not the customer in person.
        NotFound: the actor sent no such gift.
        TooLateToUndo: it arrived, or was taken back already.
    """
    customer_id = actor.own_customer()
    gift = session.get(TransferBalance, as_id(gift_id))
    sender = session.get(Bucket, gift.sender_id) if gift else None
    if gift is None or sender is None or sender.customer_id != customer_id:
        raise NotFound
    buckets.lock(session, sender.id)
    session.refresh(gift)
    if gift.undo_until <= now or not _return(session, gift, sender, now):
        raise TooLateToUndo
    audit.record(session, actor, "wallet.gift_undone", now=now)
    return Money(gift.amount_minor, sender.currency)


def waiting(session: Session, actor: Actor, *, now: datetime) -> tuple[WaitingGift, ...]:
    """List the actor's gifts that can still be taken back, the newest first."""
    rows = session.exec(
        select(TransferBalance, Bucket)
        .join(Bucket, Bucket.id == TransferBalance.sender_id)
        .where(
            Bucket.customer_id == actor.customer(),
            TransferBalance.status == TransferStatus.PENDING,
            TransferBalance.undo_until > now,
        )
        .order_by(TransferBalance.created_at.desc())
    ).all()
    return tuple(
        WaitingGift(
            gift.id,
            Money(gift.amount_minor, row.currency),
            receivers.masked_name(session, gift.receiver_id),
            gift.undo_until,
        )
        for gift, row in rows
    )


def left_this_month(session: Session, row: Bucket, terms: WalletTerms, now: datetime) -> Money:
    """Return how much a customer can still give in the operator's month."""
    given = session.exec(
        select(func.coalesce(func.sum(TransferBalance.amount_minor), 0)).where(
            TransferBalance.sender_id == row.id,
            TransferBalance.status != TransferStatus.UNDONE,
            TransferBalance.created_at >= periods.month_day(now, 1),
        )
    ).one()
    return terms.money(max(terms.policy.gift_most_a_month_minor - int(given), 0))


def due(session: Session, *, now: datetime, limit: int = 100) -> tuple[UUID, ...]:
    """List gifts whose time to be taken back is over."""
    statement = (
        select(TransferBalance.id)
        .where(TransferBalance.status == TransferStatus.PENDING, TransferBalance.undo_until <= now)
        .order_by(TransferBalance.undo_until, TransferBalance.id)
        .limit(limit)
    )
    return tuple(session.exec(statement))


def deliver(
    session: Session, gift_id: UUID, *, terms: WalletTerms, letters: WalletLetters, now: datetime
) -> bool:
    """Let a gift arrive, and write to whoever it is for; False when somebody else did.

    A receiver who left meanwhile gets nothing: the sum goes back, and the sender is told.
    """
    gift = session.get_one(TransferBalance, gift_id)
    receiver = session.get_one(Bucket, gift.receiver_id)
    amount = Money(gift.amount_minor, receiver.currency)
    if not receivers.can_receive(session, receiver.customer_id):
        sender = buckets.lock(session, gift.sender_id)
        back = _return(session, gift, sender, now)
        if back:
            words = lambda language: letters.gift_returned(language, amount)  # noqa: E731
            tell(session, sender.customer_id, "gift_returned", words, now=now)
        return back
    receiver = buckets.lock(session, receiver.id)
    to = TransferStatus.DONE
    if not advance(session, TransferBalance, gift_id, to, allowed=TRANSFER, now=now):
        return False
    lying = ledger.house(session, AccountKind.GIFTS, receiver.currency)
    target = buckets.account(receiver)
    _post(session, EntryKind.GIFT_RECEIVED, gift_id, lying, target, amount, now)
    buckets.credited(session, receiver, valid_days=terms.policy.valid_days, now=now)
    collecting.collect(session, receiver.customer_id, now=now)
    renewals.retry(session, receiver.customer_id, now=now)
    words = lambda language: letters.gift(language, amount)  # noqa: E731
    tell(session, receiver.customer_id, "gift_received", words, now=now)
    return True


def _return(session: Session, gift: TransferBalance, sender: Bucket, now: datetime) -> bool:
    to = TransferStatus.UNDONE
    if not advance(session, TransferBalance, gift.id, to, allowed=TRANSFER, now=now):
        return False
    lying = ledger.house(session, AccountKind.GIFTS, sender.currency)
    amount = Money(gift.amount_minor, sender.currency)
    target = buckets.account(sender)
    _post(session, EntryKind.GIFT_UNDONE, gift.id, lying, target, amount, now)
    return True


def _post(
    session: Session,
    kind: EntryKind,
    gift_id: UUID,
    debit: ledger.Account,
    credit: ledger.Account,
    amount: Money,
    now: datetime,
) -> None:
    ledger.post(session, [ledger.Movement(kind, gift_id, debit, credit, amount)], now=now)


def _possible(
    session: Session, row: Bucket, amount: Money, terms: WalletTerms, now: datetime
) -> None:
    terms.check(amount, terms.policy.gift_least_minor, terms.policy.gift_most_minor, "gift_amount")
    left = left_this_month(session, row, terms, now)
    if left < amount:
        raise GiftsUsedUp("gift_amount", left=left)
    if buckets.balance(session, row) < amount:
        raise ledger.NotEnough("gift_amount")


def _note(note: object) -> str:
    try:
        return typed_text.line(note, missing="", longest=NOTE)
    except typed_text.Faulty:
        raise NoteUnusable("note") from None
