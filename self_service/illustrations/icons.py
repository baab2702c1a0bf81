"""Icons of the interface and the demo operator's mark, in the colour of the text around them."""

from __future__ import annotations

from functools import lru_cache

# Path data on a 24 x 24 grid, drawn with a round stroke of 1.75; "h.01" makes a dot.
_PATHS = {
    "home": "M4 10.5 12 4l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z",
    "store": "M5 4h14l1.5 5a2.8 2.8 0 0 1-5.6 0 2.9 2.9 0 0 1-5.8 0 2.8 2.8 0 0 1-5.6 0z"
    "M5.5 12v7a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-7M10 20v-4.5h4V20",
    "usage": "M4 16.5a8 8 0 1 1 16 0M12 16.5l3.5-4.5M12 16.5h.01M4 19.5h16",
    "wallet": "M18 8V6a1 1 0 0 0-1-1H6a2 2 0 0 0 0 4h13a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6"
    "a2 2 0 0 1-2-2V7M16.5 14h.01",
    "bills": "M6 3.5h12V20.5l-2.4-1.5-1.8 1.5L12 19l-1.8 1.5L8.4 19 6 20.5z"
    "M9.5 8h5M9.5 11.5h5M9.5 15h3",
    "help": "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17"
    "M9.6 9.5a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2 1-1.2 1.9M12 16.5h.01",
    "basket": "M4 9.5h16l-1.5 9a1.8 1.8 0 0 1-1.8 1.5H7.3a1.8 1.8 0 0 1-1.8-1.5z"
    "M8.5 9.5 11 4M15.5 9.5 13 4M10 13.5v3M14 13.5v3",
    "search": "M11 4.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.8 15.8 20 20",
    "filter": "M4 7h9M18 7h2M15.5 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5"
    "M4 17h2M11 17h9M8.5 14.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5",
    "compare": "M5 5h4a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1"
    "M15 5h4a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1",
    "check": "M5 12.5 9.8 17 19 7",
    "close": "M6 6l12 12M18 6 6 18",
    "plus": "M12 5v14M5 12h14",
    "minus": "M5 12h14",
    "chevron-right": "M9.5 5.5 16 12l-6.5 6.5",
    "chevron-left": "M14.5 5.5 8 12l6.5 6.5",
    "chevron-down": "M5.5 9.5 12 16l6.5-6.5",
    "sun": "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21"
    "M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1",
    "moon": "M20 14.2A8.3 8.3 0 0 1 9.8 4 8.3 8.3 0 1 0 20 14.2z",
    "globe": "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M3.5 12h17"
    "M12 3.5c-5 5-5 12 0 17 5-5 5-12 0-17",
    "user": "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M4.5 20c.8-3.5 3.7-5 7.5-5s6.7 1.5 7.5 5",
    "users": "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7M2.5 19.5c.6-3 3-4.5 6.5-4.5s5.9 1.5 6.5 4.5"
    "M16 5.3a3.5 3.5 0 0 1 0 6.5M18 15.4c2 .6 3.2 2 3.6 4.1",
    "shield": "M12 3.5 19 6v5.5c0 4.4-2.8 7.4-7 9-4.2-1.6-7-4.6-7-9V6zM9 12l2.2 2.2L15 10",
    "key": "M8 11.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8M11 12.6 19.5 4M16 7.5l2.5 2.5M13.5 10l1.8 1.8",
    "list": "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
    "mail": "M4.5 5.5h15a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1"
    "M4 7l8 6 8-6",
    "sign-out": "M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h10M16.5 8.5 20 12l-3.5 3.5",
    "trash": "M4.5 7h15M9 7V4.5h6V7M6.5 7l.9 12a1.1 1.1 0 0 0 1.1 1h7a1.1 1.1 0 0 0 1.1-1l.9-12"
    "M10 11v5M14 11v5",
    "undo": "M8.5 5 4.5 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11H9",
    "phone": "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5"
    "v-15A1.5 1.5 0 0 1 8 3M11 18h2",
    "sim": "M7 3.5h6.5L18 8v11.5a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1"
    "M9 11.5h6v6H9zM12 11.5v6",
    "tv": "M4.5 5h15a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1M8.5 20h7",
    "wifi": "M3.5 9.5a12.5 12.5 0 0 1 17 0M6.5 12.8a8.2 8.2 0 0 1 11 0"
    "M9.5 16a4 4 0 0 1 5 0M12 19h.01",
    "box": "M12 3.5 20 8v8.5L12 20.5l-8-4V8zM4 8l8 4.2L20 8M12 12.2v8.3M8 5.7l8 4.3",
    "card": "M4.5 5.5h15a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1"
    "M3.5 10h17M7 14.5h3.5",
    "document": "M7 3.5h6.5L18 8v11.5a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1"
    "M13.5 3.5V8H18M9 12.5h6M9 16h4",
    "bell": "M12 3.5a5.5 5.5 0 0 1 5.5 5.5c0 4.5 1.5 6.5 1.5 6.5H5s1.5-2 1.5-6.5A5.5 5.5 0 0 1"
    " 12 3.5M9.8 19a2.3 2.3 0 0 0 4.4 0",
    "clock": "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 7.5V12l3 2.5",
    "truck": "M5.2 17H3.5V6.5h11V17H9.3M14.5 10H18l2.5 3.5V17h-1.2M15.2 17h-.7"
    "M7.25 15a2 2 0 1 1 0 4 2 2 0 0 1 0-4M17.25 15a2 2 0 1 1 0 4 2 2 0 0 1 0-4",
    "alert": "M12 4.2 21 19.5H3zM12 10v4M12 16.8h.01",
    "info": "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 11v5M12 7.8h.01",
    "offline": "M4 4l16 16M3.5 9.5a12.5 12.5 0 0 1 1.7-1.3M10.2 6.3a12.5 12.5 0 0 1 10.3 3.2"
    "M6.5 12.8a8.2 8.2 0 0 1 1.9-1.3M13.2 10.8a8.2 8.2 0 0 1 4.3 2"
    "M9.5 16a4 4 0 0 1 2.9-.9M12 19h.01",
    "star": "M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
    "swap": "M4 8.5h15M15.5 5 19 8.5 15.5 12M20 15.5H5M8.5 12 5 15.5 8.5 19",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "tag": "M4 4.8V11l8.7 8.7a1.1 1.1 0 0 0 1.6 0l5.4-5.4a1.1 1.1 0 0 0 0-1.6L11 4H4.8"
    "a.8.8 0 0 0-.8.8"
    "M8.2 8.2h.01",
    "lock": "M6.5 10.5h11a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1"
    "M8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
}

#: Icons that point along the line of reading: turn these round when it runs right to left.
DIRECTIONAL = frozenset({"chevron-right", "chevron-left", "sign-out", "undo", "truck"})


@lru_cache(maxsize=128)
def icon(name: str) -> str:
    """Return a 24 x 24 icon in the text's colour, hidden from screen readers.

    Raises:
        KeyError: there is no icon of this name, which is a mistake in the calling code.
    """
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" '
        'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="{_PATHS[name]}"/>'
        "</svg>"
    )


def operator_mark() -> str:
    """Return the demo operator's mark: two half rings that pass a point to each other."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" '
        'fill="none" stroke="currentColor" stroke-width="4.5" stroke-linecap="round" '
        'aria-hidden="true" focusable="false"><g transform="rotate(-48 16 16)">'
        '<path d="M26.4 11.1A11.5 11.5 0 0 0 4.7 14"/>'
        '<path d="M5.6 20.9A11.5 11.5 0 0 0 27.3 18" opacity=".55"/>'
        '<circle cx="16" cy="16" r="3.6" fill="currentColor" stroke="none"/></g></svg>'
    )


#: Names of all icons, for the sprite.
ICONS = tuple(_PATHS)
