"""Arguments of the basket, which anybody can send: read here before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from self_service.domain.errors import N_, DomainError
from self_service.domain.ids import as_id
from self_service.domain.rules.limits import MOST_PIECES

#: More than any offering has to choose, and more than any value is long.
_CHOICES, _LENGTH = 16, 120

#: Plans, extras and parts that one act can put under one line.
_MOST_TOGETHER = 20


class BadQuantity(DomainError):
    """The quantity is no whole number, or out of bounds."""

    code = "bad_quantity"
    message = N_("Choose a quantity between {least} and {most}.")


class BadChoice(DomainError):
    """A configuration or a list of choices that no screen of ours sends."""

    code = "bad_choice"
    message = N_("This choice could not be read. Please reload the page and choose again.")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to go under a line: a plan, an extra, a part of a bundle."""

    offering_id: UUID
    configuration: Mapping[str, str] = field(default_factory=dict)
    group: str = ""


def as_quantity(value: object, *, least: int = 1) -> int:
    """Read a number of pieces.

    Raises:
        BadQuantity: not a whole number from `least` to the most that a line holds.
    """
    if type(value) is not int or not least <= value <= MOST_PIECES:
        raise BadQuantity("quantity", least=least, most=MOST_PIECES)
    return value


def as_configuration(value: object) -> dict[str, str]:
    """Read a configuration; None is the empty one.

    Raises:
        BadChoice: not a small mapping of short texts.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping) or len(value) > _CHOICES:
        raise BadChoice("configuration")
    return {_text(name): _text(chosen) for name, chosen in sorted(value.items(), key=repr)}


def as_choice(offering_id: object, configuration: object = None, group: object = "") -> Choice:
    """Read one choice.

    Raises:
        BadChoice: the configuration or the group is none.
        NotFound: the id is none.
    """
    return Choice(as_id(offering_id), as_configuration(configuration), _text(group))


def as_choices(value: object) -> tuple[Choice, ...]:
    """Read what goes under a line: `Choice`s, or mappings with the same names.

    Raises:
        BadChoice: not a short list of them.
        NotFound: an id is none.
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise BadChoice("choices")
    if len(value) > _MOST_TOGETHER:
        raise BadChoice("choices")
    return tuple(_choice(item) for item in value)


def _choice(item: object) -> Choice:
    if isinstance(item, Choice):
        return item
    if not isinstance(item, Mapping):
        raise BadChoice("choices")
    return as_choice(item.get("offering_id"), item.get("configuration"), item.get("group", ""))


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LENGTH:
        raise BadChoice("configuration")
    return value
