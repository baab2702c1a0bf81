"""The demo's SMS: nothing is sent, and the inbox page shows what would have been."""

from __future__ import annotations

from self_service.ports import OutgoingSms


class KeptSms:
    """Takes every text; it stays in the table that it was written to."""

    async def send(self, sms: OutgoingSms) -> None:
        """Do nothing."""
