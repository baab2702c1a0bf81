"""Wording of the letters about the wallet, in the language of whoever gets them."""

from __future__ import annotations

from datetime import datetime

from self_service import i18n, letters, routes
from self_service.domain.errors import N_
from self_service.domain.messages import Letter
from self_service.domain.wallet.telling import WalletLetters
from self_service.models.base import Texts
from self_service.money import Money


def low(language: str, left: Money) -> Letter:
    """Tell that little is left."""
    text = N_("There is {sum} left in your wallet.")
    return letters.compose(
        language,
        N_("Little credit left"),
        i18n.translate(language, text, sum=_sum(left, language)),
        N_("Top up here:"),
        _wallet(language, open="topup"),
    )


def expiring(language: str, left: Money, until: datetime) -> Letter:
    """Tell that credit expires soon, and what keeps it."""
    text = N_("Your credit of {sum} expires on {day}. Any top-up before then keeps all of it.")
    day = i18n.day(until, language)
    return letters.compose(
        language,
        N_("Your credit expires soon"),
        i18n.translate(language, text, sum=_sum(left, language), day=day),
        N_("Top up here:"),
        _wallet(language, open="topup"),
    )


def gift(language: str, amount: Money) -> Letter:
    """Tell that a gift arrived; who sent it is said in the wallet."""
    text = N_("Somebody gave you {sum}. It is in your wallet.")
    return letters.compose(
        language,
        N_("You received a gift"),
        i18n.translate(language, text, sum=_sum(amount, language)),
        N_("See who it is from here:"),
        _wallet(language),
    )


def gift_returned(language: str, amount: Money) -> Letter:
    """Tell that a gift could not be delivered."""
    text = N_("Your gift of {sum} could not be delivered. It is back in your wallet.")
    return letters.compose(
        language,
        N_("Your gift came back"),
        i18n.translate(language, text, sum=_sum(amount, language)),
        _wallet(language),
    )


def suspended(language: str, name: Texts, price: Money) -> Letter:
    """Tell that a service is paused, and what it takes to go on."""
    text = N_("{name} costs {sum} and your wallet holds less, so it is paused.")
    called = name.get(language) or name.get("en", "")
    return letters.compose(
        language,
        N_("A service of yours is paused"),
        i18n.translate(language, text, name=called, sum=_sum(price, language)),
        N_("It runs again as soon as you top up:"),
        _wallet(language, open="topup"),
    )


def auto_paused(language: str, amount: Money) -> Letter:
    """Tell that the automatic top-up stopped."""
    text = N_("We could not top up {sum} by your saved card, so automatic top-up is paused.")
    return letters.compose(
        language,
        N_("Automatic top-up is paused"),
        i18n.translate(language, text, sum=_sum(amount, language)),
        N_("Nothing was charged. Choose another card or resume here:"),
        _wallet(language),
    )


WALLET_LETTERS = WalletLetters(
    low=low,
    expiring=expiring,
    gift=gift,
    gift_returned=gift_returned,
    suspended=suspended,
    auto_paused=auto_paused,
)


def _sum(amount: Money, language: str) -> str:
    return amount.display(i18n.LANGUAGES[i18n.known(language)].locale)


def _wallet(language: str, **query: str) -> str:
    return letters.address(language, routes.WALLET, **query)
