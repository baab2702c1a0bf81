"""Wording of the mail that brings a voucher."""

from __future__ import annotations

from datetime import datetime

from self_service import i18n, letters, routes
from self_service.domain.errors import N_
from self_service.domain.messages import Letter
from self_service.money import Money


def gift(language: str, code: str, amount: Money, greeting: str, expires_at: datetime) -> Letter:
    """Bring a voucher with its greeting; web addresses in it were refused when it was typed."""
    worth = amount.display(i18n.LANGUAGES[language].locale)
    told = N_("Somebody gives you a voucher worth {sum}.")
    last = N_("It can be redeemed until {day}. Put it into your wallet here:")
    return letters.compose(
        language,
        N_("A voucher for you"),
        i18n.translate(language, told, sum=worth),
        *([f"“{greeting}”"] if greeting else []),
        N_("This is its code. Whoever has it can redeem it, so keep it to yourself:"),
        code,
        i18n.translate(language, last, day=i18n.short_day(expires_at, language)),
        letters.address(language, routes.VOUCHERS),
    )
