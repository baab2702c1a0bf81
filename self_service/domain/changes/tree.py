"""A subscription as changes look at it: its products, what they may become, and who may say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor, NotAllowed, grants
from self_service.domain.basket import terms as basket_terms
from self_service.domain.basket.terms import Terms
from self_service.domain.bills.recurring import Charging
from self_service.domain.catalog import index as catalog_index
from self_service.domain.catalog.index import OfferingGone
from self_service.domain.catalog.view import Offering, Price
from self_service.domain.changes import books as change_books
from self_service.domain.changes.books import Books
from self_service.domain.errors import NotFound
from self_service.domain.fulfilment.resources import GOODS
from self_service.domain.ids import as_id
from self_service.domain.orders.sold import sold_prices
from self_service.domain.policy import BillPolicy
from self_service.domain.rules.sale import SaleLine, covered, part_group
from self_service.domain.subscriptions.home import SERVICES, SHOWN
from self_service.models.access import Scope
from self_service.models.changes import ChangeStatus, ProductChange
from self_service.models.orders import ProductOrder
from self_service.models.subscriptions import Product, ProductStatus

OPEN = (ChangeStatus.PENDING, ChangeStatus.PERFORMING)


@dataclass(frozen=True)
class Tree:
    """A subscription with all that changes depend on.

    Attributes:
        root: the subscription itself; may be the device that a plan was chosen for.
        products: what of it runs or is paused, parents first.
        prices: as they were sold, by order line.
        open: changes that are not over.
        contract: the order that it came with.
    """

    root: Product
    products: tuple[Product, ...]
    prices: dict[UUID, tuple[Price, ...]]
    terms: Terms
    books: Books
    open: tuple[ProductChange, ...]
    contract: ProductOrder

    @cached_property
    def by_id(self) -> dict[UUID, Product]:
        """The products by id."""
        return {product.id: product for product in self.products}

    @property
    def services(self) -> tuple[Product, ...]:
        """Return what the network serves: plans, internet accesses, TV packages."""
        return tuple(product for product in self.products if product.kind in SERVICES)

    @property
    def ending(self) -> tuple[Product, ...]:
        """Return what ends with the subscription: goods stay."""
        kept = set(self.goods_tree)
        return tuple(p for p in self.products if p.kind not in GOODS and p.id not in kept)

    @cached_property
    def goods_tree(self) -> frozenset[UUID]:
        """Return extras of goods alone (an insurance): they stay with the goods."""
        return frozenset(
            p.id
            for p in self.products
            if p.kind not in SERVICES
            and p.parent_id is not None
            and p.parent_id in self.by_id
            and self.by_id[p.parent_id].kind in GOODS
        )

    @property
    def main(self) -> Product:
        """Return the service by which the subscription is known."""
        return self.services[0]

    def one(self, product_id: object) -> Product:
        """Return one of the products.

        Raises:
            NotFound: it is none.
        """
        found = self.by_id.get(as_id(product_id))
        if found is None:
            raise NotFound
        return found

    def offering(self, product: Product) -> Offering:
        """Return what a product is in the catalogue, on sale or not any more."""
        return self.terms.offering(product.offering_id)

    def known(self, offering_id: UUID | None) -> Offering | None:
        """Return an offering that is in the catalogue, None else."""
        try:
            return self.terms.catalog.get(offering_id) if offering_id else None
        except OfferingGone:
            return None

    def children(self, product: Product) -> tuple[Product, ...]:
        """Return what hangs on a product."""
        return tuple(other for other in self.products if other.parent_id == product.id)

    def sold(self, product: Product) -> tuple[Price, ...]:
        """Return what a product was sold for."""
        return self.prices.get(product.order_item_id, ())

    def charging(self, product: Product) -> Charging | None:
        """Return how a product is charged, None when it is not."""
        return self.books.chargings.get(product.id)

    def lines(self) -> tuple[SaleLine, ...]:
        """Return the subscription as a sale: what the rules look at."""
        return tuple(self._line(product) for product in self.products)

    def _line(self, product: Product) -> SaleLine:
        offering, group = self.offering(product), ""
        above = self.by_id.get(product.parent_id) if product.parent_id else None
        if above is not None:
            group = part_group(self.offering(above), product.offering_id) or ""
        parent = above.id if above is not None else None
        return SaleLine(product.id, offering, product.configuration, parent, group)

    def in_bundle(self, product: Product) -> Product | None:
        """Return the bundle whose price pays for a product, None without one."""
        above = self.by_id.get(product.parent_id) if product.parent_id else None
        if above is not None and covered(self.offering(above), product.offering_id, ""):
            return above
        return None


def open_tree(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    scope: Scope,
    now: datetime,
    policy: BillPolicy | None = None,
) -> Tree:
    """Read a subscription for somebody who may do this with it.

    Args:
        session: open transaction.
        actor: who asks.
        product_id: the subscription or anything in it, whatever a client sent.
        scope: what is to be done.
        now: instant of the act.
        policy: the operator's tax country.

    Raises:
        NotFound: there is none, it ended, or it is nothing of theirs.
        NotAllowed: they may see it, but not do this.
    """
    key = as_id(product_id)
    if not grants.allowed(session, actor, key, Scope.VIEW, now=now):
        raise NotFound
    if not grants.allowed(session, actor, key, scope, now=now):
        raise NotAllowed
    product = session.get_one(Product, key)
    return read_tree(session, grants.root_of(session, product), now=now, policy=policy)


def read_tree(
    session: Session, root: Product, *, now: datetime, policy: BillPolicy | None = None
) -> Tree:
    """Read a subscription; whoever asks has been found to be allowed to.

    Raises:
        NotFound: nothing of it runs.
    """
    found = read_trees(session, [root], now=now, policy=policy)
    if not found:
        raise NotFound
    return found[0]


def read_trees(
    session: Session, roots: Sequence[Product], *, now: datetime, policy: BillPolicy | None = None
) -> tuple[Tree, ...]:
    """Read subscriptions of one customer of which something runs, by a fixed number of statements.

    Args:
        session: open transaction.
        roots: of one customer, who was found to be whoever asks, or to share them.
        now: instant of reading.
        policy: the operator's tax country.
    """
    if not roots:
        return ()
    customer_id, currency = roots[0].customer_id, roots[0].currency
    live = select(Product).where(Product.customer_id == customer_id, col(Product.status).in_(SHOWN))
    rows = session.exec(
        live.order_by(Product.started_at, Product.id).execution_options(populate_existing=True)
    ).all()
    parts = {root.id: _within(root, rows) for root in roots}
    kept = [root for root in roots if any(one.kind in SERVICES for one in parts[root.id])]
    if not kept:
        return ()
    products = [product for root in kept for product in parts[root.id]]
    catalog = catalog_index.current(session)
    offerings = {product.offering_id for product in products}
    terms = basket_terms.gather(session, customer_id, catalog, offerings, now=now)
    items = {product.order_item_id for product in products}
    since = min(root.started_at or root.status_changed_at for root in kept)
    prices = sold_prices(session, items, currency=currency, since=since)
    books = change_books.read(session, customer_id, products, currency=currency, policy=policy)
    changes, contracts = _changes(session, kept), _contracts(session, kept)
    return tuple(
        Tree(
            root=root,
            products=parts[root.id],
            prices=prices,
            terms=terms,
            books=books,
            open=tuple(one for one in changes if one.root_id == root.id),
            contract=contracts[root.order_id],
        )
        for root in kept
    )


def _changes(session: Session, roots: Sequence[Product]) -> Sequence[ProductChange]:
    wanted = select(ProductChange).where(
        col(ProductChange.root_id).in_([root.id for root in roots]),
        col(ProductChange.status).in_(OPEN),
    )
    return session.exec(
        wanted.order_by(ProductChange.effective_at).execution_options(populate_existing=True)
    ).all()


def _contracts(session: Session, roots: Sequence[Product]) -> dict[UUID, ProductOrder]:
    ids = [root.order_id for root in roots]
    rows = session.exec(select(ProductOrder).where(col(ProductOrder.id).in_(ids)))
    return {row.id: row for row in rows}


def running(product: Product) -> bool:
    """Say whether a product works."""
    return product.status is ProductStatus.ACTIVE


def _within(root: Product, rows: Iterable[Product]) -> tuple[Product, ...]:
    below: dict[UUID | None, list[Product]] = {}
    alive: dict[UUID, Product] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
        alive[row.id] = row
    found: list[Product] = []
    waiting: list[Product] = [alive.get(root.id, root)]
    while waiting:
        one = waiting.pop(0)
        if one.id in alive:
            found.append(one)
        waiting += below.get(one.id, [])
    return tuple(found)


def open_of(changes: Sequence[ProductChange], product_id: UUID) -> ProductChange | None:
    """Return the open change of a product, None without one."""
    return next((change for change in changes if change.product_id == product_id), None)
