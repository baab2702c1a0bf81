"""The job that turns a paid order into active subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service import policy
from self_service.db import Database
from self_service.domain.fulfilment import work as fulfilment
from self_service.models.subscriptions import ResourceKind
from self_service.ports import Job, JobStep

#: Name of the job; its only argument is the order's id.
FULFIL = "fulfil"


def fulfilment_job(database: Database, clock: Callable[[], datetime], *, pause: float = 0.0) -> Job:
    """Return the job.

    Args:
        database: where the orders are.
        clock: returns the current instant, aware.
        pause: seconds between two steps, so that people can watch the timeline move.
    """

    def step(name: str, work: Callable[..., bool], *given: ResourceKind) -> JobStep:
        def run(order_id: str) -> bool:
            with database.writing() as session:
                return _call(session, work, UUID(order_id), given, clock())

        return JobStep(name, run)

    return Job(
        FULFIL,
        (
            step("prepare", fulfilment.prepare),
            step("numbers", fulfilment.allocate, ResourceKind.MSISDN),
            step("sims", fulfilment.allocate, ResourceKind.ICCID),
            step("goods", fulfilment.allocate, ResourceKind.SERIAL),
            step("activate", fulfilment.activate),
            step("complete", _complete),
        ),
        pause,
    )


def _complete(session: Session, order_id: UUID, *, now: datetime) -> bool:
    return fulfilment.complete(session, order_id, now=now, policy=policy.current().bills)


def _call(
    session: Session,
    work: Callable[..., bool],
    order_id: UUID,
    given: tuple[ResourceKind, ...],
    now: datetime,
) -> bool:
    return work(session, order_id, *given, now=now)
