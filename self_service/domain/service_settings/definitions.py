"""What can be set on a service: rows of data, read by one piece of code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from self_service.domain.errors import N_, Invalid
from self_service.domain.people import typed_text
from self_service.domain.people.typed_text import Faulty
from self_service.models.catalog import OfferingKind

WIFI_NAME = N_("Use 1 to 32 letters, digits and signs without accents.")
WIFI_PASSWORD = N_("Use 8 to 63 letters, digits and signs without accents.")
CHOOSE = N_("Choose one of the offered values.")
HOURS = N_("Choose when the pause begins and when it ends.")

_PRINTABLE = re.compile(r"[ -~]+", re.ASCII)
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class ValueKind(StrEnum):
    """What kind of value a setting has."""

    SWITCH = "switch"  # "on" or "off"
    CHOICE = "choice"
    NAME = "name"
    SECRET = "secret"  # sealed, never shown, never logged
    HOURS = "hours"  # "22:00-06:00", "" for never


class Group(StrEnum):
    """Which settings stand together on the page."""

    CALLS = "calls"
    CONTENT = "content"
    HOME_NET = "home_net"


@dataclass(frozen=True, slots=True)
class Definition:
    """One thing that can be set.

    Attributes:
        products: kinds of product that have it.
        label: translatable.
        default: how it comes.
        choices: value -> label, in order; of content levels, the freest first.
        help: translatable: what it does and what it costs, "" for nothing to say.
        profiles: name -> label of who it is set for; ("": "") for the whole service.
    """

    key: str
    kind: ValueKind
    group: Group
    products: frozenset[OfferingKind]
    label: str
    default: str
    choices: Mapping[str, str]
    help: str = ""
    profiles: Mapping[str, str] | None = None

    def profiles_of(self, kind: OfferingKind) -> Mapping[str, str]:
        """Return the profiles of this setting on a kind of product."""
        return self.profiles if self.profiles and kind is OfferingKind.TV else {"": ""}


_MOBILE = frozenset({OfferingKind.PLAN})
_NET = frozenset({OfferingKind.BROADBAND})
_WATCHED = frozenset({OfferingKind.PLAN, OfferingKind.BROADBAND, OfferingKind.TV})
_ON_OFF = {"on": N_("On"), "off": N_("Off")}
#: Who watches at one television.
TV_PROFILES = {"family": N_("Family"), "children": N_("Children")}

DEFINITIONS: Mapping[str, Definition] = {
    one.key: one
    for one in (
        Definition(
            "roaming",
            ValueKind.SWITCH,
            Group.CALLS,
            _MOBILE,
            N_("Use abroad"),
            "on",
            _ON_OFF,
            N_("Calls, messages and data in other countries."),
        ),
        Definition(
            "international",
            ValueKind.SWITCH,
            Group.CALLS,
            _MOBILE,
            N_("Calls to other countries"),
            "on",
            _ON_OFF,
        ),
        Definition(
            "premium",
            ValueKind.SWITCH,
            Group.CALLS,
            _MOBILE,
            N_("Numbers at a higher price"),
            "off",
            _ON_OFF,
            N_("Numbers of services that charge by the minute or message."),
        ),
        Definition(
            "voicemail",
            ValueKind.SWITCH,
            Group.CALLS,
            _MOBILE,
            N_("Voicemail"),
            "on",
            _ON_OFF,
        ),
        Definition(
            "content_level",
            ValueKind.CHOICE,
            Group.CONTENT,
            _WATCHED,
            N_("What is let through"),
            "all",
            {"all": N_("Everything"), "teen": N_("From 12 years"), "child": N_("For children")},
            profiles=TV_PROFILES,
        ),
        Definition(
            "content_hours",
            ValueKind.HOURS,
            Group.CONTENT,
            _WATCHED,
            N_("Pause each day"),
            "",
            {},
            N_("Internet or television stops between these hours."),
            profiles=TV_PROFILES,
        ),
        Definition(
            "wifi_name",
            ValueKind.NAME,
            Group.HOME_NET,
            _NET,
            N_("Wi-Fi name"),
            "",
            {},
        ),
        Definition(
            "wifi_password",
            ValueKind.SECRET,
            Group.HOME_NET,
            _NET,
            N_("Wi-Fi password"),
            "",
            {},
            N_("Your devices have to sign in to the Wi-Fi again."),
        ),
        Definition(
            "speed_profile",
            ValueKind.CHOICE,
            Group.HOME_NET,
            _NET,
            N_("What the line is tuned for"),
            "balanced",
            {
                "balanced": N_("Balanced"),
                "gaming": N_("Games and video calls"),
                "uploads": N_("Sending large files"),
            },
        ),
    )
}


def of_kind(kind: OfferingKind) -> tuple[Definition, ...]:
    """List what can be set on a kind of product."""
    return tuple(one for one in DEFINITIONS.values() if kind in one.products)


def read(definition: Definition, typed: object) -> str:
    """Return a value as it is stored.

    Raises:
        Invalid: it is none for this setting; the fault stands under "value".
    """
    try:
        return _READ[definition.kind](definition, typed)
    except Faulty as faulty:
        raise Invalid({"value": faulty.fault}) from None


def looser(definition: Definition, new: str, than: str) -> bool:
    """Say whether a value lets more through than another: that is what the PIN guards."""
    if definition.group is not Group.CONTENT or new == than:
        return False
    if definition.kind is ValueKind.CHOICE:
        order = tuple(definition.choices)
        return order.index(new) < order.index(than)
    return than != ""  # other hours are not stricter for certain


def _choice(definition: Definition, typed: object) -> str:
    if not isinstance(typed, str) or typed not in definition.choices:
        raise Faulty(CHOOSE)
    return typed


def _name(_: Definition, typed: object) -> str:
    found = typed_text.line(typed, longest=32)
    if not _PRINTABLE.fullmatch(found):
        raise Faulty(WIFI_NAME)
    return found


def _secret(_: Definition, typed: object) -> str:
    text = typed if isinstance(typed, str) else ""
    if not 8 <= len(text) <= 63 or not _PRINTABLE.fullmatch(text):
        raise Faulty(WIFI_PASSWORD)
    return text


def _hours(_: Definition, typed: object) -> str:
    text = typed if isinstance(typed, str) else ""
    if text and (not _HOURS.fullmatch(text) or text[:5] == text[6:]):
        raise Faulty(HOURS)
    return text


_READ = {
    ValueKind.SWITCH: _choice,
    ValueKind.CHOICE: _choice,
    ValueKind.NAME: _name,
    ValueKind.SECRET: _secret,
    ValueKind.HOURS: _hours,
}
