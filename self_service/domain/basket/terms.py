"""What the lines of a basket are judged and priced by: the catalogue, what is owned, the stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, union_all
from sqlmodel import Session

from self_service.domain.basket.lines import Line, Lines
from self_service.domain.catalog.index import Catalog, OfferingGone
from self_service.domain.catalog.view import Offering, Price
from self_service.domain.pricing.totals import REFERENCE_MONTHS, PriceTotals, applicable, totals
from self_service.domain.promotions.held import Held, judge
from self_service.domain.rules import engine as catalog_rules
from self_service.domain.rules.problems import Violation
from self_service.domain.rules.sale import SaleLine, Stock, covered
from self_service.models.catalog import ProductOffering, ProductStock
from self_service.models.subscriptions import Product, ProductStatus

#: Products that a customer has: on the way, running, or not yet ended.
OWNED = (
    ProductStatus.CREATED,
    ProductStatus.PENDING_ACTIVE,
    ProductStatus.ACTIVE,
    ProductStatus.SUSPENDED,
    ProductStatus.PENDING_TERMINATE,
)


@dataclass(frozen=True)
class Terms:
    """What prices and rules depend on besides the lines.

    Attributes:
        catalog: as it is now.
        owned: offerings that the customer has; who has none is a new customer.
        stock: pieces left of the offerings that are counted.
        now: instant of the prices, UTC.
        retired: offerings of the basket that are no longer in the catalogue.
        codes: promotion codes of the basket, judged.
    """

    catalog: Catalog
    owned: frozenset[UUID]
    stock: Stock
    now: datetime
    retired: Mapping[UUID, Offering] = field(default_factory=dict)
    codes: tuple[Held, ...] = ()

    @property
    def new_customer(self) -> bool:
        """Say whether offers for new customers hold."""
        return not self.owned

    def offering(self, offering_id: UUID) -> Offering:
        """Return an offering, on sale or not any more.

        Raises:
            OfferingGone: there never was one.
        """
        return self.retired.get(offering_id) or self.catalog.get(offering_id)

    def sale(self, lines: Lines) -> tuple[SaleLine, ...]:
        """Return the lines as the rules look at them."""
        return tuple(
            SaleLine(
                line.id,
                self.offering(line.offering_id),
                line.configuration,
                line.parent_id,
                line.group,
                line.quantity,
            )
            for line in lines
        )

    @cached_property
    def rules(self) -> dict[str, Any]:
        """The arguments of `catalog_rules` besides the lines."""
        return {
            "owned": self.owned,
            "new_customer": self.new_customer,
            "now": self.now,
            "stock": self.stock,
            "find": self.catalog.get,
        }

    def check(self, lines: Lines) -> tuple[Violation, ...]:
        """Return every rule that the lines break."""
        return catalog_rules.check(self.sale(lines), **self.rules)

    def prices(self, lines: Lines, line: Line) -> tuple[Price, ...]:
        """Return the price components that hold for a line."""
        above = next((parent for parent in lines if parent.id == line.parent_id), None)
        bundle = None if above is None else self.offering(above.offering_id)
        if covered(bundle, line.offering_id, line.group):
            return ()
        return applicable(
            self.offering(line.offering_id).prices,
            as_of=self.now,
            new_customer=self.new_customer,
            configuration=line.configuration,
        )

    def totals(
        self, line: Line, prices: tuple[Price, ...], *, quantity: int, covers: int
    ) -> PriceTotals:
        """Price some pieces of a line; without a term of its own it covers `covers` months."""
        return totals(
            prices,
            as_of=self.now,
            new_customer=self.new_customer,
            currency=self.catalog.currency,
            configuration=line.configuration,
            term_months=self.offering(line.offering_id).term_months,
            quantity=quantity,
            reference_months=covers,
        )

    def mark(self, lines: Lines, line: Line) -> int:
        """Return the `price_mark` of a line as it stands among the others."""
        prices = self.prices(lines, line)
        return price_mark(
            self.totals(line, prices, quantity=1, covers=REFERENCE_MONTHS), quantity=1
        )


def price_mark(priced: PriceTotals, *, quantity: int) -> int:
    """Return one number that changes when the price of a piece does, in minor units."""
    return (priced.due_now.minor + priced.regular_monthly.minor) // quantity


def gather(
    session: Session,
    customer_id: UUID | None,
    catalog: Catalog,
    offering_ids: Iterable[UUID],
    *,
    now: datetime,
    codes: tuple[Held, ...] = (),
) -> Terms:
    """Read the terms for lines with these offerings: one statement, two when some are retired.

    Args:
        session: open transaction.
        customer_id: whose products count; None for a visitor.
        catalog: as it is now.
        offering_ids: what is in the lines, or may come in.
        now: instant of the sale.
        codes: promotion codes of the basket, to be judged.
    """
    ids = set(offering_ids)
    owned, stock = _facts(session, customer_id, ids) if ids or customer_id else (frozenset(), {})
    missing = [offering_id for offering_id in ids if not _has(catalog, offering_id)]
    retired = _retired(session, missing, now=now) if missing else {}
    judged = judge(codes, now=now, new_customer=not owned) if codes else ()
    return Terms(catalog, owned, stock, now, retired, judged)


def _facts(
    session: Session, customer_id: UUID | None, offering_ids: Iterable[UUID]
) -> tuple[frozenset[UUID], Stock]:
    left = select(_STOCK.c.offering_id, _STOCK.c.variant, _STOCK.c.available).where(
        _STOCK.c.offering_id.in_(list(offering_ids))
    )
    owned = select(_PRODUCT.c.offering_id, literal(""), literal(-1)).where(
        _PRODUCT.c.customer_id == customer_id, _PRODUCT.c.status.in_(OWNED)
    )
    ids: set[UUID] = set()
    stock: dict[UUID, dict[str, int]] = defaultdict(dict)
    statement = left if customer_id is None else union_all(left, owned)
    for offering_id, variant, available in session.execute(statement):
        if available < 0:
            ids.add(offering_id)
        else:
            stock[offering_id][variant] = available
    return frozenset(ids), dict(stock)


def _has(catalog: Catalog, offering_id: UUID) -> bool:
    try:
        catalog.get(offering_id)
    except OfferingGone:
        return False
    return True


def _retired(session: Session, ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Offering]:
    """Return offerings that left the catalogue as ones whose sale has ended, to name them."""
    table = ProductOffering.__table__.c
    rows = session.execute(
        select(table.id, table.slug, table.kind, table.name, table.picture).where(
            table.id.in_(list(ids))
        )
    )
    return {
        row.id: Offering(
            id=row.id,
            slug=row.slug,
            kind=row.kind,
            name=row.name,
            description={},
            category="",
            valid_to=now,
            picture=row.picture,
        )
        for row in rows
    }


_STOCK = ProductStock.__table__
_PRODUCT = Product.__table__
