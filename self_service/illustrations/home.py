"""Watches, and what stands at home: routers, set-top boxes, televisions, fibre."""

from __future__ import annotations

from math import cos, radians, sin

from self_service.illustrations.ink import (
    GLASS,
    circle,
    corners,
    ellipse,
    gloss,
    ground,
    line,
    num,
    path,
    rect,
)
from self_service.illustrations.screens import Look, wallpaper
from self_service.illustrations.tones import hued, tones

_STATUS = "#4bd18a"


def watch(look: Look) -> str:
    """Return a watch with its strap: rounded square (even variants) or round (odd ones)."""
    paint, is_round = tones(look.base), look.variant % 2 == 1
    strap = "".join(
        path(corners(points, 9), paint.edge) + path(corners(inner, 8), tint)
        for points, inner, tint in (
            (
                [(86, 74), (94, 14), (146, 14), (154, 74)],
                [(88.5, 74), (96, 16.5), (144, 16.5), (151.5, 74)],
                paint.base,
            ),
            (
                [(86, 166), (154, 166), (146, 226), (94, 226)],
                [(88.5, 166), (151.5, 166), (144, 223.5), (96, 223.5)],
                paint.shade,
            ),
        )
    )
    holes = "".join(ellipse(120, 196 + 9 * i, 2.6, 2.2, paint.deep) for i in range(3))
    r = 62.0 if is_round else 30.0
    case = (
        rect(178, 110, 10, 20, 3.5, paint.edge)
        + rect(58, 58, 124, 124, r, paint.edge)
        + rect(60.5, 60.5, 119, 119, r - 2.5, paint.light)
        + rect(63.5, 63.5, 113, 113, r - 5.5, GLASS)
    )
    sheen = path(corners([(96, 17), (110, 17), (104, 58), (90, 58)], 3), "#fff", 0.14)
    return strap + sheen + holes + case + _dial(look.hue)


def _dial(hue: float) -> str:
    arc, track = hued(0.78, 0.12, hue), hued(0.36, 0.04, hue)
    ticks = "".join(
        f"M{num(120 + 35 * sin(a))} {num(120 - 35 * cos(a))}h.1"
        for a in (radians(30 * i) for i in range(12))
    )
    return (
        line("M120 74a46 46 0 1 1 0 92a46 46 0 1 1 0-92", track, 5)
        + line("M120 74a46 46 0 1 1-44.7 56.8", arc, 5)
        + line(ticks, "#aab3c2", 3)
        + line("M120 120L104 103M120 120L141 97", "#f4f6fa", 4)
        + circle(120, 120, 4, arc)
    )


def router(look: Look) -> str:
    """Return a router: flat with antennas (even variants) or a tower with a light ring."""
    return _tower(look) if look.variant % 2 else _flat_router(look)


def _waves(x: float, y: float, hue: float) -> str:
    """Return radio waves going up from (x, y)."""
    return "".join(
        line(
            f"M{num(x - s)} {num(y - s * 0.62)}q{num(s)} {num(-s * 0.62)} {num(2 * s)} 0",
            hued(0.66, 0.13, hue),
            6,
            opacity,
        )
        for s, opacity in ((13, 1), (26, 0.7), (39, 0.4))
    )


def _flat_router(look: Look) -> str:
    return ground(120, 202, 214) + _waves(120, 122, look.hue) + router_body(look)


def router_body(look: Look) -> str:
    """Return a flat router without the waves above it."""
    paint = tones(look.base)
    antennas = "".join(
        line(f"M{foot} 146L{tip} 56", paint.edge, 11) + line(f"M{foot} 146L{tip} 56", body, 7)
        for foot, tip, body in ((54, 42, paint.base), (186, 198, paint.shade))
    )
    lights = "".join(
        circle(58 + 15 * i, 177, 3.4, _STATUS if i < 3 else paint.deep) for i in range(4)
    )
    return (
        antennas
        + path(corners([(44, 134), (196, 134), (216, 160), (24, 160)], 8), paint.edge)
        + path(corners([(46, 136.5), (194, 136.5), (212, 160), (28, 160)], 7), paint.light)
        + rect(24, 152, 192, 50, 15, paint.edge)
        + rect(26.5, 154.5, 187, 45, 12.5, paint.shade)
        + rect(26.5, 154.5, 187, 38, 12.5, paint.base)
        + lights
        + "".join(rect(150 + 13 * i, 170, 7, 14, 3.5, paint.deep, 0.55) for i in range(4))
    )


