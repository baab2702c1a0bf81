"""What the portal asks of the network: services of products, in our verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class NetworkStatus(StrEnum):
    """How an order to the network stands."""

    TAKEN = "taken"  # it will answer later
    DONE = "done"
    REFUSED = "refused"


class NetworkError(Exception):
    """The network did not answer, or not in time: whether it has the order is not known."""


@dataclass(frozen=True, slots=True)
class NetworkOrder:
    """Something asked of the network.

    Attributes:
        key: our id of the request: asked twice with it, the network does it once.
        service: whose service; the product's id.
        sequence: place among the orders for this service. What is older than something that was
            done already about the same thing has to be refused as "overtaken".
        act: a value of `models.network.NetworkAct`.
        wanted: what exactly; names are ours.
    """

    key: str
    service: str
    sequence: int
    act: str
    wanted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NetworkAnswer:
    """What the network says about an order.

    Attributes:
        key: of the order.
        reason: code of a refusal, "" else.
        told: further values, such as the state of a line.
    """

    key: str
    status: NetworkStatus
    reason: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


class NetworkPort(Protocol):
    """Speaks with the network. All calls may raise NetworkError."""

    async def request(self, order: NetworkOrder) -> NetworkAnswer:
        """Hand an order over; it may be answered at once or later."""
        ...

    async def find(self, key: str) -> NetworkAnswer | None:
        """Return how an order stands, None when the network never got it."""
        ...

    async def answers(self, now: datetime) -> tuple[NetworkAnswer, ...]:
        """Fetch the answers that came since; they may come in any order, twice, or never."""
        ...
