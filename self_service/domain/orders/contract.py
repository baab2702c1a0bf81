"""The contract summary: what it says, which content it belongs to, and keeping it as it was made.

The headings are those of the Annex to Implementing Regulation (EU) 2019/2243. A summary is bound to
one content by `fingerprint`: lines, prices and the buyer's details, but no instant, so it holds
until one of them changes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.basket.view import BasketView, LineView, flat
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.people.person_fields import PersonDetails
from self_service.domain.rows import add_rows, changed
from self_service.models.basket import ShoppingCart
from self_service.models.documents import Document

#: `Document.kind` of a contract summary.
KIND = "contract_summary"


class SummaryOutdated(DomainError):
    """The order would not be what the summary says: basket, prices or details changed since."""

    code = "summary_outdated"
    message = N_("Your basket or its prices changed. Please look at the summary again.")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A file as it was archived."""

    name: str
    media_type: str
    content: bytes


def fingerprint(basket: BasketView, details: PersonDetails) -> str:
    """Return the SHA-256, in hex, of what is ordered at what price by whom."""
    content: dict[str, object] = {
        "lines": [_content(line) for top in basket.lines for line in flat(top)],
        "due_now": basket.totals.due_now.minor,
        "monthly": basket.totals.monthly.minor,
        "currency": basket.totals.due_now.currency,
        "details": details.as_form(),
    }
    codes = [code.code for code in basket.codes if code.applied]
    if codes:
        content["codes"] = codes
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def archive(
    session: Session,
    *,
    cart_id: UUID,
    content: bytes,
    name: str,
    now: datetime,
) -> UUID:
    """Keep a summary for a basket that is not yet an order; earlier ones of it are dropped.

    Args:
        session: open transaction.
        cart_id: the basket.
        content: the file.
        name: what a person will save it as.
        now: instant of archiving.

    Returns:
        The document's id; the same content again is the same document.
    """
    digest = hashlib.sha256(content).hexdigest()
    mine = (Document.cart_id == cart_id, Document.kind == KIND, Document.customer_id.is_(None))
    same = session.exec(select(Document.id).where(*mine, Document.digest == digest)).first()
    if same is not None:
        return same
    changed(session, delete(Document).where(*mine))
    document = Document(
        cart_id=cart_id, kind=KIND, name=name, digest=digest, content=content, created_at=now
    )
    add_rows(session, [document])
    return document.id


def read(session: Session, actor: Actor, document_id: UUID) -> StoredDocument:
    """Return a file of the actor's, or of the actor's basket.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = session.exec(
        select(Document, ShoppingCart)
        .outerjoin(ShoppingCart, ShoppingCart.id == Document.cart_id)
        .where(Document.id == document_id)
    ).first()
    if row is None:
        raise NotFound
    document, cart = row
    owner = document.customer_id or (cart.customer_id if cart else None)
    mine = owner is not None and owner == actor.customer_id
    visitors = owner is None and cart is not None and bool(actor.key)
    if not mine and not (visitors and cart.visitor_key == actor.key):
        raise NotFound
    return StoredDocument(document.name, document.media_type, document.content)


def _content(line: LineView) -> dict[str, object]:
    totals = line.totals
    return {
        "offering": str(line.offering_id),
        "configuration": dict(line.configuration),
        "quantity": line.quantity,
        "due_now": totals.due_now.minor,
        "monthly": totals.monthly.minor,
        "regular": totals.regular_monthly.minor,
        "term": totals.term_months if totals.has_term else 0,
        "later": [step.amount.minor for step in totals.steps],
    }
