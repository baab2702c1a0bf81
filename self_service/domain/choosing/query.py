"""What was chosen so far for one thing in the store, and how it stands in an address.

    ?colour=Black&storage=256+GB&plan=plan-m&plan-m.sim=esim&addons=music,roaming&part.tv=tv-sport

So a choice can be shared, reloaded and continued on another device before it is in a basket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

#: Stands for a plan when none is wanted: a device on its own.
NO_PLAN: Final = "none"

_PLAN, _EXTRAS, _LINE, _PART = "plan", "addons", "line", "part."
#: What no screen of ours goes beyond.
_LONGEST, _MOST = 160, 20

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChooseQuery:
    """The choices in an address; nothing in it is known to exist.

    Attributes:
        values: chosen values of the thing itself: name -> value.
        plan: slug, `NO_PLAN`, or "" while that is open.
        extras: slugs.
        parts: choice of a bundle -> slugs.
        below: slug of a plan, an extra or a part -> its chosen values.
        line: id of the basket's line that is changed, "" for something new.
    """

    values: Values = field(default_factory=dict)
    plan: str = ""
    extras: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    below: Mapping[str, Values] = field(default_factory=dict)
    line: str = ""

    @classmethod
    def from_params(cls, params: Values) -> ChooseQuery:
        """Read the parameters of an address; what is too long is left out."""
        values: dict[str, str] = {}
        parts: dict[str, tuple[str, ...]] = {}
        below: dict[str, dict[str, str]] = {}
        for name, value in params.items():
            if len(name) > _LONGEST or len(value) > _LONGEST * _MOST or not value:
                continue
            slug, dot, choice = name.rpartition(".")
            if name.startswith(_PART):
                parts[name.removeprefix(_PART)] = _listed(value)
            elif dot:
                below.setdefault(slug, {})[choice] = value
            elif name not in (_PLAN, _EXTRAS, _LINE):
                values[name] = value
        return cls(
            values=values,
            plan=params.get(_PLAN, "")[:_LONGEST],
            extras=_listed(params.get(_EXTRAS, "")),
            parts=parts,
            below=below,
            line=params.get(_LINE, "")[:_LONGEST],
        )

    def to_params(self) -> dict[str, str]:
        """Return the parameters of this question's address."""
        params = dict(self.values)
        params |= {_PART + group: ",".join(slugs) for group, slugs in self.parts.items()}
        params |= {_PLAN: self.plan, _EXTRAS: ",".join(self.extras), _LINE: self.line}
        for slug, values in self.below.items():
            params |= {f"{slug}.{name}": value for name, value in values.items()}
        return {name: value for name, value in params.items() if value}

    def with_values(self, slug: str, values: Values) -> ChooseQuery:
        """Configure the thing itself ("") or what goes under it."""
        if not slug:
            return replace(self, values=dict(values))
        return replace(self, below={**self.below, slug: dict(values)})

    def with_plan(self, slug: str) -> ChooseQuery:
        """Choose a plan; what was chosen of the one before (the SIM) is chosen of it too."""
        kept = {slug: self.below[self.plan]} if self.plan in self.below else {}
        rest = {name: values for name, values in self.below.items() if name != self.plan}
        return replace(self, plan=slug, below=rest | kept)

    def with_extras(self, slugs: Iterable[str]) -> ChooseQuery:
        """Choose exactly these extras."""
        return replace(self, extras=tuple(slugs))

    def with_parts(self, group: str, slugs: Iterable[str]) -> ChooseQuery:
        """Answer one choice of a bundle."""
        return replace(self, parts={**self.parts, group: tuple(slugs)})


def _listed(value: str) -> tuple[str, ...]:
    """Return the slugs of a list in an address, each once."""
    slugs = (slug for slug in value.split(",")[:_MOST] if 0 < len(slug) <= _LONGEST)
    return tuple(dict.fromkeys(slugs))
