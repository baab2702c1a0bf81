"""The brand's tokens as Tailwind knows them: `bg-surface`, `text-muted`, `border-line`."""

from __future__ import annotations

from typing import Any

COLOURS = (
    "ground",
    "surface",
    "raised",
    "line",
    "ink",
    "muted",
    "accent",
    "accent-ink",
    "accent-soft",
    "good",
    "good-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
)


def tailwind_config() -> dict[str, Any]:
    """Return the configuration: colours are variables, so a brand needs no build."""
    return {
        "theme": {"extend": {"colors": {name: f"var(--{name})" for name in COLOURS}}},
        "darkMode": "class",
    }
