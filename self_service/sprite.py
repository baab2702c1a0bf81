"""Writes the icons into one file that pages refer to: `/icons.svg#basket`. Part of the build."""

from __future__ import annotations

import re

from self_service.illustrations import icon
from self_service.illustrations.icons import ICONS
from self_service.settings import ROOT

_SVG = re.compile(r"<svg([^>]*)>(.*)</svg>", re.S)
#: Attributes that a symbol needs of its icon; size and namespace come from where it is used.
_KEPT = re.compile(r'\b(viewBox|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin)="[^"]*"')


def sprite() -> str:
    """Return the sprite as one SVG document."""
    symbols = []
    for name in sorted(ICONS):
        found = _SVG.search(icon(name))
        if found is None:
            raise ValueError(f"icon {name} is no <svg>")
        kept = " ".join(match.group(0) for match in _KEPT.finditer(found.group(1)))
        symbols.append(f'<symbol id="{name}" {kept}>{found.group(2)}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


if __name__ == "__main__":
    (ROOT / "assets" / "icons.svg").write_text(sprite())
