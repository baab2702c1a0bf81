"""The standing order to top up as its owner sets it: look, choose, stop, resume."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.rows import add_rows, changed
from self_service.domain.wallet import auto, buckets
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.payments import MethodStatus, PaymentMethod
from self_service.models.wallet import AutoTopup, AutoTopupTrigger
from self_service.money import Money

#: Days of the month that every month has.
FIRST_DAY, LAST_DAY = 1, 28


class NoCardForThis(DomainError):
    """The card is not one that may be charged in absence."""

    code = "no_card_for_this"
    message = N_("Choose a saved card that we may charge while you are away.")


class CeilingTooLow(DomainError):
    """Not even one top-up would fit."""

    code = "ceiling_too_low"
    message = N_("The limit for a month must be at least the sum of one top-up.")


class DayInvalid(DomainError):
    """Not a day that every month has."""

    code = "day_invalid"
    message = N_("Choose a day from 1 to 28.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a standing order is to do.

    Attributes:
        threshold: top up when less is left; counts for THRESHOLD.
        day: of each month, 1 to 28; counts for DATE.
        amount: of one top-up.
        ceiling: the most in a calendar month.
    """

    trigger: AutoTopupTrigger
    amount: Money
    ceiling: Money
    method_id: UUID
    threshold: Money
    day: int = FIRST_DAY


@dataclass(frozen=True, slots=True)
class StandingView:
    """A standing order as its owner sees it.

    Attributes:
        spent: in this month.
        active: False: stopped by its owner, or by itself.
        paused_reason: why it stopped by itself, "" when it did not.
        card: last four digits.
        next_at: of a DATE order.
        full: the ceiling leaves no room for another one this month.
    """

    wish: Wish
    spent: Money
    active: bool
    paused_reason: str
    card: str
    next_at: datetime | None
    full: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """A saved card that may be charged while its owner is away."""

    id: UUID
    brand: str
    last4: str
    is_default: bool


def view(
    session: Session, actor: Actor, *, terms: WalletTerms, now: datetime
) -> StandingView | None:
    """Show the actor's standing order, None when there is none."""
    row = _of(session, actor, terms)
    if row is None:
        return None
    spent = row.spent_minor if row.month == auto.month_of(now) else 0
    method = session.get(PaymentMethod, row.method_id)
    wish = Wish(
        trigger=row.trigger,
        amount=terms.money(row.amount_minor),
        ceiling=terms.money(row.ceiling_minor),
        method_id=row.method_id,
        threshold=terms.money(row.threshold_minor),
        day=row.day,
    )
    return StandingView(
        wish=wish,
        spent=terms.money(spent),
        active=row.active,
        paused_reason=row.paused_reason,
        card=method.last4 if method else "",
        next_at=row.next_at if row.active else None,
        full=spent + row.amount_minor > row.ceiling_minor,
    )


def cards(session: Session, actor: Actor) -> tuple[CardView, ...]:
    """List the actor's cards that may be charged in absence, the default first."""
    mine = (
        PaymentMethod.customer_id == actor.customer(),
        PaymentMethod.status == MethodStatus.ACTIVE,
        PaymentMethod.mandate_at.is_not(None),
    )
    rows = session.exec(
        select(PaymentMethod)
        .where(*mine)
        .order_by(PaymentMethod.is_default.desc(), PaymentMethod.created_at, PaymentMethod.id)
    )
    return tuple(CardView(row.id, row.brand, row.last4, row.is_default) for row in rows)


def set_up(
    session: Session, actor: Actor, wish: Wish, *, terms: WalletTerms, now: datetime
) -> None:
    """Choose when to top up by itself; wants a fresh proof of who is there.

    Args:
        session: open transaction.
        actor: the customer in person.
        wish: what to do from now on, instead of what was chosen before.
        terms: limits.
        now: instant of choosing.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not the customer, or no fresh proof.
        AmountTooSmall, AmountTooLarge: a sum is outside of the operator's limits.
        CeilingTooLow, DayInvalid, NoCardForThis: see there.
    """
    customer_id = actor.own_customer()
    actor.fresh(now)
    _check(session, actor, wish, terms)
    row = buckets.lock(session, buckets.bucket(session, customer_id, terms.currency, now).id)
    old = session.exec(select(AutoTopup).where(AutoTopup.bucket_id == row.id)).first()
    values = _values(wish, now)
    if old is None:
        month = auto.month_of(now)
        add_rows(session, [AutoTopup(bucket_id=row.id, month=month, created_at=now, **values)])
    else:
        # what was topped up this month still counts, up to the new ceiling
        values["spent_minor"] = min(old.spent_minor, wish.ceiling.minor)
        changed(session, update(AutoTopup).where(AutoTopup.id == old.id).values(**values))
        session.expire(old)
    audit.record(session, actor, "wallet.auto_topup_set", now=now, after=_said(wish))


