"""Wording of the letters about payments and cards. No sum and no name stands in them."""

from __future__ import annotations

from self_service import i18n, letters, routes, settings
from self_service.domain.errors import N_
from self_service.domain.messages import Letter
from self_service.domain.payments.telling import AutopayWords

_NO_SIGN_IN = N_("You need not sign in to pay there. The link works for some weeks.")


def pay_address(language: str, secret: str) -> str:
    """Return the whole address of a link to pay; `secret` is from `pay_links.make`."""
    path = f"{routes.PAY_LINK}/{language}"
    return settings.get().public_url + routes.with_query(path, {"link": secret})


def pay_link(language: str, secret: str) -> Letter:
    """Send somebody the link that they or our staff asked for."""
    return letters.compose(
        language,
        N_("Pay your bill"),
        N_("Here you can see what is open, and pay it by card:"),
        pay_address(language, secret),
        _NO_SIGN_IN,
    )


def autopay_declined(language: str, secret: str) -> Letter:
    """Tell that the card was refused, and that it is tried again."""
    return letters.compose(
        language,
        N_("Your card was declined"),
        N_("We tried to pay your bill automatically, but your card was declined."),
        N_("We try again tomorrow. You can also pay now, with another card:"),
        pay_address(language, secret),
        _NO_SIGN_IN,
    )


def autopay_stopped(language: str, secret: str) -> Letter:
    """Tell that the card was refused for the last time."""
    return letters.compose(
        language,
        N_("Your bill is not paid"),
        N_("Your card was declined again. We do not try this bill any more."),
        N_("Please pay it here, with another card:"),
        pay_address(language, secret),
        _NO_SIGN_IN,
        N_("Change the card for your next bills here:"),
        letters.address(language, routes.CARDS),
    )


def autopay_confirm(language: str, secret: str) -> Letter:
    """Tell that the bank wants the person."""
    return letters.compose(
        language,
        N_("Please confirm a payment"),
        N_("We wanted to pay your bill automatically, but your bank asks you to confirm it:"),
        pay_address(language, secret),
        _NO_SIGN_IN,
    )


def card_expires(language: str, last4: str) -> Letter:
    """Tell that a saved card ends soon."""
    about = N_("Your card ending in {last4} expires soon. Payments by it will stop then.")
    return letters.compose(
        language,
        N_("Your card expires soon"),
        i18n.translate(language, about, last4=last4),
        N_("Add a new card here:"),
        letters.address(language, routes.CARDS),
    )


#: What autopay writes.
AUTOPAY = AutopayWords(autopay_declined, autopay_stopped, autopay_confirm)
