"""What happens around the process: start, stop, logs, and errors that are bugs."""

from __future__ import annotations

import contextlib
import gc
import logging
import re
from collections.abc import AsyncIterator

from reflex.event import EventSpec

from self_service import bugs
from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import DomainError
from self_service.jobs import runner
from self_service.state.shell import ShellState
from self_service.wiring import database


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


def redact_logs() -> None:
    """Keep cookies out of the framework's logs."""
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
    """Lifespan of a worker: warm what the first visitor would wait for, run the jobs, stop them."""
    import reflex.model  # noqa: F401, PLC0415  (else imported by the first form: 1.4 s on the loop)

    await database().read(catalog_index.current)
    # The default thresholds cost full collections of 70-250 ms with 500 clients and more.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    async with runner.running():
        yield
