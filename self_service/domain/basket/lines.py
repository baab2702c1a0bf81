"""The lines of a basket as plain values: each edit takes all lines and returns all lines.

Parents stand before their children. What is chosen for a line goes with each piece of it, so a
child always has its parent's quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from self_service.domain.errors import NotFound

#: All lines of one basket, parents before their children.
Lines = tuple["Line", ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of `cart_item`.

    Attributes:
        seen_minor: `basket_terms.price_mark` of a piece when this choice was made, None until
            that is known.
    """

    id: UUID
    offering_id: UUID
    configuration: Mapping[str, str]
    parent_id: UUID | None = None
    group: str = ""
    quantity: int = 1
    position: int = 0
    seen_minor: int | None = None

    def priced(self, minor: int) -> Line:
        """Return the line as seen at this price of a piece."""
        return replace(self, seen_minor=minor)

    def as_json(self) -> dict[str, Any]:
        """Return the line as the basket remembers it for undo."""
        return {
            "id": str(self.id),
            "offering_id": str(self.offering_id),
            "configuration": dict(self.configuration),
            "parent_id": str(self.parent_id) if self.parent_id else None,
            "group": self.group,
            "quantity": self.quantity,
            "position": self.position,
            "seen_minor": self.seen_minor,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Line:
        """Read what `as_json` wrote."""
        parent = stored["parent_id"]
        ids = {
            "id": UUID(stored["id"]),
            "offering_id": UUID(stored["offering_id"]),
            "parent_id": UUID(parent) if parent else None,
        }
        return cls(**{**stored, **ids})


def find(lines: Iterable[Line], line_id: UUID) -> Line:
    """Return one of the lines.

    Raises:
        NotFound: none has this id; so it is never one of another basket.
    """
    for line in lines:
        if line.id == line_id:
            return line
    raise NotFound


def tree(lines: Iterable[Line], line_id: UUID) -> Lines:
    """Return a line with all that hangs on it, parents first."""
    inside = {line_id}
    found = []
    for line in lines:
        if line.id in inside or line.parent_id in inside:
            inside.add(line.id)
            found.append(line)
    return tuple(found)


def roots(lines: Iterable[Line]) -> Lines:
    """Return the lines that were not chosen for another."""
    return tuple(line for line in lines if line.parent_id is None)


def signature(lines: Sequence[Line], line: Line) -> object:
    """Return what makes two lines the same choice: offering, configuration, and the children's."""
    children = sorted(
        repr(signature(lines, child)) for child in lines if child.parent_id == line.id
    )
    configuration = tuple(sorted(line.configuration.items()))
    return str(line.offering_id), configuration, line.group, tuple(children)


def added(lines: Lines, new: Lines) -> Lines:
    """Put a line with its children in; the same choice once more raises its quantity."""
    first = new[0]
    if first.parent_id is None:
        wanted = signature(new, first)
        twin = next((old for old in roots(lines) if signature(lines, old) == wanted), None)
        if twin is not None:
            return with_quantity(lines, twin.id, twin.quantity + first.quantity)
    start = 1 + max((line.position for line in lines), default=-1)
    return (*lines, *(replace(line, position=start + n) for n, line in enumerate(new)))


def with_quantity(lines: Lines, line_id: UUID, quantity: int) -> Lines:
    """Give a line, and what hangs on it, another quantity."""
    inside = tree(lines, line_id)
    return tuple(replace(line, quantity=quantity) if line in inside else line for line in lines)


def without(lines: Lines, line_id: UUID) -> Lines:
    """Take a line out, and what hangs on it."""
    inside = tree(lines, line_id)
    return tuple(line for line in lines if line not in inside)


def chosen_anew(lines: Lines, line_id: UUID, **choice: Any) -> Lines:
    """Change what a line is: its offering, configuration or group."""
    return tuple(
        replace(line, **choice, seen_minor=None) if line.id == line_id else line for line in lines
    )


def merged(mine: Lines, theirs: Lines) -> Lines:
    """Return the lines of two baskets as one: the stated rule of `basket`.

    Every line of both is kept. The same choice in both is one line with the larger quantity, each
    line being matched once.
    """
    unmatched = list(roots(mine))
    result = mine
    for root in roots(theirs):
        wanted = signature(theirs, root)
        twin = next((old for old in unmatched if signature(mine, old) == wanted), None)
        if twin is None:
            start = 1 + max((line.position for line in result), default=-1)
            moved = tree(theirs, root.id)
            result += tuple(replace(line, position=start + n) for n, line in enumerate(moved))
        else:
            unmatched.remove(twin)
            result = with_quantity(result, twin.id, max(twin.quantity, root.quantity))
    return result
