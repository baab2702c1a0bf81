"""Parts whose tone is known only when the page is filled: accent, good, warn, bad, plain."""

from __future__ import annotations

from typing import Any

#: Colours by the element's `data-tone`.
TONES = (
    "data-[tone=accent]:bg-accent-soft data-[tone=accent]:text-accent "
    "data-[tone=good]:bg-good-soft data-[tone=good]:text-good "
    "data-[tone=warn]:bg-warn-soft data-[tone=warn]:text-warn "
    "data-[tone=bad]:bg-bad-soft data-[tone=bad]:text-bad "
    "data-[tone=plain]:bg-ground data-[tone=plain]:text-muted data-[tone=plain]:border "
    "data-[tone=plain]:border-line "
)


def toned_badge(h: Any, text: Any, tone: Any) -> Any:
    """Show a short label in a tone that a row says."""
    return h.span(
        text,
        data_tone=tone,
        class_name=f"inline-block px-2 py-0.5 rounded-full text-sm font-medium shrink-0 {TONES}",
    )
