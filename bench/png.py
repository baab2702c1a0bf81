"""PNG files packed tighter than a browser cares to: the same picture in fewer bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def packed(picture: bytes) -> bytes:
    """Return a PNG with its data deflated at the highest level and what is not drawn left out.

    The layout is that of the PNG specification (W3C, third edition, section 5): length, type,
    content and CRC of each chunk.
    """
    kept: list[tuple[bytes, bytes]] = []
    drawn = b""
    for kind, content in _chunks(picture):
        if kind == b"IDAT":
            drawn += content
        elif kind[0:1].isupper():  # critical: the others are not needed to draw it
            kept.append((kind, content))
    data = zlib.compress(zlib.decompress(drawn), 9)
    kept.insert(len(kept) - 1, (b"IDAT", data))  # before IEND
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in kept)


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place < len(picture):
        (length,) = struct.unpack_from(">I", picture, place)
        yield picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        place += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
