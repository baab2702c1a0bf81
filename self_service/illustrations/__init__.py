"""Product pictures and icons, drawn from parameters: no files, no network, nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from self_service.illustrations.accessories import (
    box,
    cable,
    case,
    charger,
    headphones,
    speaker,
)
from self_service.illustrations.bundles import bundle
from self_service.illustrations.colours import colour_hex
from self_service.illustrations.handsets import foldable, phone, tablet
from self_service.illustrations.home import fibre, router, set_top_box, tv, watch
from self_service.illustrations.icons import DIRECTIONAL, icon, operator_mark
from self_service.illustrations.ink import CANVAS
from self_service.illustrations.plans import addon, esim, plan, sim
from self_service.illustrations.screens import Look

__all__ = ["DIRECTIONAL", "SHAPES", "Picture", "colour_hex", "icon", "operator_mark", "svg"]

# Shape -> how it is drawn, and the colour it has when none is named.
_DRAWN: dict[str, tuple[Callable[[Look], str], str]] = {
    "phone": (phone, "#59616f"),
    "foldable": (foldable, "#59616f"),
    "tablet": (tablet, "#a3a9b3"),
    "watch": (watch, "#59616f"),
    "router": (router, "#e6e8ec"),
    "set_top_box": (set_top_box, "#3a404b"),
    "sim": (sim, "#e6e8ec"),
    "esim": (esim, "#5b6bb5"),
    "plan": (plan, "#5b6bb5"),
    "fibre": (fibre, "#4a5160"),
    "tv": (tv, "#3a404b"),
    "addon": (addon, "#5b6bb5"),
    "headphones": (headphones, "#59616f"),
    "charger": (charger, "#e6e8ec"),
    "case": (case, "#7c8aa5"),
    "cable": (cable, "#e6e8ec"),
    "speaker": (speaker, "#7c8aa5"),
    "bundle": (bundle, "#59616f"),
}
_BOX = (box, "#c9b79c")

#: The shapes that have a drawing; any other is drawn as a closed box.
SHAPES = tuple(_DRAWN)

# Every motif, layout and hue comes round within so many variants.
_VARIANTS = 24


@dataclass(frozen=True, slots=True)
class Picture:
    """What a product looks like.

    Attributes:
        shape: one of `SHAPES`.
        colour: colour word as a catalogue has it ("Midnight blue"), or "" for the usual one.
        cameras: lenses on the back, 0 to 4.
        variant: any number; chooses small differences (opening for the front camera, layout of
            the cameras, motif and hue of a plan), always the same for the same number. An add-on
            shows speed, the world, protection or music by `variant % 4`.
        ratio: height divided by width of a phone or tablet, 0 for the usual one.
    """

    shape: str
    colour: str
    cameras: int = 1
    variant: int = 0
    ratio: float = 0.0


def svg(picture: Picture) -> str:
    """Return a complete SVG element, square, hidden from screen readers.

    It carries no ids, styles or references, so it may be repeated on a page or stand alone as a
    file. Nothing of the picture's words is copied into it. A caller for whom it means something
    beyond its neighbouring text wraps it in an element with role="img" and a label.
    """
    # Not a number is not above nothing either, and so becomes the usual ratio.
    ratio = min(picture.ratio, 4.0) if picture.ratio > 0 else 0.0
    return _drawn(
        picture.shape if picture.shape in _DRAWN else "",
        colour_hex(picture.colour) if picture.colour.strip() else "",
        min(max(picture.cameras, 0), 4),
        picture.variant % _VARIANTS,
        round(ratio * 20) / 20,
    )


@lru_cache(maxsize=2048)
def _drawn(shape: str, base: str, cameras: int, variant: int, ratio: float) -> str:
    draw, usual = _DRAWN.get(shape, _BOX)
    content = draw(Look(base or usual, not base, cameras, variant, ratio))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {CANVAS} {CANVAS}" '
        f'aria-hidden="true" focusable="false">{content}</svg>'
    )
