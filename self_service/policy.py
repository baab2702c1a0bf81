"""The operator's policy about money: `policy.toml` beside the brand, read again when it changes."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from self_service import settings
from self_service.domain.policy import Policy


class BadPolicy(ValueError):
    """The policy file says something that cannot be used; the message names it."""


def current() -> Policy:
    """Return the policy as its file has it now; the built-in one without a file.

    Raises:
        BadPolicy: the file cannot be used.
    """
    file = settings.get().policy_file
    return _read(file, file.stat().st_mtime_ns if file.exists() else 0)


@lru_cache(maxsize=4)
def _read(file: Path, changed: int) -> Policy:
    if not changed:
        return Policy()
    try:
        written = tomllib.loads(file.read_text())
        _known(written, Policy)
        return TypeAdapter(Policy).validate_python(written)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise BadPolicy(f"{file.name}: {error}") from error


def _known(written: dict[str, Any], kind: Any) -> None:
    """Refuse names that nothing reads: a slip would silently leave a limit as it was."""
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind)}
    for name, value in written.items():
        if name not in names:
            raise BadPolicy(f"there is no {name}; known are {', '.join(sorted(names))}")
        if isinstance(value, dict):
            _known(value, hints[name])
