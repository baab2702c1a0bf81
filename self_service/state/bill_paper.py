"""The file of a bill: written in its receiver's language, typeset off the event loop, kept once."""

from __future__ import annotations

import io
from dataclasses import dataclass
from uuid import UUID

import segno
from sqlmodel import Session

from self_service import brand, clock, i18n, routes, settings
from self_service.db import in_pool
from self_service.documents.contract_summary import Operator
from self_service.domain.bills import document, document_text, e_invoice
from self_service.domain.bills.document_text import PayWays
from self_service.domain.bills.e_invoice import Seller
from self_service.domain.orders.contract import StoredDocument
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.ports import Attachment, DocumentRequest
from self_service.state.summary import wording
from self_service.state.turns import TYPESETTING
from self_service.wiring import database, documents, e_invoices


@dataclass(frozen=True, slots=True)
class Paper:
    """A bill, ready to be typeset.

    Attributes:
        invoice: values of its e-invoice, None when the customer gets none.
    """

    request: DocumentRequest
    name: str
    invoice: dict[str, object] | None


async def made(bill_id: UUID) -> StoredDocument:
    """Return the file of a bill, made when it is asked for the first time.

    Whoever asks has been found to be allowed to see it. Two at once make it twice; the first to
    keep it wins, and both get that one.

    Raises:
        Busy: too many documents are being made just now.
        NoEInvoice: the customer wants an e-invoice and there can be none.
    """
    paper = await database().read(paper_of, bill_id)
    async with TYPESETTING.one():
        content = await in_pool(rendered, paper)
    return await database().transact(
        document.keep, bill_id, content=content, name=paper.name, now=clock.now()
    )


def rendered(paper: Paper) -> bytes:
    """Typeset a bill; its e-invoice lies inside. Blocks for tens of milliseconds."""
    if paper.invoice is None:
        return documents().render(paper.request)
    invoices = e_invoices()
    attachment = Attachment(invoices.name, invoices.write(paper.invoice))
    request = paper.request
    return invoices.mark(
        documents().render(
            DocumentRequest(request.template, request.language, request.data, attachment)
        )
    )


def paper_of(session: Session, bill_id: UUID) -> Paper:
    """Put a bill into words."""
    bill = session.get_one(CustomerBill, bill_id)
    account = session.get_one(BillingAccount, bill.account_id)
    language = i18n.known(document_text.language_of(session, bill))
    company = brand.current().company
    data = document_text.bill_data(
        session,
        bill,
        operator(),
        wording=wording(language),
        ways=_ways(language, bill.number, company.iban),
        vat=company.vat,
        country=company.country or settings.get().country,
    )
    invoice = e_invoice.invoice(session, bill, seller()) if e_invoice.wanted(account) else None
    return Paper(DocumentRequest("bill", language, data.as_json()), f"{data.title}.pdf", invoice)


def operator() -> Operator:
    """Return who writes the bills."""
    identity = brand.current()
    company, links = identity.company, identity.links
    city = f"{company.postal_code} {company.city}".strip()
    lines = (company.street, city, links.support_phone, links.support_email, company.registration)
    return Operator(company.name, tuple(line for line in lines if line), identity.light["accent"])


def seller() -> Seller:
    """Return the operator as electronic invoices name it."""
    identity = brand.current()
    company, links = identity.company, identity.links
    return Seller(
        name=company.name,
        street=company.street,
        postal_code=company.postal_code,
        city=company.city,
        country=company.country,
        vat=company.vat,
        registration=company.registration,
        iban=company.iban,
        email=links.support_email,
        phone=links.support_phone,
    )


def _ways(language: str, number: str, iban: str) -> PayWays:
    """Return how a bill is paid: its page, which asks for a sign-in; no secret is on paper."""
    link = settings.get().public_url + routes.page(language, routes.BILL, number)
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, svgns=True, nl=False
    )
    return PayWays(link, drawn.getvalue().decode(), iban)