def _tower(look: Look) -> str:
    paint = tones(look.base)
    return (
        ground(120, 216, 124)
        + path(corners([(76, 66), (164, 66), (174, 214), (66, 214)], 22), paint.edge)
        + path(corners([(78, 68), (162, 68), (171.5, 211.5), (68.5, 211.5)], 20), paint.base)
        + path(corners([(132, 68), (162, 68), (171.5, 211.5), (140, 211.5)], 16), paint.shade)
        + path(corners([(82, 74), (98, 74), (94, 200), (74, 200)], 8), "#fff", 0.16)
        + ellipse(120, 68, 44, 13, paint.edge)
        + ellipse(120, 67.5, 41.5, 11, paint.light)
        + ellipse(120, 67.5, 27, 6, _STATUS)
        + ellipse(120, 67.5, 22, 4.2, paint.shade)
        + "".join(rect(104, 178 + 8 * i, 32, 3, 1.5, paint.deep, 0.6) for i in range(3))
        + _waves(120, 52, look.hue)
    )


def set_top_box(look: Look) -> str:
    """Return a set-top box and its remote control."""
    paint, key = tones(look.base), hued(0.74, 0.12, look.hue)
    keys = "".join(
        circle(187 + 11 * col, 148 + 11 * row, 3.2, paint.deep)
        for row in range(4)
        for col in (-1, 0, 1)
    )
    digits = "M44 157h8v8h-8v8h8M58 157h8v16h-8zM74 161h.1M74 169h.1M82 157v16M90 173h8v-8h-8v-8h8"
    clock = line(digits, _STATUS, 2.4)
    return (
        ground(112, 200, 200)
        + path(corners([(36, 112), (176, 112), (196, 142), (16, 142)], 8), paint.edge)
        + path(corners([(38, 114.5), (174, 114.5), (192, 142), (20, 142)], 7), paint.light)
        + rect(16, 134, 180, 58, 12, paint.edge)
        + rect(18.5, 136.5, 175, 53, 9.5, paint.shade)
        + rect(18.5, 136.5, 175, 44, 9.5, paint.base)
        + rect(34, 148, 96, 34, 7, GLASS)
        + clock
        + circle(116, 165, 3.5, key)
        + rect(152, 60, 58, 150, 22, "#000", 0.16)
        + rect(158, 50, 58, 166, 22, paint.edge)
        + rect(160.5, 52.5, 53, 161, 19.5, paint.base)
        + gloss(160.5, 52.5, 53, 161, 19.5)
        + circle(187, 72, 5, "#e4574f")
        + circle(187, 106, 19, paint.deep)
        + circle(187, 106, 8, key)
        + keys
    )


def screen(x: float, y: float, w: float, h: float, look: Look) -> str:
    """Return a lit television without its stand."""
    return (
        rect(x, y, w, h, 11, tones(look.base).edge)
        + rect(x + 2.5, y + 2.5, w - 5, h - 5, 8.5, GLASS)
        + wallpaper(x + 8, y + 8, w - 16, h - 18, 4, look)
        + gloss(x + 8, y + 8, w - 16, h - 18, 4)
    )


def tv(look: Look) -> str:
    """Return a television with a row of channels."""
    paint = tones(look.base)
    tiles = "".join(
        rect(32 + 46 * i, 130, 38, 24, 5, hued(0.97, 0.02, look.hue), 0.92 if i == 0 else 0.5)
        for i in range(4)
    )
    return (
        ground(120, 201, 160)
        + path(corners([(70, 170), (82, 170), (74, 200), (60, 200)], 2), paint.edge)
        + path(corners([(158, 170), (170, 170), (180, 200), (166, 200)], 2), paint.edge)
        + screen(12, 40, 216, 134, look)
        + tiles
        + path(corners([(46, 136), (57, 142), (46, 148)], 2), hued(0.46, 0.09, look.hue))
    )


def fibre(look: Look) -> str:
    """Return strands of light leaving a cable."""
    hue = look.hue
    sheath = tones(look.base)
    strands = tips = ""
    for i in range(7):
        spread = i - 3
        x, y = 196 + 5 * (3 - abs(spread)), 42 + 26 * i
        bright = hued(0.74 - 0.03 * abs(spread), 0.14, hue + 13 * spread)
        strands += line(
            f"M86 {num(120 + 5 * spread)}C134 {num(120 + 5 * spread)} 140 {y} {x} {y}", bright, 4.5
        )
        tips += circle(x, y, 12, bright, 0.25) + circle(x, y, 6.5, bright)
        tips += circle(x - 1.2, y - 1.2, 2.6, "#fff")
    return (
        strands
        + tips
        + rect(10, 94, 84, 52, 10, sheath.edge)
        + rect(12.5, 96.5, 79, 47, 7.5, sheath.shade)
        + rect(12.5, 96.5, 79, 34, 7.5, sheath.base)
        + rect(18, 101, 66, 7, 3.5, "#fff", 0.22)
        + rect(78, 88, 18, 64, 8, sheath.edge)
        + rect(80.5, 90.5, 13, 59, 5.5, sheath.light)
    )
