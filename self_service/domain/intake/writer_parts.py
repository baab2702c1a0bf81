"""What hangs on an offering: its dated prices, its relationships, its opening stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from self_service.domain.intake.drafts import OfferingDraft, PriceDraft, values
from self_service.domain.intake.writer_rows import (
    delete_rows,
    insert_rows,
    rows_of,
    update_rows,
)
from self_service.models.base import new_id
from self_service.models.catalog import OfferingRelationship, ProductOfferingPrice, ProductStock

Owned = Sequence[tuple[UUID, OfferingDraft]]

#: What a price is. Another name or place in the list does not make it another price.
_SUBSTANCE = (
    "price_type", "currency", "amount_minor", "percent_bp", "period_unit", "period_length",
    "duration_unit", "duration_length", "new_customers_only", "condition", "unit", "units",
    "tariff", "valid_to",
)  # fmt: skip


def write_prices(session: Session, new: Owned, changed: Owned, *, now: datetime) -> None:
    """Give offerings their prices: what no longer holds ends now, what is new starts now.

    A price that has begun is never changed or removed, so what was sold keeps its row; one that
    has not begun yet was never sold, and goes. The first prices of an offering that is valid
    since an earlier day have been its prices since then.
    """
    existing: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    ids = [offering_id for offering_id, _ in changed]
    for row in rows_of(session, ProductOfferingPrice, "offering_id", ids):
        existing[row["offering_id"]].append(row)
    added: list[dict[str, Any]] = []
    renamed: list[dict[str, Any]] = []
    ended: list[dict[str, Any]] = []
    dropped: list[UUID] = []
    first = {offering_id: draft.valid_from or now for offering_id, draft in new}
    for offering_id, draft in (*new, *changed):
        left = existing[offering_id]
        for position, price in enumerate(draft.prices):
            same = _same(price, left, begun_by=max(now, draft.valid_from or now))
            if same is None:
                start = price.valid_from or first.get(offering_id, now)
                added.append(_price_row(offering_id, position, price, start))
                continue
            left.remove(same)
            if (same["name"], same["position"]) != (price.name, position):
                renamed.append({"id": same["id"], "name": price.name, "position": position})
        open_rows = [row for row in left if row["valid_to"] is None or row["valid_to"] > now]
        dropped += [row["id"] for row in open_rows if row["valid_from"] >= now]
        ended += [{"id": r["id"], "valid_to": now} for r in open_rows if r["valid_from"] < now]
    delete_rows(session, ProductOfferingPrice, "id", dropped)
    update_rows(session, ProductOfferingPrice, ended)
    update_rows(session, ProductOfferingPrice, renamed)
    insert_rows(session, ProductOfferingPrice, added)


def _same(
    price: PriceDraft, rows: Iterable[Mapping[str, Any]], *, begun_by: datetime
) -> Mapping[str, Any] | None:
    """Return the row that says what `price` says; one without a start of its own has begun."""
    for row in rows:
        start = row["valid_from"]
        in_time = start <= begun_by if price.valid_from is None else start == price.valid_from
        if in_time and all(row[name] == getattr(price, name) for name in _SUBSTANCE):
            return row
    return None


def _price_row(
    offering_id: UUID, position: int, price: PriceDraft, start: datetime
) -> dict[str, Any]:
    return {
        **values(price),
        "id": new_id(),
        "offering_id": offering_id,
        "position": position,
        "valid_from": start,
    }


def write_links(session: Session, new: Owned, changed: Owned, ids: Mapping[str, UUID]) -> None:
    """Give offerings their relationships.

    Args:
        session: open transaction.
        new: offerings that were added.
        changed: offerings that were there; their relationships are replaced.
        ids: slug -> id of all offerings.
    """
    sources = (offering_id for offering_id, _ in changed)
    delete_rows(session, OfferingRelationship, "source_id", sources)
    insert_rows(session, OfferingRelationship, list(_link_rows((*new, *changed), ids)))


def _link_rows(offerings: Owned, ids: Mapping[str, UUID]) -> Iterator[dict[str, Any]]:
    for offering_id, draft in offerings:
        for position, link in enumerate(draft.links):
            row = values(link)
            target = ids[row.pop("target")]
            yield {
                **row,
                "id": new_id(),
                "source_id": offering_id,
                "target_id": target,
                "position": position,
            }


def write_stock(session: Session, new: Owned, changed: Owned) -> None:
    """Give variants their opening stock; one that is counted already keeps its number."""
    ids = [offering_id for offering_id, draft in changed if draft.stock]
    counted = {
        (row["offering_id"], row["variant"])
        for row in rows_of(session, ProductStock, "offering_id", ids)
    }
    insert_rows(
        session,
        ProductStock,
        [
            {"id": new_id(), "offering_id": owner, "variant": variant, "available": available}
            for owner, draft in (*new, *changed)
            for variant, available in draft.stock.items()
            if (owner, variant) not in counted
        ],
    )
