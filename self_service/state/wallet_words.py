"""The words of the wallet: movements, periods, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_interval

from self_service import clock, i18n
from self_service.domain.errors import N_, DomainError
from self_service.domain.wallet.history import Entry
from self_service.domain.wallet.standing import StandingView
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.wallet import AutoTopupTrigger
from self_service.state.display import money, problem
from self_service.state.settings_rows import OTHER_REFUSAL

#: What is said when all went well, by what was done.
DONE: Mapping[str, str] = {
    "voucher": N_("Your voucher was added."),
    "auto": N_("Automatic top-up is on."),
    "auto_off": N_("Automatic top-up is off."),
    "warn": N_("Saved."),
    "gift": N_("Your gift is on its way. You can take it back for a while."),
    "undone": N_("Your gift is back in your wallet."),
}
#: What is said of a payment whose maker comes back from the provider's screen.
PAID: Mapping[str, str] = {
    "done": N_("Paid: the sum is in your wallet."),
    "processing": N_("Your bank has the payment in hand. The sum is added once it is through."),
}
NOT_PAID: Mapping[str, str] = {
    "open": N_("The payment was not completed. Nothing was charged."),
    "failed": N_("The payment did not go through. Nothing was charged. Try another card."),
}
#: What is said beside a refusal when the voucher of the same form was taken.
BOTH = N_("Your voucher and what you paid are in your wallet.")
VOUCHER_TAKEN = N_("Your voucher was added. The card was not charged.")
#: What else forms are refused for.
OTHERS: Mapping[str, str] = {
    "nothing_chosen": N_("Choose a sum, or type the code of a voucher."),
    "refused": OTHER_REFUSAL,
}


def entry_text(entry: Entry, language: str) -> str:
    """Say what a movement was."""
    data = dict(entry.data)
    if "since" in data:
        data["period"] = period(data.pop("since"), data.pop("until"), language)
    return problem(entry.message, data, language)


def period(since: datetime, until: datetime, language: str) -> str:
    """Say a time from one day to another: "1 – 31 May 2026"."""
    first, last = (moment.astimezone(clock.zone()).date() for moment in (since, until))
    locale = i18n.LANGUAGES[language].locale
    return str(format_interval(first, last, "yMMMd", locale=locale))


def said(code: str, at: str, terms: WalletTerms, language: str) -> str:
    """Say a refusal that a form was answered with, by its code and field; "" for none."""
    if not code:
        return ""
    message = OTHERS.get(code) or _messages().get(code, OTHER_REFUSAL)
    places = {name: money(terms.money(minor), language) for name, minor in _limits(terms, at)}
    try:
        return problem(message, places, language)
    except KeyError:  # a place that is known only where it was refused
        return i18n.translate(language, OTHER_REFUSAL)


def _limits(terms: WalletTerms, at: str) -> list[tuple[str, int]]:
    """Return the limits of a field, by the names of their places."""
    policy = terms.policy
    least, most = {
        "gift_amount": (policy.gift_least_minor, policy.gift_most_minor),
        "auto_ceiling": (0, policy.auto_ceiling_most_minor),
        "auto_threshold": (1, policy.holds_most_minor),
        "low_below": (0, policy.holds_most_minor),
    }.get(at, (policy.topup_least_minor, policy.topup_most_minor))
    return [("least", least), ("most", most)]


def _messages() -> dict[str, str]:
    return {kind.code: kind.message for kind in _kinds(DomainError)}


def _kinds(kind: type[DomainError]) -> list[type[DomainError]]:
    return [found for sub in kind.__subclasses__() for found in (sub, *_kinds(sub))]


def standing_text(standing: StandingView, language: str) -> str:
    """Say what a standing order does: "€15.00 when less than €5.00 is left"."""
    wish = standing.wish
    places: dict[str, Any] = {"sum": money(wish.amount, language)}
    if wish.trigger is AutoTopupTrigger.THRESHOLD:
        text = N_("{sum} as soon as less than {least} is left")
        places["least"] = money(wish.threshold, language)
    else:
        text = N_("{sum} on day {day} of each month")
        places["day"] = i18n.number(wish.day, language)
    return i18n.translate(language, text, **places)


#: Why a standing order stopped by itself; the card's other answers are one.
_PAUSED = {
    "card_removed": N_("Paused: the card may not be charged any more."),
    "charge_back": N_("Paused: your bank took a payment by this card back."),
}
_DECLINED = N_("Paused: the card was declined. Nothing was charged.")


def paused_text(reason: str, language: str) -> str:
    """Say why a standing order stopped by itself, "" when it did not."""
    return i18n.translate(language, _PAUSED.get(reason, _DECLINED)) if reason else ""
