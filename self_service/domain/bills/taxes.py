"""Value added tax: which rate holds on a day, and how much of a price it is.

Prices are what people pay, tax included. A line's tax is taken out of its rounded sum, once:
`tax = gross - round_half_up(gross * 10000 / (10000 + rate))`, the rate in hundredths of a percent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import update
from sqlmodel import Session, select

from self_service import clock
from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.rows import add_once, changed
from self_service.models.access import Role
from self_service.models.bills import TaxCategory, TaxRate
from self_service.money import exponent

#: All of a sum, in hundredths of a percent.
WHOLE = 10_000
#: Digits of a millionth.
MICRO_DIGITS = 6
#: What a new installation knows: standard rates; a country without a row has none.
FIRST_RATES: tuple[tuple[str, TaxCategory, int, date], ...] = (
    ("DE", TaxCategory.STANDARD, 1900, date(2007, 1, 1)),
    ("ES", TaxCategory.STANDARD, 2100, date(2012, 9, 1)),
)


class WrongRate(DomainError):
    """A rate that is none, or a day that lies before the last change."""

    code = "wrong_rate"
    message = N_("A rate is between 0 and 100 percent and begins after the one before it.")


class Split(NamedTuple):
    """A sum in minor units, and what of it is tax at which rate."""

    net: int
    tax: int
    gross: int
    category: TaxCategory
    rate_bp: int


class Rates:
    """All rates, read once: few rows, asked for with every line."""

    def __init__(self, rows: Iterable[TaxRate]) -> None:
        """Take the rows of the table, in any order."""
        self._rows = sorted(rows, key=lambda row: row.valid_from, reverse=True)
        self._known: dict[tuple[str, TaxCategory, date], int] = {}
        self._standard: dict[tuple[str, datetime], int] = {}

    def on(self, country: str, category: TaxCategory, day: date) -> int:
        """Return the rate that holds on a day, in hundredths of a percent; 0 without a row."""
        key = (country, category, day)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = next((r.rate_bp for r in self._rows if _holds(r, *key)), 0)
        return known

    def standard(self, country: str, at: datetime) -> int:
        """Return the standard rate that holds at an instant: on the operator's day of it."""
        known = self._standard.get((country, at))
        if known is None:
            day = at.astimezone(clock.zone()).date()
            known = self._standard[country, at] = self.on(country, TaxCategory.STANDARD, day)
        return known


def _holds(row: TaxRate, country: str, category: TaxCategory, day: date) -> bool:
    mine = row.country == country and row.category == category and row.valid_from <= day
    return mine and (row.valid_to is None or day < row.valid_to)


def load(session: Session) -> Rates:
    """Read all rates; of a country without any, what a new installation knows."""
    rows = list(session.exec(select(TaxRate)).all())
    known = {row.country for row in rows}
    return Rates(rows + [row for row in _first_rows() if row.country not in known])


def rate(session: Session, country: str, category: TaxCategory, day: date) -> int:
    """Return the rate of a country and category on a day, in hundredths of a percent.

    Args:
        session: open transaction.
        country: ISO 3166-1 alpha-2.
        category: of EN 16931.
        day: in the operator's calendar.
    """
    return load(session).on(country, category, day)


def to_minor(micro: int, currency: str) -> int:
    """Round millionths of the main unit to minor units, half away from zero.

    Away from zero on both sides, so that a credit gives back exactly what was charged.
    """
    return _nearest(micro, _scale(currency))


def to_micro(minor: int, currency: str) -> int:
    """Return minor units as millionths of the currency's main unit."""
    return minor * _scale(currency)


def split(minor: int, *, category: TaxCategory, account: TaxCategory, standard_bp: int) -> Split:
    """Say how much of a line is tax.

    A sum that bears no tax by itself (a reminder fee is damages, not a price) has none in it. A
    price has the standard rate in it, whoever buys; so a customer who pays no tax here (a company
    abroad by reverse charge, an exempt body) is asked for the net of that price. To ask for all of
    it would make the operator keep the tax as a higher price.

    Args:
        minor: the line, rounded, in minor units; below zero for a credit.
        category: of what is sold.
        account: of the customer.
        standard_bp: rate that is in the price of what is sold in the standard category.
    """
    if category is not TaxCategory.STANDARD:
        return Split(minor, 0, minor, category, 0)
    net = _nearest(minor * WHOLE, WHOLE + standard_bp)
    if account is not TaxCategory.STANDARD:
        return Split(net, 0, net, account, 0)
    return Split(net, minor - net, minor, category, standard_bp)


def set_rate(
    session: Session,
    actor: Actor,
    *,
    country: str,
    category: TaxCategory,
    rate_bp: int,
    since: date,
    now: datetime,
) -> None:
    """Let another rate hold from a day on; the one before it ends with the day before.

    Raises:
        NotAllowed: not an administrator.
        WrongRate: no rate, or one that begins on that day or later is there already.
    """
    actor.one_of(Role.ADMINISTRATOR)
    seed(session)
    mine = (TaxRate.country == country, TaxRate.category == category)
    later = session.exec(select(TaxRate.id).where(*mine, TaxRate.valid_from >= since)).first()
    if not 0 <= rate_bp <= WHOLE or later is not None:
        raise WrongRate("rate")
    open_ones = update(TaxRate).where(*mine, TaxRate.valid_to.is_(None))
    changed(session, open_ones.values(valid_to=since))
    add_once(
        session, TaxRate(country=country, category=category, rate_bp=rate_bp, valid_from=since)
    )
    said = {"country": country, "category": category.value, "rate_bp": rate_bp}
    audit.record(session, actor, "tax.set", now=now, subject=f"{country} {since}", after=said)


def seed(session: Session) -> None:
    """Add the rates that a new installation knows, where there is none of that country."""
    known = set(session.exec(select(TaxRate.country)).all())
    for row in _first_rows():
        if row.country not in known:
            add_once(session, row)


def _first_rows() -> list[TaxRate]:
    return [
        TaxRate(country=country, category=category, rate_bp=rate_bp, valid_from=since)
        for country, category, rate_bp, since in FIRST_RATES
    ]


@lru_cache(maxsize=64)
def _scale(currency: str) -> int:
    return int(10 ** (MICRO_DIGITS - exponent(currency)))


def _nearest(value: int, divisor: int) -> int:
    if value < 0:
        return -((-2 * value + divisor) // (2 * divisor))
    return (2 * value + divisor) // (2 * divisor)
