"""From the domain's vouchers to the rows of the customer's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from self_service import i18n
from self_service.domain.errors import N_
from self_service.domain.vouchers.bought import Bought
from self_service.models.vouchers import VoucherStatus
from self_service.money import Money
from self_service.state import moments
from self_service.state.display import money

#: What a voucher's state is called, and its tone.
STATES: dict[VoucherStatus, tuple[str, str]] = {
    VoucherStatus.STOCK: (N_("In stock"), "plain"),
    VoucherStatus.ISSUED: (N_("Can be redeemed"), "good"),
    VoucherStatus.REDEEMED: (N_("Redeemed"), "accent"),
    VoucherStatus.VOID: (N_("Void"), "bad"),
    VoucherStatus.EXPIRED: (N_("Expired"), "warn"),
}


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value that is sold."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class BoughtRow:
    """A voucher that the customer bought.

    Attributes:
        code: "" when there is nothing to read.
        told: when it was redeemed, or until when it can be.
        receiver: address of a gift, "" for oneself.
        sent: when the mail went out, "" for no gift.
        open: a gift that can be sent again.
    """

    id: str
    amount: str
    state: str
    tone: str
    code: str
    told: str
    bought: str
    receiver: str
    sent: str
    open: bool


def value_rows(choices: Sequence[int], currency: str, language: str) -> list[ValueRow]:
    """List the values that are sold; the first is chosen."""
    return [
        ValueRow(str(minor), money(Money(minor, currency), language), place == 0)
        for place, minor in enumerate(choices)
    ]


def bought_rows(found: Sequence[Bought], now: datetime, language: str) -> list[BoughtRow]:
    """Put what somebody bought into rows."""
    return [_row(one, now, language) for one in found]


def _row(one: Bought, now: datetime, language: str) -> BoughtRow:
    waits = N_("Waiting for payment"), "plain"
    state, tone = STATES[one.status] if one.status else waits
    return BoughtRow(
        id=str(one.id),
        amount=money(one.amount, language),
        state=i18n.translate(language, state),
        tone=tone,
        code=one.code,
        told=_told(one, now, language),
        bought=moments.past(one.bought_at, now, language),
        receiver=one.receiver,
        sent=_sent(one, now, language),
        open=bool(one.receiver) and one.status is VoucherStatus.ISSUED,
    )


def _told(one: Bought, now: datetime, language: str) -> str:
    if one.redeemed_at is not None:
        day = moments.past(one.redeemed_at, now, language)
        return i18n.translate(language, N_("Redeemed: {day}"), day=day)
    if one.status is VoucherStatus.ISSUED and one.expires_at is not None:
        return i18n.translate(
            language, N_("Good until {day}"), day=last_day(one.expires_at, language)
        )
    return ""


def last_day(expires_at: datetime, language: str) -> str:
    """Say the last day on which something is good."""
    return i18n.short_day(expires_at - timedelta(microseconds=1), language)


def _sent(one: Bought, now: datetime, language: str) -> str:
    if not one.receiver or one.status is None:
        return ""
    if one.sent_at is None:
        return i18n.translate(language, N_("The mail is on its way."))
    day = moments.past(one.sent_at, now, language)
    return i18n.translate(language, N_("Mail sent: {day}"), day=day)
