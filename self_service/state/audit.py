"""The whole record, for administrators: searched, leafed through, and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n
from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.audit import Entry
from self_service.domain.errors import N_
from self_service.models.access import Role
from self_service.state.audit_words import act_words, who_words
from self_service.state.guard import look, public, secured
from self_service.state.request import PageRequest, PageState, put, readable, show
from self_service.state.roles import only_for

#: Entries on a page.
SHOWN = 50
#: Numbers of entries fit into the database's integers.
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry; `changes` holds "name: before → after" for each value."""

    number: int
    act: str
    what: str
    subject: str
    who: str
    whose: str
    at: str
    network: str
    changes: list[str]


class AuditState(PageState, rx.State):
    """A page of the record."""

    loaded: bool = False
    words: str = ""
    entries: list[AuditRow] = []
    older: int = 0  # number before which the next page begins; 0: there is none
    first_page: bool = True
    checked: str = ""  # what checking the chain found
    intact: bool = False

    @public
    async def load(self) -> Any:
        """Read the newest entries."""
        return await show(self, audit_values)

    @secured(Role.ADMINISTRATOR)
    async def find(self, form: dict[str, Any]) -> None:
        """Search. What is typed stays out of the address: it is about people."""
        typed = form.get("words", "") if isinstance(form, dict) else ""
        request = PageRequest.of(self)
        put(self, await request.look(_values, request, readable(str(typed))[:120]))

    @secured(Role.ADMINISTRATOR)
    async def leaf(self, before: int) -> None:
        """Show the entries before a number; 0 for the newest."""
        number = before if type(before) is int and 0 < before <= _LARGEST else 0
        request = PageRequest.of(self)
        put(self, await request.look(_values, request, self.words, number))

    @secured(Role.ADMINISTRATOR)
    async def verify(self) -> None:
        """Check the whole chain."""
        number = await look(self, audit.verify)
        language = PageRequest.of(self).language
        self.intact = number is None
        self.checked = (
            i18n.translate(language, N_("The record is whole: nothing was changed or removed."))
            if number is None
            else i18n.translate(
                language,
                N_("The record was tampered with: entry {number} is not as it was written."),
                number=i18n.number(number, language),
            )
        )


async def audit_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of AuditState.

    Raises:
        Elsewhere: not an administrator.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return {**values, "checked": ""}


def _values(
    session: Session,
    actor: Actor,
    request: PageRequest,
    words: str = "",
    before: int = 0,
    *,
    now: datetime,
) -> dict[str, Any]:
    only_for(request, actor, Role.ADMINISTRATOR)
    found = audit.search(
        session, actor, now=now, words=words, before=before or None, most=SHOWN + 1
    )
    shown = found[:SHOWN]
    return {
        "loaded": True,
        "words": words,
        "entries": [_row(entry, request.language) for entry in shown],
        "older": shown[-1].number if len(found) > SHOWN else 0,
        "first_page": not before,
    }


def _row(entry: Entry, language: str) -> AuditRow:
    return AuditRow(
        number=entry.number,
        act=entry.act,
        what=act_words(entry.act, language),
        subject=entry.subject,
        who=who_words(entry, language),
        whose=entry.customer_name,
        at=i18n.instant(entry.at, language),
        network=entry.network,
        changes=_changes(entry.before, entry.after),
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [
        f"{name}: {_said(before.get(name))} → {_said(after.get(name))}"
        for name in dict.fromkeys((*before, *after))
    ]


def _said(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
