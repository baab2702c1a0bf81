"""Refusals: what a person can cause. Everything else that is raised is a bug."""

from __future__ import annotations

from typing import Any


def N_(text: str) -> str:  # noqa: N802  (the name that gettext tools look for)
    """Mark `text` for translation where it is written; it is translated where it is shown."""
    return text


class DomainError(Exception):
    """A refusal with a message that says what to do.

    Subclasses set `code` (stable, for programs) and `message` (translatable, with
    `{name}` places that are filled from `data`).

    Attributes:
        field: name of the input that is at fault, or "" when none is.
        data: values for the places in the message; plain str and int only.
    """

    code = "refused"
    message = N_("This is not possible.")

    def __init__(self, field: str = "", **data: Any) -> None:
        super().__init__(self.code)
        self.field = field
        self.data = data

    def __str__(self) -> str:
        return f"{self.code}: {self.message.format_map(self.data)}"


class NotFound(DomainError):
    """What was asked for is not there, or is not the actor's: one answer for both."""

    code = "not_found"
    message = N_("We could not find that.")


class Invalid(DomainError):
    """One or more fields are at fault.

    Attributes:
        faults: field name -> (message, values for its places).
    """

    code = "invalid"
    message = N_("Please check the marked fields.")

    def __init__(self, faults: dict[str, tuple[str, dict[str, Any]]]) -> None:
        super().__init__(field=next(iter(faults), ""))
        self.faults = faults
