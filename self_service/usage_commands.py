"""The command line's part about usage: files of records, what was set aside, rating anew."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from self_service.console import migrated, operator, operator_time, refusals, refuse, vault

if TYPE_CHECKING:
    from self_service.db import Database
    from self_service.domain.usage.intake import Line, Taken

usage_app = typer.Typer(no_args_is_help=True, help="Usage: records, and what they cost.")
sender_app = typer.Typer(no_args_is_help=True, help="Systems that send usage records.")
usage_app.add_typer(sender_app, name="sender")

#: Faults shown on the screen; all of them are kept.
_SHOWN = 20


@usage_app.command("import")
def import_usage(
    file: Annotated[Path, typer.Argument(help="CSV with a header, or a JSON object a line.")],
    source: Annotated[str, typer.Option(help="Who made the records: their ids are its own.")] = "",
) -> None:
    """Take usage records (TMF635 Usage), then rate them. A second time changes nothing."""
    from self_service.domain.usage import intake, partners  # noqa: PLC0415

    now = operator_time()
    with refusals():
        named = partners.source_name(source or file.stem[: partners.NAME_MOST])
        database = migrated()
        taken = intake.deliver(database.writing, named, _lines(file), name=file.name, now=now)
    _show(taken)
    _rate(database)


@usage_app.command("rerate")
def rerate(
    number: Annotated[str, typer.Argument(help="Telephone number (+49...) or id of a product.")],
) -> None:
    """Rate all kept records of a number anew; what a bill has already becomes a difference."""
    from self_service.domain.usage import course  # noqa: PLC0415

    database = migrated()
    with refusals(), database.writing() as session:
        months = course.again(session, number)
    typer.echo(f"Periods to rate anew: {months}")
    _rate(database)


@usage_app.command("rejected")
def list_rejected(
    after: Annotated[int, typer.Option(help="Go on after this number.")] = 0,
) -> None:
    """List rows that were set aside, with the reason."""
    from self_service.domain.usage import rejected, shape  # noqa: PLC0415

    with refusals(), migrated().reading() as session:
        rows = rejected.set_aside(session, operator(), after=after)
    table = Table("no.", "source", "line", "field", "reason", "row", box=None)
    for row in rows:
        why = shape.REASONS.get(row.reason, row.reason)
        cells = (str(row.id), row.source, str(row.line), row.field, why, row.content[:60])
        table.add_row(*map(Text, cells))
    Console().print(table)


@usage_app.command("recycle")
def recycle(
    numbers: Annotated[list[int] | None, typer.Argument(help="From the list; all without.")] = None,
) -> None:
    """Take rows again that were set aside: what was at fault may be right now."""
    from self_service.domain.usage import rejected  # noqa: PLC0415

    database = migrated()
    with refusals(), database.writing() as session:
        taken = rejected.recycle(session, operator(), ids=numbers or (), now=operator_time())
    _show(taken)
    _rate(database)


@sender_app.command("add")
def add_sender(name: str) -> None:
    """Let a system send records over the network; prints its key, this once."""
    from self_service.domain.usage import partners  # noqa: PLC0415

    with refusals(), migrated().writing() as session:
        key = partners.add(session, operator(), name, vault=vault(), now=operator_time())
    typer.echo(key)


@sender_app.command("close")
def close_sender(name: str) -> None:
    """End a system's access; what it sent stays."""
    from self_service.domain.usage import partners  # noqa: PLC0415

    with refusals(), migrated().writing() as session:
        partners.close(session, operator(), name, now=operator_time())
    typer.echo("Done.")


def _lines(file: Path) -> Iterator[Line]:
    from self_service.domain.usage import intake  # noqa: PLC0415

    csv.field_size_limit(1_000_000)
    try:
        stream = file.open(newline="", encoding="utf-8-sig", errors="replace")
    except OSError:
        refuse(f"{file} cannot be read. Nothing was changed.")
    with stream:
        first = stream.read(1)
        stream.seek(0)
        yield from intake.json_lines(stream) if first == "{" else intake.csv_lines(stream)


def _show(taken: Taken) -> None:
    typer.echo(
        f"Rows: {taken.read}, taken: {taken.taken}, were there: {taken.repeated}, "
        f"set aside: {taken.rejected}"
    )
    for fault in taken.faults[:_SHOWN]:
        name = f" {fault.field}" if fault.field else ""
        typer.echo(f"line {fault.line}:{name} {fault.reason}", err=True)
    if len(taken.faults) > _SHOWN:
        typer.echo("More: self-service usage rejected", err=True)


def _rate(database: Database) -> None:
    from self_service.jobs import usage  # noqa: PLC0415

    now = operator_time()
    records = usage.rate_all(database, now=now)
    usage.hand_over_all(database, now=now)
    typer.echo(f"Records rated: {records}")
