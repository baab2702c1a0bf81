"""Instants as people say them; the exact time stands beside them, for hover."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_time

from self_service import clock, i18n
from self_service.domain.errors import N_

#: Further ahead than this, days are not counted but named.
COUNTED_DAYS = 14


def past(moment: datetime, now: datetime, language: str) -> str:
    """Say when something happened: "Today, 11:04", "Yesterday, 18:30", "12 Nov 2026"."""
    days = _days(now, moment)
    if days > 1:
        return i18n.short_day(moment, language)
    text = N_("Yesterday, {time}") if days == 1 else N_("Today, {time}")
    return i18n.translate(language, text, time=_time(moment, language))


def until(moment: datetime, now: datetime, language: str) -> str:
    """Say an instant in a sentence: "11:34" when it is today, else "27 Nov 2026, 11:34"."""
    time = _time(moment, language)
    if _days(moment, now) == 0:
        return time
    text = N_("{day}, {time}")
    return i18n.translate(language, text, day=i18n.short_day(moment, language), time=time)


def ahead(moment: datetime, now: datetime, language: str) -> str:
    """Say a coming day: "today", "tomorrow", "in 3 days", "27 Nov 2026"."""
    days = _days(moment, now)
    if days == 0:
        return i18n.translate(language, N_("today"))
    if days == 1:
        return i18n.translate(language, N_("tomorrow"))
    if 1 < days <= COUNTED_DAYS:
        return i18n.plural(language, "in {count} day", "in {count} days", days)
    return i18n.short_day(moment, language)


def _days(later: datetime, earlier: datetime) -> int:
    days = later.astimezone(clock.zone()).date() - earlier.astimezone(clock.zone()).date()
    return days.days


def _time(moment: datetime, language: str) -> str:
    local = moment.astimezone(clock.zone())
    return format_time(local, "short", locale=i18n.LANGUAGES[language].locale)
