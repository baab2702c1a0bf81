"""Stripe's calls over httpx2, which is the HTTP library of this project.

stripe-python's own asynchronous client needs plain httpx, which is dormant and not ours, and keeps
one connection pool whichever event loop it is called from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import httpx2
import stripe


class Httpx2Client(stripe.HTTPClient):
    """stripe-python's transport, asynchronous only, with one pool per event loop."""

    name = "httpx2"

    def __init__(self, timeout: float, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        """Prepare; connections are opened as they are needed.

        Args:
            timeout: seconds to wait for a connection, and for each part of an answer.
            transport: what carries the requests instead of the network, for tests.
        """
        super().__init__()
        self._timeout = timeout
        self._transport = transport
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = (
            WeakKeyDictionary()
        )

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send one request and read the whole answer.

        Raises:
            stripe.APIConnectionError: no answer came; whether the request arrived is not known.
        """
        try:
            response = await self._client().request(
                method, url, headers=dict(headers), content=post_data or None
            )
        except httpx2.TransportError as fault:
            raise stripe.APIConnectionError(  # type: ignore[no-untyped-call]
                type(fault).__name__, should_retry=True
            ) from fault
        return response.content, response.status_code, response.headers

    def sleep_async(self, secs: float) -> Awaitable[None]:
        """Wait between two tries."""
        return asyncio.sleep(secs)

    async def close_async(self) -> None:
        """Close the connections of the running event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    def _client(self) -> httpx2.AsyncClient:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = httpx2.AsyncClient(
                timeout=self._timeout, transport=self._transport
            )
        return self._clients[loop]
