"""What reaches an address, and what its customer waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes, settings
from self_service.domain.access import Actor, NotAllowed
from self_service.domain.coverage import reach, waiting
from self_service.domain.coverage.reach import Coverage, Reach
from self_service.domain.coverage.waiting import CoveredAlready, TooManyWaits, Wait
from self_service.domain.errors import N_, Invalid
from self_service.domain.people import sites
from self_service.domain.people.postal_address import PostalAddress, check_address
from self_service.models.catalog import OfferingKind
from self_service.models.coverage import Technology
from self_service.state.guard import public
from self_service.state.request import PageRequest, PageState, show

_NAMES = {
    OfferingKind.BROADBAND: N_("Home internet"),
    OfferingKind.TV: N_("Television"),
    OfferingKind.PLAN: N_("Mobile network"),
}
_TECHNOLOGIES = {
    Technology.FIBRE: N_("Fibre, up to {down} Mbit/s"),
    Technology.CABLE: N_("Cable, up to {down} Mbit/s"),
    Technology.DSL: N_("Telephone line, up to {down} Mbit/s"),
    Technology.FIXED_WIRELESS: N_("By radio, up to {down} Mbit/s"),
    Technology.TV: N_("Television over the line"),
    Technology.MOBILE_4G: N_("4G, up to {down} Mbit/s"),
    Technology.MOBILE_5G: N_("5G, up to {down} Mbit/s"),
}
_STANDS = {
    Reach.YES: (N_("Available"), "good"),
    Reach.LATER: (N_("Coming"), "accent"),
    Reach.NO: (N_("Not available yet"), "warn"),
    Reach.UNKNOWN: (N_("Not known"), "plain"),
}
_DONE = {
    "joined": N_("You are on the list. We write to you as soon as it is available."),
    "left": N_("You are off the list."),
}
_REFUSALS = {
    one.code: one.message for one in (CoveredAlready, Invalid, NotAllowed, TooManyWaits)
} | {"not_found": N_("That is gone. See below how things stand now.")}
_FIELDS = ("street_address", "postal_code", "city")
#: Where what reaches an address is chosen.
_SHELVES = {
    OfferingKind.BROADBAND: "broadband",
    OfferingKind.TV: "tv",
    OfferingKind.PLAN: "plans",
}


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One kind of service at the address.

    Attributes:
        ways: by what it comes, one text each.
        can_wait: the waiting list can be joined.
        href: where it is chosen, "" when it does not run.
    """

    kind: str
    name: str
    standing: str
    tone: str
    ways: list[str]
    can_wait: bool
    href: str


@dataclass(frozen=True, slots=True)
class WaitRow:
    """Something that is waited for."""

    id: str
    what: str
    standing: str
    tone: str


class CoverageState(PageState, rx.State):
    """The page on which an address is checked."""

    loaded: bool = False
    country: str = ""
    street_address: str = ""
    postal_code: str = ""
    city: str = ""
    fault: str = ""
    done: str = ""
    refused: str = ""
    place: str = ""  # the address that was checked, "" before
    reach: list[ReachRow] = []
    waits: list[WaitRow] = []

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, coverage_values)


async def coverage_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of CoverageState: everybody may ask."""
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    language, mine = request.language, actor.customer_id is not None
    typed = {name: request.query.get(name, "")[:200] for name in _FIELDS}
    if mine and not any(typed.values()):
        typed = _own(session, actor, now) or typed
    country = settings.get().country
    address, fault = _checked(typed, country, language)
    waits = waiting.listed(session, actor, now=now) if mine else ()
    refused = _REFUSALS.get(request.query.get("refused", ""), "")
    done = _DONE.get(request.query.get("done", ""), "")
    return {
        "loaded": True,
        "country": country,
        **typed,
        "fault": fault,
        "done": i18n.translate(language, done) if done else "",
        "refused": i18n.translate(language, refused, most=waiting.MOST) if refused else "",
        "place": i18n.listed(address.formatted(), language) if address else "",
        "reach": _reach(session, address, now, language) if address else [],
        "waits": [_wait(one, language) for one in waits],
    }


def _checked(
    typed: dict[str, str], country: str, language: str
) -> tuple[PostalAddress | None, str]:
    """Return the address that was typed, or what is wrong with it; neither before it is typed."""
    if not any(typed.values()):
        return None, ""
    address, faults = check_address({**typed, "country": country}, default_country=country)
    first = next(iter(faults.values()), None)
    return address, i18n.translate(language, first[0], **first[1]) if first else ""


def _own(session: Session, actor: Actor, now: datetime) -> dict[str, str]:
    """Return the address where the customer lives, nothing when none is known."""
    places = [one for one in sites.listed(session, actor, now=now) if one.closed_at is None]
    if not places or places[0].address.country != settings.get().country:
        return {}
    form = places[0].address.as_form()
    return {name: form[name].replace("\n", ", ") for name in _FIELDS}


def _reach(
    session: Session, address: PostalAddress, now: datetime, language: str
) -> list[ReachRow]:
    found = reach.check(session, address, now=now)
    return [_row(found, kind, language) for kind in _NAMES]


def _row(found: Coverage, kind: OfferingKind, language: str) -> ReachRow:
    standing = found.reach(kind)
    text, tone = _STANDS[standing]
    here = standing is Reach.YES
    waited = kind in waiting.WAITED and standing in (Reach.NO, Reach.LATER)
    return ReachRow(
        kind=kind.value,
        name=i18n.translate(language, _NAMES[kind]),
        standing=i18n.translate(language, text),
        tone=tone,
        ways=[_way(one, language) for one in found.of(kind)],
        can_wait=waited,
        href=routes.page(language, routes.STORE, category=_SHELVES[kind]) if here else "",
    )


def _way(one: reach.Technique, language: str) -> str:
    down = i18n.number(one.down_mbps, language)
    text = i18n.translate(language, _TECHNOLOGIES[one.technology], down=down)
    if one.now or one.available_from is None:
        return text
    day = i18n.short_day(one.available_from, language)
    return i18n.translate(language, N_("{what}, from {day}"), what=text, day=day)


def _wait(one: Wait, language: str) -> WaitRow:
    what = f"{i18n.translate(language, _NAMES[one.kind])} · {one.place}"
    if one.told_at is not None:
        day = i18n.short_day(one.told_at, language)
        text = i18n.translate(language, N_("Available since {day}"), day=day)
        return WaitRow(str(one.id), what, text, "good")
    day = i18n.short_day(one.joined_at, language)
    text = i18n.translate(language, N_("On the list since {day}"), day=day)
    return WaitRow(str(one.id), what, text, "plain")
