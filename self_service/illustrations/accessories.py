"""Accessories, and the plain box that stands for everything else."""

from __future__ import annotations

from self_service.illustrations.cameras import COLUMN, cameras
from self_service.illustrations.ink import (
    circle,
    corners,
    ellipse,
    gloss,
    ground,
    line,
    path,
    rect,
)
from self_service.illustrations.screens import Look
from self_service.illustrations.tones import tone, tones

_METAL, _METAL_EDGE = "#c3c8d0", "#868d99"


def headphones(look: Look) -> str:
    """Return headphones: over the ear (even variants) or buds in their case (odd ones)."""
    return _buds(look) if look.variant % 2 else _over_ear(look)


def _over_ear(look: Look) -> str:
    paint = tones(look.base)
    band = "M54 142V114a66 66 0 0 1 132 0V142"
    pieces = ground(120, 220, 170) + line(band, paint.edge, 19) + line(band, paint.base, 14)
    pieces += line("M61 92a62 62 0 0 1 50-38", "#fff", 4, 0.3)
    for x, cushion, tint in ((30, 66, paint.base), (166, 150, paint.shade)):
        pieces += rect(cushion, 132, 24, 76, 11, paint.edge)
        pieces += rect(cushion + 2.5, 134.5, 19, 71, 8.5, paint.deep)
        pieces += rect(x, 124, 44, 92, 21, paint.edge)
        pieces += rect(x + 2.5, 126.5, 39, 87, 18.5, tint)
    return pieces + gloss(32.5, 126.5, 39, 87, 18.5, 0.18)


def _buds(look: Look) -> str:
    paint = tones(look.base)
    pieces = ground(120, 218, 170)
    for x, turn in ((58, 1), (138, -1)):
        lean = 6 * turn
        stem = f"M{x + 22} 70L{x + 22 + lean} 122"
        pieces += line(stem, paint.edge, 19) + line(stem, paint.shade, 14)
        pieces += circle(x + 22, 60, 27, paint.edge) + circle(x + 22, 60, 24.5, paint.base)
        pieces += circle(x + 22 + 9 * turn, 62, 10, paint.deep)
        pieces += circle(x + 13, 50, 6, "#fff", 0.28)
    return (
        pieces
        + rect(34, 110, 172, 104, 42, paint.edge)
        + rect(36.5, 112.5, 167, 99, 39.5, paint.shade)
        + rect(36.5, 112.5, 167, 88, 39.5, paint.base)
        + gloss(36.5, 112.5, 167, 88, 39.5)
        + line("M37 148H203", paint.edge, 2)
        + rect(104, 141, 32, 14, 7, paint.shade)
        + circle(120, 178, 4, "#4bd18a")
    )


def charger(look: Look) -> str:
    """Return a charger: a wall plug (even variants) or a wireless pad (odd ones)."""
    return _pad(look) if look.variant % 2 else _plug(look)


def _plug(look: Look) -> str:
    paint = tones(look.base)
    cord = "M112 180C112 232 196 232 196 176V122"
    pins = "".join(
        rect(x, 18, 15, 46, 5, _METAL_EDGE) + rect(x + 2.5, 20.5, 10, 43, 3, _METAL)
        for x in (80, 129)
    )
    return (
        line(cord, paint.edge, 11)
        + line(cord, paint.base, 7)
        + pins
        + rect(52, 54, 120, 132, 28, paint.edge)
        + rect(54.5, 56.5, 115, 127, 25.5, paint.shade)
        + rect(54.5, 56.5, 108, 122, 25.5, paint.base)
        + gloss(54.5, 56.5, 108, 122, 25.5)
        + path("M117 88L88 126H108L103 154L134 114H114z", paint.deep)
        + _connector(196, 76, paint.base)
    )


def _connector(x: float, y: float, base: str, *, down: bool = False) -> str:
    """Return the end of a cable, pointing up (or down) from its middle."""
    paint = tones(base)
    tip = y + 44 if down else y - 22
    return (
        rect(x - 9, tip, 18, 28, 6, _METAL_EDGE)
        + rect(x - 6.5, tip + 2.5, 13, 23, 4, _METAL)
        + rect(x - 14, y, 28, 50, 8, paint.edge)
        + rect(x - 11.5, y + 2.5, 23, 45, 5.5, paint.base)
        + rect(x - 8, y + 6, 4, 38, 2, "#fff", 0.25)
    )


