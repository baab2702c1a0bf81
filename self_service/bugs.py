"""Bugs: exceptions that nobody expected, logged under a number that the person sees."""

from __future__ import annotations

import logging
import secrets

log = logging.getLogger(__name__)


def note(exception: BaseException) -> str:
    """Log an exception and return the number to show for it."""
    reference = secrets.token_hex(4).upper()
    log.error("bug %s", reference, exc_info=exception, extra={"reference": reference})
    return reference
