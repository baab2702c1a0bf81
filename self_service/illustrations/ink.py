"""Drawing primitives: each returns a piece of SVG made of numbers and colours, nothing else.

No piece carries an id, a gradient or a clip: the same picture may stand on a page many times,
and a paint that is looked up by id is lost when the copy that defines it is hidden. Softness
comes from layered tones. Lengths are units of the 240 x 240 canvas.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

#: Width and height of the canvas.
CANVAS = 240
#: Glass before it lights up.
GLASS = "#14171d"

Point = tuple[float, float]


def num(value: float) -> str:
    """Return a number as SVG wants it, to a tenth, without trailing zeros."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _opacity(opacity: float) -> str:
    return "" if opacity >= 1 else f' opacity="{opacity:g}"'


def rect(x: float, y: float, w: float, h: float, r: float, fill: str, opacity: float = 1) -> str:
    """Return a rounded rectangle."""
    box = f'x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}"'
    return f'<rect {box} rx="{num(r)}" fill="{fill}"{_opacity(opacity)}/>'


def circle(x: float, y: float, r: float, fill: str, opacity: float = 1) -> str:
    """Return a disc."""
    place = f'cx="{num(x)}" cy="{num(y)}" r="{num(r)}"'
    return f'<circle {place} fill="{fill}"{_opacity(opacity)}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, opacity: float = 1) -> str:
    """Return a filled ellipse."""
    place = f'cx="{num(x)}" cy="{num(y)}" rx="{num(rx)}" ry="{num(ry)}"'
    return f'<ellipse {place} fill="{fill}"{_opacity(opacity)}/>'


def path(d: str, fill: str, opacity: float = 1) -> str:
    """Return a filled path."""
    return f'<path d="{d}" fill="{fill}"{_opacity(opacity)}/>'


def line(d: str, colour: str, width: float, opacity: float = 1) -> str:
    """Return a stroked path with round ends."""
    stroke = f'stroke="{colour}" stroke-width="{num(width)}"'
    caps = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{d}" fill="none" {stroke} {caps}{_opacity(opacity)}/>'


def group(
    content: str, x: float = 0, y: float = 0, *, scale: float = 1, turn: float = 0, skew: float = 0
) -> str:
    """Return pieces moved, scaled, turned clockwise about the centre and skewed.

    `turn` and `skew` are degrees; a positive skew makes level lines drop to the right.
    """
    moves = [
        f"translate({num(x)} {num(y)})" if x or y else "",
        f"scale({scale:g})" if scale != 1 else "",
        f"rotate({num(turn)} 120 120)" if turn else "",
        f"skewY({num(skew)})" if skew else "",
    ]
    return f'<g transform="{" ".join(filter(None, moves))}">{content}</g>'


def corners(points: Sequence[Point], r: float) -> str:
    """Return path data of a polygon whose corners are rounded by `r`."""
    steps = []
    for index, (x, y) in enumerate(points):
        ends = []
        for px, py in (points[index - 1], points[(index + 1) % len(points)]):
            length = hypot(px - x, py - y)
            share = min(r / length, 0.5)
            ends.append(f"{num(x + (px - x) * share)} {num(y + (py - y) * share)}")
        steps.append(f"{'L' if index else 'M'}{ends[0]}Q{num(x)} {num(y)} {ends[1]}")
    return "".join(steps) + "z"


def gloss(x: float, y: float, w: float, h: float, r: float, opacity: float = 0.14) -> str:
    """Return light falling from the upper left on a rounded rectangle."""
    d = (
        f"M{num(x + r)} {num(y)}H{num(x + w * 0.72)}L{num(x)} {num(y + h * 0.62)}"
        f"V{num(y + r)}a{num(r)} {num(r)} 0 0 1 {num(r)}-{num(r)}z"
    )
    return path(d, "#fff", opacity)


def wave(x: float, y: float, w: float, h: float, r: float, fill: str, *, rise: float) -> str:
    """Return a hill that fills the lower `h` of a rectangle with lower corners of radius `r`."""
    d = (
        f"M{num(x)} {num(y)}c{num(w * 0.3)} {num(-rise)} {num(w * 0.62)} {num(rise * 1.1)} "
        f"{num(w)} {num(-rise * 0.35)}V{num(y + h - r)}a{num(r)} {num(r)} 0 0 1 "
        f"{num(-r)} {num(r)}H{num(x + r)}a{num(r)} {num(r)} 0 0 1 {num(-r)} {num(-r)}z"
    )
    return path(d, fill)


def ground(x: float, y: float, width: float) -> str:
    """Return the soft shadow a thing of `width` throws on the ground at `y`."""
    deep = width / 32 + 2
    return "".join(
        ellipse(x, y, width * (0.52 - 0.04 * i), deep * (1 - 0.2 * i), "#000", 0.045)
        for i in range(4)
    )
