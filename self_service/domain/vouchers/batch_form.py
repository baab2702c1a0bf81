"""The form for a new batch: each field checked, all faults told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlmodel import Session

from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.people import typed_text
from self_service.domain.people.typed_text import Faulty
from self_service.domain.policy import VoucherPolicy
from self_service.domain.wallet import amounts
from self_service.models.access import DigitalIdentity, Role
from self_service.models.vouchers import VoucherKind
from self_service.money import Money

#: Fields of the form.
FIELDS = ("kind", "name", "amount", "count", "expires", "dealer")
#: A batch lasts at most so long.
_LASTS = timedelta(days=3_660)
_COUNT = N_("Enter a number from 1 to {most}.")
_DAY = N_("Choose a day after today, within ten years.")
_WORTH = N_("Enter a sum of at most {most}.")
_KIND = N_("Choose print or online.")
_DEALER = N_("Choose one of the dealers.")

#: What is wrong with one field: message and values for its places.
Fault = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch that may be made.

    Attributes:
        amount: worth of each voucher.
        expires_at: first instant at which a printed voucher is no good, or an online one is not
            sold any more.
        dealer_id: who hands them out, None for nobody in particular.
    """

    kind: VoucherKind
    name: str
    amount: Money
    count: int
    expires_at: datetime
    dealer_id: UUID | None = None


def read(
    session: Session,
    form: Mapping[str, Any],
    *,
    policy: VoucherPolicy,
    currency: str,
    zone: tzinfo,
    now: datetime,
) -> NewBatch:
    """Check what was typed.

    Args:
        session: open transaction.
        form: field -> text; `expires` is the last good day, ISO 8601.
        policy: limits.
        currency: of the operator.
        zone: whose days count.
        now: instant of typing.

    Raises:
        Invalid: something is wrong; tells every fault.
    """
    faults: dict[str, Fault] = {}

    def checked(field: str, check: Callable[[str], Any]) -> Any:
        typed = form.get(field, "")
        try:
            return check(typed.strip() if isinstance(typed, str) else "")
        except (_Wrong, Faulty) as wrong:
            faults[field] = wrong.fault
        except DomainError as refusal:
            faults[field] = (refusal.message, refusal.data)
        return None

    kind = checked("kind", _kind)
    name = checked("name", typed_text.line)
    amount = checked("amount", lambda typed: _worth(typed, policy, currency))
    count = checked("count", lambda typed: _count(typed, policy))
    expires_at = checked("expires", lambda typed: _last_day(typed, zone, now))
    dealer_id = checked("dealer", lambda typed: _dealer(session, typed))
    if faults:
        raise Invalid(faults)
    return NewBatch(kind, name, amount, count, expires_at, dealer_id)


class _Wrong(Exception):
    """A field that cannot be used."""

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.fault: Fault = (message, data)


def _kind(typed: str) -> VoucherKind:
    try:
        return VoucherKind(typed)
    except ValueError:
        raise _Wrong(_KIND) from None


def _worth(typed: str, policy: VoucherPolicy, currency: str) -> Money:
    found = amounts.amount(typed, currency)
    if not 0 < found.minor <= policy.worth_most_minor:
        raise _Wrong(_WORTH, most=Money(policy.worth_most_minor, currency))
    return found


def _count(typed: str, policy: VoucherPolicy) -> int:
    number = int(typed) if typed.isdecimal() and len(typed) <= 9 else 0
    if not 1 <= number <= policy.batch_most:
        raise _Wrong(_COUNT, most=policy.batch_most)
    return number


def _last_day(typed: str, zone: tzinfo, now: datetime) -> datetime:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise _Wrong(_DAY) from None
    today = now.astimezone(zone).date()
    if not today < day <= today + _LASTS:
        raise _Wrong(_DAY)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def _dealer(session: Session, typed: str) -> UUID | None:
    if not typed:
        return None
    try:
        found = session.get(DigitalIdentity, as_id(typed))
    except NotFound:
        found = None
    if found is None or found.role not in (Role.DEALER, Role.DEALER_SUPERVISOR):
        raise _Wrong(_DEALER)
    return found.id
