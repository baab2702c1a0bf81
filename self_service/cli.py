"""The command line: one more door into the same domain functions. The clock is read here."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from self_service.db import Database
    from self_service.domain.intake.drafts import Fault
    from self_service.domain.intake.importing import ImportReport

app = typer.Typer(no_args_is_help=True, help="Self Service, from the command line.")
catalog_app = typer.Typer(no_args_is_help=True, help="What is on sale.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(catalog_app, name="catalog")
app.add_typer(db_app, name="db")

#: Exit code of a refusal, as of a wrong option.
REFUSED = 2
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
        with _refusals(), _progress() as advance, _migrated().writing() as session:
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

    with _refusals(), _migrated().writing() as session:
        seed_demo(session, now=clock.now(), hash_password=hash_password)
    for person in DEMO_SIGN_INS:
        typer.echo(f"{person.login}  {person.password}  {person.description}")


def _migrated() -> Database:
    from self_service import migrate, settings, wiring  # noqa: PLC0415

    found = wiring.database()
    migrate.upgrade(settings.get().database_url)
    return found


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Say a refusal in one line and stop; everything else is a bug and shows as one."""
    from self_service.domain.errors import DomainError  # noqa: PLC0415

    try:
        yield
    except DomainError as refusal:
        _refuse(f"{refusal.message.format_map(refusal.data)} Nothing was changed.")


def _refuse(line: str) -> NoReturn:
    typer.echo(" ".join(line.split()), err=True)
    raise typer.Exit(REFUSED)


@contextlib.contextmanager
def _output(path: Path) -> Iterator[TextIO]:
    """Open the list of faults before anything is imported: a bad name is told in time."""
    try:
        stream = path.open("w", newline="", encoding="utf-8")
    except OSError:
        _refuse(f"{path} cannot be written. Nothing was changed.")
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
