"""The page of a service as rows of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from self_service import i18n
from self_service.domain.errors import N_
from self_service.domain.network.requests import Asked
from self_service.domain.service_settings.definitions import TV_PROFILES, Group, ValueKind
from self_service.domain.service_settings.settings import Setting
from self_service.domain.sims.choosing import NumberOffer
from self_service.domain.sims.leaving import PortOut
from self_service.domain.sims.porting import Porting
from self_service.domain.sims.swapping import Swap
from self_service.models.network import NetworkAct, RequestStatus
from self_service.models.sims import PortingStatus, SwapStatus
from self_service.state.service_words import LINE_STATES, PORTINGS, SWAPS, reason

#: What was set or refused is said for so long.
_TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A value that can be chosen."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting.

    Attributes:
        id: names its inputs.
        standing: the value that holds: "On".
        note: "Being set to Off…", when it was confirmed, or why it was refused.
        tone: of the note.
        flip: what the only button of a switch wants, "" for other kinds; `flip_text` says it.
    """

    id: str
    key: str
    profile: str
    label: str
    help: str
    standing: str
    note: str
    exact: str
    tone: str
    kind: str
    flip: str
    flip_text: str
    start: str
    end: str
    typed: str
    options: list[OptionRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LineRow:
    """What was done with a line, and what it gave."""

    id: str
    what: str
    found: str
    at: str
    tone: str


def setting_rows(settings: Sequence[Setting], group: Group, now: datetime, language: str) -> Any:
    """Put the settings of a group into words."""
    return [_setting(one, now, language) for one in settings if one.definition.group is group]


def swap_values(swap: Swap | None, language: str) -> dict[str, Any]:
    """Say how a change of SIM stands."""
    if swap is None:
        return {"swap_text": "", "swap_tone": "plain", "swapping": False}
    text, tone = SWAPS[swap.status]
    said = [i18n.translate(language, text), reason(swap.reason, language)]
    return {
        "swap_text": " ".join(part for part in said if part),
        "swap_tone": tone,
        "swapping": swap.status is SwapStatus.PENDING,
    }


def porting_values(porting: Porting | None, language: str) -> dict[str, Any]:
    """Say how the move of a number stands."""
    if porting is None:
        return {"porting_text": "", "porting_tone": "plain", "can_call_off": False, "porting": ""}
    text, tone = PORTINGS[porting.status]
    day = i18n.day(porting.port_on, language)
    number = f"\u2068{porting.number}\u2069"  # from left to right in every language
    said = [i18n.translate(language, text, number=number, day=day)]
    if porting.status is PortingStatus.REFUSED:
        said.append(reason(porting.reason or "refused", language))
    open_ = porting.status in (
        PortingStatus.CHECKING,
        PortingStatus.SCHEDULED,
        PortingStatus.MOVING,
    )
    return {
        "porting_text": " ".join(said),
        "porting_tone": tone,
        "can_call_off": porting.can_be_cancelled,
        "porting": porting.number if open_ else "",
    }


def offer_values(offer: NumberOffer | None, language: str) -> dict[str, Any]:
    """List the numbers that are kept."""
    if offer is None:
        return {"numbers": [], "numbers_until": ""}
    until = i18n.translate(
        language, N_("Kept for you until {time}."), time=i18n.instant(offer.until, language)
    )
    return {"numbers": list(offer.numbers), "numbers_until": until}


def leave_values(code: PortOut | None, language: str) -> dict[str, Any]:
    """Say whether there is a code for leaving."""
    if code is None:
        return {"leave_text": "", "leave_ready": False}
    if code.refused:
        return {"leave_text": reason(code.refused, language), "leave_ready": False}
    if not code.confirmed:
        waiting = i18n.translate(language, N_("Your code is being made…"))
        return {"leave_text": waiting, "leave_ready": False}
    until = i18n.day(code.expires_at, language)
    text = i18n.translate(language, N_("Your code is good until {day}."), day=until)
    return {"leave_text": text, "leave_ready": True}


def line_rows(asked: Sequence[Asked], language: str) -> list[LineRow]:
    """Put what was done with a line into words."""
    return [_line(one, language) for one in asked]


def _line(asked: Asked, language: str) -> LineRow:
    restart = asked.act is NetworkAct.RESTART
    what = N_("Router restarted") if restart else N_("Line looked at")
    tone, found = "accent", i18n.translate(language, N_("Under way…"))
    if asked.status is RequestStatus.FAILED:
        tone, found = "bad", reason(asked.reason or "refused", language)
    elif asked.status is RequestStatus.DONE:
        text, tone = LINE_STATES.get(asked.told.get("state", ""), LINE_STATES["down"])
        percent = asked.told.get("down_percent", "0")
        found = i18n.translate(language, text, percent=percent)
    at = i18n.instant(asked.settled_at or asked.asked_at, language)
    return LineRow(str(asked.id), i18n.translate(language, what), found, at, tone)


def _setting(one: Setting, now: datetime, language: str) -> SettingRow:
    definition = one.definition
    note, at, tone = _note(one, now, language)
    label = i18n.translate(language, definition.label)
    if one.profile:
        who = i18n.translate(language, TV_PROFILES[one.profile])
        label = f"{label} · {who}"
    wanted = one.value if one.wish is None else one.wish
    flip = ""
    if definition.kind is ValueKind.SWITCH:
        flip = "off" if wanted == "on" else "on"
    start, _, end = wanted.partition("-") if definition.kind is ValueKind.HOURS else ("", "", "")
    return SettingRow(
        id=f"{definition.key}{one.profile}",
        key=definition.key,
        profile=one.profile,
        label=label,
        help=i18n.translate(language, definition.help) if definition.help else "",
        standing=_value(one, one.value, language),
        note=note,
        exact=i18n.instant(at, language) if at else "",
        tone=tone,
        kind=definition.kind.value,
        flip=flip,
        flip_text=_flip(flip, language),
        start=start,
        end=end,
        typed=wanted if definition.kind is ValueKind.NAME else "",
        options=[
            OptionRow(value, i18n.translate(language, text), value == wanted)
            for value, text in definition.choices.items()
            if definition.kind is ValueKind.CHOICE
        ],
    )


def _flip(flip: str, language: str) -> str:
    if not flip:
        return ""
    return i18n.translate(language, N_("Switch on") if flip == "on" else N_("Switch off"))


def _note(one: Setting, now: datetime, language: str) -> tuple[str, datetime | None, str]:
    if one.wish is not None:
        wish = _value(one, one.wish, language)
        text = i18n.translate(language, N_("Being set to {value}…"), value=wish)
        return text, one.wished_at, "accent"
    if one.refused and one.refused_at and now < one.refused_at + _TOLD_FOR:
        text = i18n.translate(language, N_("Not changed."))
        return f"{text} {reason(one.refused, language)}", one.refused_at, "bad"
    if one.confirmed_at and now < one.confirmed_at + _TOLD_FOR:
        at = i18n.instant(one.confirmed_at, language)
        return i18n.translate(language, N_("Set on {time}"), time=at), one.confirmed_at, "good"
    return "", None, "plain"


def _value(one: Setting, value: str, language: str) -> str:
    kind = one.definition.kind
    if kind is ValueKind.SECRET:
        return i18n.translate(language, N_("Your own") if value else N_("As on the router"))
    if kind is ValueKind.HOURS:
        return value.replace("-", "–") or i18n.translate(language, N_("Never"))
    if kind is ValueKind.NAME:
        return value or i18n.translate(language, N_("As on the router"))
    return i18n.translate(language, one.definition.choices[value])
