"""Words about notifications: topics, channels, and what is done about each kind."""

from __future__ import annotations

from collections.abc import Mapping

from self_service import i18n, routes
from self_service.domain.errors import N_
from self_service.domain.notices.history import NoticeView
from self_service.models.messages import MessageChannel
from self_service.models.notices import Topic

#: Each topic: its name, and what it is about.
TOPICS: Mapping[Topic, tuple[str, str]] = {
    Topic.MONEY: (N_("Bills and debts"), N_("New bills, reminders, instalments, disputes")),
    Topic.PAYMENTS: (
        N_("Payments and wallet"),
        N_("Cards, automatic payment, credit that runs low or expires"),
    ),
    Topic.SERVICES: (N_("Services and network"), N_("SIM, number, settings, advice")),
    Topic.CHANGES: (N_("Changes and orders"), N_("Changes of subscriptions, moves, orders")),
    Topic.USAGE: (N_("Usage and spending"), N_("What you used, and limits that you set")),
    Topic.VOUCHERS: (N_("Vouchers and gifts"), N_("Gifts that came, and that came back")),
    Topic.SECURITY: (N_("Security"), N_("Sign-in, password, who has access")),
    Topic.NEWS: (N_("News"), N_("What you asked us to tell you when it comes")),
}
CHANNELS: Mapping[MessageChannel, str] = {
    MessageChannel.EMAIL: N_("E-mail"),
    MessageChannel.SMS: N_("SMS"),
    MessageChannel.PUSH: N_("Browser"),
}
#: Where a topic is at home, for what leads to no page of its own.
_PAGES: Mapping[Topic, str] = {
    Topic.MONEY: routes.BILLS,
    Topic.PAYMENTS: routes.CARDS,
    Topic.SERVICES: routes.SUBSCRIPTIONS,
    Topic.CHANGES: routes.SUBSCRIPTIONS,
    Topic.USAGE: routes.USAGE,
    Topic.VOUCHERS: routes.VOUCHERS,
    Topic.SECURITY: routes.SECURITY,
    Topic.NEWS: routes.STORE,
}
#: What one does about a kind of notice; about all others: see it.
_ACTIONS: Mapping[str, str] = {
    "auto_topup_paused": N_("Go to the wallet"),
    "autopay_confirm": N_("Confirm the payment"),
    "autopay_declined": N_("Pay now"),
    "autopay_stopped": N_("Pay now"),
    "bill_ready": N_("See the bill"),
    "card_expires": N_("Change the card"),
    "debt_fee": N_("Pay now"),
    "debt_remind": N_("Pay now"),
    "debt_suspend": N_("Pay now"),
    "debt_warn": N_("Pay now"),
    "pay_link": N_("Pay now"),
    "service_covered": N_("See what there is"),
    "service_suspended": N_("Top up"),
    "wallet_expiring": N_("Top up"),
    "wallet_low": N_("Top up"),
}
_SEE = N_("See it")


def action_words(notice: NoticeView, language: str) -> str:
    """Say what one does about a notice."""
    return i18n.translate(language, _ACTIONS.get(notice.kind, _SEE))


def address_of(notice: NoticeView, language: str) -> str:
    """Return the page that a notice is about, else that of its topic."""
    home = routes.page(language, _PAGES[notice.topic])
    return routes.inside(f"/{language}{notice.path}", home) if notice.path else home


def topic_name(topic: Topic, language: str) -> str:
    """Return what a topic is called."""
    return i18n.translate(language, TOPICS[topic][0])
