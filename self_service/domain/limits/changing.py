"""Choosing limits: what is changed holds at once, and the network is asked with it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.limits import bars, standing, watching
from self_service.domain.limits.choosing import managed, record
from self_service.domain.limits.standing import Month, Standing
from self_service.domain.payments.paying import BadSum
from self_service.domain.payments.typed_sum import read_sum
from self_service.domain.policy import LimitPolicy
from self_service.domain.rows import add_once
from self_service.models.limits import LimitKind, SpendLift, SpendLimit
from self_service.models.subscriptions import Product
from self_service.money import Money


class LimitOutside(DomainError):
    """No sum, or one outside the bounds."""

    code = "limit_outside"
    message = N_("Type a sum from {least} to {most}.")


class NoLimit(DomainError):
    """There is nothing to lift."""

    code = "no_limit"
    message = N_("There is no limit here to lift. Set one first.")


class LimitMoved(DomainError):
    """Another limit holds than the one that was seen."""

    code = "limit_moved"
    message = N_("The limit has changed meanwhile. Look at it again before you lift it.")


def set_limit(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    kind: object,
    amount: object,
    hard: bool,
    policy: LimitPolicy,
    now: datetime,
) -> None:
    """Choose a limit, tax included; the same once more changes nothing.

    Args:
        session: open transaction.
        actor: who manages the service.
        product_id: which service; this, the kind and the amount are from anybody.
        kind: of which charges.
        amount: as it was typed, in main units.
        hard: stop what costs once it is reached; else tell only.
        policy: the operator's rules.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed, NotFound: not for this actor, or no such limit.
        LimitOutside: no sum, or outside the bounds.
    """
    product, which = _mine(session, actor, product_id, kind, now)
    minor = _amount(amount, product.currency, policy)
    _choose(session, actor, product, which, minor, hard=hard, policy=policy, now=now)


def remove(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    kind: object,
    policy: LimitPolicy,
    now: datetime,
) -> None:
    """Choose to have no limit, not the operator's either.

    Raises:
        SignInNeeded, NotAllowed, NotFound: not for this actor, or no such limit.
    """
    product, which = _mine(session, actor, product_id, kind, now)
    _choose(session, actor, product, which, None, hard=False, policy=policy, now=now)


def lift(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    kind: object,
    amount: object,
    seen: object,
    policy: LimitPolicy,
    now: datetime,
) -> None:
    """Add to a limit in the present charging month only; pressed twice, it is added once.

    Args:
        session: open transaction.
        actor: who manages the service.
        product_id: which service; this and the next three are from anybody.
        kind: which limit.
        amount: to add, as typed, in main units.
        seen: the limit that was shown, in minor units.
        policy: the operator's rules.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed, NotFound: not for this actor, or no such limit.
        LimitOutside: no sum, or outside the bounds.
        NoLimit: there is none, or no month has begun yet.
        LimitMoved: another limit holds than the one that was shown.
    """
    product, which = _mine(session, actor, product_id, kind, now)
    minor = _amount(amount, product.currency, policy)
    month, stands = _stands(session, product, which, policy, now)
    if stands.limit is None or not month.id:
        raise NoLimit
    if seen != str(stands.limit.minor):
        raise LimitMoved
    row = SpendLift(
        product_id=product.id,
        kind=which,
        starts_at=month.starts_at,
        from_minor=stands.limit.minor,
        amount_minor=minor,
        lifted_by=actor.identity_id,
        lifted_at=now,
    )
    if not add_once(session, row):
        raise LimitMoved
    said = {"limit": stands.limit.minor}, {"limit": stands.limit.minor + minor}
    _done(session, actor, product, f"limit.{which.value}_lifted", said, policy, now)


def _mine(
    session: Session, actor: Actor, product_id: object, kind: object, now: datetime
) -> tuple[Product, LimitKind]:
    product = managed(session, actor, product_id, now)
    for which in standing.kinds_of(product.kind):
        if kind == which.value:
            return product, which
    raise NotFound


def _amount(typed: object, currency: str, policy: LimitPolicy) -> int:
    bounds = {
        "least": Money(policy.least_minor, currency),
        "most": Money(policy.most_minor, currency),
    }
    try:
        minor = read_sum(typed if isinstance(typed, str) else "", currency)
    except BadSum:
        raise LimitOutside("amount", **bounds) from None
    if not policy.least_minor <= minor <= policy.most_minor:
        raise LimitOutside("amount", **bounds)
    return minor


def _stands(
    session: Session, product: Product, kind: LimitKind, policy: LimitPolicy, now: datetime
) -> tuple[Month, Standing]:
    month = standing.months(session, [product], now)[product.id]
    found = standing.standings(session, [month], policy)[month.id or product.id]
    return month, next(one for one in found if one.kind is kind)


def _choose(
    session: Session,
    actor: Actor,
    product: Product,
    kind: LimitKind,
    minor: int | None,
    *,
    hard: bool,
    policy: LimitPolicy,
    now: datetime,
) -> None:
    stands = _stands(session, product, kind, policy, now)[1]
    had = None if stands.amount is None else stands.amount.minor
    same = (had, stands.hard if had else False) == (minor, hard)
    if same and (stands.chosen_at is not None or minor is None):
        return
    row = session.get(SpendLimit, (product.id, kind), populate_existing=True)
    row = row or SpendLimit(product_id=product.id, kind=kind, set_at=now)
    row.amount_minor, row.hard = minor, hard
    row.set_by, row.set_at = actor.identity_id, now
    session.add(row)
    session.flush()
    said = {"limit": had, "stops": stands.hard}, {"limit": minor, "stops": hard}
    _done(session, actor, product, f"limit.{kind.value}_set", said, policy, now)


def _done(
    session: Session,
    actor: Actor,
    product: Product,
    act: str,
    said: tuple[dict[str, object], dict[str, object]],
    policy: LimitPolicy,
    now: datetime,
) -> None:
    bars.settle(session, product.id, policy=policy, now=now)
    watching.again(session, product.id, now=now)
    record(session, actor, product, act, said, now)
