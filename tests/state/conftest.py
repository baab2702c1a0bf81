"""What the tests of states start from."""

from __future__ import annotations

import pytest

from self_service import db
from tests.house import browser, house, stocked
from tests.tab import serve_from

__all__ = ["browser", "house", "portal", "stocked"]


@pytest.fixture
def portal(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> db.Database:
    """The database from which states read and to which they write."""
    serve_from(database, monkeypatch)
    return database
