"""Which topic each kind of letter belongs to, and what of it may not be switched off."""

from __future__ import annotations

from collections.abc import Mapping

from self_service.models.messages import MessageChannel
from self_service.models.notices import Topic

_KINDS: Mapping[str, Topic] = {
    "pay_link": Topic.MONEY,
    "card_expires": Topic.PAYMENTS,
    "auto_topup_paused": Topic.PAYMENTS,
    "gift_received": Topic.VOUCHERS,
    "gift_returned": Topic.VOUCHERS,
    "moved": Topic.CHANGES,
    "service_covered": Topic.NEWS,
    "spend_limit": Topic.USAGE,
    "usage_alert": Topic.USAGE,
}
#: The longest that fits counts; they end with an underscore.
_PREFIXES: Mapping[str, Topic] = {
    "bill_": Topic.MONEY,
    "debt_": Topic.MONEY,
    "autopay_": Topic.PAYMENTS,
    "wallet_": Topic.PAYMENTS,
    "service_": Topic.SERVICES,
    "group_": Topic.SERVICES,
    "advice_": Topic.SERVICES,
    "move_": Topic.CHANGES,
    "change_": Topic.CHANGES,
    "order_": Topic.CHANGES,
    "usage_": Topic.USAGE,
    "spend_": Topic.USAGE,
    "voucher_": Topic.VOUCHERS,
    "news_": Topic.NEWS,
}
#: Those about the account itself, whatever their names begin with.
_SECURITY = frozenset({"change_email"})
#: They bring a link that works once, or ask whether somebody asked for it: by mail only.
LINKED = frozenset(
    {
        "change_email",
        "invitation",
        "known_already",
        "pay_link",
        "reset_password",
        "staff_invitation",
        "verify_email",
    }
)
#: Of topics that people may switch off, what they are still told by mail: the law asks for it
#: (receipts), or it would hide that somebody takes over a number.
_ALWAYS = frozenset(
    {
        "change_withdrawn",
        "service_number_changed",
        "service_port_out_code",
        "service_swap_asked",
        "service_swapped",
    }
)
#: Topics of which mail cannot be switched off.
MAILED = frozenset({Topic.SECURITY, Topic.MONEY})


def topic_of(kind: str) -> Topic:
    """Return the topic of a kind of letter.

    A kind that nobody sorted counts as security: it always goes out, and nothing of it is kept.
    """
    if kind in _SECURITY:
        return Topic.SECURITY
    if found := _KINDS.get(kind):
        return found
    fits = [prefix for prefix in _PREFIXES if kind.startswith(prefix)]
    return _PREFIXES[max(fits, key=len)] if fits else Topic.SECURITY


def must_mail(kind: str) -> bool:
    """Say whether a letter goes by mail whatever was chosen."""
    return topic_of(kind) in MAILED or kind in _ALWAYS or kind in LINKED


def wanted_usually(topic: Topic, channel: MessageChannel, *, by_sms: bool) -> bool:
    """Say what holds where nothing was chosen.

    Args:
        topic: of the notice.
        channel: by which it would come.
        by_sms: the person wants news by SMS.
    """
    if channel is MessageChannel.SMS:
        return by_sms and topic is Topic.NEWS
    return True  # push: who switched it on in a browser wants it
