"""Fails when a pair of the brand's colours is harder to read than WCAG 2.2 AA allows."""

from __future__ import annotations

import sys

from self_service import brand

#: Text on its ground: at least 4.5 to 1 (WCAG 1.4.3).
PAIRS = (
    *((ink, ground) for ink in ("ink", "muted") for ground in ("ground", "surface", "raised")),
    *(("accent", ground) for ground in ("ground", "surface", "accent-soft")),
    ("accent-ink", "accent"),
    ("muted", "accent-soft"),
    *((tone, f"{tone}-soft") for tone in ("good", "warn", "bad")),
    *((tone, "surface") for tone in ("good", "warn", "bad")),
    ("ground", "ink"),
)
LEAST = 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2, relative luminance)."""
    parts = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def main() -> int:
    """Check both themes."""
    found = brand.current()
    wrong = [
        f"{theme}: {ink} on {ground} is {ratio:.2f}, needs {LEAST}"
        for theme, colours in (("light", found.light), ("dark", found.dark))
        for ink, ground in PAIRS
        if (ratio := contrast(colours[ink], colours[ground])) < LEAST
    ]
    print("\n".join(wrong) or f"{2 * len(PAIRS)} pairs are readable")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
