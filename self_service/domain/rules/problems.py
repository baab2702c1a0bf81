"""What stands in the way of a sale, as data: why it is so, and what would make it possible."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from babel.dates import format_date
from babel.lists import format_list

from self_service.domain.catalog.view import Offering, text
from self_service.domain.errors import DomainError
from self_service.models.base import Texts

#: Names one line of a sale among the others; a row id in the basket.
LineKey = Hashable

#: What may fill a place of a message: a value, a day, or a name in several languages.
Place = str | int | datetime | Texts


class FixAct(StrEnum):
    """What a person can do about a problem."""

    ADD = "add"  # one of `offerings` to the sale
    REMOVE = "remove"  # one of `offerings` from the sale
    CHOOSE = "choose"  # one of `values` for the characteristic `choice`
    LOWER = "lower"  # the quantity, to `quantity`
    WAIT = "wait"  # until `at`


@dataclass(frozen=True, slots=True)
class Fix:
    """The act that would make it possible.

    Attributes:
        offerings: alternatives to add or remove, the first being the obvious one.
        choice: name of the characteristic to choose; "" for a whole variant.
        values: what can be chosen (values of `choice`, or variant keys).
        quantity: pieces that would be possible.
        at: the earliest instant at which it would be possible.
    """

    act: FixAct
    offerings: tuple[Offering, ...] = ()
    choice: str = ""
    values: tuple[str, ...] = ()
    quantity: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one line of a sale breaks.

    Two are equal when the same line breaks the same rule about the same others.

    Attributes:
        code: stable name of the rule, for programs.
        message: translatable, says why and what to do; its places are filled from `data`.
        line: key of the line at fault.
        offering: name of what is at fault, {offering}.
        others: names of what it is about, {others}.
        values: values of further places.
        excess: by how many pieces the rule is broken, {excess}; 0 where it is not about numbers.
        fix: what would make it possible, None where only the message can say it.
    """

    code: str
    message: str
    line: LineKey
    offering: Texts
    others: tuple[Texts, ...] = ()
    values: Mapping[str, Place] = field(default_factory=dict)
    excess: int = field(default=0, compare=False)
    fix: Fix | None = field(default=None, compare=False)

    @property
    def data(self) -> dict[str, str | int | Texts]:
        """The values of all places; a name, a list or a day is a text in every language."""
        languages = tuple(self.offering) or ("en",)
        return {
            "offering": self.offering,
            "others": {language: self._listed(language) for language in languages},
            "excess": self.excess,
            **{name: _written(value, languages) for name, value in self.values.items()},
        }

    def _listed(self, language: str) -> str:
        names = [text(other, language) for other in self.others]
        return format_list(names, style="or", locale=_locale(language))


class Impossible(DomainError):
    """A person asked for something that the rules of the catalogue do not allow.

    Attributes:
        violation: the rule broken, with what would make it possible.
    """

    def __init__(self, violation: Violation) -> None:
        super().__init__(**violation.data)
        self.code = violation.code
        self.message = violation.message
        self.violation = violation

    def __str__(self) -> str:
        english = {k: text(v, "en") if isinstance(v, dict) else v for k, v in self.data.items()}
        return f"{self.code}: {self.message.format_map(english)}"


def _written(value: Place, languages: Iterable[str]) -> str | int | Texts:
    if isinstance(value, datetime):
        return {language: format_date(value, locale=_locale(language)) for language in languages}
    return value


def _locale(language: str) -> str:
    return language.replace("-", "_")
