"""Settings: who the customer is, how and where to reach them, and what they agree to.

What changes the cookie or takes a secret (e-mail, erasure) is a plain post, not an event.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, settings
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.people import consents, contacts, profile, sites
from self_service.domain.people.postal_address import ADDRESS_FIELDS
from self_service.state.checkout_rows import AddressRow, OptionRow
from self_service.state.display import refusal
from self_service.state.guard import act, look, public, secured
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, put, show
from self_service.state.settings_rows import (
    NO_REFUSAL,
    NOTHING,
    ConsentRow,
    ContactRow,
    PastRow,
    SiteRow,
    answered,
    faults_of,
    known_only,
    page_values,
    place,
    prefixed,
    site_fields,
    typed_in,
)
from self_service.state.shell import ShellState

SAVED = N_("Saved.")
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
    kept_until: str = ""
    contact_id: str = ""  # in the form: "" none, "new", or an id
    site_id: str = ""
    site_fields: list[AddressRow] = []

    @public
    async def load(self) -> Any:
        """Read the page."""
        self.contact_id = self.site_id = ""
        return await show(self, settings_values)

    @secured()
    async def save_details(self, form: dict[str, Any]) -> None:
        """Change name, mobile number, birth date."""
        await self._save("details", form, profile.change_details, place=place())

    @secured()
    async def save_about(self, form: dict[str, Any]) -> None:
        """Change gender and occupation."""
        await self._save("about", form, profile.change_about)

    @secured()
    async def save_ways(self, form: dict[str, Any]) -> None:
        """Change the language and the channel."""
        await self._save("ways", form, profile.change_ways, place=place())

    @secured()
    async def edit_contact(self, contact_id: str) -> None:
        """Open the form of a contact, "new" for a new one, "" to close it."""
        form = await look(self, _contact_form, contact_id)
        self.contact_id = contact_id if form else ""
        self._fill("contact", form or {})

    @secured()
    async def save_contact(self, form: dict[str, Any]) -> None:
        """Add a contact, or change the one in the form."""
        new = self.contact_id == "new"
        operation: Any = contacts.add if new else contacts.change
        which = () if new else (self.contact_id,)
        if await self._save("contact", form, operation, *which, place=place()):
            self.contact_id = ""

    @secured()
    async def remove_contact(self, contact_id: str) -> None:
        """Remove a contact."""
        if await self._run("contact", REMOVED, contacts.remove, contact_id):
            self.contact_id = ""

    @secured()
    async def edit_site(self, site_id: str) -> None:
        """Open the form of a place, "new" for a new one, "" to close it."""
        form = await look(self, _site_form, site_id)
        self.site_id = site_id if form else ""
        self._fill("site", form or {})

    @secured()
    async def choose_country(self, value: str) -> None:
        """Show the address fields of another country."""
        self._fill("site", {"label": self.typed["site_label"], "country": str(value)[:2]})

    @secured()
    async def save_site(self, form: dict[str, Any]) -> None:
        """Add a place, or change the one in the form."""
        new = self.site_id == "new"
        operation: Any = sites.add if new else sites.change
        which = () if new else (self.site_id,)
        if await self._save("site", form, operation, *which, place=place()):
            self.site_id = ""

    @secured()
    async def close_site(self, site_id: str) -> None:
        """Say that the customer moved away."""
        if await self._run("site", N_("Noted that you moved away."), sites.close, site_id):
            self.site_id = ""

    @secured()
    async def consent(self, kind: str, given: bool, version: str) -> None:
        """Give or withdraw a consent to the text that was shown."""
        said = {"kind": kind, "given": given, "version": version}
        await self._run("consent", SAVED, consents.choose, **said)

    async def _save(
        self, kind: str, form: object, operation: Any, *which: str, **more: Any
    ) -> bool:
        """Check and keep a form; what is wrong with it stands at its fields."""
        typed = typed_in(form, kind)
        self._fill(kind, typed)
        return await self._run(kind, SAVED, operation, *which, form=typed, **more)

    async def _run(self, kind: str, done: str, operation: Any, /, *args: Any, **more: Any) -> bool:
        """Run one change, show the lists after it, and say what happened."""
        language = PageRequest.of(self).language
        self.refused = NO_REFUSAL
        try:
            await act(self, operation, *args, **more)
        except Invalid as invalid:
            self._show_faults(kind, faults_of(invalid.faults, kind, language))
            return False
        except DomainError as error:
            self.refused = {**NO_REFUSAL, kind: refusal(error, language)}
            return False
        values = await look(self, page_values, language)
        put(self, {**values, "typed": {**self.typed, **known_only(values["typed"])}})
        (await self.get_state(ShellState))._tell(i18n.translate(language, done))
        return True

    def _fill(self, kind: str, values: dict[str, str]) -> None:
        """Put values into a form; nothing is at fault yet."""
        empty = {name: "" for name in NOTHING if name.startswith(f"{kind}_")}
        self.typed = {**self.typed, **empty, **prefixed(values, kind)}
        self._show_faults(kind, {})

    def _show_faults(self, kind: str, faults: dict[str, str]) -> None:
        self.faults = {**NOTHING, **{k: v for k, v in faults.items() if k in NOTHING}}
        if kind == "site":
            self.site_fields = site_fields(self.typed, self.faults, PageRequest.of(self).language)


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


def _site_form(
    session: Session, actor: Actor, site_id: object, *, now: datetime
) -> dict[str, str] | None:
    """Return what the form of a place starts with, None when there is no such open place."""
    if site_id == "new":
        return {"label": "home", "country": settings.get().country}
    for row in sites.listed(session, actor, now=now):
        if str(row.id) == site_id and row.closed_at is None:
            form = {name: getattr(row.address, name) for name in ADDRESS_FIELDS}
            return {"label": row.label, **form}
    return None
