"""What the page of a service says: what was done, what was refused, how things stand."""

from __future__ import annotations

from collections.abc import Mapping

from self_service import i18n
from self_service.domain.access import NotAllowed
from self_service.domain.access.attempts import TooManyAttempts
from self_service.domain.errors import N_, Invalid, NotFound
from self_service.domain.network.lines import LineBusy
from self_service.domain.network.own import NotRunning
from self_service.domain.service_settings import definitions, pins
from self_service.domain.service_settings.pins import PinNeeded, PinWrong
from self_service.domain.sims import porting_form, swapping
from self_service.domain.sims.blocking import BlockedAlready, NotBlocked
from self_service.domain.sims.choosing import NumberBusy, NumberGone
from self_service.domain.sims.porting import PortingTooLate
from self_service.domain.sims.swapping import NoSim, SwapUnderWay
from self_service.models.sims import PortingStatus, SwapStatus

DONE: Mapping[str, str] = {
    "setting": N_("We told the network. It is shown here as soon as it is set."),
    "pin": N_("The PIN is set."),
    "block": N_("The SIM is being blocked."),
    "unblock": N_("The block is being taken back."),
    "esim": N_("Your new eSIM is ready. Show its code and scan it with your phone."),
    "card": N_("Your new SIM card is being switched on."),
    "numbers": N_("These numbers are kept for you for ten minutes."),
    "number": N_("Your new number is being set up."),
    "port": N_("We asked the other operator for your number."),
    "port-cancel": N_("The move of your number is called off."),
    "leave": N_("Your code is being made. It can be shown as soon as the network knows it."),
    "restart": N_("The router is being restarted."),
    "check": N_("We are looking at your line."),
}
#: A text of a fault -> the code by which an address names it.
FAULT_CODES: Mapping[str, str] = {
    definitions.WIFI_NAME: "wifi_name",
    definitions.WIFI_PASSWORD: "wifi_password",
    definitions.CHOOSE: "choose",
    definitions.HOURS: "hours",
    pins.FOUR_DIGITS: "four_digits",
    swapping.UNKNOWN_SIM: "unknown_sim",
    porting_form.NO_NUMBER: "no_number",
    porting_form.OURS: "ours",
}
_REFUSALS: Mapping[str, str] = {
    **{code: text for text, code in FAULT_CODES.items()},
    **{
        one.code: one.message
        for one in (
            BlockedAlready,
            LineBusy,
            NoSim,
            NotAllowed,
            NotBlocked,
            NotRunning,
            NumberBusy,
            NumberGone,
            PinNeeded,
            PinWrong,
            PortingTooLate,
            SwapUnderWay,
            TooManyAttempts,
        )
    },
    Invalid.code: N_("Fill in all fields of the form, with a day that is offered."),
    NotFound.code: N_("That is gone. See below how things stand now."),
    "no_code": N_("There is no code to show at the moment."),
}
#: Why the network, or the other operator, refused.
_REASONS: Mapping[str, str] = {
    "number_not_portable": N_(
        "The other operator says that this number cannot be moved. Check the number and what you "
        "are known by there, or ask them."
    ),
    "not_accepted": N_("The network did not accept this value. Try another one."),
    "overtaken": N_("A later change took its place."),
}
_REFUSED = N_("The network refused it. Try again, or ask us if it happens once more.")
SWAPS: Mapping[SwapStatus, tuple[str, str]] = {
    SwapStatus.PENDING: (
        N_("Being changed. Your old SIM works until the new one does."),
        "accent",
    ),
    SwapStatus.DONE: (N_("Your new SIM works. The old one is off for good."), "good"),
    SwapStatus.FAILED: (N_("The change failed. Your old SIM goes on working."), "bad"),
}
PORTINGS: Mapping[PortingStatus, tuple[str, str]] = {
    PortingStatus.CHECKING: (N_("We asked the other operator for {number}."), "accent"),
    PortingStatus.SCHEDULED: (N_("Agreed: {number} moves on {day}."), "accent"),
    PortingStatus.MOVING: (N_("{number} is moving today. Keep both SIMs at hand."), "accent"),
    PortingStatus.DONE: (N_("{number} is with us now."), "good"),
    PortingStatus.REFUSED: (N_("{number} could not be moved."), "bad"),
    PortingStatus.CANCELLED: (N_("The move of {number} was called off."), "plain"),
}
#: Codes of `lines`: what a look at the line found.
LINE_STATES: Mapping[str, tuple[str, str]] = {
    "up": (N_("Your line works. It runs at {percent} % of its speed."), "good"),
    "slow": (
        N_("Your line is slow: {percent} % of its speed. Restart the router first."),
        "warn",
    ),
    "down": (N_("Your line is down. Restart the router, then write to us."), "bad"),
}


def refusal(code: str, language: str) -> str:
    """Return the words of a refusal that an address names, "" for none."""
    return i18n.translate(language, _REFUSALS[code]) if code in _REFUSALS else ""


def done(code: str, language: str) -> str:
    """Return the words of what was done, "" for nothing."""
    return i18n.translate(language, DONE[code]) if code in DONE else ""


def reason(code: str, language: str) -> str:
    """Return why the network refused, "" when it did not."""
    return i18n.translate(language, _REASONS.get(code, _REFUSED)) if code else ""
