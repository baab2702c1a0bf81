"""Passkeys and connected accounts, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from self_service import i18n, wiring
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.people import linked_accounts, passkeys
from self_service.domain.people.passkeys import Key
from self_service.state.moments import past


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A passkey."""

    id: str
    name: str
    told: str


def provider_text(language: str, text: str) -> str:
    """Return `text` with the provider's name, "" where the operator has no provider."""
    provider = wiring.identity_provider()
    return i18n.translate(language, text, provider=provider.name) if provider else ""


def ways_in(session: Session, actor: Actor, language: str, *, now: datetime) -> dict[str, Any]:
    """Read what the security page shows of the ways in besides the password."""
    linked = linked_accounts.of(session, actor, now=now)
    connected = provider_text(language, N_("Your account is connected with {provider}."))
    return {
        "keys": [_row(key, now, language) for key in passkeys.of(session, actor, now=now)],
        "provider": provider_text(language, N_("Connect with {provider}")),
        "connected": connected if linked else "",
    }


def _row(key: Key, now: datetime, language: str) -> KeyRow:
    if key.last_used_at is None:
        told = i18n.translate(
            language, N_("Added {when}, not used yet"), when=past(key.created_at, now, language)
        )
    else:
        told = i18n.translate(
            language, N_("Last used {when}"), when=past(key.last_used_at, now, language)
        )
    return KeyRow(str(key.id), key.name, told)
