"""The files of a bill, for those who see it: the document, its lines as a table, the e-invoice."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from self_service import i18n, routes
from self_service.domain.bills import csv_file, document
from self_service.domain.bills.e_invoice import NoEInvoice
from self_service.domain.errors import DomainError
from self_service.domain.orders.contract import StoredDocument
from self_service.http.cookies import cookie_of
from self_service.state import bill_paper
from self_service.state.guard import call_as
from self_service.state.turns import Busy
from self_service.wiring import database, e_invoices

_NOT_THERE = "There is no such bill, or it is not yours."


async def pdf(request: Request) -> Response:
    """Serve the document; it is made when somebody first asks for it."""
    try:
        found = await _document(request)
    except DomainError as refusal:
        return _refused(refusal)
    return _file(found.content, found.media_type, found.name, shown=True)


async def lines(request: Request) -> Response:
    """Serve the lines as a table."""
    number = request.path_params["number"]
    language = i18n.known(request.query_params.get("language", ""))
    try:
        found = await database().read(
            call_as, csv_file.bill_csv, cookie_of(request), number, language=language
        )
    except DomainError as refusal:
        return _refused(refusal)
    return _file(found.encode(), "text/csv; charset=utf-8", f"{number}.csv")


async def invoice(request: Request) -> Response:
    """Serve the e-invoice: the very bytes that lie inside the document."""
    try:
        found = await _document(request)
        inside = e_invoices().inside(found.content)
        if inside is None:
            raise NoEInvoice
    except DomainError as refusal:
        return _refused(refusal)
    return _file(inside, "application/xml", f"{request.path_params['number']}.xml")


async def _document(request: Request) -> StoredDocument:
    number = request.path_params["number"]
    bill_id, found = await database().read(call_as, document.stored, cookie_of(request), number)
    return found or await bill_paper.made(bill_id)


def _file(content: bytes, media_type: str, name: str, *, shown: bool = False) -> Response:
    how = "inline" if shown else "attachment"
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "private, no-store",
        },
    )


def _refused(refusal: DomainError) -> Response:
    """Say why there is no file; a bill that is not theirs and none at all are one."""
    if isinstance(refusal, NoEInvoice | Busy):
        status = 503 if isinstance(refusal, Busy) else 404
        return PlainTextResponse(refusal.message, status_code=status)
    return PlainTextResponse(_NOT_THERE, status_code=404)


ROUTES = (
    Route(routes.BILL_FILES + "/{number}.pdf", pdf),
    Route(routes.BILL_FILES + "/{number}.csv", lines),
    Route(routes.BILL_FILES + "/{number}.xml", invoice),
)
