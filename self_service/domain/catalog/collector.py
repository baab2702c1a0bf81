"""Holds the cyclic garbage collector back while much is made and nothing thrown away."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do not look for cycles meanwhile: with a million new objects that takes as long as the work.

    Objects that nobody refers to any more still go at once. Other threads are paused likewise.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
