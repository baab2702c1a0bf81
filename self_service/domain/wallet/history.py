"""What happened in a wallet, each movement with its words and the balance after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from self_service import clock
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.ledger import history as booked
from self_service.domain.ledger.history import Booked
from self_service.domain.pricing import periods
from self_service.domain.vouchers.batch_rows import serial_of
from self_service.domain.wallet import buckets, receivers
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.catalog import PeriodUnit
from self_service.models.ledger import EntryKind
from self_service.models.payments import Payment, PaymentMethod
from self_service.models.usage import UsageCharge
from self_service.models.vouchers import Voucher, VoucherBatch
from self_service.models.wallet import TopupBalance, TransferBalance, WalletCharge
from self_service.money import Money

#: Movements on a page.
PAGE = 20
K = EntryKind
#: The tax of a charge stands with the charge: people see one sum.
_HIDDEN = frozenset({K.CHARGE_TAX, K.CHARGE_RETURNED_TAX})


class Kind(StrEnum):
    """What somebody wants to see."""

    ALL = "all"
    TOPUPS = "topups"
    CHARGES = "charges"
    GIFTS = "gifts"


KINDS: Mapping[Kind, frozenset[EntryKind]] = {
    Kind.ALL: frozenset(EntryKind) - _HIDDEN,
    Kind.TOPUPS: frozenset(
        {K.PAYMENT, K.TOPUP, K.VOUCHER_REDEEMED, K.CHARGE_BACK, K.CHARGE_BACK_RETURNED}
    ),
    Kind.CHARGES: frozenset({K.CHARGE, K.CHARGE_RETURNED}),
    Kind.GIFTS: frozenset({K.GIFT_SENT, K.GIFT_RECEIVED, K.GIFT_UNDONE}),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement.

    Attributes:
        id: also the place to read on from.
        amount: above zero when credit came, below when it went.
        balance: after it.
        message: translatable, with places filled from `data`.
        data: str, texts in several languages, or instants.
        note: what somebody wrote with a gift.
    """

    id: int
    at: datetime
    kind: EntryKind
    amount: Money
    balance: Money
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the history, the newest first.

    Attributes:
        before: from where the next page goes on, None on the last.
    """

    entries: tuple[Entry, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see.

    Attributes:
        since, until: first and last day, of the operator's calendar.
    """

    kind: Kind = Kind.ALL
    since: date | None = None
    until: date | None = None


def page(
    session: Session,
    actor: Actor,
    wanted: Wanted | None = None,
    *,
    terms: WalletTerms,
    now: datetime,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Read a page of the actor's wallet.

    Args:
        session: open transaction.
        actor: whose.
        wanted: what of it.
        terms: the wallets' currency.
        now: instant of looking.
        before: `Page.before` of the page before, None for the first.
        limit: at most so many.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    del now
    row = buckets.find(session, actor.customer(), terms.currency)
    if row is None:
        return Page((), None)
    asked = wanted or Wanted()
    found = booked.history(
        session,
        buckets.account(row),
        kinds=KINDS[asked.kind],
        since=_start(asked.since),
        until=_start(asked.until, days=1),
        before=before,
        limit=limit + 1,
    )
    shown = found[:limit]
    more = len(found) > limit
    return Page(_worded(session, shown), shown[-1].id if more else None)


def _start(day: date | None, days: int = 0) -> datetime | None:
    """Return the first instant of an operator's day, some days later."""
    if day is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=days), time(), clock.zone())
    except OverflowError:  # the last day that there is
        return None


#: How movements of one kind are worded: by their sources, all at once.
Words = Callable[[Session, Sequence[Booked]], Iterable[Entry]]


def _worded(session: Session, found: Sequence[Booked]) -> tuple[Entry, ...]:
    by_words: dict[Words, list[Booked]] = defaultdict(list)
    for one in found:
        by_words[_WORDS.get(one.kind, _plainly)].append(one)
    entries = [entry for words, some in by_words.items() for entry in words(session, some)]
    return tuple(sorted(entries, key=lambda entry: -entry.id))


def _entry(one: Booked, message: str, amount: Money | None = None, **data: Any) -> Entry:
    note = data.pop("note", "")
    shown = amount or one.amount
    return Entry(one.id, one.at, one.kind, shown, one.balance, message, data, note)


def _sources(found: Sequence[Booked]) -> Collection[UUID]:
    return {one.source_id for one in found}


