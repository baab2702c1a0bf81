"""The contract summary: written in the buyer's language, typeset off the event loop, archived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from self_service import brand, i18n, routes
from self_service.db import in_pool
from self_service.documents.contract_summary import ContractSummaryData, Operator
from self_service.domain.access import Actor
from self_service.domain.catalog import index as catalog_index
from self_service.domain.orders import checkout, contract_text
from self_service.domain.orders.contract_text import Wording
from self_service.ports import DocumentRequest
from self_service.state.display import money
from self_service.state.guard import act, look
from self_service.state.turns import TYPESETTING
from self_service.state.values import quantity
from self_service.wiring import documents


@dataclass(frozen=True, slots=True)
class Made:
    """A summary that can be agreed to."""

    fingerprint: str
    href: str


def href(document_id: UUID | None) -> str:
    """Return the address of an archived summary, "" for none."""
    return f"{routes.DOCUMENTS}/{document_id}.pdf" if document_id else ""


async def make(state: rx.State) -> Made:
    """Make the summary of what is in the basket now, in the buyer's language, and archive it.

    Raises:
        DomainError: there is nothing to order, or something stands in the way; too many others
            have documents made just now.
    """
    language, data, fingerprint = await look(state, _data)
    request = DocumentRequest("contract_summary", language, data.as_json())
    async with TYPESETTING.one():
        content = await in_pool(_render, request)
    document_id = await act(
        state,
        checkout.keep_summary,
        fingerprint=fingerprint,
        content=content,
        name=f"{data.title} {data.reference.value}.pdf",
    )
    return Made(fingerprint, href(document_id))


def wording(language: str) -> Wording:
    """Return how the domain's contract texts are said in a language."""
    return Wording(
        language=language,
        direction=i18n.LANGUAGES[language].direction,  # type: ignore[arg-type]
        t=lambda text, **places: i18n.translate(language, text, **places),
        money=lambda amount: money(amount, language),
        day=lambda moment: i18n.short_day(moment, language),
        units=lambda amount, unit: quantity(amount, unit, language),
    )


def _render(request: DocumentRequest) -> bytes:
    return documents().render(request)  # the typesetter too is loaded here, off the event loop


def _data(session: Session, actor: Actor, *, now: datetime) -> tuple[str, ContractSummaryData, str]:
    review = checkout.review(session, actor, now=now)
    language = i18n.known(review.details.language)
    identity = brand.current()
    data = contract_text.summary_data(
        review.basket,
        review.details,
        Operator(
            name=identity.links.brand_name,
            contact=(identity.links.support_phone, identity.links.support_email),
            accent=identity.light["accent"],
        ),
        find=catalog_index.current(session).get,
        wording=wording(language),
        reference=review.fingerprint[:10].upper(),
        now=now,
    )
    return language, data, review.fingerprint
