"""Events as a browser sends them: through the queue, the gate, the lock, and out as changes."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor

from self_service import settings
from self_service.self_service import app
from self_service.state.shell import ShellState


class Live:
    """A tab that is connected, what it was sent, and where it was told to go."""

    def __init__(self, processor: BaseStateEventProcessor, cookie: str) -> None:
        self.processor = processor
        self.cookie = cookie
        self.token = uuid4().hex  # each tab has a bucket of its own
        self.url = "/en/store"
        self.vars: dict[str, dict[str, Any]] = {}
        self.events: list[Event] = []

    async def send(self, handler: Any, /, **payload: Any) -> None:
        """Send an event and wait for all that follows; `handler` is one, or a name."""
        name = handler if isinstance(handler, str) else _name(handler)
        data = {
            "headers": {"cookie": f"{settings.get().cookie_name}={self.cookie}"},
            "token": self.token,
            "pathname": urlsplit(self.url).path,
            "asPath": self.url,
        }
        event = Event(name=name, payload=payload, router_data=data)
        await self.processor.enqueue(self.token, event)
        async with asyncio.timeout(20):
            await self.processor.join()
            while self.processor._tasks:  # an event that failed has others follow it
                await asyncio.sleep(0.002)
                await self.processor.join()

    def shows(self, state: type[rx.State], var: str) -> Any:
        """The value of a var as the browser has it now."""
        return self.vars[state.get_full_name()][var]

    @property
    def notice(self) -> str:
        """What the live region says."""
        return self.shows(ShellState, "notice")

    @property
    def failed(self) -> str:
        """The number of the bug that is shown, "" for none."""
        return self.shows(ShellState, "error_reference")

    @property
    def gone_to(self) -> str:
        """Where the last redirect led, "" for none."""
        found = [event for event in self.events if event.name == "_redirect"]
        return found[-1].payload["path"] if found else ""


def _name(handler: Any) -> str:
    state = handler.state_full_name
    return f"{state}.{handler.fn.__name__}"


@asynccontextmanager
async def live(cookie: str = "a-browser") -> AsyncIterator[Live]:
    """Open a tab whose handshake carried a cookie."""
    processor = BaseStateEventProcessor(
        middleware=app, backend_exception_handler=app.backend_exception_handler
    ).configure(state_manager=StateManagerMemory())
    tab = Live(processor, cookie)

    async def emit_delta(_: str, delta: Mapping[str, Mapping[str, Any]]) -> None:
        for state, changes in delta.items():
            shown = tab.vars.setdefault(state, {})
            shown.update({name.removesuffix(FIELD_MARKER): v for name, v in changes.items()})

    async def emit_event(_: str, *events: Event) -> None:
        tab.events.extend(events)

    assert processor._root_context is not None
    processor._root_context = dataclasses.replace(
        processor._root_context, emit_delta_impl=emit_delta, emit_event_impl=emit_event
    )
    async with processor:
        await tab.send(f"{rx.State.get_full_name()}.hydrate")
        yield tab
