"""Coming back from the provider: whose order a payment is for, and where its page is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from self_service import i18n, routes
from self_service.domain.orders import numbers as order_numbers
from self_service.wiring import database


@dataclass(frozen=True, slots=True)
class Behind:
    """Where somebody who pays came from; the store when nobody knows.

    Attributes:
        language: in which the order was placed.
        path: of the order's page, which checks who looks.
    """

    language: str = i18n.DEFAULT
    path: str = "/"


async def behind(payment_id: UUID | str) -> Behind:
    """Find the order that a payment is for.

    Args:
        payment_id: ours, as we or the provider say it.
    """
    try:
        wanted = UUID(str(payment_id))
    except ValueError:
        return Behind()
    found = await database().read(order_numbers.paid_by, wanted)
    if found is None:
        return Behind()
    language = i18n.known(found.language)
    return Behind(language, routes.page(language, routes.ORDER, found.number))
