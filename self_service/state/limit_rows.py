"""The page of limits and alerts as rows of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from self_service import i18n, routes
from self_service.domain.limits import using
from self_service.domain.limits.overview import Overview, Stop
from self_service.domain.limits.standing import Standing
from self_service.domain.limits.telling import Alert
from self_service.domain.policy import LimitPolicy
from self_service.models.subscriptions import Product
from self_service.money import Money
from self_service.state import limit_words, moments
from self_service.state.display import money
from self_service.state.store_rows import LinkRow
from self_service.state.usage_rows import FULL, WARN


@dataclass(frozen=True, slots=True)
class SumRow:
    """A sum that can be chosen: as it is sent, and as it is shown."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit.

    Attributes:
        standing: in a word or two, and `tone` its colour.
        width: of the bar, "" without a limit; `bar` its colour.
        typed: the sum as its input shows it.
        seen: the limit that holds now, as lifting it wants to know; "" when it cannot be lifted.
    """

    kind: str
    title: str
    help: str
    spent: str
    standing: str
    tone: str
    width: str
    bar: str
    note: str
    has_limit: bool
    hard: bool
    typed: str
    seen: str
    sums: list[SumRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """Percent at which somebody can be told."""

    name: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class AlertRow:
    """Something that was reached."""

    id: str
    what: str
    size: str
    at: str
    exact: str
    told: str
    tone: str


def limit_rows(
    found: Overview, currency: str, policy: LimitPolicy, language: str
) -> list[LimitRow]:
    """Put limits into words."""
    until = i18n.short_day(found.until, language)
    sums = [
        SumRow(_plain(Money(minor, currency)), money(Money(minor, currency), language))
        for minor in policy.lift_choices_minor
    ]
    return [
        _limit(one, stop, until, sums if found.begun else [], language)
        for one, stop in found.limits
    ]


def threshold_rows(found: Overview, language: str) -> list[ThresholdRow]:
    """List the percentages that can be chosen."""
    return [
        ThresholdRow(f"at_{one}", f"{i18n.number(one, language)} %", one in found.thresholds)
        for one in using.THRESHOLDS
    ]


def alert_rows(alerts: Sequence[Alert], now: datetime, language: str) -> list[AlertRow]:
    """Put the history into words."""
    return [
        AlertRow(
            id=str(one.id),
            what=limit_words.reached(one, language),
            size=limit_words.size(one, language),
            at=moments.past(one.reached_at, now, language),
            exact=i18n.instant(one.reached_at, language),
            told=limit_words.told(one, language),
            tone="bad" if one.threshold >= FULL else "warn" if one.threshold >= WARN else "plain",
        )
        for one in alerts
    ]


def line_links(
    products: Sequence[Product], chosen: Product, numbers: dict[str, str], language: str
) -> list[LinkRow]:
    """Return the lines that can be chosen."""
    return [
        LinkRow(
            _name(one, numbers.get(str(one.id), ""), language),
            routes.page(language, routes.LIMITS, line=str(one.id)),
            one is chosen,
        )
        for one in products
    ]


def _name(product: Product, number: str, language: str) -> str:
    if number:
        return f"\u2066{number}\u2069"  # from left to right in every language
    return product.name.get(language) or product.name.get("en", "")


def _limit(one: Standing, stop: Stop, until: str, sums: list[SumRow], language: str) -> LimitRow:
    title, help_ = limit_words.KINDS[one.kind]
    standing, tone = limit_words.standing(one, stop, language)
    percent = _percent(one)
    lifts = sums if one.limit is not None else []
    return LimitRow(
        kind=one.kind.value,
        title=i18n.translate(language, title),
        help=i18n.translate(language, help_),
        spent=limit_words.spent(one, language),
        standing=standing,
        tone=tone,
        width="" if one.limit is None else f"{percent}%",
        bar="bad" if percent >= FULL else "warn" if percent >= WARN else "accent",
        note=limit_words.note(one, stop, until, language),
        has_limit=one.amount is not None,
        hard=one.hard or one.amount is None,  # who sets a first one most likely wants it to stop
        typed=_plain(one.amount) if one.amount else "",
        seen=str(one.limit.minor) if one.limit and lifts else "",
        sums=lifts,
    )


def _percent(one: Standing) -> int:
    if one.limit is None:
        return 0
    if one.reached(FULL):
        return FULL
    return min(one.spent.minor * FULL // one.limit.minor, FULL - 1)


def _plain(sum_: Money) -> str:
    """Write a sum as it can be typed and read again: "10.00"."""
    return f"{sum_.amount:f}"
