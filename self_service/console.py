"""What commands share: the database, refusals in one line, and who stands at the machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

import typer

if TYPE_CHECKING:
    from self_service.db import Database
    from self_service.domain.access import Actor
    from self_service.domain.people.sealing import Vault

#: Exit code of a refusal, as of a wrong option.
REFUSED = 2


def migrated() -> Database:
    """Return the database, brought to the newest schema."""
    from self_service import settings, upgrading, wiring  # noqa: PLC0415

    found = wiring.database()
    upgrading.upgrade(settings.get().database_url)
    return found


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Say a refusal in one line and stop; everything else is a bug and shows as one."""
    from self_service.domain.errors import DomainError, Invalid  # noqa: PLC0415

    try:
        yield
    except Invalid as invalid:
        told = [f"{name}: {text.format_map(data)}" for name, (text, data) in invalid.faults.items()]
        refuse(f"{' '.join(told)} Nothing was changed.")
    except DomainError as refusal:
        refuse(f"{refusal.message.format_map(refusal.data)} Nothing was changed.")


def refuse(line: str) -> NoReturn:
    """Say one line and stop."""
    typer.echo(" ".join(line.split()), err=True)
    raise typer.Exit(REFUSED)


def operator_time() -> datetime:
    """Read the clock."""
    from self_service import clock  # noqa: PLC0415

    return clock.now()


def clock_zone() -> tzinfo:
    """Return the operator's time zone, in which days and times are typed."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from self_service import settings  # noqa: PLC0415

    return ZoneInfo(settings.get().time_zone)


def operator() -> Actor:
    """Return who types commands: whoever may use the machine may administer the portal."""
    from self_service.domain.access import Actor  # noqa: PLC0415
    from self_service.models.access import Role  # noqa: PLC0415

    return Actor(
        Role.ADMINISTRATOR,
        identity_id=UUID(int=0),  # nobody's account
        full_name="Command line",
        confirmed_at=operator_time(),
    )


def vault() -> Vault:
    """Return what seals and opens secrets that are kept."""
    from self_service import wiring  # noqa: PLC0415

    return wiring.vault()


def change_staff(act: str, login: str = "", *, supervisor: str = "", **values: Any) -> None:
    """Run an act of the staff's administration, people named by their logins.

    Args:
        act: name of a function of `domain.people.staff` or `assignments`.
        login: of whoever it is about, "" for somebody new.
        supervisor: login, "" for none.
        **values: for the function.
    """
    from self_service.domain.people import assignments, staff  # noqa: PLC0415

    work = assignments.assign if act == "assign" else getattr(staff, act)
    with refusals(), migrated().writing() as session:
        if login:
            values["member_id"] = staff.find(session, login)
        boss = str(staff.find(session, supervisor)) if supervisor else ""
        if act == "add":
            values["form"] = {**values["form"], "supervisor": boss}
        if act == "change_role":
            values["supervisor"] = boss
        work(session, operator(), now=operator_time(), **values)
    typer.echo("Done.")
