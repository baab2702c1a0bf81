"""What the tests of the HTTP door start from."""

from __future__ import annotations

from tests.house import browser, house, stocked

__all__ = ["browser", "house", "stocked"]
