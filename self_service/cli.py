"""The command line: one more door into the same domain functions. The clock is read here."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from self_service.bill_commands import bills_app, ledger_app, taxes_app
from self_service.console import (
    change_staff,
    clock_zone,
    migrated,
    operator,
    operator_time,
    refusals,
    refuse,
)
from self_service.coverage_commands import coverage_app
from self_service.promotion_commands import promotions_app
from self_service.usage_commands import usage_app
from self_service.voucher_commands import vouchers_app

if TYPE_CHECKING:
    from self_service.domain.intake.drafts import Fault
    from self_service.domain.intake.importing import ImportReport

app = typer.Typer(no_args_is_help=True, help="Self Service, from the command line.")
catalog_app = typer.Typer(no_args_is_help=True, help="What is on sale.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
staff_app = typer.Typer(no_args_is_help=True, help="Who works here.")
people_app = typer.Typer(no_args_is_help=True, help="Help with somebody's sign-in.")
audit_app = typer.Typer(no_args_is_help=True, help="The record of who did what.")
app.add_typer(catalog_app, name="catalog")
app.add_typer(db_app, name="db")
app.add_typer(staff_app, name="staff")
app.add_typer(people_app, name="people")
app.add_typer(audit_app, name="audit")
app.add_typer(bills_app, name="bills")
app.add_typer(taxes_app, name="taxes")
app.add_typer(promotions_app, name="promotions")
app.add_typer(ledger_app, name="ledger")
dunning_app = typer.Typer(no_args_is_help=True, help="Debts: reminders, and due dates.")
app.add_typer(dunning_app, name="dunning")
app.add_typer(vouchers_app, name="vouchers")
app.add_typer(usage_app, name="usage")
app.add_typer(coverage_app, name="coverage")
retention_app = typer.Typer(no_args_is_help=True, help="Data of those who left.")
app.add_typer(retention_app, name="retention")

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
    from self_service import settings, upgrading  # noqa: PLC0415

    settings.get().var.mkdir(parents=True, exist_ok=True)
    moved = upgrading.upgrade(settings.get().database_url)
    typer.echo("The database is up to date." if moved else "There was nothing to do.")


@app.command("seed")
def seed() -> None:
    """Load the demo operator, or what of it is missing."""
    from self_service import demo  # noqa: PLC0415
    from self_service.seed import DEMO_SIGN_INS  # noqa: PLC0415

    with refusals():
        migrated()
        demo.load()
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
        words=letters.staff_invitation,
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


@staff_app.command("invite")
def invite_staff(login: str) -> None:
    """Send the link to choose a first password again."""
    from self_service import letters  # noqa: PLC0415

    change_staff("invite_again", login, words=letters.staff_invitation)


@people_app.command("sign-out")
def sign_out(
    login: Annotated[str, typer.Argument(help="Of staff or of a customer; all = everybody.")],
) -> None:
    """End the sessions of somebody, or of everybody, at once."""
    from self_service.domain.people import account_help  # noqa: PLC0415

    now = operator_time()
    with refusals(), migrated().writing() as session:
        if login == "all":
            ended = account_help.end_all_sessions(session, operator(), now=now)
        else:
            whose = account_help.find(session, login)
            ended = account_help.end_sessions(session, operator(), whose=whose, now=now)
    typer.echo(f"Sessions ended: {ended}")


@people_app.command("remove-factor")
def remove_factor(login: str) -> None:
    """Remove the authenticator app of somebody who lost it; a mail tells them."""
    from self_service import letters  # noqa: PLC0415
    from self_service.domain.people import account_help  # noqa: PLC0415

    now = operator_time()
    with refusals(), migrated().writing() as session:
        whose, words = account_help.find(session, login), letters.second_factor_removed
        account_help.turn_off_second_factor(session, operator(), whose=whose, told=words, now=now)
    typer.echo("Removed.")


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


@dunning_app.command("run")
def run_dunning(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="By another day than today.")
    ] = None,
) -> None:
    """Take every step of dunning that is due, and write its letters. It happens by itself, too.

    A day that is still to come is refused: what is done for a debt cannot be taken back.
    """
    from self_service import policy  # noqa: PLC0415
    from self_service.jobs import dunning  # noqa: PLC0415

    now = as_of.replace(tzinfo=clock_zone()) if as_of else operator_time()
    if now > operator_time():
        refuse("This day is still to come. Nothing was changed.")
    database = migrated()
    done = dunning.run(database, policy.current().bills, now=now)
    for name, count in sorted(done.items()):
        typer.echo(f"{name}: {count}")
    typer.echo(f"Letters: {dunning.write_letters(database, now=now)}")


@dunning_app.command("relief")
def relieve(
    began: Annotated[datetime, typer.Option("--from", help="When the portal went away.")],
    ended: Annotated[datetime, typer.Option("--until", help="When it was back.")],
) -> None:
    """Move due dates on after an outage, in the operator's time. Longer gaps are found alone."""
    from self_service.domain.debts import relief  # noqa: PLC0415

    zone = clock_zone()
    span = {"began": began.replace(tzinfo=zone), "ended": ended.replace(tzinfo=zone)}
    with refusals(), migrated().writing() as session:
        done = relief.relieve(session, **span, now=operator_time())
    typer.echo(
        f"Moved: {done.bills} bills, {done.instalments} instalments, {done.cases} reminders."
    )


@retention_app.callback()
def _retention() -> None:
    """Keep "run" a command of its own: there may be others."""


@retention_app.command("run")
def run_retention(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="By another day than today.")
    ] = None,
) -> None:
    """Delete what was kept of those who left and need not be kept any more. It happens daily.

    With a day that is still to come it only says how many there will be.
    """
    from self_service import settings  # noqa: PLC0415
    from self_service.domain.people import retention  # noqa: PLC0415

    now = as_of.replace(tzinfo=UTC) if as_of else operator_time()
    years, database = settings.get().retention_years, migrated()
    if now > operator_time():  # the law holds them until then: only told
        with database.reading() as session:
            found = len(retention.due(session, years=years, as_of=now, most=1_000_000))
        typer.echo(f"Customers whose data will be due by then: {found}. Nothing was changed.")
        return
    done, last = 0, retention.BATCH
    while last == retention.BATCH:
        with database.writing() as session:
            last = retention.run(session, years=years, now=now)
        done += last
    typer.echo(f"Customers whose data were deleted: {done}")


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