def _pad(look: Look) -> str:
    paint, light = tones(look.base), look.accent
    cord = "M120 182C120 224 168 214 224 218"
    return (
        ground(120, 190, 190)
        + line(cord, paint.edge, 10)
        + line(cord, paint.base, 6)
        + ellipse(120, 142, 100, 52, paint.edge)
        + ellipse(120, 141, 97.5, 49.5, paint.deep)
        + ellipse(120, 128, 100, 52, paint.edge)
        + ellipse(120, 128, 97.5, 49.5, paint.base)
        + ellipse(112, 122, 78, 36, "#fff", 0.1)
        + ellipse(120, 128, 64, 32, light, 0.9)
        + ellipse(120, 128, 59.5, 29, paint.base)
        + path("M128 104L94 132H116L110 152L146 122H124z", light)
    )


def case(look: Look) -> str:
    """Return a protective case: inside behind, outside with the camera opening before it."""
    paint = tones(look.base)
    inside = (
        rect(112, 26, 96, 186, 20, paint.edge)
        + rect(114.5, 28.5, 91, 181, 17.5, paint.shade)
        + rect(121, 35, 78, 168, 13, paint.deep)
        + path(corners([(121, 35), (178, 35), (121, 140)], 10), "#000", 0.12)
    )
    return (
        ground(120, 219, 188)
        + inside
        + rect(36, 34, 98, 184, 20, "#000", 0.16)
        + rect(30, 30, 98, 188, 20, paint.edge)
        + rect(32.5, 32.5, 93, 183, 17.5, paint.base)
        + gloss(32.5, 32.5, 93, 183, 17.5)
        + rect(36, 36, 42, 74, 19, tone(look.base, -0.3))
        + cameras(31, 31, 92, Look("#3c414b", False, min(look.cameras, 3) or 1, 0, 0), kind=COLUMN)
    )


def cable(look: Look) -> str:
    """Return a coiled cable with a connector at each end."""
    paint = tones(look.base)
    cord = (
        "M76 96V118C76 148 40 150 44 178C48 212 196 216 198 176C200 138 62 140 64 172"
        "C66 198 178 200 176 170C174 142 164 148 164 118V96"
    )
    return (
        ground(120, 212, 180)
        + line(cord, paint.edge, 12)
        + line(cord, paint.base, 8)
        + _connector(76, 54, look.base)
        + _connector(164, 54, look.base)
    )


def speaker(look: Look) -> str:
    """Return a loudspeaker: a cylinder (even variants) or a low drum (odd ones)."""
    paint = tones(look.base)
    low = look.variant % 2 == 1
    x, y, w, h, rim = (28, 84, 184, 122, 26.0) if low else (62, 30, 116, 184, 17.0)
    mesh = "".join(
        f"M{x + 16 + 12 * c + 6 * (r % 2)} {y + 62 + 12 * r}h.1"
        for r in range((h - 80) // 12 + 1)
        for c in range((w - 32) // 12)
    )
    right = f"H{x + w - 30}a30 30 0 0 0 30-30V{y + rim:g}z"
    drum = f"M{x} {y + rim:g}V{y + h - 30}a30 30 0 0 0 30 30{right}"
    side = f"M{x + 0.74 * w:g} {y + rim:g}V{y + h}{right}"
    return (
        ground(120, y + h, w + 22)
        + path(drum, paint.base)
        + path(side, paint.shade)
        + rect(x + 6, y + 2 * rim + 4, 5, h - 2 * rim - 38, 2.5, "#fff", 0.18)
        + line(mesh, paint.deep, 3.6, 0.6)
        + line(drum, paint.edge, 2.5)
        + ellipse(120, y + rim, w / 2 + 1.2, rim + 1.2, paint.edge)
        + ellipse(120, y + rim, w / 2 - 1.2, rim - 1.2, paint.light)
        + ellipse(120, y + rim, w / 4, rim / 2, look.accent)
        + ellipse(120, y + rim, w / 4 - 4, rim / 2 - 3, paint.light)
    )


def box(look: Look) -> str:
    """Return a closed carton: what is shown for a thing without a picture of its own."""
    paint = tones(look.base)
    return (
        ground(120, 214, 180)
        + path(
            corners([(120, 30), (210, 72), (210, 168), (120, 214), (30, 168), (30, 72)], 10),
            paint.edge,
        )
        + path(corners([(120, 33), (205, 73), (120, 114), (35, 73)], 5), paint.light)
        + path(corners([(33, 77), (118.5, 117), (118.5, 210), (33, 166)], 5), paint.base)
        + path(corners([(207, 77), (121.5, 117), (121.5, 210), (207, 166)], 5), paint.shade)
        + path(
            corners([(70, 56), (90, 47), (172, 87), (172, 112), (156, 120), (156, 96)], 2),
            paint.deep,
            0.35,
        )
    )
