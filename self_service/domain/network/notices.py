"""What a customer is told by mail about services: written with the change, worded by a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from self_service.domain import outbox
from self_service.domain.messages import Words
from self_service.domain.outbox import EventKind, OpenEvent
from self_service.domain.people import mailbox


class NoticeKind(StrEnum):
    """What happened."""

    SIM_BLOCKED = "sim_blocked"
    SIM_UNBLOCKED = "sim_unblocked"
    SWAP_ASKED = "swap_asked"
    SWAPPED = "swapped"
    SWAP_FAILED = "swap_failed"
    NUMBER_CHANGED = "number_changed"
    PORTING_AGREED = "porting_agreed"
    PORTING_DONE = "porting_done"
    PORTING_REFUSED = "porting_refused"
    PORT_OUT_CODE = "port_out_code"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class ServiceNotice:
    """Something to tell.

    Attributes:
        service: id of the product, "" when it is about none.
        about: a telephone number, a day or a technology, "" for nothing.
    """

    kind: NoticeKind
    customer_id: UUID
    service: str
    about: str


#: Puts a notice into words.
Wording = Callable[[ServiceNotice], Words]


def tell(
    session: Session,
    kind: NoticeKind,
    customer_id: UUID,
    key: object,
    *,
    now: datetime,
    service: UUID | None = None,
    about: str = "",
) -> None:
    """Write that a customer is to be told; the same thing a second time changes nothing.

    Args:
        session: open transaction.
        kind: what.
        customer_id: whom.
        key: what it is about: with `kind`, told once (at most 60 characters).
        now: instant of what happened.
        service: which product.
        about: see `ServiceNotice`.
    """
    outbox.emit(
        session,
        EventKind.SERVICE_NOTICE,
        f"{kind.value} {key}",
        now=now,
        notice=kind.value,
        customer=str(customer_id),
        service=str(service or ""),
        about=about,
    )


def waiting(session: Session) -> tuple[OpenEvent, ...]:
    """List what has to be put into words, the oldest first."""
    return outbox.open_events(session, of=outbox.OF_SERVICES)


def write(session: Session, event: OpenEvent, wording: Wording, *, now: datetime) -> int:
    """Write the letters of a notice, once, whoever else is at it.

    Returns:
        How many: one to each sign-in of the customer; none when nobody signs in for them.
    """
    if not outbox.finish(session, event.id, now=now):
        return 0
    said = event.payload
    customer_id, kind = UUID(said["customer"]), NoticeKind(said["notice"])
    words = wording(ServiceNotice(kind, customer_id, said["service"], said["about"]))
    receivers = mailbox.of_customer(session, customer_id)
    for identity in receivers:
        mailbox.write(session, identity, f"service_{kind.value}", words, now=now)
    return len(receivers)
