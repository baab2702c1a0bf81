"""Values as the store shows them: typed and simple, so that the edge writes them by locale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from self_service import clock
from self_service.money import Money


class ValueKind(StrEnum):
    """How a value is to be written."""

    TEXT = "text"  # data of the catalogue, as it is: a brand, a marketing colour
    PHRASE = "phrase"  # `text` is an English source string, to be translated
    NUMBER = "number"  # `number` of `unit`
    RANGE = "range"  # from `low` to just below `high`, of `unit`; None is an open end
    MONEY = "money"  # `money`, per `unit` when one is given
    MONEY_RANGE = "money_range"  # `low` and `high` are minor units of the catalogue's currency
    MONTH = "month"  # `text` is "YYYY-MM"
    DATE = "date"  # `text` is "YYYY-MM-DD"
    LIST = "list"  # `items`


@dataclass(frozen=True, slots=True)
class Value:
    """One value. Units: in, mm, g, MB (of 1024 KB), mAh, MP, px, Mbps, min, SMS, channel, month.

    Attributes:
        kind: which of the other fields say it.
        text: of TEXT, PHRASE, MONTH and DATE.
        number: scaled by `decimals`: 61 with one decimal is 6.1; -1 in MB, min and SMS is
            "unlimited".
        decimals: digits of `number`, `low` and `high` after the point.
        unit: code of the unit, "" for a bare number.
        low: first value of a range, None when it is open.
        high: first value above a range, None when it is open.
        money: of MONEY.
        items: of LIST.
    """

    kind: ValueKind
    text: str = ""
    number: int = 0
    decimals: int = 0
    unit: str = ""
    low: int | None = None
    high: int | None = None
    money: Money | None = None
    items: tuple[Value, ...] = ()


def text(words: str, unit: str = "") -> Value:
    """Make a value of data that is shown as it is; "147 × 71 × 8" has a unit all the same."""
    return Value(ValueKind.TEXT, text=words, unit=unit)


def phrase(message: str) -> Value:
    """Make a value of a translatable English source string (marked with N_ where written)."""
    return Value(ValueKind.PHRASE, text=message)


def number(amount: int, unit: str = "", *, decimals: int = 0) -> Value:
    """Make a value of `amount` / 10**`decimals` `unit`."""
    return Value(ValueKind.NUMBER, number=amount, unit=unit, decimals=decimals)


def between(low: int | None, high: int | None, unit: str = "", *, decimals: int = 0) -> Value:
    """Make a range that contains `low` and not `high`."""
    return Value(ValueKind.RANGE, low=low, high=high, unit=unit, decimals=decimals)


def price(money: Money, per: str = "") -> Value:
    """Make a value of a sum, by the `month` when so said."""
    return Value(ValueKind.MONEY, money=money, unit=per)


def price_between(low: int | None, high: int | None, per: str = "") -> Value:
    """Make a price range in minor units that contains `low` and not `high`."""
    return Value(ValueKind.MONEY_RANGE, low=low, high=high, unit=per)


def month(stamp: str) -> Value:
    """Make a value of a month, "YYYY-MM"."""
    return Value(ValueKind.MONTH, text=stamp)


def day(at: datetime) -> Value:
    """Make a value of the day of an instant, in the operator's zone."""
    return Value(ValueKind.DATE, text=f"{at.astimezone(clock.zone()):%Y-%m-%d}")


def several(items: Sequence[Value]) -> Value:
    """Make a list; a single item stays itself."""
    return items[0] if len(items) == 1 else Value(ValueKind.LIST, items=tuple(items))
