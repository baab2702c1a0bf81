"""What a customer's own pages share: they are for customers only, and they follow what happens."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

from self_service import routes
from self_service.domain import news
from self_service.domain.access import SERVING, Actor
from self_service.domain.errors import DomainError
from self_service.models.access import Role
from self_service.pulse import PULSE
from self_service.state.guard import tab_open
from self_service.state.request import Elsewhere, Loader, PageRequest, PageState, put, sign_in_first

#: Seconds between two looks, and how many looks: three minutes in all.
PAUSE, LOOKS = 1.0, 180
#: Seconds after which a page that waits for news is read without any: days pass, too.
REREAD = 60.0


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


async def live(state: PageState, loader: Loader, *, since: datetime) -> None:
    """Read a page again whenever there is news of its customer, and send what changed.

    Ends when the tab is gone, shows another page, or the session ended.

    Args:
        state: of a background handler, without its lock.
        loader: reads the values of the page.
        since: when the page was read: news after that instant are not missed.
    """
    request = PageRequest.of(state)
    try:
        customers = await request.look(news.followed)
    except DomainError:
        return
    with PULSE.following(customers, since=since) as came:
        while tab_open(state):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REREAD):
                    await came.wait()
            came.clear()
            if not tab_open(state) or not await _again(state, loader, request):
                return
            await asyncio.sleep(PAUSE)  # news come in bursts


async def _again(state: PageState, loader: Loader, request: PageRequest) -> bool:
    """Send what changed on a page; False when it is not to be shown any more."""
    try:
        values = await loader(request)
    except (Elsewhere, DomainError):
        return False
    async with state:
        if PageRequest.of(state).path != request.path:
            return False
        put(state, values)
    return True
