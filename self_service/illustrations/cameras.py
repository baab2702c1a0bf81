"""The cameras on the back of a handset, in four layouts."""

from __future__ import annotations

from math import cos, pi, sin

from self_service.illustrations.ink import Point, circle, rect
from self_service.illustrations.screens import Look
from self_service.illustrations.tones import luminance, tone, tones

_FLASH = "#e8cf92"
COLUMN, ROUND, ROW, BARE = range(4)


def cameras(x: float, y: float, w: float, look: Look, *, kind: int | None = None) -> str:
    """Return the cameras of a back whose upper left corner is (x, y) and which is `w` wide.

    The variant chooses the layout unless `kind` does: COLUMN, ROUND, ROW or BARE.
    """
    if not look.cameras:
        return ""
    kind = look.variant // 2 % 4 if kind is None else kind
    return _round(x, y, w, look) if kind == ROUND else _straight(x, y, w, look, kind)


def _lens(x: float, y: float, r: float, ring: str) -> str:
    return (
        circle(x, y, r, ring)
        + circle(x, y, r * 0.82, "#14171d")
        + circle(x, y, r * 0.44, "#2d4168")
        + circle(x - r * 0.27, y - r * 0.3, r * 0.19, "#e6edf8")
    )


def _plate_tone(base: str) -> str:
    return tone(base, 0.13 if luminance(base) < 0.1 else -0.08)


def _straight(x: float, y: float, w: float, look: Look, kind: int) -> str:
    """Lenses in a column or a row, on a plate or bare."""
    count, paint = look.cameras, tones(look.base)
    r = w * (0.115 if count < 3 else 0.104 if kind != ROW else 0.092 if count == 3 else 0.072)
    step, pad, inset = 2.32 * r, r * 0.42, w * 0.1
    long, short = 2 * (r + pad) + (count - 1) * step, 2 * (r + pad)
    across, down = (step, 0.0) if kind == ROW else (0.0, step)
    first: Point = (x + inset + r + pad, y + inset + r + pad)
    plate = ""
    if kind != BARE:
        w0, h0 = (long, short) if kind == ROW else (short, long)
        plate = rect(x + inset, y + inset, w0, h0, short / 2, paint.edge)
        plate += rect(
            x + inset + 1, y + inset + 1, w0 - 2, h0 - 2, short / 2 - 1, _plate_tone(look.base)
        )
    ring = tone(paint.edge, 0.18)
    lenses = "".join(
        _lens(first[0] + i * across, first[1] + i * down, r, ring) for i in range(count)
    )
    if kind == ROW and count > 2:
        flash = circle(first[0], first[1] + r * 2.05, r * 0.3, _FLASH)
    else:
        flash = circle(
            x + inset + (long if kind == ROW else short) + r * 0.7, first[1], r * 0.3, _FLASH
        )
    return plate + lenses + flash


def _round(x: float, y: float, w: float, look: Look) -> str:
    """Lenses around the middle of a round plate."""
    count, paint = look.cameras, tones(look.base)
    r = w * (0.112 if count < 3 else 0.1)
    orbit = 0.0 if count == 1 else r * (1.18 if count == 2 else 1.42)
    radius = orbit + r * 1.4
    middle, centre = x + w / 2, y + w * 0.11 + radius
    start = {2: 0.0, 4: pi / 4}.get(count, -pi / 2)
    turns = [start + 2 * pi * i / count for i in range(count)]
    ring = tone(paint.edge, 0.18)
    return (
        circle(middle, centre, radius + 1, paint.edge)
        + circle(middle, centre, radius, _plate_tone(look.base))
        + "".join(_lens(middle + orbit * cos(a), centre + orbit * sin(a), r, ring) for a in turns)
        + circle(middle + radius + r * 0.6, centre - radius * 0.8, r * 0.3, _FLASH)
    )
