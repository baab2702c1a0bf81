"""The customers page: who may see it, and what a search shows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service.domain.access import NotAllowed, SignInNeeded
from self_service.models.access import Role, WebSession
from self_service.pages.customers import view
from self_service.state.customers import CustomersState, customers_values
from self_service.state.request import Elsewhere, PageRequest
from tests.house import House
from tests.paper import live, printed
from tests.tab import open_tab


@pytest.fixture
def sam(house: House) -> str:
    """Customer service, behind this cookie; Ada is a customer."""
    house.customer()
    return house.signed_in("sam@example.com", Role.REPRESENTATIVE).cookie


async def find(cookie: str, form: Any) -> CustomersState:
    tab = open_tab(CustomersState, "/en/customers", cookie)
    await tab.find(form)
    return tab


async def test_a_search_shows_rows(house: House, sam: str) -> None:
    first = await customers_values(PageRequest(sam, "en", "/customers"))
    assert (first["customers"], first["searched"]) == ([], False)
    tab = await find(sam, {"words": "QUELL a"})
    assert sorted((row.name, row.email, row.since) for row in tab.customers) == [
        ("Ada Quell", "ada@example.com", "21 Nov 2026"),
        ("Ada Quell", "sam@example.com", "21 Nov 2026"),  # made a customer first, by the test
    ]
    html = printed(view, CustomersState, {"customers": tab.customers, "loaded": True})
    assert 'action="/do/act-for"' in html
    assert live(view, CustomersState)


@pytest.mark.parametrize(
    "form", [{}, None, [], "x", {"words": None}, {"words": ["ada"]}, {"words": "\0\ud800%"}]
)
async def test_whatever_is_sent_is_a_search(house: House, sam: str, form: Any) -> None:
    assert (await find(sam, form)).customers == []


async def test_others_find_nobody(house: House, sam: str) -> None:
    eve = house.signed_in("eve@example.com").cookie
    for cookie, refusal in ((eve, NotAllowed), ("", SignInNeeded), ("forged", SignInNeeded)):
        with pytest.raises(refusal):
            await find(cookie, {"words": "ada@"})
    with pytest.raises(Elsewhere) as other:
        await customers_values(PageRequest(eve, "es", "/customers"))
    assert other.value.path == "/es/store"
    assert {row.acting_for for row in _sessions(house)} == {None}


def _sessions(house: House) -> list[WebSession]:
    with house.database.reading() as session:
        return list(session.exec(select(WebSession)))
