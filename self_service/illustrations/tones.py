"""Colour arithmetic: shades, mixes and hues that look even to the eye.

All of it happens in OKLab (B. Ottosson, 2020), where equal steps of lightness look equal, so
that a yellow and a navy phone get shadows of the same depth. Contrast is WCAG 2.2 relative
luminance. Colours are "#rrggbb".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, hypot, radians, sin

#: The pages a picture may stand on: nearly every operator's light and dark theme lies between.
LIGHT_PAGE, DARK_PAGE = "#ffffff", "#111827"
#: Smallest contrast of an outline with both pages (WCAG 2.2, 1.4.11 non-text contrast).
EDGE_CONTRAST = 3.0

Lab = tuple[float, float, float]


def _linear(hex_colour: str) -> list[float]:
    channels = (int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def luminance(hex_colour: str) -> float:
    """Return WCAG relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = _linear(hex_colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def to_lab(hex_colour: str) -> Lab:
    """Return OKLab lightness (0 to 1), green-red and blue-yellow of a colour."""
    r, g, b = _linear(hex_colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def from_lab(lab: Lab) -> str:
    """Return the screen colour nearest to an OKLab value, channels cut to what a screen shows."""
    light, a, b = lab
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    channels = (min(max(c, 0.0), 1.0) for c in linear)
    encoded = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in channels)
    return "#" + "".join(f"{round(255 * c):02x}" for c in encoded)


def hued(light: float, chroma: float, hue: float) -> str:
    """Return a colour by lightness (0 to 1), chroma (0 to about 0.3) and hue in degrees."""
    return from_lab((light, chroma * cos(radians(hue)), chroma * sin(radians(hue))))


def mix(one: str, other: str, share: float) -> str:
    """Return `one` moved towards `other` by `share` (0 to 1)."""
    pairs = zip(to_lab(one), to_lab(other), strict=True)
    light, a, b = (x + (y - x) * share for x, y in pairs)
    return from_lab((light, a, b))


def tone(base: str, amount: float) -> str:
    """Return a lighter (`amount` up to 1) or darker (down to -1) tone of the same hue."""
    light, a, b = to_lab(base)
    target = light + (1 - light) * amount if amount > 0 else light * (1 + amount)
    # Both ends of the scale hold less colour; without this, deep tones turn garish.
    calm = 1 - abs(amount) / 2
    return from_lab((target, a * calm, b * calm))


@lru_cache(maxsize=1024)
def edge(base: str) -> str:
    """Return an outline in the hue of `base` that shows on a light and on a dark page."""
    light, a, b = to_lab(base)
    light = min(max(light * 0.86, 0.54), 0.64)
    for step in range(20):
        for candidate in (light - step / 100, light + step / 100):
            colour = from_lab((candidate, a, b))
            if min(contrast(colour, page) for page in (LIGHT_PAGE, DARK_PAGE)) >= EDGE_CONTRAST:
                return colour
    raise AssertionError(f"no outline for {base}")


@dataclass(frozen=True, slots=True)
class Tones:
    """The tones one thing is painted with, light falling from the upper left."""

    base: str
    light: str
    shade: str
    deep: str
    edge: str


@lru_cache(maxsize=1024)
def tones(base: str) -> Tones:
    """Return the tones derived from a base colour."""
    return Tones(base, tone(base, 0.22), tone(base, -0.13), tone(base, -0.34), edge(base))


def hue_of(base: str, otherwise: float) -> float:
    """Return the hue of a colour in degrees, or `otherwise` when it is too grey to have one."""
    _, a, b = to_lab(base)
    return atan2(b, a) * 57.29578 if hypot(a, b) > 0.045 else otherwise
