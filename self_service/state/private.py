"""What a customer's own pages share: they are for customers only, and they follow what happens."""

from __future__ import annotations

import asyncio

from self_service import routes
from self_service.domain.access import Actor
from self_service.domain.errors import DomainError
from self_service.state.guard import tab_open
from self_service.state.request import Elsewhere, Loader, PageRequest, PageState, put, sign_in_first

#: Seconds between two looks, and how many looks: three minutes in all.
PAUSE, LOOKS = 1.0, 180


def customers_only(request: PageRequest, actor: Actor) -> None:
    """Send visitors to the sign-in page, and staff, who own nothing, to the store.

    Raises:
        Elsewhere: this person is not a customer.
    """
    sign_in_first(request, actor)
    if actor.customer_id is None:
        raise Elsewhere(routes.page(request.language, routes.STORE))


async def follow(state: PageState, loader: Loader, *, moving: str) -> None:
    """Read a page again and again while it is open, and send what changed, only then.

    Ends when nothing will move any more, the tab is gone, it shows another page, the session
    ended, or after `LOOKS` looks.

    Args:
        state: of a background handler, without its lock.
        loader: reads the values of the page.
        moving: name of the value that is False once nothing will change by itself.
    """
    request = PageRequest.of(state)
    shown: dict[str, object] = {}
    for _ in range(LOOKS):
        await asyncio.sleep(PAUSE)
        if not tab_open(state):
            return
        try:
            values = await loader(request)
        except (Elsewhere, DomainError):
            return  # signed out, or not theirs any more: their next click says so
        if values != shown:
            async with state:
                if PageRequest.of(state).path != request.path:
                    return
                put(state, values)
            shown = values
        if not values[moving]:
            return
