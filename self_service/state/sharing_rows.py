"""Rows of the page of shared allowances."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field, replace
from datetime import datetime

import segno

from self_service import i18n, letters, routes
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.sharing import requests
from self_service.domain.sharing.members import FORM_UNITS
from self_service.domain.sharing.shapes import (
    GroupView,
    Invited,
    LineView,
    Membership,
    MemberView,
    Shared,
    Taken,
    Wish,
)
from self_service.models.usage import UsageKind
from self_service.state import sharing_words, usage_words
from self_service.state.checkout_rows import OptionRow
from self_service.state.usage_rows import FULL, WARN


@dataclass(frozen=True, slots=True)
class BarRow:
    """How much there is of a kind, or was taken; `width` of the bar, "" without one.

    Attributes:
        kind, limit, unit: of the form that sets a limit.
        amounts: what can be asked for, empty where there is no limit to widen.
    """

    key: str
    icon: str
    name: str
    used: str
    left: str
    width: str
    tone: str
    kind: str = ""
    limit: str = ""
    unit: str = ""
    amounts: list[OptionRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WishRow:
    """Somebody asked for more."""

    id: str
    line: str
    what: str
    until: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Who takes from a group."""

    id: str
    name: str
    number: str
    holder: str
    taken: list[BarRow]


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """A code that waits; `picture` leads to the page as a QR code."""

    id: str
    email: str
    code: str
    href: str
    picture: str
    until: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as its owner sees it."""

    id: str
    name: str
    giver: str
    number: str
    until: str
    shared: list[BarRow]
    members: list[MemberRow]
    wishes: list[WishRow]
    invited: list[InvitedRow]


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A group as a member sees it."""

    id: str
    group: str
    owner: str
    line: str
    number: str
    until: str
    taken: list[BarRow]
    wishes: list[WishRow]
    manages: bool


def group_row(found: GroupView, language: str) -> GroupRow:
    """Show a group to its owner."""
    return GroupRow(
        id=str(found.id),
        name=found.name,
        giver=text(found.giver.name, language),
        number=found.giver.number,
        until=_renews(found.until, language),
        shared=[_shared(one, language) for one in found.shared],
        members=[_member(one, language) for one in found.members],
        wishes=[_wish(one, language) for one in found.wishes],
        invited=[_invited(one, language) for one in found.invited],
    )


def membership_row(found: Membership, language: str) -> MembershipRow:
    """Show a group to a member."""
    return MembershipRow(
        id=str(found.id),
        group=found.group,
        owner=found.owner,
        line=text(found.line.name, language),
        number=found.line.number,
        until=_renews(found.until, language),
        taken=[_mine(one, found, language) for one in found.taken],
        wishes=[_wish(one, language) for one in found.wishes],
        manages=found.manages,
    )


def line_option(line: LineView, language: str) -> OptionRow:
    """Offer a line."""
    return OptionRow(str(line.id), _line(line, language))


def _line(line: LineView, language: str) -> str:
    name = text(line.name, language)
    return f"{name} · {line.number}" if line.number else name


def _renews(until: datetime | None, language: str) -> str:
    if until is None:
        return ""
    return i18n.translate(language, N_("Renews on {day}"), day=i18n.short_day(until, language))


def _shared(found: Shared, language: str) -> BarRow:
    said = {"used": _amount(found.kind, found.used, language)}
    said["all"] = _amount(found.kind, found.units, language)
    left = _amount(found.kind, found.left, language)
    return replace(
        _bar(found.kind, found.used, found.units, language),
        used=i18n.translate(language, N_("{used} of {all} used"), **said),
        left=i18n.translate(language, N_("{amount} left"), amount=left),
    )


def _member(found: MemberView, language: str) -> MemberRow:
    return MemberRow(
        id=str(found.id),
        name=text(found.line.name, language),
        number=found.line.number,
        holder=found.holder,
        taken=[_taken(one, language) for one in found.taken],
    )


def _taken(found: Taken, language: str) -> BarRow:
    most = found.units + found.may if found.limit is None else found.limit
    used = _amount(found.kind, found.units, language)
    base = "" if found.base is None else str(found.base // FORM_UNITS[found.kind])
    if found.limit is None:
        told = i18n.translate(language, N_("no limit"))
    else:
        limit = _amount(found.kind, found.limit, language)
        told = i18n.translate(language, N_("at most {amount}"), amount=limit)
    bar = _bar(found.kind, found.units, most, language)
    return replace(
        bar if found.limit is not None else replace(bar, width=""),
        used=i18n.translate(language, N_("{amount} taken"), amount=used),
        left=told,
        limit=base,
        unit=i18n.translate(language, sharing_words.UNITS[found.kind]),
    )


def _mine(found: Taken, membership: Membership, language: str) -> BarRow:
    most = found.units + found.may if found.limit is None else found.limit
    asked = {wish.kind for wish in membership.wishes}
    may, used = (_amount(found.kind, one, language) for one in (found.may, found.units))
    open_ = membership.manages and found.limit is not None and found.kind not in asked
    return replace(
        _bar(found.kind, found.units, most, language),
        used=i18n.translate(language, N_("{amount} taken"), amount=used),
        left=i18n.translate(language, N_("{amount} left for you"), amount=may),
        amounts=[_choice(found.kind, one, language) for one in requests.AMOUNTS[found.kind]]
        if open_
        else [],
    )


def _choice(kind: UsageKind, count: int, language: str) -> OptionRow:
    return OptionRow(str(count), _amount(kind, count * FORM_UNITS[kind], language))


def _bar(kind: UsageKind, used: int, units: int, language: str) -> BarRow:
    percent = min(used * 100 // units, 100) if units > 0 else 100
    return BarRow(
        key=kind.value,
        kind=kind.value,
        icon=usage_words.ICONS[kind],
        name=i18n.translate(language, usage_words.KINDS[kind]),
        used="",
        left="",
        width=f"{percent}%",
        tone="bad" if percent >= FULL else "warn" if percent >= WARN else "accent",
    )


def _wish(found: Wish, language: str) -> WishRow:
    until = i18n.instant(found.until, language)
    return WishRow(
        id=str(found.id),
        line=_line(found.line, language),
        what=_amount(found.kind, found.units, language),
        until=i18n.translate(language, N_("can be answered until {instant}"), instant=until),
    )


def _invited(found: Invited, language: str) -> InvitedRow:
    href = letters.address(language, routes.SHARING, link=found.code)
    until = i18n.instant(found.until, language)
    return InvitedRow(
        id=str(found.id),
        email=found.email,
        code=found.code,
        href=href,
        picture=_picture(href),
        until=i18n.translate(language, N_("works until {instant}"), instant=until),
    )


def _picture(href: str) -> str:
    out = io.BytesIO()
    segno.make(href, error="m", micro=False).save(out, kind="svg", scale=4, border=4)
    return f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}"


def _amount(kind: UsageKind, units: int, language: str) -> str:
    return usage_words.amount(kind, units, language)
