"""Reading a sum that somebody typed: "24.90", "24,90", "1 000", "1.000,00"."""

from __future__ import annotations

import re

from self_service.domain.payments.paying import BadSum
from self_service.money import exponent

#: Groups of three digits with one kind of separator, or digits alone; then maybe a fraction.
_GROUPED = re.compile(r"\d{1,3}(?:(?P<group>[.,' \u00a0\u202f\u2019])\d{3})(?:(?P=group)\d{3})*")
_LONGEST = 16


def read_sum(text: str, currency: str) -> int:
    """Return a typed sum in minor units.

    Point and comma both part the fraction, whatever the language: people type what their keyboard
    offers. Three digits after a single one are a group of thousands, unless the currency has three.

    Args:
        text: as it was typed.
        currency: decides how many digits a fraction may have.

    Raises:
        BadSum: it is no sum above zero, or finer than the currency.
    """
    typed, digits = text.strip(), exponent(currency)
    if not typed or len(typed) > _LONGEST:
        raise BadSum("sum")
    whole, _, fraction = _parted(typed, digits)
    plain = re.sub(r"\D", "", whole) if _GROUPED.fullmatch(whole) else whole
    if not plain.isdecimal() or (fraction and not fraction.isdecimal()) or len(fraction) > digits:
        raise BadSum("sum")
    minor: int = int(plain) * 10**digits + int(fraction.ljust(digits, "0") or "0")
    if minor <= 0:
        raise BadSum("sum")
    return minor


def _parted(typed: str, digits: int) -> tuple[str, str, str]:
    """Part a sum at its last point or comma, where that begins a fraction."""
    at = max(typed.rfind("."), typed.rfind(","))
    fraction = typed[at + 1 :] if at >= 0 else ""
    if at < 0 or (len(fraction) == 3 and digits != 3):
        return typed, "", ""
    return typed[:at], typed[at], fraction
