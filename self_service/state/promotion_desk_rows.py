"""Promotions as their operator sees them, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from self_service import clock, i18n
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.promotions.desk import PromotionView
from self_service.models.promotions import PromotionEffect
from self_service.money import Money
from self_service.state.checkout_rows import OptionRow
from self_service.state.choose_rows import KIND_NAMES
from self_service.state.display import money

#: What a code can lower.
EFFECTS = {
    PromotionEffect.RECURRING_PERCENT: N_("Percent off each month"),
    PromotionEffect.RECURRING_AMOUNT: N_("Amount off each month"),
    PromotionEffect.ONE_TIME_PERCENT: N_("Percent off what is paid once"),
    PromotionEffect.ONE_TIME_AMOUNT: N_("Amount off what is paid once"),
}


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """A promotion.

    Attributes:
        form_key: changes with what the form shows, so that it is drawn anew.
        what: "10% · Percent off each month · 3 months".
        rules: for whom and on what, "" without rules.
        used: "3 of 100 uses".
        days: "from 1 May 2026 to 31 May 2026".
        most_uses, first_day, last_day: as the form wants them.
        can_end: it is not over by its last day.
    """

    id: str
    form_key: str
    code: str
    name: str
    what: str
    rules: str
    used: str
    days: str
    state: str
    tone: str
    most_uses: str
    first_day: str
    last_day: str
    can_end: bool


def promotion_rows(found: Sequence[PromotionView], language: str) -> list[PromotionRow]:
    """Put promotions into rows."""
    return [_row(one, language) for one in found]


def _row(one: PromotionView, language: str) -> PromotionRow:
    state, tone = _state(one)
    most = str(one.most_uses or "")
    first, last = _day(one.valid_from), _day(_last(one.valid_to))
    return PromotionRow(
        id=str(one.what.id),
        form_key=f"{one.what.id} {most} {first} {last}",
        code=one.what.code,
        name=text(one.what.name, language),
        what=_what(one, language),
        rules=_rules(one, language),
        used=_used(one, language),
        days=_days(one, language),
        state=i18n.translate(language, state),
        tone=tone,
        most_uses=most,
        first_day=first,
        last_day=last,
        can_end=not one.over,
    )


def _state(one: PromotionView) -> tuple[str, str]:
    if one.over:
        return N_("Over"), "plain"
    return (N_("Running"), "good") if one.running else (N_("Planned"), "accent")


def _what(one: PromotionView, language: str) -> str:
    code = one.what
    value = money(Money(code.amount_minor, code.currency), language)
    if code.is_percent:
        percent = Decimal(code.percent_bp).scaleb(-2).normalize()
        value = f"{percent:f}%"
    parts = [value, i18n.translate(language, EFFECTS[code.effect])]
    if code.months:
        parts.append(i18n.plural(language, "{count} month", "{count} months", code.months))
    return " · ".join(parts)


def _rules(one: PromotionView, language: str) -> str:
    code = one.what
    said = [i18n.translate(language, KIND_NAMES[kind]) for kind in KIND_NAMES if kind in code.kinds]
    if code.offering_ids:
        count = len(code.offering_ids)
        said.append(i18n.plural(language, "{count} offering", "{count} offerings", count))
    if one.new_customers_only:
        said.append(i18n.translate(language, N_("New customers")))
    if code.alone:
        said.append(i18n.translate(language, N_("Not with other codes")))
    return " · ".join(said)


def _used(one: PromotionView, language: str) -> str:
    uses = i18n.number(one.uses, language)
    if not one.most_uses:
        return i18n.translate(language, N_("Used {uses} times"), uses=uses)
    most = i18n.number(one.most_uses, language)
    return i18n.translate(language, N_("Used {uses} of {most} times"), uses=uses, most=most)


def _days(one: PromotionView, language: str) -> str:
    first, last = i18n.short_day(one.valid_from, language), _last(one.valid_to)
    if last is None:
        return i18n.translate(language, N_("From {first} on"), first=first)
    until = i18n.short_day(last, language)
    return i18n.translate(language, N_("{first} to {last}"), first=first, last=until)


def _last(valid_to: datetime | None) -> datetime | None:
    """Return an instant of the last day on which it holds."""
    return None if valid_to is None else valid_to - timedelta(microseconds=1)


def _day(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(clock.zone()).date().isoformat()


def effect_choices(language: str) -> list[OptionRow]:
    """List what a code can lower."""
    return [OptionRow(key.value, i18n.translate(language, name)) for key, name in EFFECTS.items()]


def kind_choices(language: str) -> list[OptionRow]:
    """List the kinds of offerings, and all of them."""
    rows = [OptionRow("", i18n.translate(language, N_("Everything")))]
    return rows + [
        OptionRow(key.value, i18n.translate(language, name)) for key, name in KIND_NAMES.items()
    ]