def stop(session: Session, actor: Actor, *, terms: WalletTerms, now: datetime) -> None:
    """Top up no more; what was chosen stays, to be resumed.

    Raises:
        NotFound: there is no standing order.
    """
    row = _mine(session, actor, terms)
    values = {"active": False, "paused_reason": ""}
    changed(session, update(AutoTopup).where(AutoTopup.id == row.id).values(**values))
    session.expire(row)
    audit.record(session, actor, "wallet.auto_topup_stopped", now=now)


def resume(session: Session, actor: Actor, *, terms: WalletTerms, now: datetime) -> None:
    """Go on with what was chosen, which was proven then.

    Raises:
        NotFound: there is no standing order.
        NoCardForThis: its card may not be charged any more.
    """
    row = _mine(session, actor, terms)
    _card(session, actor, row.method_id)
    is_date = row.trigger is AutoTopupTrigger.DATE
    values = {
        "active": True,
        "paused_reason": "",
        "next_at": auto.next_day(row.day, now) if is_date else None,
    }
    changed(session, update(AutoTopup).where(AutoTopup.id == row.id).values(**values))
    session.expire(row)
    audit.record(session, actor, "wallet.auto_topup_resumed", now=now)


def _check(session: Session, actor: Actor, wish: Wish, terms: WalletTerms) -> None:
    policy = terms.policy
    terms.check(wish.amount, policy.topup_least_minor, policy.topup_most_minor, "auto_amount")
    most = policy.auto_ceiling_most_minor
    if wish.ceiling < wish.amount:
        raise CeilingTooLow("auto_ceiling")
    terms.check(wish.ceiling, 0, most, "auto_ceiling")
    if wish.trigger is AutoTopupTrigger.THRESHOLD:
        terms.check(wish.threshold, 1, policy.holds_most_minor, "auto_threshold")
    elif not FIRST_DAY <= wish.day <= LAST_DAY:
        raise DayInvalid("auto_day")
    _card(session, actor, wish.method_id)


def _card(session: Session, actor: Actor, method_id: UUID) -> None:
    if method_id not in {card.id for card in cards(session, actor)}:
        raise NoCardForThis("auto_method")


def _values(wish: Wish, now: datetime) -> dict[str, object]:
    on_date = wish.trigger is AutoTopupTrigger.DATE
    return {
        "method_id": wish.method_id,
        "trigger": wish.trigger,
        "threshold_minor": 0 if on_date else wish.threshold.minor,
        "day": wish.day if on_date else FIRST_DAY,
        "amount_minor": wish.amount.minor,
        "ceiling_minor": wish.ceiling.minor,
        "active": True,
        "paused_reason": "",
        "told_paused_at": None,
        "next_at": auto.next_day(wish.day, now) if on_date else None,
    }


def _said(wish: Wish) -> dict[str, object]:
    return {
        "trigger": wish.trigger.value,
        "amount_minor": wish.amount.minor,
        "ceiling_minor": wish.ceiling.minor,
    }


def _of(session: Session, actor: Actor, terms: WalletTerms) -> AutoTopup | None:
    row = buckets.find(session, actor.customer(), terms.currency)
    if row is None:
        return None
    return session.exec(select(AutoTopup).where(AutoTopup.bucket_id == row.id)).first()


def _mine(session: Session, actor: Actor, terms: WalletTerms) -> AutoTopup:
    actor.own_customer()
    row = _of(session, actor, terms)
    if row is None:
        raise NotFound
    buckets.lock(session, row.bucket_id)
    session.refresh(row)
    return row
