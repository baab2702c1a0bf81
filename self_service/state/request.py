"""What a page is asked for: by the first HTTP request or, later, by the live tab."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import reflex as rx
from starlette.requests import cookie_parser

from self_service import clock, i18n, routes, settings
from self_service.domain import access
from self_service.state import guard
from self_service.wiring import database

#: Reads what a page shows: state var name -> value.
Loader = Callable[["PageRequest"], Awaitable[dict[str, Any]]]

#: Characters of a path or a query that are read: no address of ours is longer.
_READ = 4_000


#: Longer ones are none of ours.
_LONGEST_LINK = 100


def link_cookie(path: str) -> str:
    """Return the name of the cookie that holds the secret of a link to a page."""
    prefix = "__Secure-" if settings.get().https else ""
    return f"{prefix}link-{path.strip('/')}"


class PageState(rx.State, mixin=True):
    """What the states of pages share."""

    #: False until its first load: the browser may then show newer values than the defaults here.
    _filled: bool = False


class Elsewhere(Exception):
    """The page asked for is not for this person now; `path` is where to go instead."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def readable(text: str) -> str:
    """Return what a client sent without the characters that no database and no page can hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """An address, and whose cookie came with it. All of it is the client's word: validate.

    Attributes:
        cookie: value of our cookie, "" when there is none.
        network: address that the browser has, "" when not known.
        link: secret of the link from a mail that led here, "" for none.
        language: from the address, one that we speak.
        path: below the language, "/store" for "/en/store".
        query: parameters of the address; the last of equal names counts.
    """

    cookie: str = ""
    language: str = i18n.DEFAULT
    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)
    network: str = ""
    link: str = ""

    @classmethod
    def at(
        cls, url: str, cookie: str, network: str = "", cookies: Mapping[str, str] | None = None
    ) -> PageRequest:
        """Read an address such as "/es/store?brand=Nimbo"; whatever it is, it is read.

        Args:
            url: the address.
            cookie: value of our cookie, "" when there is none.
            network: address that the browser has.
            cookies: all that the browser sent, for the one of a link.
        """
        address, _, query = url.partition("#")[0].partition("?")
        _, language, below, *_ = (*address.split("/", 2), "", "")
        pairs = parse_qsl(query[:_READ], separator="&")
        path = "/" + readable(unquote(below[:_READ])).rstrip("/")
        read = {readable(name): readable(value) for name, value in pairs}
        kept = (cookies or {}).get(link_cookie(path), "") if path in routes.LINKED else ""
        return cls(
            cookie=cookie,
            language=i18n.known(language),
            path=path,
            query=read,
            network=network,
            link=(read.get("link") or kept)[:_LONGEST_LINK],
        )

    @classmethod
    def of(cls, state: rx.State) -> PageRequest:
        """Read the address and the cookie of a live tab."""
        url = state.router.url
        return cls.at(
            f"{url.path}?{url.query}",
            guard.cookie_of(state.router.headers.cookie),
            guard.network_of(state),
            cookie_parser(state.router.headers.cookie),
        )

    @property
    def last(self) -> str:
        """Return the last part of the path: the slug or id."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def sign_in(self) -> str:
        """Return the address of the sign-in page that leads back here."""
        return routes.page(self.language, routes.SIGN_IN, next=self.here)

    @property
    def confirm(self) -> str:
        """Return the address of the page that asks for a fresh proof and leads back here."""
        return routes.page(self.language, routes.CONFIRM, next=self.here)

    @property
    def second_factor(self) -> str:
        """Return the address of the page on which a second factor is set up."""
        code = access.SecondFactorNeeded.code
        return routes.page(self.language, routes.SECURITY, refused=code)

    @property
    def here(self) -> str:
        """Return the address itself."""
        return routes.with_query(routes.page(self.language, self.path), self.query)

    async def stay_signed_in(self) -> None:
        """Note that the session is in use; what only reads cannot."""
        await database().transact(
            access.resolve, self.cookie, now=clock.now(), network=self.network
        )

    async def look(self, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a domain function that only reads, as the person behind the cookie."""
        return await database().read(guard.call_as, operation, self.cookie, *args, **kwargs)


async def show(state: PageState, loader: Loader) -> Any:
    """Fill a state from its loader; goes elsewhere when the page is not for this person."""
    try:
        values = await loader(PageRequest.of(state))
    except Elsewhere as other:
        return rx.redirect(other.path)
    put(state, values)
    return None


def put(state: PageState, values: Mapping[str, Any]) -> None:
    """Set what a state shows; after the first time only what changed travels to the browser."""
    for name, value in values.items():
        if not state._filled or state.get_value(name) != value:
            setattr(state, name, value)
    if not state._filled:
        state._filled = True


def sign_in_first(request: PageRequest, actor: access.Actor) -> None:
    """Send visitors to the sign-in page, and back here afterwards.

    Raises:
        Elsewhere: nobody is signed in.
    """
    if not actor.signed_in:
        raise Elsewhere(request.sign_in)
