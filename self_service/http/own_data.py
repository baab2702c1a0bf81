"""Taking one's data along, and being forgotten. Both want a fresh proof of who is there."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import i18n, letters, routes, settings
from self_service.components.ui.markup import Paper
from self_service.db import in_pool
from self_service.domain.access import ConfirmationNeeded, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.people import erasure, own_data
from self_service.http.cookies import cookie_of, new_value, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.frame import frame
from self_service.http.own_data_file import archive
from self_service.jobs import runner
from self_service.state.guard import call_as
from self_service.wiring import database


async def download(request: Request) -> Response:
    """Hand out everything that is kept about the person, as one archive."""
    language = i18n.known(request.query_params.get("language", ""))
    try:
        found = await database().transact(call_as, own_data.gather, cookie_of(request))
    except DomainError as refusal:
        return _instead(refusal, language, "data")
    content = await in_pool(archive, found, language)
    return Response(
        content,
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="my-data-{found.made_at:%Y-%m-%d}.zip"',
            "Cache-Control": "private, no-store",
        },
    )


@own_form
async def erase(request: Request) -> Response:
    """Forget the person; the browser starts anew, as with signing out."""
    form = await fields(request)
    language = language_of(form)
    if form.get("sure") != "yes":
        return see(_settings(language, "erasure", refused="not_sure"))
    try:
        await database().transact(
            call_as,
            erasure.erase,
            cookie_of(request),
            farewell=letters.farewell,
            years=settings.get().retention_years,
        )
    except DomainError as refusal:
        return _instead(refusal, language, "erasure")
    runner.wake()
    response = see(f"{routes.ERASED}/{language}")
    set_cookie(response, new_value())
    # gives the tab a new token too, so no state of this person's is found again
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


async def erased(request: Request) -> Response:
    """Say that it is done."""
    language = i18n.known(request.path_params["language"])
    h = Paper(language)
    title = h.t("Your account is deleted")
    body = h.group(
        h.h1(title),
        h.p(h.t("We have deleted what we knew about you, and you cannot sign in any more.")),
        h.p(
            h.t(
                "Only what the law makes us keep about your orders stays, for {years} years after "
                "the last one. Nobody uses it for anything else.",
                years=settings.get().retention_years,
            )
        ),
        h.p(h.a(h.t("To the store"), href=routes.page(language, routes.STORE))),
    )
    return frame(title, body, language=language)


def _instead(refusal: DomainError, language: str, section: str) -> Response:
    """Lead to where the person can do something about a refusal, and back from there."""
    back = _settings(language, section)
    if isinstance(refusal, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=back))
    if isinstance(refusal, ConfirmationNeeded):
        return see(routes.page(language, routes.CONFIRM, next=back))
    return see(_settings(language, section, refused=refusal.code))


def _settings(language: str, section: str, **query: str) -> str:
    return routes.page(language, routes.SETTINGS, open=section, **query)


ROUTES = (
    Route(routes.OWN_DATA, download, methods=["GET"]),
    Route(routes.DO_ERASE, erase, methods=["POST"]),
    Route(routes.ERASED + "/{language}", erased),
)
