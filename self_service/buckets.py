"""Token buckets in the memory of one worker: how fast something may come, by a key."""

from __future__ import annotations

import time


class Buckets:
    """One bucket per key, full at first. Costs a look into a dictionary per question."""

    def __init__(self, rate: float, burst: float, most: int = 50_000) -> None:
        """Say how fast buckets fill.

        Args:
            rate: tokens per second that a bucket gets; 0 switches the limit off.
            burst: tokens that a full bucket holds.
            most: keys remembered before all start afresh: a bound on memory, not on keys.
        """
        self.rate, self.burst, self.most = rate, burst, most
        self.levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> bool:
        """Take one token from the bucket of a key; False when it is empty. "" is not limited."""
        if not self.rate or not key:
            return True
        now = time.monotonic()
        level, last = self.levels.get(key, (self.burst, now))
        level = min(self.burst, level + (now - last) * self.rate)
        if len(self.levels) > self.most:
            self.levels.clear()
        self.levels[key] = (level - 1 if level >= 1 else level, now)
        return level >= 1
