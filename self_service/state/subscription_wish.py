"""What an address asks for: the act, what it is about, and when. All of it is the client's word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from self_service import clock
from self_service.domain.changes.refusals import NoSuchChange
from self_service.domain.changes.tree import Tree
from self_service.domain.changes.view import When, Wish
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.models.changes import ChangeKind

#: What the address says -> kind of change.
KINDS = {
    "plan": ChangeKind.UPGRADE,
    "extras": ChangeKind.ADD,
    "boost": ChangeKind.BOOST,
    "cancel": ChangeKind.CANCEL,
    "pause": ChangeKind.PAUSE,
    "resume": ChangeKind.RESUME,
    "leave": ChangeKind.LEAVE,
}
#: Acts of the page that are no changes.
ACTS = (*KINDS, "withdraw")
_WHEN = {when.value: when for when in When}
#: Acts that are about something else than the whole subscription.
_TO = frozenset({"plan", "extras", "boost"})


class DateNeeded(DomainError):
    """A day was not typed as a date."""

    code = "date_needed"
    message = N_("Choose the days first.")


def asked(query: Mapping[str, str]) -> bool:
    """Say whether an address names a whole change, or only an act to choose for."""
    act = query.get("act", "")
    if act in _TO:
        return "to" in query
    if act == "cancel":
        return "on" in query
    if act == "pause":
        return "from" in query or "until" in query
    return act in ("resume", "leave")


def wish_of(tree: Tree, query: Mapping[str, str], *, now: datetime) -> Wish:
    """Read what an address asks for.

    Raises:
        NotFound, NoSuchChange: it asks for nothing that there is.
        DateNeeded: a day is missing, or none.
    """
    act = query.get("act", "")
    kind = KINDS.get(act)
    if kind is None:
        raise NoSuchChange
    when = _WHEN.get(query.get("when", ""), _usual(kind))
    offering_id = tree.terms.catalog.by_slug(query["to"]).id if act in _TO else None
    on = as_id(query["on"]) if "on" in query else tree.main.id
    if act in ("pause", "resume", "leave"):
        on = tree.root.id
    elif on not in tree.by_id:
        raise NotFound
    since = until = None
    if act == "pause":
        since = max(_start(query.get("from", "")), now)
        until = _start(query.get("until", ""), after=1)
    elif act == "leave" and query.get("until"):
        until = max(_start(query["until"], after=1), now)
    reason = query.get("reason", "")[:500]
    return Wish(kind, on, offering_id, when, since, until, reason)


def _usual(kind: ChangeKind) -> When:
    if kind in (ChangeKind.LEAVE, ChangeKind.CANCEL):
        return When.EARLIEST
    return When.NOW


def _start(typed: str, after: int = 0) -> datetime:
    """Return the first instant of a typed day, or of the one so many days later."""
    try:
        day = date.fromisoformat(typed.strip()) + timedelta(days=after)
        return datetime.combine(day, time(), clock.zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DateNeeded("from") from None
