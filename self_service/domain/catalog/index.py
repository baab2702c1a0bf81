"""The catalogue in memory: one frozen object per version, shared by all threads of a process.

Reading the store never touches a table: `current` asks for the version number (one row by primary
key) and answers from memory. Whoever changes the catalogue calls `touch` in the same transaction.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from self_service.domain.catalog.collector import collector_paused
from self_service.domain.catalog.rows import read_categories, read_offerings
from self_service.domain.catalog.view import CategoryView, Offering
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.pricing.offers import Pricer
from self_service.domain.store.query import StoreQuery
from self_service.domain.store.search import Store, StorePage
from self_service.models.catalog import CatalogVersion, OfferingKind, Relation

#: Currency of an empty catalogue: nothing is priced, but a sum of nothing needs a name.
NO_PRICES = "EUR"

#: Key in `Session.info`: the copy of a session that changed the catalogue and may yet roll back.
_OWN_COPY = "catalog"

K = TypeVar("K")
V = TypeVar("V")


class OfferingGone(DomainError):
    """An offering that a basket or an address names is no longer in the catalogue."""

    code = "offering_gone"
    message = N_("This is no longer on sale. Please choose something else from the store.")


class Catalog:
    """Everything that is on sale, by id, slug, kind and relation.

    Attributes:
        version: number of the catalogue's state, from `CatalogVersion`.
        currency: ISO 4217 code of all its prices.
        categories: the shelves, in the operator's order.
        offerings: all offerings, the most popular first.
        store: the same, searchable and priced.
    """

    def __init__(
        self,
        *,
        version: int,
        currency: str,
        categories: Iterable[CategoryView],
        offerings: Iterable[Offering],
    ) -> None:
        self.version = version
        self.currency = currency
        self.categories = tuple(categories)
        self.offerings = tuple(sorted(offerings, key=lambda o: (-o.popularity, o.slug)))
        self._by_id = {offering.id: offering for offering in self.offerings}
        self._pricer = partial(Pricer, currency, self._by_id.get)
        self.store = Store(self.offerings, self.categories, self._pricer)
        self._by_slug = {offering.slug: offering for offering in self.offerings}
        self._by_kind = _grouped((o.kind, o) for o in self.offerings)
        self._addons = _grouped(
            (link.target, offering)
            for offering in self.offerings
            for link in offering.links
            if link.relation is Relation.ADDON_OF
        )

    def get(self, offering_id: UUID) -> Offering:
        """Return an offering.

        Raises:
            OfferingGone: it is not in the catalogue (any more).
        """
        try:
            return self._by_id[offering_id]
        except KeyError:
            raise OfferingGone from None

    def by_slug(self, slug: str) -> Offering:
        """Return the offering with this address.

        Raises:
            NotFound: there is none.
        """
        try:
            return self._by_slug[slug]
        except KeyError:
            raise NotFound from None

    def addons_of(self, offering_id: UUID) -> tuple[Offering, ...]:
        """Return what can be added to an offering, the most popular first."""
        return self._addons.get(offering_id, ())

    def of_kind(self, kind: OfferingKind) -> tuple[Offering, ...]:
        """Return all offerings of one kind, the most popular first."""
        return self._by_kind.get(kind, ())

    def pricer(self, at: datetime, *, new_customer: bool) -> Pricer:
        """Return what prices the offerings for one kind of customer at one time."""
        return self._pricer(at, new_customer)

    def search(
        self,
        query: StoreQuery,
        *,
        as_of: datetime,
        language: str,
        new_customer: bool = True,
        page_size: int = 24,
    ) -> StorePage:
        """Answer a question to the store: a page of cards, and the facets with live counts."""
        return self.store.search(
            query,
            as_of=as_of,
            language=language,
            new_customer=new_customer,
            page_size=page_size,
        )


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return MappingProxyType({key: tuple(values) for key, values in groups.items()})


def load(session: Session) -> Catalog:
    """Read the whole catalogue: what is retired or still in design is left out.

    A change that commits between two of the reads is noticed by its version, and read again.
    """
    while True:
        version = _version(session)
        with collector_paused():
            offerings, currency = read_offerings(session)
            catalog = Catalog(
                version=version,
                currency=currency or NO_PRICES,
                categories=read_categories(session),
                offerings=offerings,
            )
        if _version(session) == version:
            return catalog


def current(session: Session) -> Catalog:
    """Return the catalogue as this session sees it; reads it only when its version changed.

    A session that changed the catalogue gets a copy of its own: what may yet be rolled back must
    not reach others.
    """
    version = _version(session)
    if _OWN_COPY in session.info:
        own: Catalog | None = session.info[_OWN_COPY]
        if own is None or own.version != version:
            own = session.info[_OWN_COPY] = load(session)
        return own
    shared = _shared_of(session)
    catalog = shared.catalog
    if catalog is not None and catalog.version == version:
        return catalog
    with shared.reading:
        if shared.catalog is None or shared.catalog.version != version:
            shared.catalog = load(session)
        return shared.catalog


def touch(session: Session) -> None:
    """Say that the catalogue changed: call it after the change, in the same transaction."""
    session.flush()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(CatalogVersion)
        .values(id=1, version=1)
        .on_conflict_do_update(index_elements=["id"], set_={"version": CatalogVersion.version + 1})
    )
    session.info[_OWN_COPY] = None


class _Shared:
    """The catalogue of one database, and the lock of whoever reads it anew."""

    def __init__(self) -> None:
        self.catalog: Catalog | None = None
        self.reading = threading.Lock()


#: By connection pool: all engines that `execution_options` derives from one share it, and a
#: second database at the same address (tests) has another.
_SHARED: WeakKeyDictionary[Pool, _Shared] = WeakKeyDictionary()
_SHARED_LOCK = threading.Lock()


def _shared_of(session: Session) -> _Shared:
    with _SHARED_LOCK:
        return _SHARED.setdefault(session.get_bind().engine.pool, _Shared())


def _version(session: Session) -> int:
    found = session.execute(_VERSION).scalar_one_or_none()
    return 0 if found is None else found


_VERSION = select(CatalogVersion.version).where(CatalogVersion.id == 1)
