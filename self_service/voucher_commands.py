"""The command line's part about vouchers: batches, codes for a print house, partners."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from self_service.console import migrated, operator, operator_time, refusals, refuse, vault

vouchers_app = typer.Typer(no_args_is_help=True, help="Vouchers.")
partner_app = typer.Typer(no_args_is_help=True, help="Web sites that sell vouchers.")
vouchers_app.add_typer(partner_app, name="partner")


@vouchers_app.command("issue")
def issue(
    value: Annotated[str, typer.Option(help="Worth of one voucher: 10 or 12.50.")],
    count: Annotated[int, typer.Option(help="How many.")],
    last_day: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="Print: last day to redeem them.")
    ],
    name: Annotated[str, typer.Option(help="What staff call the batch.")],
    online: Annotated[bool, typer.Option("--online", help="Stock for sale, no codes yet.")] = False,
    dealer: Annotated[str, typer.Option(help="Login of who hands them out.")] = "",
) -> None:
    """Make a batch; prints its number."""
    from self_service import clock, policy, settings  # noqa: PLC0415
    from self_service.domain.people import staff  # noqa: PLC0415
    from self_service.domain.vouchers import batch_form, batches  # noqa: PLC0415

    now = operator_time()
    with refusals(), migrated().writing() as session:
        form = {
            "kind": "online" if online else "print",
            "name": name,
            "amount": value,
            "count": str(count),
            "expires": f"{last_day:%Y-%m-%d}",
            "dealer": str(staff.find(session, dealer)) if dealer else "",
        }
        wish = batch_form.read(
            session,
            form,
            policy=policy.current().vouchers,
            currency=settings.get().currency,
            zone=clock.zone(),
            now=now,
        )
        number = batches.create(session, operator(), wish, vault=vault(), now=now)
    typer.echo(number)


@vouchers_app.command("export")
def export(
    number: str,
    file: Annotated[Path, typer.Argument(help="CSV file; it must not be there yet.")],
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Destroy the key: nobody exports them again.")
    ] = False,
) -> None:
    """Write the codes of a print batch; recorded."""
    from self_service.domain.vouchers import exporting  # noqa: PLC0415
    from self_service.state.voucher_paper import csv_file  # noqa: PLC0415

    now = operator_time()
    try:
        stream = file.open("xb")
    except OSError:
        refuse(f"{file} cannot be written, or is there already. Nothing was changed.")
    file.chmod(0o600)
    try:
        with stream, refusals(), migrated().writing() as session:
            found = exporting.export(
                session, operator(), number, form="csv", vault=vault(), now=now
            )
            stream.write(csv_file(found))
            stream.flush()
            if confirm:
                exporting.confirm(session, operator(), number, now=now)
    except BaseException:
        file.unlink()
        raise
    typer.echo(f"Codes written: {len(found.serials)}")


@vouchers_app.command("void")
def void(
    number: Annotated[str, typer.Argument(help="Of a batch, or the serial of one voucher.")],
) -> None:
    """End a batch or one voucher; what was redeemed stays."""
    from self_service.domain.vouchers import batches  # noqa: PLC0415

    single = number.count("-") > 2  # V-7K3M-92QX-000017
    with refusals(), migrated().writing() as session:
        act = batches.void_voucher if single else batches.void_batch
        ended = act(session, operator(), number, now=operator_time())
    typer.echo("Done." if ended is None else f"Vouchers that are void now: {ended}")


@partner_app.command("add")
def add_partner(name: str) -> None:
    """Let a web site sell vouchers; prints its key, this once."""
    from self_service.domain.vouchers import partners  # noqa: PLC0415

    with refusals(), migrated().writing() as session:
        key = partners.add(session, operator(), name, vault=vault(), now=operator_time())
    typer.echo(key)


@partner_app.command("close")
def close_partner(name: str) -> None:
    """End a partner's access; what it sold stays good."""
    from self_service.domain.vouchers import partners  # noqa: PLC0415

    with refusals(), migrated().writing() as session:
        partners.close(session, operator(), name, now=operator_time())
    typer.echo("Done.")
