"""Archived files, for their owners only."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from self_service import routes
from self_service.domain.access import Actor
from self_service.domain.errors import DomainError
from self_service.domain.orders import contract
from self_service.http.cookies import cookie_of
from self_service.state.guard import call_as
from self_service.wiring import database


async def document(request: Request) -> Response:
    """Serve a file to the person whose it is; one answer for all others."""
    wanted = request.path_params["document_id"]
    try:
        found = await database().read(call_as, _read, cookie_of(request), wanted)
    except DomainError:
        return PlainTextResponse("There is no such document, or it is not yours.", status_code=404)
    return Response(
        found.content,
        media_type=found.media_type,
        headers={
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(found.name, safe='')}",
            "Cache-Control": "private, no-store",
        },
    )


def _read(
    session: Session, actor: Actor, document_id: UUID, *, now: datetime
) -> contract.StoredDocument:
    del now
    return contract.read(session, actor, document_id)


ROUTES = (Route(routes.DOCUMENTS + "/{document_id:uuid}.pdf", document),)
