"""Commands about coverage: `self-service coverage`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from self_service.console import migrated, operator, operator_time, refusals

coverage_app = typer.Typer(no_args_is_help=True, help="What reaches which address.")


@coverage_app.command("import")
def import_coverage(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")],
) -> None:
    """Read a table of coverage; what is said again is replaced, bad rows are reported.

    Columns: country, postcode_prefix, street, house_from, house_to, technology (fibre, cable, dsl,
    fixed_wireless, tv, 4g, 5g), down_mbps, up_mbps, available_from. Speed 0: not there.
    """
    from self_service.domain.coverage import importing  # noqa: PLC0415

    now = operator_time()
    try:
        with (
            refusals(),
            file.open(encoding="utf-8-sig", newline="") as lines,
            migrated().writing() as session,
        ):
            found = importing.load(session, operator(), lines, now=now)
    except (ValueError, UnicodeDecodeError) as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(1) from None
    for bad in found.bad:
        typer.echo(f"{file}:{bad.line}: {bad.why}", err=True)
    typer.echo(f"{found.rows} rows read, {len(found.bad)} left out")
