"""What can be chosen on the page of spending: each choice is an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from self_service import i18n, routes
from self_service.domain.errors import N_
from self_service.domain.spend.reach import Reach
from self_service.state.spend_chart import subscription_text
from self_service.state.store_rows import LinkRow

#: Spans by what addresses call them: text, and months; 0: this month by days.
SPANS: Mapping[str, tuple[str, int]] = {
    "month": (N_("This month"), 0),
    "": (N_("12 months"), 12),
    "36": (N_("3 years"), 36),
}
#: Subscriptions to choose from; a company's further ones stand in its own report.
MOST_LINES = 12
_BESIDE = frozenset({"yes", "no"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for; what cannot be read is left out."""

    span: str = ""
    by: str = ""  # "line", or by kind
    line: str = ""
    before: str = ""  # "yes" or "no": the time before beside it; "": as is usual for the span

    @property
    def beside(self) -> bool:
        """Say whether the time before is shown too; a month always has one to hold it against."""
        return self.before == "yes" if self.before else not SPANS[self.span][1]

    def href(self, language: str, **other: str) -> str:
        """Return the address that shows this, with changes."""
        now = {"span": self.span, "by": self.by, "line": self.line, "before": self.before}
        return routes.page(language, routes.SPEND, **{**now, **other})


def wanted_of(query: Mapping[str, str], seen: Reach) -> Wanted:
    """Read an address."""
    span, line, before = (query.get(name, "") for name in ("span", "line", "before"))
    return Wanted(
        span=span if span in SPANS else "",
        by="line" if query.get("by") == "line" else "",
        line=line if line in {str(one.id) for one in seen.subscriptions} else "",
        before=before if before in _BESIDE else "",
    )


def choices(wanted: Wanted, seen: Reach, language: str) -> dict[str, list[LinkRow]]:
    """Return the choices, in groups of which one holds."""

    def link(text: str, *, selected: bool, **other: str) -> LinkRow:
        return LinkRow(i18n.translate(language, text), wanted.href(language, **other), selected)

    lines = [
        LinkRow(
            subscription_text(one, language),
            wanted.href(language, line=str(one.id)),
            wanted.line == str(one.id),
        )
        for one in seen.subscriptions[:MOST_LINES]
    ]
    every = link(N_("All subscriptions"), selected=not wanted.line, line="")
    return {
        "spans": [
            link(text, selected=name == wanted.span, span=name) for name, (text, _) in SPANS.items()
        ],
        "ways": [
            link(N_("By kind"), selected=not wanted.by, by=""),
            link(N_("By subscription"), selected=wanted.by == "line", by="line"),
        ],
        "compares": [
            link(N_("On its own"), selected=not wanted.beside, before="no"),
            link(N_("Beside the time before"), selected=wanted.beside, before="yes"),
        ],
        "lines": [every, *lines] if len(lines) > 1 else [],
    }
