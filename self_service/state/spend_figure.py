"""Traces and layout of the chart of spending, as Plotly wants them: plain values, no colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from babel.dates import format_date

from self_service import i18n
from self_service.domain.spend.points import Step
from self_service.money import Money
from self_service.state.display import money

#: Labels below the bars, at most: they are read on a phone.
_LABELS = 6
#: Lines of the grid, about.
_LINES = 4
_JANUARY = 1
#: Pixels for the sums beside a chart that runs to the left.
_RIGHT = 76
#: Marks of direction, which in a picture only move words out of it.
_MARKS = str.maketrans("", "", "\u200e\u200f\u061c")


@dataclass(frozen=True, slots=True)
class Trace:
    """One colour of the chart; names are Plotly's."""

    type: str
    name: str
    x: list[int]
    y: list[float]
    hovertext: list[str] = field(default_factory=list)
    hoverinfo: str = "text"
    mode: str = ""
    text: list[str] = field(default_factory=list)
    textposition: str = "none"


@dataclass(frozen=True, slots=True)
class Axes:
    """What stands below and beside the bars, written by the locale.

    Attributes:
        ends: of the axis of time; the other way round where time runs to the left.
        places: bars with a name below them.
        names: of these.
        reach: lowest and highest value, in main units.
        lines: of the grid.
        sums: beside the lines.
        side: of the sums.
        right: pixels of the margin; Plotly measures right-to-left text too short.
    """

    ends: list[float] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    reach: list[float] = field(default_factory=list)
    lines: list[float] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)
    side: str = "left"
    right: int = 8


def bars(text: str, sums: Sequence[Money], labels: list[str], language: str) -> Trace:
    """Draw one colour; what is said on touch is written by the locale."""
    return Trace(
        type="bar",
        name=text,
        x=list(range(len(labels))),
        y=[float(sum_.amount) for sum_ in sums],
        hovertext=[f"{text}, {labels[n]}: {money(sum_, language)}" for n, sum_ in enumerate(sums)],
    )


def line(text: str, sums: Sequence[Money], labels: list[str], language: str) -> Trace:
    """Draw a line over the bars."""
    return replace(bars(text, sums, labels, language), type="scatter", mode="lines")


def named(trace: Trace, language: str) -> Trace:
    """Write the name of a line above its beginning."""
    right_to_left = i18n.LANGUAGES[language].direction == "rtl"
    return replace(
        trace,
        mode="lines+text",
        text=[trace.name, *[""] * (len(trace.x) - 1)],
        textposition="top left" if right_to_left else "top right",
    )


def coming(text: str, sum_: Money, labels: list[str], language: str) -> Trace:
    """Draw what the last bar is expected to grow by."""
    return replace(bars(text, [sum_], labels[-1:], language), x=[len(labels) - 1])


def nothing(kind: str = "bar") -> Trace:
    """Keep the place of a colour that is not used."""
    mode = "lines" if kind == "scatter" else ""
    return Trace(type=kind, name="", x=[0], y=[0.0], hoverinfo="skip", mode=mode)


def axes(
    days: list[date],
    step: Step,
    language: str,
    currency: str,
    tops: Sequence[Money],
    lows: Sequence[Money],
) -> Axes:
    """Name what the bars stand for, and how high they are."""
    right_to_left = i18n.LANGUAGES[language].direction == "rtl"
    lines, sums = _scale(tops, lows, language, currency)
    every = -(-len(days) // _LABELS)
    shown = range(len(days) - 1, -1, -every)
    ends = [-0.6, len(days) - 0.4]
    return Axes(
        ends=ends[::-1] if right_to_left else ends,
        places=list(shown),
        names=[_tick(days[n], step, language, first=n == shown[-1]) for n in shown],
        reach=[lines[0], lines[-1]],
        lines=lines,
        sums=sums,
        side="right" if right_to_left else "left",
        right=_RIGHT if right_to_left else 8,
    )


def _scale(
    tops: Sequence[Money], lows: Sequence[Money], language: str, currency: str
) -> tuple[list[float], list[str]]:
    """Return where the lines of the grid are, in main units, and what stands beside them."""
    high = max((sum_.minor for sum_ in tops), default=0)
    low = min((sum_.minor for sum_ in lows), default=0)
    step, power = 1, 1
    while step * _LINES < high - low:
        step, power = (
            (step * 2, power)
            if step == power
            else ((power * 5, power) if step == power * 2 else (power * 10, power * 10))
        )
    first, last = low // step, max(-(-high // step), 1)
    lines = [Money(n * step, currency) for n in range(first, last + 1)]
    locale = i18n.LANGUAGES[language].locale
    return [float(one.amount) for one in lines], [
        one.rounded(locale).translate(_MARKS) for one in lines
    ]


def _tick(day: date, step: Step, language: str, *, first: bool) -> str:
    locale = i18n.LANGUAGES[language].locale
    if step is Step.DAY:
        return format_date(day, "d MMM", locale=locale)
    with_year = first or day.month == _JANUARY
    return format_date(day, "LLL yy" if with_year else "LLL", locale=locale)
