"""SMS by one POST to the operator's gateway, as nearly every gateway takes it."""

from __future__ import annotations

import httpx2

from self_service.ports import NotTaken, OutgoingSms

#: Seconds that the gateway may take.
PATIENCE = 20.0
#: Answers that say "never": the number or the text is at fault. Others may pass.
_NEVER = frozenset({400, 404, 410, 422})


class HttpSms:
    """Hands texts over as JSON: id, to, from, text; the id is the idempotency key too."""

    def __init__(
        self,
        *,
        url: str,
        key: str,
        sender: str,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Take how the gateway is reached.

        Args:
            url: that takes the POST.
            key: sent as a bearer token, "" for none.
            sender: name or number that texts come from.
            transport: what carries the requests instead of the network, for tests.
        """
        self._url, self._sender, self._transport = url, sender, transport
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def send(self, sms: OutgoingSms) -> None:
        """Hand a text over.

        Raises:
            NotTaken: it was not taken; the message holds no number.
        """
        said = {"id": sms.id, "to": sms.receiver, "from": self._sender, "text": sms.text}
        headers = {**self._headers, "Idempotency-Key": sms.id}
        try:
            async with httpx2.AsyncClient(timeout=PATIENCE, transport=self._transport) as client:
                answer = await client.post(self._url, json=said, headers=headers)
        except httpx2.HTTPError as fault:
            raise NotTaken(type(fault).__name__) from None
        if not answer.is_success:
            raise NotTaken(f"{answer.status_code}", lasting=answer.status_code in _NEVER)
