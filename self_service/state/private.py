"""What a customer's own pages share: they are for customers only, and they follow what happens."""

from __future__ import annotations

import asyncio

from self_service import routes
from self_service.domain.access import SERVING, Actor
from self_service.domain.errors import DomainError
from self_service.models.access import Role
from self_service.state.guard import tab_open
from self_service.state.request import Elsewhere, Loader, PageRequest, PageState, put, sign_in_first

#: Seconds between two looks, and how many looks: three minutes in all.
PAUSE, LOOKS = 1.0, 180


def customers_only(request: PageRequest, actor: Actor) -> None:
    """Send visitors to the sign-in page, and who owns nothing where there is something for them.

    Raises:
        Elsewhere: this person is not a customer.
    """
    sign_in_first(request, actor)
    if actor.customer_id is None:
        raise Elsewhere(routes.page(request.language, _own_place(actor)))


def _own_place(actor: Actor) -> str:
    """Return where somebody's own work or things are who is no customer."""
    if actor.role is Role.SUB_USER:
        return routes.HOME
    return routes.CUSTOMERS if actor.role in SERVING else routes.STORE


def in_person_only(request: PageRequest, actor: Actor) -> None:
    """Send whoever is not a customer in person elsewhere, as `customers_only` does.

    Raises:
        Elsewhere: this person is not a customer, or acts for one.
    """
    customers_only(request, actor)
    if actor.acting:
        raise Elsewhere(routes.page(request.language, routes.HOME))


def customers_and_members(request: PageRequest, actor: Actor) -> None:
    """Send everybody elsewhere but customers and those with whom something is shared.

    Raises:
        Elsewhere: this person is neither.
    """
    sign_in_first(request, actor)
    if actor.role is not Role.SUB_USER:
        customers_only(request, actor)


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
