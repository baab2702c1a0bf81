"""Settings: who the customer is, how and where to reach them, and what they agree to.

What changes the cookie or takes a secret (e-mail, erasure) is a plain post, not an event.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import letters, settings
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.people import consents, contacts, moves, profile, sites
from self_service.jobs import runner
from self_service.state.checkout_rows import AddressRow, OptionRow
from self_service.state.guard import look, public, secured
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, show
from self_service.state.settings_acts import SAVED, fill, run, save, show_faults
from self_service.state.settings_places import SiteRow, left_place, site_form
from self_service.state.settings_rows import (
    NO_REFUSAL,
    NOTHING,
    ConsentRow,
    ContactRow,
    PastRow,
    answered,
    page_values,
    place,
    prefixed,
    typed_in,
)

REMOVED = N_("Removed.")


class SettingsState(PageState, rx.State):
    """The settings of a customer."""

    loaded: bool = False
    in_person: bool = True  # False: somebody acts for the customer
    typed: dict[str, str] = NOTHING
    faults: dict[str, str] = NOTHING
    refused: dict[str, str] = NO_REFUSAL
    open: str = ""
    born: str = ""
    email: str = ""
    verified: bool = False
    genders: list[OptionRow] = []
    channels: list[OptionRow] = []
    languages: list[OptionRow] = []
    labels: list[OptionRow] = []
    countries: list[OptionRow] = []
    contacts: list[ContactRow] = []
    sites: list[SiteRow] = []
    past_sites: list[SiteRow] = []
    consents: list[ConsentRow] = []
    past_consents: list[PastRow] = []
    no_erasure: str = ""
    kept: str = ""  # what the law keeps of who is erased
    contact_id: str = ""  # in the form: "" none, "new", or an id
    site_id: str = ""
    site_fields: list[AddressRow] = []
    moving: str = ""  # the form is about a move from this address, "" about a place
    move_from: str = ""  # first and last day for which a move can be planned
    move_until: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        self.contact_id = self.site_id = self.moving = ""
        return await show(self, settings_values)

    @secured()
    async def save_details(self, form: dict[str, Any]) -> None:
        """Change name, mobile number, birth date."""
        await save(self, "details", form, profile.change_details, place=place())

    @secured()
    async def save_about(self, form: dict[str, Any]) -> None:
        """Change gender and occupation."""
        await save(self, "about", form, profile.change_about)

    @secured()
    async def save_ways(self, form: dict[str, Any]) -> None:
        """Change the language and the channel."""
        await save(self, "ways", form, profile.change_ways, place=place())

    @secured()
    async def edit_contact(self, contact_id: str) -> None:
        """Open the form of a contact, "new" for a new one, "" to close it."""
        form = await look(self, _contact_form, contact_id)
        self.contact_id = contact_id if form else ""
        fill(self, "contact", form or {})

    @secured()
    async def save_contact(self, form: dict[str, Any]) -> None:
        """Add a contact, or change the one in the form."""
        new = self.contact_id == "new"
        operation: Any = contacts.add if new else contacts.change
        which = () if new else (self.contact_id,)
        if await save(self, "contact", form, operation, *which, place=place()):
            self.contact_id = ""

    @secured()
    async def remove_contact(self, contact_id: str) -> None:
        """Remove a contact."""
        if await run(self, "contact", REMOVED, contacts.remove, contact_id):
            self.contact_id = ""

    @secured()
    async def edit_site(self, site_id: str) -> None:
        """Open the form of a place, "new" for a new one, "" to close it."""
        form = await look(self, site_form, site_id)
        self.site_id, self.moving = site_id if form else "", ""
        fill(self, "site", form or {})

    @secured()
    async def choose_country(self, value: str) -> None:
        """Show the address fields of another country."""
        kept = {name: self.typed[f"site_{name}"] for name in ("label", "move_on")}
        fill(self, "site", {**kept, "country": str(value)[:2]})

    @secured()
    async def choose_part(self, name: str, value: str) -> None:
        """Take a part of the address that is chosen from a list; an area has cities of its own."""
        chosen = typed_in({f"site_{name}": value}, "site") if isinstance(name, str) else {}
        city = {"city": ""} if "country_area" in chosen else {}
        self.typed = {**self.typed, **prefixed({**city, **chosen}, "site")}
        show_faults(self, "site", {})

    @secured()
    async def save_site(self, form: dict[str, Any]) -> None:
        """Add a place, or change the one in the form."""
        new = self.site_id == "new"
        operation: Any = sites.add if new else sites.change
        which = () if new else (self.site_id,)
        if await save(self, "site", form, operation, *which, place=place()):
            self.site_id = ""

    @secured()
    async def close_site(self, site_id: str) -> None:
        """Say that the customer moved away."""
        if await run(self, "site", N_("Noted that you moved away."), sites.close, site_id):
            self.site_id = ""

    @secured()
    async def edit_move(self, site_id: str) -> None:
        """Open the form of a move from a place."""
        self.moving = await look(self, left_place, site_id)
        self.site_id = site_id if self.moving else ""
        fill(self, "site", {"country": settings.get().country})

    @secured()
    async def save_move(self, form: dict[str, Any]) -> None:
        """Plan the move in the form."""
        more = {"place": place(), "told": letters.move_planned}
        if await save(self, "site", form, moves.plan, self.site_id, **more):
            self.site_id = self.moving = ""
            runner.wake()

    @secured()
    async def call_off_move(self, site_id: str) -> None:
        """Call off a move from a place."""
        done, told = N_("The move is called off."), letters.move_called_off
        if await run(self, "site", done, moves.call_off, site_id, told=told):
            runner.wake()

    @secured()
    async def consent(self, kind: str, given: bool, version: str) -> None:
        """Give or withdraw a consent to the text that was shown."""
        said = {"kind": kind, "given": given, "version": version}
        await run(self, "consent", SAVED, consents.choose, **said)


async def settings_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SettingsState.

    Raises:
        Elsewhere: not a customer, nor somebody who acts for one.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_only(request, actor)
    values = page_values(session, actor, request.language, now=now)
    return {**values, **answered(request.query, request.language)}


def _contact_form(
    session: Session, actor: Actor, contact_id: object, *, now: datetime
) -> dict[str, str] | None:
    """Return what the form of a contact starts with, None when there is no such contact."""
    if contact_id == "new":
        return {"shown": ""}
    for row in contacts.listed(session, actor, now=now):
        if str(row.id) == contact_id:
            names = ("name", "relation", "email", "mobile")
            form = {name: getattr(row, name) for name in names}
            return {**form, "shown": "on" if row.shown else ""}
    return None
