"""What the tests of the domain start from."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from self_service.domain.access import Actor
from tests.basket_shop import Shop, open_shop, visitor
from tests.demo_people import demo, seeded
from tests.members_view import eve, quells

__all__ = ["ana", "demo", "eve", "quells", "seeded", "shop"]


@pytest.fixture
def shop(session: Session) -> Shop:
    """A small range on sale."""
    return open_shop(session)


@pytest.fixture
def ana() -> Actor:
    """A visitor."""
    return visitor()
