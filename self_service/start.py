"""What happens around the process: start, stop, logs, and errors that are bugs."""

from __future__ import annotations

import contextlib
import gc
import logging
import re
from collections.abc import AsyncIterator

from reflex.event import EventSpec
from reflex_base.utils.exceptions import EventDeserializationError

from self_service import bugs, logs, settings
from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import DomainError
from self_service.http import first_paint
from self_service.jobs import runner
from self_service.state.shell import ShellState
from self_service.wiring import database, gateway


class RedactCookies(logging.Filter):
    """Reflex logs whole events, handshake cookies included, for an unknown event name."""

    #: The name and, in either kind of quotes, the value, as `repr` writes mappings and arguments.
    pattern = re.compile(
        r"""(\b(?:cookie|authorization)["']?\s*[:=]\s*)"""
        r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""",
        re.IGNORECASE,
    )

    def filter(self, record: logging.LogRecord) -> bool:
        """Blank the cookies in a record; never drops it."""
        text = record.getMessage()
        if self.pattern.search(text):
            record.msg, record.args = self.pattern.sub(r"\1'***'", text), ()
        return True


class OddEvents(logging.Filter):
    """The framework logs an event that it cannot read, or has no handler for, with its content."""

    unreadable = ("Received event from session", "Received event data as a string")
    unknown = "No registered handler found for event"

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace a record about such an event by a line without its content."""
        raised = record.exc_info[1] if record.exc_info else None
        if isinstance(raised, KeyError) and str(raised).lstrip("'\"").startswith(self.unknown):
            logs.security("event without a handler")
        elif isinstance(raised, EventDeserializationError) or record.getMessage().startswith(
            self.unreadable
        ):
            logs.security("event that cannot be read")
        else:
            return True
        return False


def redact_logs() -> None:
    """Keep cookies and what strangers send out of the framework's logs."""
    for name in ("reflex_base.event.processor.event_processor", "reflex.app", "engineio.server"):
        logging.getLogger(name).addFilter(OddEvents())
    for name in ("reflex_base.event.processor.event_processor", "reflex.app"):
        logging.getLogger(name).addFilter(RedactCookies())


def on_bug(exception: Exception) -> EventSpec:
    """Log an exception that no handler expected, under a number that the person sees.

    A refusal that no handler caught is said as such; who has to sign in is sent there.
    """
    shown: EventSpec = (
        ShellState.refused(exception.code)
        if isinstance(exception, DomainError)
        else ShellState.failed(bugs.note(exception))
    )
    return shown


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Lifespan of a worker: warm what the first visitor would wait for, run the jobs, stop them.

    Raises:
        RuntimeError: nothing can be paid here; the worker does not start.
    """
    gateway()
    first_paint.check_shell(settings.get().static_dir)
    import reflex.model  # noqa: F401, PLC0415  (else imported by the first form: 1.4 s on the loop)

    await database().read(catalog_index.current)
    # The default thresholds cost full collections of 70-250 ms with 500 clients and more.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    async with runner.running():
        yield
