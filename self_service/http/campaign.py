"""A campaign's link: `?code=SAVE10` at the store or at a product puts the code into the basket.

The browser is then sent to the same address without it, so no reload repeats it and no filter's
link carries it along. What came of it is said there once. A valid code is all that such a link
can bring about; it opens a basket, so that the code waits for what it is for.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from self_service import routes
from self_service.domain.errors import DomainError
from self_service.domain.promotions import codes
from self_service.domain.promotions.refusals import TooManyCodesTried
from self_service.http.cookies import new_value, set_cookie
from self_service.http.forms import see
from self_service.state.guard import call_as
from self_service.state.promotion_rows import SAID, asked, at_store, taken
from self_service.state.request import PageRequest
from self_service.wiring import database


async def take_code(request: Request, page: PageRequest) -> Response | None:
    """Answer an address of the store that brings a code; None for all others."""
    if request.method != "GET" or not at_store(page.path) or not page.query.get("code"):
        return None
    if SAID & page.query.keys():  # a code that was refused is named there, too
        return None
    cookie = page.cookie or new_value()
    try:
        told = taken(await _bring(cookie, page.network, page.query["code"]))
    except DomainError as refusal:
        told = asked(refusal)
    rest = {name: value for name, value in page.query.items() if name != "code"}
    response = see(routes.with_query(routes.page(page.language, page.path), {**rest, **told}))
    response.headers["Cache-Control"] = "no-store"
    if not page.cookie:
        set_cookie(response, cookie)
    return response


async def _bring(cookie: str, network: str, code: str) -> str:
    """Put a code into the basket; its try is counted by itself.

    Raises:
        DomainError: nothing was changed.
    """
    if not await database().transact(call_as, codes.count_try, cookie, network=network):
        raise TooManyCodesTried("code")
    return await database().transact(call_as, codes.bring, cookie, code=code)
