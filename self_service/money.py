"""Money: integer minor units and an ISO 4217 currency. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.core import Locale, get_global
from babel.numbers import format_currency

#: Typographic minus (U+2212): a hyphen is easily lost in front of a sum.
MINUS = "\N{MINUS SIGN}"


class CurrencyMismatch(ValueError):
    """Two sums in different currencies were combined: always a bug, never a person's fault."""


def exponent(currency: str) -> int:
    """Return how many digits stand after the point in `currency` (ISO 4217, from CLDR).

    Args:
        currency: three-letter code, for example EUR (2), JPY (0), KWD (3).
    """
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


@dataclass(frozen=True, order=False, slots=True)
class Money:
    """A sum in minor units (cents of EUR, whole JPY, thousandths of KWD)."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Make money from a decimal amount in major units, rounded half up to the exponent.

        Raises:
            decimal.InvalidOperation: `amount` is not a number.
        """
        scaled = Decimal(amount).scaleb(exponent(currency))
        return cls(int(scaled.to_integral_value(ROUND_HALF_UP)), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing, in `currency`."""
        return cls(0, currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, basis_points: int) -> Money:
        """Return `basis_points` hundredths of a percent of this sum, rounded half up once."""
        part = Decimal(self.minor) * basis_points / 10_000
        return Money(int(part.to_integral_value(ROUND_HALF_UP)), self.currency)

    @property
    def amount(self) -> Decimal:
        """The sum in major units, exact. For display and documents, never for storing."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def display(self, locale: str) -> str:
        """Return the sum as people of `locale` (babel identifier) write it, minor units shown."""
        text = format_currency(self.amount, self.currency, locale=locale)
        return text.replace("-", MINUS) if self.minor < 0 else text

    def rounded(self, locale: str) -> str:
        """Return the sum without minor units where it has none: for the ends of price ranges."""
        if self.minor % 10 ** exponent(self.currency):
            return self.display(locale)
        pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace(".00", "")
        return format_currency(
            self.amount, self.currency, format=pattern, locale=locale, currency_digits=False
        )

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
