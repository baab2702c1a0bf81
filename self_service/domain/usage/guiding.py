"""Whose a record is: from a telephone number, or a product, to what was in use at that instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.usage.allowances import METERED
from self_service.domain.usage.shape import BadRow, Record
from self_service.models.subscriptions import Product, Resource, ResourceKind


@dataclass(frozen=True, slots=True)
class Guide:
    """The holders of some numbers, and some products, read by two statements.

    Attributes:
        holders: number -> (since when, product).
        products: id -> when it was switched on.
    """

    holders: Mapping[str, tuple[datetime | None, UUID]]
    products: Mapping[UUID, datetime | None]

    def product(self, record: Record) -> UUID:
        """Return whose a record is.

        Raises:
            BadRow: nobody's, as far as is known.
        """
        if record.product_id is not None:
            if record.product_id not in self.products:
                raise BadRow("unknown_product", "product")
            return self._in_use(record.product_id, record, "product")
        since, product_id = self.holders.get(record.number, (None, None))
        if product_id is None or product_id not in self.products:
            raise BadRow("unknown_number", "number")
        if since is not None and record.at < since:
            raise BadRow("unknown_number", "number")
        return self._in_use(product_id, record, "number")

    def _in_use(self, product_id: UUID, record: Record, field: str) -> UUID:
        started = self.products[product_id]
        if started is None or record.at < started:
            raise BadRow("before_start", field)
        return product_id


def guide(session: Session, records: Iterable[Record]) -> Guide:
    """Read whose some records are."""
    wanted = list(records)
    numbers = sorted({record.number for record in wanted if record.number})
    named = {record.product_id for record in wanted if record.product_id}
    rows = session.execute(
        select(Resource.value, Resource.assigned_at, Resource.product_id).where(
            Resource.kind == ResourceKind.MSISDN,
            col(Resource.value).in_(numbers),
            col(Resource.product_id).is_not(None),
        )
    )
    holders = {value: (since, product_id) for value, since, product_id in rows}
    ids = sorted({*named, *(product_id for _, product_id in holders.values())}, key=str)
    products = session.execute(
        select(Product.id, Product.started_at).where(
            col(Product.id).in_(ids), col(Product.kind).in_(METERED)
        )
    )
    return Guide(holders, {one: started for one, started in products})  # noqa: C416
