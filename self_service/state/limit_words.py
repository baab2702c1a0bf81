"""What the page of limits says: kinds, how stops stand, what was reached, done or refused."""

from __future__ import annotations

from collections.abc import Mapping

from self_service import i18n
from self_service.domain.access import NotAllowed
from self_service.domain.errors import N_, NotFound
from self_service.domain.limits.changing import LimitMoved, LimitOutside, NoLimit
from self_service.domain.limits.overview import Stop
from self_service.domain.limits.standing import Standing
from self_service.domain.limits.telling import Alert
from self_service.domain.policy import LimitPolicy
from self_service.models.limits import AlertAbout, LimitKind
from self_service.models.usage import UsageKind
from self_service.money import Money
from self_service.state import usage_words
from self_service.state.display import money
from self_service.state.service_words import reason

KINDS: Mapping[LimitKind, tuple[str, str]] = {
    LimitKind.ALL: (
        N_("All usage that costs extra"),
        N_("What goes beyond your plan, at home and abroad."),
    ),
    LimitKind.ROAMING: (
        N_("Use abroad that costs extra"),
        N_("Only calls, texts and data in other countries."),
    ),
}
#: Until when limits and what was spent count.
PERIOD = N_("This period ends on {day}.")
DONE: Mapping[str, str] = {
    "set": N_("Your limit is saved."),
    "remove": N_("The limit is gone. Nothing is stopped any more."),
    "lift": N_("You can use more until the end of this period. The limit stays as it is."),
    "alerts": N_("Saved. This is when we write to you."),
}
_REFUSALS: Mapping[str, str] = {
    one.code: one.message for one in (LimitMoved, LimitOutside, NoLimit, NotAllowed)
} | {NotFound.code: N_("That is gone. See below how things stand now.")}
_LIMITS = {
    AlertAbout.ALL: N_("{percent} % of the limit for all usage"),
    AlertAbout.ROAMING: N_("{percent} % of the limit for use abroad"),
}
_USED = {
    UsageKind.DATA.value: N_("{percent} % of the data"),
    UsageKind.VOICE.value: N_("{percent} % of the minutes"),
    UsageKind.MESSAGE.value: N_("{percent} % of the texts"),
}


def refusal(code: str, language: str, policy: LimitPolicy, currency: str) -> str:
    """Return the words of a refusal that an address names, "" for none."""
    if code not in _REFUSALS:
        return ""
    least, most = (
        money(Money(minor, currency), language) for minor in (policy.least_minor, policy.most_minor)
    )
    return i18n.translate(language, _REFUSALS[code], least=least, most=most)


def done(code: str, language: str) -> str:
    """Return the words of what was done, "" for nothing."""
    return i18n.translate(language, DONE[code]) if code in DONE else ""


def standing(one: Standing, stop: Stop, language: str) -> tuple[str, str]:
    """Say in a word or two how a limit stands, and in which tone."""
    if stop.wish == "on":
        text, tone = N_("Being stopped…"), "warn"
    elif stop.wish == "off":
        text, tone = N_("Being let go…"), "accent"
    elif stop.on:
        text, tone = N_("Stopped"), "bad"
    elif one.limit is None:
        text, tone = N_("No limit"), "plain"
    elif one.reached(100):
        text, tone = N_("Reached"), "bad"
    else:
        text, tone = (N_("Stops"), "good") if one.hard else (N_("Tells only"), "plain")
    return i18n.translate(language, text), tone


def note(one: Standing, stop: Stop, until: str, language: str) -> str:
    """Say what a stop means, or why there is none; "" when there is nothing to say."""
    if stop.refused:
        told = N_("The network did not do what this limit wants. We ask it again.")
        return f"{i18n.translate(language, told)} {reason(stop.refused, language)}"
    if stop.wish == "on" or (stop.on and not stop.wish):
        text = N_("What costs extra is stopped until {day}, or until you use more below.")
        return i18n.translate(language, text, day=until)
    if one.lifted:
        text = N_("Lifted by {sum} until {day}.")
        return i18n.translate(language, text, sum=money(one.lifted, language), day=until)
    if one.chosen_at is None and one.limit is not None:
        return i18n.translate(language, N_("This limit protects everybody. You can change it."))
    return ""


def spent(one: Standing, language: str) -> str:
    """Say how much was spent: "€8.00 of €10.00", "€8.00"."""
    if one.limit is None:
        return money(one.spent, language)
    places = {"sum": money(one.spent, language), "limit": money(one.limit, language)}
    return i18n.translate(language, N_("{sum} of {limit}"), **places)


def reached(alert: Alert, language: str) -> str:
    """Say which threshold was reached: "80 % of the data · Roaming"."""
    percent = i18n.number(alert.threshold, language)
    if alert.about is not AlertAbout.ALLOWANCE:
        return i18n.translate(language, _LIMITS[alert.about], percent=percent)
    text = i18n.translate(language, _USED[alert.usage_kind], percent=percent)
    where = usage_words.zones_text(alert.zones, language)
    return f"{text} · {where}" if where else text


def size(alert: Alert, language: str) -> str:
    """Say how much was used of what: "8 GB of 10 GB"."""
    if alert.about is AlertAbout.ALLOWANCE:
        kind = UsageKind(alert.usage_kind)
        used, whole = (usage_words.amount(kind, n, language) for n in (alert.used, alert.size))
    else:
        used, whole = (money(Money(n, alert.currency), language) for n in (alert.used, alert.size))
    return i18n.translate(language, N_("{sum} of {limit}"), sum=used, limit=whole)


def told(alert: Alert, language: str) -> str:
    """Say who was written to, or why nobody was."""
    if alert.told:
        text, who = N_("Written to {who}"), i18n.listed(alert.told, language)
        return i18n.translate(language, text, who=who)
    if alert.told_at is not None:
        return i18n.translate(language, N_("Written to the owner"))
    text = N_("Being written") if alert.wanted else N_("Noted here only")
    return i18n.translate(language, text)
