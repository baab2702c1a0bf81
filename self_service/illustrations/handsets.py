"""Phones, foldables and tablets: the back and, before it, the front."""

from __future__ import annotations

from dataclasses import replace

from self_service.illustrations.cameras import BARE, cameras
from self_service.illustrations.ink import GLASS, circle, gloss, ground, group, num, path, rect
from self_service.illustrations.screens import Look, wallpaper
from self_service.illustrations.tones import tones

PUNCH_HOLE, NOTCH, CORNER_HOLE, BEZEL = range(4)


def phone(look: Look) -> str:
    """Return the back of a phone and, before it, its front."""
    ratio = min(max(look.ratio or 2.1, 1.45), 2.4)
    width = min(188 / ratio, 108)
    height = width * ratio
    left, top = 120 - width * 0.92, 116 - height / 2
    right = left + width * 0.84
    return (
        ground(120, top + height + 10, width * 2.05)
        + back(left, top, width, height, look)
        + rect(right - 6, top + 13, width, height - 8, width * 0.15, "#000", 0.18)
        + front(right, top + 9, width, height, look)
    )


def back(x: float, y: float, w: float, h: float, look: Look) -> str:
    """Return the back of a handset: frame, body, cameras."""
    paint, r = tones(look.base), min(w, h) * 0.15
    return (
        rect(x - 2, y + h * 0.22, 4, h * 0.11, 1.5, paint.edge)
        + rect(x, y, w, h, r, paint.edge)
        + rect(x + 2, y + 2, w - 4, h - 4, r - 2, paint.shade)
        + rect(x + 2, y + 2, w - 8, h - 5, r - 2, paint.base)
        + gloss(x + 2, y + 2, w - 8, h - 5, r - 2)
        + cameras(x, y, w, look)
    )


def front(x: float, y: float, w: float, h: float, look: Look) -> str:
    """Return the front of a handset: frame, glass, display, opening for its camera."""
    paint, r, kind = tones(look.base), min(w, h) * 0.15, look.variant % 4
    bezel, curve = (h * 0.075, 3.0) if kind == BEZEL else (6.0, r - 6)
    screen = (x + 6, y + bezel, w - 12, h - 2 * bezel, curve)
    return (
        rect(x + w - 2, y + h * 0.25, 4, h * 0.13, 1.5, paint.edge)
        + rect(x, y, w, h, r, paint.edge)
        + rect(x + 2, y + 2, w - 4, h - 4, r - 2, GLASS)
        + wallpaper(*screen, look)
        + gloss(*screen, 0.16)
        + _opening(x, y, w, kind)
    )


def _opening(x: float, y: float, w: float, kind: int) -> str:
    middle = x + w / 2
    if kind == NOTCH:
        d = f"M{num(middle - 11)} {num(y + 5.5)}q6 .5 6.5 5a4.5 4.5 0 0 0 9 0q.5-4.5 6.5-5z"
        return path(d, GLASS)
    if kind == BEZEL:
        return rect(middle - w * 0.1, y + 7, w * 0.2, 2.6, 1.3, "#454c58")
    place = middle if kind == PUNCH_HOLE else x + w - 16
    return circle(place, y + 13, 3.4, GLASS)


def tablet(look: Look) -> str:
    """Return a tablet, lying (ratio below 1, or odd variants) or standing, its back behind it."""
    lying = look.ratio < 1 if look.ratio else look.variant % 2 == 1
    long, ratio = 176.0, min(max(look.ratio or 1.42, 0.5), 2.0)
    ratio = 1 / ratio if ratio < 1 else ratio
    wide, high = (long, long / ratio) if lying else (long / ratio, long)
    x, y = 120 - wide / 2, 118 - high / 2
    paint = tones(look.base)
    one = replace(look, cameras=min(look.cameras, 2))
    return (
        ground(120, y + high + 12, wide + 40)
        + _slab(x - 14, y - 14, wide, high, look.base)
        + cameras(x - 14, y - 14, 60, one, kind=BARE)
        + rect(x + 7, y + 11, wide, high, 12, "#000", 0.14)
        + rect(x + 12, y + 10, wide, high, 12, paint.edge)
        + rect(x + 14, y + 12, wide - 4, high - 4, 10.5, GLASS)
        + wallpaper(x + 21, y + 19, wide - 18, high - 18, 5, look)
        + gloss(x + 21, y + 19, wide - 18, high - 18, 5, 0.16)
    )


def _slab(x: float, y: float, w: float, h: float, base: str) -> str:
    paint = tones(base)
    return (
        rect(x, y, w, h, 12, paint.edge)
        + rect(x + 2, y + 2, w - 4, h - 4, 10.5, paint.base)
        + gloss(x + 2, y + 2, w - 4, h - 4, 10.5)
    )


def foldable(look: Look) -> str:
    """Return a foldable, closed and open: a book (even variants) or a clamshell (odd ones)."""
    return _clamshell(look) if look.variant % 2 else _book(look)


def _book(look: Look) -> str:
    closed = back(20, 34, 82, 172, look)
    shadow = group(rect(85, 44, 30, 160, 9, "#000", 0.16), 0, -1, skew=5)
    left = group(_leaf(90, look), 0, -1, skew=5)
    right = group(_leaf(154, look), 0, 26, skew=-5)
    fold = rect(152.4, 48.5, 3.2, 172, 1.5, "#000", 0.28)
    return ground(122, 214, 206) + closed + shadow + left + right + fold


def _leaf(x: float, look: Look) -> str:
    """One half of an open book before it is turned towards the reader."""
    return (
        rect(x, 36, 64, 172, 8, tones(look.base).edge)
        + rect(x + 1.5, 38, 61, 168, 6.5, GLASS)
        + wallpaper(x + 4, 42, 58, 160, 4, look, sun=x > 120)
        + (gloss(x + 4, 42, 58, 160, 4, 0.2) if x > 120 else "")
    )


def _clamshell(look: Look) -> str:
    paint = tones(look.base)
    x, y, w, h = 24.0, 122.0, 88.0, 92.0
    closed = (
        rect(x, y, w, h, 15, paint.edge)
        + rect(x + 2, y + 2, w - 4, h - 4, 13, paint.base)
        + gloss(x + 2, y + 2, w - 4, h - 4, 13)
        + rect(x + 9, y + 10, w - 18, 34, 8, GLASS)
        + wallpaper(x + 42, y + 13, w - 54, 28, 5, look)
        + "".join(
            circle(x + 20, y + 19.5 + 15 * i, 5.6, "#3b4252")
            + circle(x + 20, y + 19.5 + 15 * i, 2.4, "#8fa6cf")
            for i in range(min(look.cameras, 2))
        )
        + rect(x + 2, y + h - 9, w - 4, 2, 0, paint.edge)
    )
    crease = rect(126, 119, 82, 1.4, 0, "#000", 0.16) + rect(126, 120.4, 82, 1, 0, "#fff", 0.25)
    return ground(120, 217, 200) + closed + front(120, 22, 94, 196, look) + crease
