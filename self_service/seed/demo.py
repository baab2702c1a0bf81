"""Seeding, step by step. A step finds out by itself what is there already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from self_service.domain.intake.importing import ImportReport, import_file
from self_service.seed.people import seed_people
from self_service.seed.resources import seed_resources

CATALOG = Path(__file__).parent / "catalog"


class BadSeed(RuntimeError):
    """A catalogue file of ours cannot be used as it is: a bug of the release."""


def seed_demo(session: Session, *, now: datetime, hash_password: Callable[[str], str]) -> None:
    """Load the demo operator, or what of it is missing.

    Args:
        session: open transaction.
        now: instant of seeding; what the demo's customers bought lies before it.
        hash_password: takes a tenth of a second a call, four calls on an empty database.

    Raises:
        BadSeed: nothing was kept once the transaction is given up.
    """
    seed_catalog(session, now=now)
    seed_resources(session)
    seed_people(session, now=now, hash_password=hash_password)


def seed_catalog(session: Session, *, now: datetime) -> tuple[ImportReport, ...]:
    """Import the demo operator's files in their order; unchanged ones change nothing.

    Raises:
        BadSeed: one of them has a fault.
    """
    reports = []
    for file in sorted(CATALOG.glob("*.json")):
        report = import_file(session, file, now=now)
        if report.faults:
            raise BadSeed(f"{file.name}: {report.faults[0]}")
        reports.append(report)
    return tuple(reports)
