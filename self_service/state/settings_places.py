"""The places of the settings page, the moves from them, and what their forms start with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from self_service import i18n, settings
from self_service.domain.access import Actor
from self_service.domain.catalog.view import text
from self_service.domain.coverage.reach import Reach
from self_service.domain.errors import N_
from self_service.domain.people import moves, sites
from self_service.domain.people.postal_address import ADDRESS_FIELDS, PostalAddress
from self_service.state.checkout_rows import OptionRow


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A place; `closed` says since when the customer is away, "" for an open one.

    `moves` says where to and when the customer moves, "" when no move is planned; `services` are
    those that have to be confirmed there.
    """

    id: str
    label: str
    address: str
    closed: str
    moves: str = ""
    can_be_called_off: bool = False
    services: list[OptionRow] = field(default_factory=list)


def place_values(session: Session, actor: Actor, language: str, now: datetime) -> dict[str, Any]:
    """Read the places, the former ones, and between which days a move can be planned."""
    found = sites.listed(session, actor, now=now)
    planned = {move.site_id: move for move in moves.listed(session, actor, now=now)}
    return {
        "sites": [
            _row(row, planned.get(row.id), language) for row in found if row.closed_at is None
        ],
        "past_sites": [_row(row, None, language) for row in found if row.closed_at is not None],
        "move_from": moves.first_day(now).isoformat(),
        "move_until": moves.last_day(now).isoformat(),
    }


def site_form(
    session: Session, actor: Actor, site_id: object, *, now: datetime
) -> dict[str, str] | None:
    """Return what the form of a place starts with, None when there is no such open place."""
    if site_id == "new":
        return {"label": "home", "country": settings.get().country}
    row = _open_place(session, actor, site_id, now)
    if row is None:
        return None
    return {"label": row.label, **{name: getattr(row.address, name) for name in ADDRESS_FIELDS}}


def left_place(session: Session, actor: Actor, site_id: object, *, now: datetime) -> str:
    """Return the address of a place to move from, "" when there is no such open place."""
    row = _open_place(session, actor, site_id, now)
    return _line(row.address) if row else ""


def _open_place(
    session: Session, actor: Actor, site_id: object, now: datetime
) -> sites.Location | None:
    for row in sites.listed(session, actor, now=now):
        if str(row.id) == site_id and row.closed_at is None:
            return row
    return None


def _row(row: sites.Location, move: moves.Move | None, language: str) -> SiteRow:
    return SiteRow(
        id=str(row.id),
        label=i18n.translate(language, sites.LABELS.get(row.label, row.label)),
        address=_line(row.address),
        closed=i18n.short_day(row.closed_at, language) if row.closed_at else "",
        moves=_moves(move, language) if move else "",
        can_be_called_off=move is not None and move.can_be_called_off,
        services=[_service(found, language) for found in move.services] if move else [],
    )


def _service(found: moves.Service, language: str) -> OptionRow:
    """Name a service, and say whether it runs at the new address."""
    name = text(found.name, language)
    said = {
        Reach.YES: N_("{service}: available there"),
        Reach.LATER: N_("{service}: not available there on that day"),
        Reach.NO: N_("{service}: not available there"),
        Reach.UNKNOWN: "{service}",
    }[found.runs]
    return OptionRow(str(found.id), i18n.translate(language, said, service=name))


def _moves(move: moves.Move, language: str) -> str:
    return i18n.translate(
        language,
        N_("Moves to {address} on {day}"),
        address=_line(move.address),
        day=i18n.short_day(move.move_on, language),
    )


def _line(address: PostalAddress) -> str:
    return ", ".join(address.formatted())
