"""What cannot be held: SIM profiles, plans and add-ons, each with a picture all the same."""

from __future__ import annotations

from self_service.illustrations.ink import (
    Point,
    circle,
    corners,
    gloss,
    ground,
    group,
    line,
    num,
    path,
    rect,
    wave,
)
from self_service.illustrations.screens import Look
from self_service.illustrations.tones import edge, hued, tones

_CARD: list[Point] = [(58, 32), (142, 32), (182, 72), (182, 208), (58, 208)]
_CARD_INNER: list[Point] = [(60.5, 34.5), (141, 34.5), (179.5, 73), (179.5, 205.5), (60.5, 205.5)]
_QR = 13


def _card(look: Look, reach: float) -> str:
    """Return the blank card, lit from its upper left corner down to `reach`."""
    paint = tones(look.base)
    light: list[Point] = [(60.5, 34.5), (130, 34.5), (60.5, reach)]
    return (
        ground(120, 209, 140)
        + path(corners(_CARD, 16), paint.edge)
        + path(corners(_CARD_INNER, 14), paint.base)
        + path(corners(light, 12), "#fff", 0.14)
    )


def sim(look: Look) -> str:
    """Return a SIM card with its chip."""
    paint = tones(look.base)
    gold, lines = "#e3c27a", "#8f713a"
    contacts = "M84 134H104M84 158H104M136 134H156M136 158H156M104 110V182M136 110V182M104 146H136"
    arcs = "".join(
        line(f"M{num(84 - s)} {num(72 - s)}a{num(1.42 * s)} {num(1.42 * s)} 0 0 1 {2 * s} 0", c, 5)
        for s, c in ((8, paint.edge), (16, paint.edge))
    )
    return (
        _card(look, 150)
        + rect(82, 108, 76, 76, 15, lines)
        + rect(84, 110, 72, 72, 13, gold)
        + gloss(84, 110, 72, 72, 13, 0.35)
        + line(contacts, lines, 2.5)
        + rect(104, 128, 32, 36, 8, gold)
        + line(
            "M112 128h16a8 8 0 0 1 8 8v20a8 8 0 0 1-8 8h-16a8 8 0 0 1-8-8v-20a8 8 0 0 1 8-8z",
            lines,
            2.5,
        )
        + group(arcs, 6, 8)
    )


def esim(look: Look) -> str:
    """Return a SIM made of light: the card with a code to scan instead of a chip."""
    size, left, top = 6.6, 77.0, 98.0
    finders = "".join(
        rect(x, y, 4 * size, 4 * size, 5, GLYPH)
        + rect(x + 4.4, y + 4.4, 4 * size - 8.8, 4 * size - 8.8, 3, "#fff")
        + rect(x + 8.6, y + 8.6, 4 * size - 17.2, 4 * size - 17.2, 2, GLYPH)
        for x, y in (
            (left, top),
            (left + 9 * size, top),
            (left, top + 9 * size),
        )
    )
    return (
        _card(look, 87)
        + rect(66, 87, 108, 108, 14, "#fff")
        + path(_modules(look.variant, left, top, size), GLYPH)
        + finders
    )


GLYPH = "#1d2330"


def _modules(seed: int, left: float, top: float, size: float) -> str:
    """Return squares that look like a code and mean nothing; the seed changes the pattern."""
    d, state = "", seed * 2654435761 + 12345
    for row in range(_QR):
        for col in range(_QR):
            state = (state * 1103515245 + 12345) % 2**31
            in_finder = (row < 5 and col < 5) or (row < 5 and col > 7) or (row > 7 and col < 5)
            if not in_finder and state >> 16 & 1:
                x, y = num(left + col * size), num(top + row * size)
                d += f"M{x} {y}h{num(size)}v{num(size)}h-{num(size)}z"
    return d


def _tile(hue: float) -> str:
    base = hued(0.6, 0.115, hue)
    return rect(24, 24, 192, 192, 46, edge(base)) + rect(26.5, 26.5, 187, 187, 43.5, base)


def plan(look: Look) -> str:
    """Return a plan's emblem: abstract signal, one of four motifs, hue by colour or variant."""
    return _tile(look.hue) + (_bands, _hills, _orbits, _steps)[
        (look.variant + look.variant // 8) % 4
    ](look.hue)


def _bands(hue: float) -> str:
    """Quarter rings spreading from the lower left, as from a mast."""
    pieces = ""
    for i, radius in enumerate((150, 116, 82, 48)):
        tint = hued(0.67 + 0.075 * i, 0.125 - 0.018 * i, hue + 10 * i)
        d = f"M26.5 {num(213.5 - radius)}a{radius} {radius} 0 0 1 {radius} {radius}"
        pieces += path(f"{d}H70a43.5 43.5 0 0 1-43.5-43.5z", tint)
    return pieces + circle(62, 178, 13, "#fff")


def _hills(hue: float) -> str:
    """Three waves over each other and a point of light."""
    pieces = circle(152, 82, 24, hued(0.93, 0.06, hue + 40))
    for i, top in enumerate((104, 134, 166)):
        tint = hued(0.86 - 0.12 * i, 0.08 + 0.02 * i, hue + 24 - 12 * i)
        pieces += wave(26.5, top, 187, 213.5 - top, 43.5, tint, rise=38 - 22 * i)
    return pieces


def _orbits(hue: float) -> str:
    """Rings around a core, each with something on its way."""
    pieces = circle(120, 120, 18, "#fff")
    for i, radius in enumerate((38, 58, 78)):
        tint = hued(0.8, 0.08, hue + 12 * i)
        pieces += line(
            f"M{120 - radius} 120a{radius} {radius} 0 1 1 {2 * radius} 0"
            f"a{radius} {radius} 0 1 1 {-2 * radius} 0",
            tint,
            5,
            0.75,
        )
    for x, y, r in ((147, 93, 8), (79, 161, 10), (175, 175, 7)):
        pieces += circle(x, y, r, hued(0.96, 0.04, hue + 40))
    return pieces


def _steps(hue: float) -> str:
    """Rising columns, rounded."""
    pieces = ""
    for i in range(5):
        height = 34 + 23 * i
        tint = hued(0.72 + 0.055 * i, 0.11 - 0.014 * i, hue + 8 * i)
        pieces += rect(54 + 27.5 * i, 182 - height, 21, height, 10.5, tint)
    return pieces


_GLYPHS = (
    "M128 62L84 128H114L106 178L156 106H124z",
    "M120 64a56 56 0 1 0 0 112a56 56 0 1 0 0-112M64 120H176"
    "M120 64c-34 32-34 80 0 112c34-32 34-80 0-112",
    "M120 62L170 80V118c0 30-20 50-50 62c-30-12-50-32-50-62V80zM98 120l16 16l30-32",
    "M96 164V82l66-14v80M96 164a18 15 0 1 1-36 0a18 15 0 1 1 36 0"
    "M162 148a18 15 0 1 1-36 0a18 15 0 1 1 36 0",
)


def addon(look: Look) -> str:
    """Return an add-on: speed, the world, protection or music on a tile, with a plus."""
    kind, hue = look.variant % 4, look.hue
    glyph = _GLYPHS[kind]
    sign = path(glyph, "#fff") if kind == 0 else line(glyph, "#fff", 9)
    badge = tones(hued(0.48, 0.12, hue))
    return (
        group(_tile(hue) + gloss(26.5, 26.5, 187, 187, 43.5, 0.12) + sign, -6, -6)
        + circle(190, 190, 37, badge.edge)
        + circle(190, 190, 34.5, badge.base)
        + line("M190 174V206M174 190H206", "#fff", 8)
    )
