"""Coming back from the provider: what a payment is for, and where its page is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from self_service import i18n, routes
from self_service.domain.orders import numbers as order_numbers
from self_service.domain.payments import after
from self_service.wiring import database


@dataclass(frozen=True, slots=True)
class Behind:
    """Where somebody who pays came from; the store when nobody knows.

    Attributes:
        language: in which the order was placed, or the payment started.
        path: of the page, which checks who looks.
        of_order: an order's page.
    """

    language: str = i18n.DEFAULT
    path: str = "/"
    of_order: bool = False


async def behind(payment_id: UUID | str) -> Behind:
    """Find the page that a payment is for: its order's, or the one where it was started.

    Args:
        payment_id: ours, as we or the provider say it.
    """
    try:
        wanted = UUID(str(payment_id))
    except ValueError:
        return Behind()
    found = await database().read(order_numbers.paid_by, wanted)
    if found is None:
        return await _started_from(wanted)
    language = i18n.known(found.language)
    return Behind(language, routes.page(language, routes.ORDER, found.number), True)


async def _started_from(payment_id: UUID) -> Behind:
    payment = await database().read(after.came_from, payment_id)
    if payment is None or not payment.back:
        return Behind()
    path = routes.inside(payment.back, "/")
    joint = "&" if "?" in path else "?"
    return Behind(i18n.known(payment.language), f"{path}{joint}paid={payment.stands}")
