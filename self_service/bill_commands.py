"""Commands about bills, taxes and the ledger: `self-service bills`, `taxes`, `ledger`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from self_service.console import migrated, operator, operator_time, refusals, refuse

if TYPE_CHECKING:
    from uuid import UUID

    from sqlmodel import Session

    from self_service.domain.bills.drafting import Draft
    from self_service.domain.policy import BillPolicy

bills_app = typer.Typer(no_args_is_help=True, help="Bills: made, looked at beforehand.")
taxes_app = typer.Typer(no_args_is_help=True, help="Rates of tax.")
ledger_app = typer.Typer(no_args_is_help=True, help="The books.")

AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="All that falls due until the end of this day."),
]


@bills_app.command("run")
def run_bills(
    cycle: Annotated[str, typer.Option(help="Name of the billing cycle.")] = "monthly",
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="By another day than today.")
    ] = None,
    chunk: Annotated[int, typer.Option(min=1, help="Accounts in one transaction.")] = 1_000,
) -> None:
    """Make all bills of a cycle that are due. It happens hourly; a second time finds nothing.

    Stopped half-way, it goes on where it was; started several times, the runs share the work.
    """
    from self_service.jobs.billing import bill_cycle  # noqa: PLC0415

    now = operator_time()
    with refusals(), _progress() as (started, progress):
        tally = bill_cycle(
            migrated(),
            cycle,
            as_of=_day(as_of) if as_of else now,
            now=now,
            chunk=chunk,
            started=started,
            progress=progress,
        )
    if tally is None:
        typer.echo("No bill is due.")
        return
    typer.echo(f"Bills: {tally.bills:,}. Accounts left out: {len(tally.refused):,}.")
    if tally.refused:
        raise typer.Exit(1)


@bills_app.command("preview")
def preview_bill(account: str, as_of: AsOf = None) -> None:
    """Show the bill that ACCOUNT (its number) would get. Nothing is changed."""
    from self_service.domain.bills import preview  # noqa: PLC0415

    now = operator_time()
    with refusals(), migrated().reading() as session:
        found = preview.preview(
            session,
            operator(),
            as_of=_end(as_of, now),
            now=now,
            policy=_policy(),
            account_id=_account(session, account),
        )
    _show(found)


@bills_app.command("bill")
def bill_account(account: str, as_of: AsOf = None) -> None:
    """Make a bill for ACCOUNT (its number) now, off its cycle."""
    from self_service.domain.bills import preview, writing  # noqa: PLC0415

    now = operator_time()
    with refusals(), migrated().writing() as session:
        until = _end(as_of, now)
        preview.limited(until, now)
        found = _account(session, account)
        made = writing.bill_now(session, found, as_of=until, now=now, policy=_policy())
        number = made.number if made else ""
    typer.echo(f"Bill {number} was made." if number else "There was nothing to bill.")


@bills_app.command("adopt")
def adopt() -> None:
    """Take over what ran before there were bills. An upgrade does it; a second time does nothing.

    What was paid for orders under way becomes credit, and running products are charged from their
    next charge on. Run it when an upgrade was interrupted.
    """
    from self_service import upgrading  # noqa: PLC0415

    payments, products = upgrading.adopt(migrated())
    typer.echo(f"Payments: {payments:,}. Products: {products:,}.")


@taxes_app.command("set")
def set_tax(
    country: Annotated[str, typer.Argument(help="Two letters, for example DE.")],
    percent: Annotated[str, typer.Argument(help="For example 19 or 7.5.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")],
    category: Annotated[str, typer.Option(help="S, Z, E, AE or O (EN 16931).")] = "S",
) -> None:
    """Let another rate of tax hold from a day on. Prices stay as they are: tax is part of them."""
    from decimal import Decimal, InvalidOperation  # noqa: PLC0415

    from self_service.domain.bills import taxes  # noqa: PLC0415
    from self_service.models.bills import TaxCategory  # noqa: PLC0415

    try:
        rate_bp = Decimal(percent) * 100
        kind = TaxCategory(category.upper())
        whole = int(rate_bp.to_integral_exact())
    except (InvalidOperation, ValueError, OverflowError):
        refuse("Give the rate as a number and one of S, Z, E, AE, O. Nothing was changed.")
    if whole != rate_bp or len(country) != 2:
        refuse("A rate has two decimals at most, a country two letters. Nothing was changed.")
    with refusals(), migrated().writing() as session:
        taxes.set_rate(
            session,
            operator(),
            country=country.upper(),
            category=kind,
            rate_bp=whole,
            since=since.date(),
            now=operator_time(),
        )
    typer.echo("Done.")


@taxes_app.callback()
def _taxes() -> None:
    """Keep "set" a command of its own: there may be others."""


@ledger_app.command("verify")
def verify_ledger() -> None:
    """Check that the books add up: every rule, and what breaks it."""
    from self_service.domain.ledger import verifying  # noqa: PLC0415

    with migrated().reading() as session:
        findings = verifying.verify(session)
    table = Table("rule", "", "what it says", box=None)
    broken = {finding.check for finding in findings}
    for name, says in verifying.rules():
        table.add_row(name, "BROKEN" if name in broken else "ok", Text(says))
    Console().print(table)
    for finding in findings:
        typer.echo(f"{finding.check}: {finding.subject}", err=True)
    if findings:
        raise typer.Exit(1)


@ledger_app.callback()
def _ledger() -> None:
    """Keep "verify" a command of its own: there may be others."""


def _account(session: Session, number: str) -> UUID:
    from sqlmodel import select  # noqa: PLC0415

    from self_service.models.bills import BillingAccount  # noqa: PLC0415

    mine = select(BillingAccount.id).where(BillingAccount.number == number)
    found = session.exec(mine).first()
    if found is None:
        refuse(f"There is no account {number}. Nothing was changed.")
    return found


def _policy() -> BillPolicy:
    from self_service import policy  # noqa: PLC0415

    return policy.current().bills


def _day(as_of: datetime) -> datetime:
    """Return the first instant of a day that was typed, in the operator's zone."""
    from self_service import clock  # noqa: PLC0415

    return as_of.replace(tzinfo=clock.zone()).astimezone(UTC)


def _end(as_of: datetime | None, now: datetime) -> datetime:
    """Return the last instant of a day that was typed; now when none was."""
    from datetime import timedelta  # noqa: PLC0415

    return now if as_of is None else _day(as_of + timedelta(days=1)) - timedelta(microseconds=1)


def _show(found: Draft) -> None:
    table = Table("", "from", "until", "sum", box=None)
    for line in found.lines:
        texts = line.texts
        dates = (f"{at:%Y-%m-%d}" if at else "" for at in (line.period_start, line.period_end))
        name = texts.get("en") or next(iter(texts.values()), "")
        table.add_row(Text(name), *dates, found.money(line.gross_minor).display("en"))
    console = Console()
    console.print(table)
    for item in found.taxes:
        rate, sum_ = item.rate_bp / 100, found.money(item.tax_minor).display("en")
        console.print(f"Tax {item.category.value} {rate:g} %: {sum_}")
    console.print(f"Total: {found.gross.display('en')}. To pay: {found.to_pay.display('en')}.")


@contextlib.contextmanager
def _progress() -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """Show how far a run is, on a terminal; the bar goes when it is done."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("Billing"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    tasks: list[TaskID] = []
    with bar:
        yield (
            lambda accounts: tasks.append(bar.add_task("bills", total=accounts)),
            lambda done: bar.update(tasks[0], advance=done),
        )
