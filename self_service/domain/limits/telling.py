"""Telling people what usage reached, and the history of it: customers and staff see the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import outbox
from self_service.domain.access import Actor, grants
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.messages import Words
from self_service.domain.outbox import EventKind, OpenEvent
from self_service.domain.people import mailbox
from self_service.domain.usage.meters import numbers_of
from self_service.models.access import DigitalIdentity, Scope
from self_service.models.base import Texts
from self_service.models.limits import AlertAbout, SpendBar, UsageAlert, UsageAlertTold
from self_service.models.subscriptions import Product
from self_service.models.usage import UsagePeriod
from self_service.money import Money

#: So many of the last alerts are shown.
MOST = 60


class AlertNotice(StrEnum):
    """What people are told."""

    REACHED = "reached"  # a threshold
    NOT_STOPPED = "not_stopped"  # the network refused to stop what costs


@dataclass(frozen=True, slots=True)
class Telling:
    """Something to put into words.

    Attributes:
        name, number: of the product; "" without a number.
        usage_kind, zones: of an allowance.
        limit: None for an allowance.
        hard: the limit stops what costs.
        until: end of the charging month.
    """

    notice: AlertNotice
    product_id: UUID
    name: Texts
    number: str
    about: AlertAbout
    usage_kind: str
    zones: tuple[str, ...]
    threshold: int
    limit: Money | None
    hard: bool
    until: datetime


#: Puts something into words.
Wording = Callable[[Telling], Words]


@dataclass(frozen=True, slots=True)
class Alert:
    """One line of the history.

    Attributes:
        size, used: units of an allowance, or minor units of a limit, when it was noticed.
        wanted: it was to be told; not one that was reached together with a higher one.
        told: to whom, as far as the reader may know; told_at when.
    """

    id: int
    about: AlertAbout
    usage_kind: str
    zones: tuple[str, ...]
    threshold: int
    size: int
    used: int
    currency: str
    hard: bool
    reached_at: datetime
    noticed_at: datetime
    wanted: bool
    told: tuple[str, ...]
    told_at: datetime | None


def tell(session: Session, alerts: Collection[int], *, now: datetime) -> None:
    """Write that people are to be told of alerts, in the transaction that noticed them."""
    said = {str(one): {"notice": AlertNotice.REACHED.value} for one in alerts}
    outbox.emit_all(session, EventKind.USAGE_ALERT, said, now=now)


def not_stopped(session: Session, bar: SpendBar, *, now: datetime) -> None:
    """Write that people are to be told that the network did not stop what costs; once a month."""
    outbox.emit(
        session,
        EventKind.USAGE_ALERT,
        f"{bar.product_id} {bar.kind.value} {bar.until:%Y-%m-%d}",
        now=now,
        notice=AlertNotice.NOT_STOPPED.value,
        product=str(bar.product_id),
        about=bar.kind.value,
        until=bar.until.isoformat(),
    )


def waiting(session: Session) -> tuple[OpenEvent, ...]:
    """List what has to be put into words, the oldest first."""
    return outbox.open_events(session, of=outbox.OF_ALERTS)


def write(session: Session, event: OpenEvent, wording: Wording, *, now: datetime) -> int:
    """Write the letters of an alert, once, whoever else is at it.

    Returns:
        How many: one to each sign-in of the customer; none when nobody signs in for them.
    """
    if not outbox.finish(session, event.id, now=now):
        return 0
    alert, said = _said(session, event)
    if said is None:
        return 0
    customer_id = session.get_one(Product, said.product_id).customer_id
    receivers = mailbox.of_customer(session, customer_id)
    words = wording(said)
    for identity in receivers:
        mailbox.write(session, identity, "usage_alert", words, now=now)
        if alert is not None and alert.id is not None:
            session.add(UsageAlertTold(alert_id=alert.id, identity_id=identity.id, told_at=now))
    session.flush()
    return len(receivers)


def history(
    session: Session, actor: Actor, product_id: object, *, now: datetime
) -> tuple[Alert, ...]:
    """List the last alerts about a product, the newest first, by two statements.

    Raises:
        NotFound: nothing that this actor may see.
    """
    found = as_id(product_id)
    if not grants.allowed(session, actor, found, Scope.VIEW, now=now):
        raise NotFound
    product = session.get_one(Product, found)
    rows = session.exec(
        select(UsageAlert)
        .where(UsageAlert.product_id == found)
        .order_by(col(UsageAlert.id).desc())
        .limit(MOST)
    ).all()
    told: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for alert_id, login, at in session.execute(
        select(UsageAlertTold.alert_id, DigitalIdentity.login, UsageAlertTold.told_at)
        .join(DigitalIdentity, DigitalIdentity.id == UsageAlertTold.identity_id)
        .where(col(UsageAlertTold.alert_id).in_([row.id for row in rows]))
        .order_by(DigitalIdentity.login)
    ):
        told[alert_id].append((login, at))
    whole = actor.customer_id == product.customer_id
    return tuple(_alert(row, told[row.id or 0], product.currency, whole=whole) for row in rows)


def _alert(
    row: UsageAlert, told: list[tuple[str, datetime]], currency: str, *, whole: bool
) -> Alert:
    return Alert(
        id=row.id or 0,
        about=row.about,
        usage_kind=row.usage_kind,
        zones=tuple(row.zones.split(",")) if row.zones else (),
        threshold=row.threshold,
        size=row.size,
        used=row.used,
        currency=currency,
        hard=row.hard,
        reached_at=row.reached_at,
        noticed_at=row.noticed_at,
        wanted=row.told,
        # with whom something is shared need not know by what others sign in
        told=tuple(login for login, _ in told) if whole else (),
        told_at=told[0][1] if told else None,
    )


def _said(session: Session, event: OpenEvent) -> tuple[UsageAlert | None, Telling | None]:
    """Read what an event tells of; nothing when it was forgotten meanwhile."""
    said = event.payload
    if said["notice"] == AlertNotice.NOT_STOPPED:
        product = session.get(Product, UUID(said["product"]))
        return None, None if product is None else _refused(session, product, said)
    alert = session.get(UsageAlert, int(event.key))
    return alert, None if alert is None else _reached(session, alert)


def _refused(session: Session, product: Product, said: Mapping[str, str]) -> Telling:
    return Telling(
        notice=AlertNotice.NOT_STOPPED,
        product_id=product.id,
        name=product.name,
        number=numbers_of(session, [product]).get(product.id, ""),
        about=AlertAbout(said["about"]),
        usage_kind="",
        zones=(),
        threshold=100,
        limit=None,
        hard=True,
        until=datetime.fromisoformat(said["until"]),
    )


def _reached(session: Session, alert: UsageAlert) -> Telling:
    product = session.get_one(Product, alert.product_id)
    of_limit = alert.about is not AlertAbout.ALLOWANCE
    return Telling(
        notice=AlertNotice.REACHED,
        product_id=product.id,
        name=product.name,
        number=numbers_of(session, [product]).get(product.id, ""),
        about=alert.about,
        usage_kind=alert.usage_kind,
        zones=tuple(alert.zones.split(",")),
        threshold=alert.threshold,
        limit=Money(alert.size, product.currency) if of_limit else None,
        hard=alert.hard,
        until=session.get_one(UsagePeriod, alert.period_id).ends_at,
    )
