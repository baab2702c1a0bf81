"""Signing out at the operator's provider too, when a session was opened there."""

from __future__ import annotations

from self_service import routes, settings
from self_service.domain.people import linked_accounts
from self_service.ports import ProviderError
from self_service.wiring import database, identity_provider


async def address(cookie: str, language: str) -> str:
    """Return where a browser signs out at the provider too, "" when it did not come from there."""
    provider = identity_provider()
    proof = await database().read(linked_accounts.proof_of, cookie) if provider else ""
    if provider is None or not proof:
        return ""
    back_to = settings.get().public_url + routes.page(language, routes.STORE)
    try:
        return await provider.logout_address(id_token=proof, back_to=back_to)
    except ProviderError:
        return ""