def _payments(session: Session, found: Sequence[Booked]) -> Iterable[Entry]:
    rows = session.exec(
        select(Payment.id, PaymentMethod.last4, TopupBalance.is_auto)
        .outerjoin(PaymentMethod, PaymentMethod.id == Payment.method_id)
        .outerjoin(TopupBalance, TopupBalance.payment_id == Payment.id)
        .where(col(Payment.id).in_(_sources(found)))
    ).all()
    by_id = {payment_id: (last4 or "", bool(is_auto)) for payment_id, last4, is_auto in rows}
    for one in found:
        last4, is_auto = by_id.get(one.source_id, ("", False))
        yield _entry(one, _CARD[is_auto, bool(last4)], last4=last4)


_CARD = {
    (False, True): N_("Top-up by card ending {last4}"),
    (False, False): N_("Top-up by card"),
    (True, True): N_("Automatic top-up by card ending {last4}"),
    (True, False): N_("Automatic top-up by card"),
}


def _vouchers(session: Session, found: Sequence[Booked]) -> Iterable[Entry]:
    rows = session.exec(
        select(Voucher.id, Voucher.serial, VoucherBatch)
        .join(VoucherBatch, VoucherBatch.id == Voucher.batch_id)
        .where(col(Voucher.id).in_(_sources(found)))
    ).all()
    by_id = {voucher_id: serial_of(batch, serial) for voucher_id, serial, batch in rows}
    for one in found:
        yield _entry(one, N_("Voucher no. {number}"), number=by_id.get(one.source_id, ""))


def _charges(session: Session, found: Sequence[Booked]) -> Iterable[Entry]:
    rows = session.exec(select(WalletCharge).where(col(WalletCharge.id).in_(_sources(found))))
    by_id = {row.id: row for row in rows}
    used = _usage(session, found)
    for one in found:
        row = by_id.get(one.source_id)
        if row is None:
            yield used.get(one.id) or _entry(one, N_("Service"))
            continue
        gross = Money(-row.gross_minor, one.amount.currency)
        last = max(periods.add(row.period_end, PeriodUnit.DAY, -1), row.period_start)
        period = {"name": row.name, "since": row.period_start, "until": last}
        yield _entry(one, N_("{name}, {period}"), gross, **period)


def _usage(session: Session, found: Sequence[Booked]) -> dict[int, Entry]:
    """Word what usage beyond allowances took, or gave back, by movement."""
    rows = session.exec(select(UsageCharge).where(col(UsageCharge.id).in_(_sources(found))))
    by_id = {row.id: row for row in rows}
    return {
        one.id: _entry(
            one,
            N_("Usage: {name}"),
            Money(-by_id[one.source_id].gross_minor, one.amount.currency),
            name=by_id[one.source_id].name,
        )
        for one in found
        if one.source_id in by_id
    }


def _returned(session: Session, found: Sequence[Booked]) -> Iterable[Entry]:
    used = _usage(session, found)
    for one in found:
        yield used.get(one.id) or _entry(one, _PLAIN[K.CHARGE_RETURNED])


def _gifts(session: Session, found: Sequence[Booked]) -> Iterable[Entry]:
    rows = session.exec(select(TransferBalance).where(col(TransferBalance.id).in_(_sources(found))))
    by_id = {row.id: row for row in rows}
    for one in found:
        gift = by_id[one.source_id]
        came = one.kind is K.GIFT_RECEIVED
        other = gift.sender_id if came else gift.receiver_id
        who = receivers.masked_name(session, other)
        yield _entry(one, _GIFT[one.kind], who=who, note=gift.note)


_GIFT = {
    K.GIFT_SENT: N_("Gift to {who}"),
    K.GIFT_RECEIVED: N_("Gift from {who}"),
    K.GIFT_UNDONE: N_("Gift to {who} taken back"),
}


def _plainly(session: Session, found: Sequence[Booked]) -> Iterable[Entry]:
    del session
    for one in found:
        yield _entry(one, _PLAIN.get(one.kind, N_("Correction")))


_PLAIN = {
    K.EXPIRY: N_("Credit that expired"),
    K.TRANSFER: N_("Moved between your wallet and your bills"),
    K.REFUND: N_("Paid back to you"),
    K.CHARGE_BACK: N_("Top-up that your bank took back"),
    K.CHARGE_BACK_RETURNED: N_("Top-up that your bank gave us again"),
    K.CHARGE_RETURNED: N_("Charge given back"),
}
_WORDS: Mapping[EntryKind, Words] = {
    K.PAYMENT: _payments,
    K.VOUCHER_REDEEMED: _vouchers,
    K.CHARGE: _charges,
    K.CHARGE_RETURNED: _returned,
    K.GIFT_SENT: _gifts,
    K.GIFT_RECEIVED: _gifts,
    K.GIFT_UNDONE: _gifts,
}
