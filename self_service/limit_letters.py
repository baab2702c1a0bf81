"""Wording of the letters about limits and usage: how far it has come, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from self_service import i18n, letters, routes
from self_service.domain.errors import N_
from self_service.domain.limits.telling import AlertNotice, Telling
from self_service.domain.messages import Letter, Words
from self_service.models.limits import AlertAbout
from self_service.models.usage import UsageKind, UsageZone

_USED: Mapping[str, str] = {
    UsageKind.DATA: N_("{percent} % of your data is used"),
    UsageKind.VOICE: N_("{percent} % of your minutes are used"),
    UsageKind.MESSAGE: N_("{percent} % of your texts are used"),
}
_ALL_USED: Mapping[str, str] = {
    UsageKind.DATA: N_("Your data is used up"),
    UsageKind.VOICE: N_("Your minutes are used up"),
    UsageKind.MESSAGE: N_("Your texts are used up"),
}
_OTHERS = {
    UsageZone.ROAMING.value: N_("This is about what is included for use abroad."),
    UsageZone.INTERNATIONAL.value: N_(
        "This is about what is included for calls to other countries."
    ),
    UsageZone.PREMIUM.value: N_("This is about what is included for numbers at a higher price."),
}
_SPENT = {
    AlertAbout.ALL: N_("{percent} % of your spend limit is reached"),
    AlertAbout.ROAMING: N_("{percent} % of your limit for use abroad is reached"),
}
_FULL = {
    AlertAbout.ALL: N_("Your spend limit is reached"),
    AlertAbout.ROAMING: N_("Your limit for use abroad is reached"),
}
_NOT_STOPPED = N_("We could not stop what costs")
_STOPS = N_(
    "We stop what costs extra until {day}. What was used before that is charged, even if we hear "
    "of it later. You can use more once, or change the limit, here:"
)
_TELLS = N_("This limit only tells you: nothing is stopped. You can change it here:")
_SEE = N_("What is left, and your limits, stand here:")
_PRICE = N_("What goes beyond it may cost extra, until {day}.")
_REFUSED = N_(
    "Your limit is reached, but the network did not stop what costs extra. We ask it again. Until "
    "then, what is used is charged. See how it stands here:"
)


def wording(said: Telling) -> Words:
    """Return the words of an alert, for whoever gets it."""
    return lambda language, _: _letter(language, said)


def _letter(language: str, said: Telling) -> Letter:
    percent, day = i18n.number(said.threshold, language), i18n.day(said.until, language)
    subject = i18n.translate(language, _subject(said), percent=percent)
    paragraphs = [i18n.translate(language, text, day=day) for text in _paragraphs(said)]
    if said.limit is not None:
        told = i18n.translate(language, N_("The limit is {sum} a month."), sum=_sum(said, language))
        paragraphs.insert(0, told)
    where = letters.address(language, routes.LIMITS, line=str(said.product_id))
    return letters.compose(language, subject, _whose(said, language), *paragraphs, where)


def _subject(said: Telling) -> str:
    if said.notice is AlertNotice.NOT_STOPPED:
        return _NOT_STOPPED
    full = said.threshold >= 100
    if said.about is AlertAbout.ALLOWANCE:
        return (_ALL_USED if full else _USED)[said.usage_kind]
    return (_FULL if full else _SPENT)[said.about]


def _paragraphs(said: Telling) -> list[str]:
    if said.notice is AlertNotice.NOT_STOPPED:
        return [_REFUSED]
    if said.about is AlertAbout.ALLOWANCE:
        where = [] if "home" in said.zones else [_OTHERS[one] for one in said.zones[:1]]
        return [*where, _PRICE, _SEE]
    if not said.hard:
        return [_TELLS]
    return [_STOPS if said.threshold >= 100 else _SEE]


def _whose(said: Telling, language: str) -> str:
    name = said.name.get(language) or said.name.get("en", "")
    return f"{name} · {said.number}" if said.number else name


def _sum(said: Telling, language: str) -> str:
    return said.limit.display(i18n.LANGUAGES[language].locale) if said.limit else ""
