"""The words of shared access: what somebody may do, with what, until when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from self_service import i18n
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.subscriptions.view import SubscriptionView
from self_service.models.access import Scope
from self_service.state.resource_words import phone_text

#: What may be done, as it is chosen.
SCOPES: Mapping[Scope, str] = {
    Scope.VIEW: N_("See it: what runs, what is used, what it costs"),
    Scope.MANAGE: N_("Change it: plan, extras and SIM"),
    Scope.PAY: N_("Pay for it"),
}
#: What may be done, as it is told in a line.
_TOLD: Mapping[frozenset[Scope], str] = {
    frozenset({Scope.VIEW}): N_("May see it"),
    frozenset({Scope.MANAGE}): N_("May see and change it"),
    frozenset({Scope.PAY}): N_("May see it and pay for it"),
    frozenset({Scope.MANAGE, Scope.PAY}): N_("May see it, change it and pay for it"),
}
ALL_SUBSCRIPTIONS = N_("All subscriptions")


def scopes_text(scopes: Collection[Scope], language: str) -> str:
    """Say what somebody may do."""
    needed = frozenset(scopes) - {Scope.VIEW} or frozenset({Scope.VIEW})
    return i18n.translate(language, _TOLD[needed])


def until_text(until: datetime | None, language: str) -> str:
    """Say until when, by the last day; "" stands for no end."""
    if until is None:
        return ""
    last = until - timedelta(microseconds=1)
    return i18n.translate(language, N_("until {day}"), day=i18n.short_day(last, language))


def subscription_text(view: SubscriptionView | None, language: str) -> str:
    """Name a subscription by its plan and its number."""
    if view is None:
        return i18n.translate(language, N_("A subscription that ended"))
    name = text(view.name, language)
    return f"{name} · {phone_text(view.number)}" if view.number else name
