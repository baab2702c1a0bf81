"""Pricing by shorthand, for tests of price totals."""

from __future__ import annotations

from datetime import UTC, datetime

from self_service.domain.pricing import totals as pricing
from tests.conftest import NOW
from tests.factories import as_price


def day(text: str) -> datetime:
    """Return the first instant (UTC) of an ISO date."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def totals(*shorthands, currency="EUR", as_of=NOW, new_customer=True, **more):
    """Price shorthands of `tests.factories` in `currency`."""
    prices = [as_price(s, currency=currency) for s in shorthands]
    return pricing.totals(prices, as_of=as_of, new_customer=new_customer, currency=currency, **more)


def minors(found) -> tuple[int, ...]:
    """Return due now, one-time, monthly, regular and whole-term sums in minor units."""
    return tuple(
        m.minor
        for m in (
            found.due_now,
            found.one_time,
            found.monthly,
            found.regular_monthly,
            found.whole_term,
        )
    )
