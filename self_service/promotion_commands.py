"""Commands about promotion codes: `self-service promotions`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from self_service.console import migrated, operator, operator_time, refusals

promotions_app = typer.Typer(no_args_is_help=True, help="Promotion codes.")

_DAY = ["%Y-%m-%d"]
_EFFECTS = "recurringPercent, recurringAmount, oneTimePercent or oneTimeAmount."


@promotions_app.command("list")
def list_promotions() -> None:
    """List all codes, the latest first."""
    from self_service.domain.promotions import desk  # noqa: PLC0415

    with refusals(), migrated().reading() as session:
        found = desk.listing(session, operator(), now=operator_time())
    table = Table("code", "lowers", "uses", "at most", "from", "until", "state", box=None)
    for one in found:
        state = "over" if one.over else "running" if one.running else "planned"
        until = one.valid_to.isoformat(timespec="minutes") if one.valid_to else ""
        most = f"{one.most_uses:,}" if one.most_uses else ""
        since = one.valid_from.isoformat(timespec="minutes")
        cells = (one.what.code, one.what.effect.value, f"{one.uses:,}", most, since, until, state)
        table.add_row(*map(Text, cells))
    Console().print(table)


@promotions_app.command("add")
def add_promotion(
    code: str,
    name: Annotated[str, typer.Argument(help="Written on bills.")],
    effect: Annotated[str, typer.Argument(help=_EFFECTS)],
    value: Annotated[str, typer.Argument(help="Percent or amount, for example 10 or 19.90.")],
    months: Annotated[int, typer.Option(help="How long what recurs is lowered, 0: always.")] = 0,
    kind: Annotated[list[str] | None, typer.Option(help="Only offerings of this kind.")] = None,
    offering: Annotated[list[str] | None, typer.Option(help="Only this one, by its slug.")] = None,
    most_uses: Annotated[int, typer.Option(help="By everybody together, 0: any number.")] = 0,
    since: Annotated[datetime | None, typer.Option("--from", formats=_DAY)] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day.")] = None,
    new_customers: Annotated[bool, typer.Option(help="Only for new customers.")] = False,
    alone: Annotated[bool, typer.Option(help="Not together with other codes.")] = False,
) -> None:
    """Make a code."""
    from self_service.domain.promotions import desk  # noqa: PLC0415

    form = {
        "code": code,
        "name": name,
        "effect": effect,
        "value": value,
        "months": str(months),
        "kinds": ",".join(kind or []),
        "offerings": ",".join(offering or []),
        "most_uses": str(most_uses),
        "valid_from": f"{since:%Y-%m-%d}" if since else "",
        "valid_to": f"{until:%Y-%m-%d}" if until else "",
        "new_customers_only": "on" if new_customers else "",
        "alone": "on" if alone else "",
    }
    with refusals(), migrated().writing() as session:
        desk.add(session, operator(), form=form, now=operator_time())
    typer.echo("Done.")


@promotions_app.command("end")
def end_promotion(code: str) -> None:
    """End a code now; orders that used it keep their prices."""
    from self_service.domain.promotions import desk  # noqa: PLC0415

    with refusals(), migrated().writing() as session:
        wanted = desk.find(session, code)
        ended = desk.end(session, operator(), promotion_id=wanted, now=operator_time())
    typer.echo("Done." if ended else "It was over already.")
