"""The command line: one more door into the same domain functions. The clock is read here."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from self_service.console import (
    change_staff,
    migrated,
    operator,
    operator_time,
    refusals,
    refuse,
)

if TYPE_CHECKING:
    from self_service.domain.intake.drafts import Fault
    from self_service.domain.intake.importing import ImportReport

app = typer.Typer(no_args_is_help=True, help="Self Service, from the command line.")
catalog_app = typer.Typer(no_args_is_help=True, help="What is on sale.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
staff_app = typer.Typer(no_args_is_help=True, help="Who works here.")
audit_app = typer.Typer(no_args_is_help=True, help="The record of who did what.")
app.add_typer(catalog_app, name="catalog")
app.add_typer(db_app, name="db")
app.add_typer(staff_app, name="staff")
app.add_typer(audit_app, name="audit")

_ROLES = "dealer, dealer_supervisor, representative or administrator."
#: Faults shown on the screen; the rest is counted.
_SHOWN = 20
_STEPS = {"read": "Reading", "write": "Writing"}
_COLUMNS = ("place", "field", "reason", "value", "left out")


@catalog_app.command("import")
def import_catalog(
    file: Annotated[Path, typer.Argument(help="TMF620 catalogue (JSON) or handset list (CSV).")],
    faults: Annotated[
        Path | None, typer.Option(help="Write all that could not be used to this CSV file.")
    ] = None,
) -> None:
    """Bring the catalogue to what FILE says. A second time changes nothing."""
    from self_service import clock, settings  # noqa: PLC0415  (help answers without the domain)
    from self_service.domain.intake.importing import import_file  # noqa: PLC0415

    with contextlib.ExitStack() as opened:
        listed = opened.enter_context(_output(faults)) if faults else None
        with refusals(), _progress() as advance, migrated().writing() as session:
            report = import_file(
                session,
                file,
                now=clock.now(),
                currency=settings.get().currency,
                progress=advance,
            )
        _show(report)
        if listed is not None:
            _list(report.faults, listed)


@db_app.command("migrate")
def migrate_database() -> None:
    """Bring the database to the newest schema."""
    from self_service import migrate, settings  # noqa: PLC0415

    settings.get().var.mkdir(parents=True, exist_ok=True)
    moved = migrate.upgrade(settings.get().database_url)
    typer.echo("The database is up to date." if moved else "There was nothing to do.")


@app.command("seed")
def seed() -> None:
    """Load the demo operator, or what of it is missing."""
    from self_service import clock  # noqa: PLC0415
    from self_service.domain.people.passwords import hash_password  # noqa: PLC0415
    from self_service.seed import DEMO_SIGN_INS, seed_demo  # noqa: PLC0415

    with refusals(), migrated().writing() as session:
        seed_demo(session, now=clock.now(), hash_password=hash_password)
    for person in DEMO_SIGN_INS:
        typer.echo(f"{person.login}  {person.password}  {person.description}")


@staff_app.command("list")
def list_staff() -> None:
    """List everybody who works here."""
    from self_service.domain.people import staff_list  # noqa: PLC0415

    table = Table("login", "name", "role", "supervisor", "state", "customers", box=None)
    with refusals(), migrated().reading() as session:
        members = staff_list.members(session, operator(), now=operator_time())
    for row in members:
        state = "no access" if row.disabled else "invited" if row.invited else "active"
        names = ", ".join(customer.name for customer in row.customers)
        cells = (row.login, row.name, row.role.value, row.supervisor, state, names)
        table.add_row(*map(Text, cells))
    Console().print(table)


@staff_app.command("add")
def add_staff(
    email: str,
    given_name: str,
    family_name: str,
    role: Annotated[str, typer.Option(help=_ROLES)],
    supervisor: Annotated[str, typer.Option(help="Login of a dealer's supervisor.")] = "",
) -> None:
    """Add somebody, who gets a mail with a link to choose a password."""
    from self_service import i18n, letters  # noqa: PLC0415

    form = {"email": email, "given_name": given_name, "family_name": family_name, "role": role}
    change_staff(
        "add",
        supervisor=supervisor,
        form=form,
        words=letters.reset_password,
        language=i18n.DEFAULT,
    )


@staff_app.command("role")
def change_role(
    login: str,
    role: Annotated[str, typer.Argument(help=_ROLES)],
    supervisor: Annotated[str, typer.Option(help="Login of a dealer's supervisor.")] = "",
) -> None:
    """Give somebody another role; all their sessions end."""
    change_staff("change_role", login, supervisor=supervisor, role=role)


@staff_app.command("disable")
def disable_staff(login: str) -> None:
    """Lock somebody out at once."""
    change_staff("disable", login)


@staff_app.command("enable")
def enable_staff(login: str) -> None:
    """Let somebody in again."""
    change_staff("enable", login)


@app.command("assign")
def assign(dealer: str, customer: str) -> None:
    """Let DEALER (a login) serve CUSTOMER (a login or an order number)."""
    change_staff("assign", dealer, customer=customer)


@audit_app.command("verify")
def verify_audit() -> None:
    """Check that the record is whole."""
    from self_service.domain import audit  # noqa: PLC0415

    with migrated().reading() as session:
        number = audit.broken(session)
    if number is not None:
        typer.echo(f"The record was tampered with: entry {number}.", err=True)
        raise typer.Exit(1)
    typer.echo("The record is whole.")


@contextlib.contextmanager
def _output(path: Path) -> Iterator[TextIO]:
    """Open the list of faults before anything is imported: a bad name is told in time."""
    try:
        stream = path.open("w", newline="", encoding="utf-8")
    except OSError:
        refuse(f"{path} cannot be written. Nothing was changed.")
    with stream:
        yield stream


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far the import is, on a terminal; the bar goes when it is done."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        tasks: dict[str, TaskID] = {}

        def advance(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(_STEPS[step], total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield advance


def _show(report: ImportReport) -> None:
    console = Console()
    summary = Table("", "new", "changed", "as before", box=None)
    for name, counts in (
        ("categories", report.categories),
        ("specifications", report.specifications),
        ("offerings", report.offerings),
    ):
        figures = (counts.created, counts.updated, counts.unchanged)
        summary.add_row(name, *(f"{figure:,}" for figure in figures))
    console.print(summary)
    if not report.faults:
        return
    left_out = sum(fault.fatal for fault in report.faults)
    console.print(f"\n{len(report.faults):,} faults, {left_out:,} entries left out:")
    table = Table(*_COLUMNS[:-1], box=None)
    for fault in report.faults[:_SHOWN]:
        table.add_row(*(Text(cell) for cell in _cells(fault)))
    console.print(table)
    if len(report.faults) > _SHOWN:
        console.print(f"... and {len(report.faults) - _SHOWN:,} more; --faults FILE lists all.")


def _list(faults: tuple[Fault, ...], stream: TextIO) -> None:
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for fault in faults:
        writer.writerow([*map(_inert, _cells(fault)), "yes" if fault.fatal else "no"])


def _cells(fault: Fault) -> tuple[str, str, str, str]:
    reason = fault.reason.format_map(fault.data)
    return fault.place, fault.field, reason, fault.value


def _inert(cell: str) -> str:
    """Keep a spreadsheet from taking what stood in a foreign file for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
