"""What shows on a display: calm hills in a hue that goes with the device."""

from __future__ import annotations

from dataclasses import dataclass

from self_service.illustrations.ink import circle, rect, wave
from self_service.illustrations.tones import contrast, hue_of, hued, tones

#: Hues in degrees for things without a hue of their own, each clearly another than the one before.
HUES = (265.0, 160.0, 35.0, 305.0, 225.0, 68.0, 350.0, 192.0)


@dataclass(frozen=True, slots=True)
class Look:
    """What the drawing functions need to know, already checked.

    Attributes:
        base: colour of the thing, "#rrggbb".
        plain: no colour was asked for.
        cameras: 0 to 4.
        variant: 0 to 23.
        ratio: height divided by width, 0 for the usual one.
    """

    base: str
    plain: bool
    cameras: int
    variant: int
    ratio: float

    @property
    def hue(self) -> float:
        """Hue in degrees: the colour's own, or one chosen by the variant."""
        chosen = HUES[self.variant % len(HUES)]
        hue = chosen if self.plain else hue_of(self.base, chosen)
        # Half-light yellow is olive, which nobody ordered: amber stands for it.
        return 70.0 if 70 < hue < 112 else hue

    @property
    def accent(self) -> str:
        """A light that shows on the thing itself."""
        paint = tones(self.base)
        choices = (hued(0.76, 0.12, self.hue), paint.light, paint.deep)
        return next((c for c in choices if contrast(c, self.base) >= 1.5), paint.edge)


def wallpaper(
    x: float, y: float, w: float, h: float, r: float, look: Look, *, sun: bool = True
) -> str:
    """Return a lit display of rounded corners `r`: sky, sun and three hills."""
    # Dark yellow looks dirty: towards the ground, warm hues drift to red instead.
    hue = look.hue - 38 if 55 < look.hue <= 70 else look.hue
    sky = hued(0.86, 0.06, hue + 28)
    short = min(w, h)
    pieces = [
        rect(x, y, w, h, r, sky),
        circle(x + w * 0.68, y + h * 0.28, short * 0.15, hued(0.96, 0.04, hue + 50)) if sun else "",
    ]
    for share, rise, light, chroma in ((0.5, 0.14, 0.76, 0.085), (0.64, 0.1, 0.63, 0.1)):
        top = y + h * share
        pieces.append(
            wave(x, top, w, y + h - top, r, hued(light, chroma, hue + 14), rise=short * rise)
        )
    top = y + h * 0.8
    pieces.append(wave(x, top, w, y + h - top, r, hued(0.47, 0.095, hue), rise=-short * 0.1))
    return "".join(pieces)
