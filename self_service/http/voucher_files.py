"""Codes of a print batch for the print house: a table, or sheets of cards with cut marks.

By POST from our own page, because each export is counted and recorded.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes
from self_service.db import in_pool
from self_service.domain.access import ConfirmationNeeded, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.vouchers import exporting
from self_service.http.cookies import cookie_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.state.guard import call_as
from self_service.state.voucher_paper import MEDIA, csv_file, sheet
from self_service.wiring import database, vault


@own_form
async def export(request: Request) -> Response:
    """Hand out the codes of a batch as a file."""
    form = await fields(request)
    language, number = language_of(form), form.get("batch", "")
    kind = "pdf" if form.get("form") == "pdf" else "csv"
    try:
        if kind == "pdf":
            await database().read(call_as, exporting.fits_sheet, cookie_of(request), number)
        found = await database().transact(
            call_as, exporting.export, cookie_of(request), number, form=kind, vault=vault()
        )
        content = await (sheet(found, language) if kind == "pdf" else in_pool(csv_file, found))
    except DomainError as refusal:
        return _instead(refusal, language, number)
    return Response(
        content,
        media_type=MEDIA[kind],
        headers={
            "Content-Disposition": f'attachment; filename="vouchers-{found.number}.{kind}"',
            "Cache-Control": "private, no-store",
        },
    )


def _instead(refusal: DomainError, language: str, number: str) -> Response:
    """Lead to where the person can do something about a refusal, and back from there."""
    back = routes.page(language, routes.VOUCHER_DESK, batch=number[:20])
    if isinstance(refusal, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=back))
    if isinstance(refusal, ConfirmationNeeded):
        return see(routes.page(language, routes.CONFIRM, next=back))
    told = {"batch": number[:20], "refused": refusal.code}
    return see(routes.page(language, routes.VOUCHER_DESK, **told))


ROUTES = (Route(routes.VOUCHER_EXPORT, export, methods=["POST"]),)
