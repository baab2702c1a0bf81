"""What the page of shared allowances says."""

from __future__ import annotations

from collections.abc import Mapping

from self_service import i18n
from self_service.domain.access import NotAllowed
from self_service.domain.access.attempts import TooManyAttempts
from self_service.domain.errors import N_, Invalid, NotFound
from self_service.domain.sharing.groups import (
    NO_KIND,
    NO_NAME,
    NothingToShare,
    SharesAlready,
    TakesFromGroup,
)
from self_service.domain.sharing.joining import CodeUsedUp
from self_service.domain.sharing.members import NO_NUMBER, GroupFull, InGroupAlready
from self_service.domain.sharing.requests import AskedAlready, RequestOver
from self_service.models.usage import UsageKind

OFFER = N_("{owner} shares with you, in the group “{group}”: {kinds}")
_DONE: Mapping[str, str] = {
    "start": N_("The line shares its allowances now. Add lines, or invite somebody."),
    "close": N_("The group is closed. Nobody takes from it any more."),
    "add": N_("The line takes from the shared allowances now."),
    "invite": N_("The invitation is ready. It works once, for one day."),
    "withdraw": N_("The invitation is withdrawn."),
    "join": N_("You are in. What your line does not include comes from the group now."),
    "leave": N_("You left the group."),
    "remove": N_("The line is out of the group."),
    "limit": N_("The limit is saved. It holds from now on."),
    "ask": N_("Asked. The owner of the group has a day to answer."),
    "grant": N_("Granted, for the rest of this month."),
    "refuse": N_("Refused. The limit stays as it is."),
    "take-back": N_("You ask no more."),
}
_REFUSALS: Mapping[str, str] = {
    **{
        one.code: one.message
        for one in (
            AskedAlready,
            CodeUsedUp,
            GroupFull,
            InGroupAlready,
            NotAllowed,
            NothingToShare,
            RequestOver,
            SharesAlready,
            TakesFromGroup,
            TooManyAttempts,
        )
    },
    f"{Invalid.code}_name": NO_NAME,
    f"{Invalid.code}_kinds": NO_KIND,
    f"{Invalid.code}_amount": NO_NUMBER,
    f"{Invalid.code}_email": N_(
        "Enter an e-mail address like name@example.com, or leave it empty."
    ),
    NotFound.code: N_("That is gone. See below how things stand now."),
}
#: What one of a form's numbers is.
UNITS: Mapping[UsageKind, str] = {
    UsageKind.DATA: N_("GB a month"),
    UsageKind.VOICE: N_("minutes a month"),
    UsageKind.MESSAGE: N_("texts a month"),
}


def done(code: str, language: str) -> str:
    """Say what was done, "" for what nothing says."""
    return i18n.translate(language, _DONE[code]) if code in _DONE else ""


def refusal(code: str, language: str, *, most: int) -> str:
    """Say why something was refused; `most` lines fit in a group."""
    return i18n.translate(language, _REFUSALS[code], most=most) if code in _REFUSALS else ""
