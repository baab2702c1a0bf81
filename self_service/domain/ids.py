"""Reading ids that anybody can send."""

from __future__ import annotations

from uuid import UUID

from self_service.domain.errors import NotFound


def as_id(value: object) -> UUID:
    """Read an id.

    Raises:
        NotFound: it is none, so nothing can have it.
    """
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise NotFound from None
