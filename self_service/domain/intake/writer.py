"""Drafts into tables: what is new is added, what changed is changed, all else is not touched.

Whether something changed is told by the digest of its draft, kept with the row; so an operator's
own change to a row stays until the file says something else. A handful of queries and bulk
statements serve a file of any length. Nothing is ever deleted because a file does not mention it:
to take something off the shelf, its `lifecycleStatus` becomes `retired`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlmodel import Session

from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import N_
from self_service.domain.intake.drafts import (
    CategoryDraft,
    Drafts,
    Fault,
    OfferingDraft,
    values,
)
from self_service.domain.intake.writer_parts import write_links, write_prices, write_stock
from self_service.domain.intake.writer_rows import Counts, reconcile
from self_service.models.base import new_id
from self_service.models.catalog import Category, ProductOffering, ProductSpecification

_NO_SUCH_SHELF = N_("There is no category with this id.")
_NO_SUCH_OFFERING = N_("There is no usable offering with this id.")
#: What of an offering's draft is not a column of its row.
_PARTS = ("category", "specification", "prices", "links", "stock")


@dataclass(slots=True)
class Written:
    """What `write` did."""

    categories: Counts = field(default_factory=Counts)
    specifications: Counts = field(default_factory=Counts)
    offerings: Counts = field(default_factory=Counts)
    faults: list[Fault] = field(default_factory=list)


def write(
    session: Session,
    drafts: Drafts,
    *,
    now: datetime,
    progress: Callable[[int, int], None],
) -> Written:
    """Bring the catalogue to what `drafts` ask for, and its version up if anything changed.

    Offerings that name a shelf or another offering which is neither in the drafts nor in the
    catalogue are left out and reported, and so are those that need them.

    Args:
        session: open transaction.
        drafts: from one of the readers; keys are unique in each list.
        now: start of new prices, end of those that no longer hold.
        progress: called with steps done and steps in all.
    """
    _alone(session)
    done = Written()
    categories = _write_categories(session, drafts.categories, done)
    progress(1, 4)
    kinds = {draft.key: draft for draft in drafts.specifications}
    specifications = reconcile(session, ProductSpecification, kinds, values, key="key", now=now)
    done.specifications = specifications.counts
    progress(2, 4)
    known = set(session.execute(select(ProductOffering.slug)).scalars())
    offerings = _usable(drafts.offerings, categories, known, done.faults)

    def columns(draft: OfferingDraft) -> Mapping[str, Any]:
        row = {name: value for name, value in values(draft).items() if name not in _PARTS}
        row["category_id"] = categories[draft.category]
        row["specification_id"] = specifications.ids.get(draft.specification)
        return row

    found = reconcile(session, ProductOffering, offerings, columns, key="slug", now=now)
    done.offerings = found.counts
    progress(3, 4)
    write_prices(session, found.new, found.changed, now=now)
    write_links(session, found.new, found.changed, found.ids)
    write_stock(session, found.new, found.changed)
    if any(count.changed for count in (done.categories, done.specifications, done.offerings)):
        catalog_index.touch(session)
    progress(4, 4)
    return done


def _alone(session: Session) -> None:
    """Let a second import wait: both would add the same rows. SQLite has one writer anyway."""
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE"))


def _usable(
    drafts: Iterable[OfferingDraft],
    categories: Mapping[str, UUID],
    known: set[str],
    faults: list[Fault],
) -> dict[str, OfferingDraft]:
    """Return those offerings by slug for which all that they name is there."""
    left: dict[str, OfferingDraft] = {}
    for draft in drafts:
        if draft.category in categories:
            left[draft.slug] = draft
        else:
            faults.append(Fault(draft.place, "category", _NO_SUCH_SHELF, draft.category))
    while lacking := {
        draft.slug: link.target
        for draft in left.values()
        for link in draft.links
        if link.target not in left and link.target not in known
    }:
        for slug, target in lacking.items():
            draft = left.pop(slug)
            faults.append(
                Fault(draft.place, "productOfferingRelationship", _NO_SUCH_OFFERING, target)
            )
    return left


def _write_categories(
    session: Session, drafts: Iterable[CategoryDraft], done: Written
) -> dict[str, UUID]:
    """Write the shelves, parents first, and return slug -> id of all there are."""
    known = {row.slug: row for row in session.execute(select(*Category.__table__.columns))}
    ids = {slug: row.id for slug, row in known.items()}
    for draft in _parents_first(drafts, ids, done.faults):
        row, columns = known.get(draft.slug), values(draft)
        columns["parent_id"] = ids.get(columns.pop("parent"))
        only_if_missing = columns.pop("only_if_missing")
        if row is None:
            ids[draft.slug] = new_id()
            session.execute(insert(Category).values(id=ids[draft.slug], **columns))
            done.categories.created += 1
        elif only_if_missing or all(getattr(row, name) == columns[name] for name in columns):
            done.categories.unchanged += 1
        else:
            session.execute(update(Category).where(Category.id == row.id).values(**columns))
            done.categories.updated += 1
    return ids


def _parents_first(
    drafts: Iterable[CategoryDraft], known: Mapping[str, UUID], faults: list[Fault]
) -> Iterator[CategoryDraft]:
    """Give each shelf after the one it belongs to; a shelf of none that exists is a fault."""
    waiting = {draft.slug: draft for draft in drafts}
    placed = {"", *(slug for slug in known if slug not in waiting)}
    while ready := [draft for draft in waiting.values() if draft.parent in placed]:
        for draft in ready:
            placed.add(draft.slug)
            del waiting[draft.slug]
            yield draft
    for draft in waiting.values():
        faults.append(Fault(draft.place, "parentId", _NO_SUCH_SHELF, draft.parent))
