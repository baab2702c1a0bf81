"""The demo's mail: nothing is sent, and the inbox page shows what would have been."""

from __future__ import annotations

from self_service.ports import OutgoingMail


class KeptMail:
    """Takes every mail; it stays in the table that it was written to."""

    keeps = True

    async def send(self, mail: OutgoingMail) -> None:
        """Do nothing."""
