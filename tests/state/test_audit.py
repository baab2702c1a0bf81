"""The whole record: searched, leafed through, checked, and for administrators only."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service.domain import audit
from self_service.domain.access import NotAllowed
from self_service.models.access import Role
from self_service.models.audit import AuditEntry
from self_service.pages.audit import view
from self_service.state.audit import SHOWN, AuditState, audit_values
from self_service.state.request import Elsewhere, PageRequest
from tests.house import House
from tests.paper import live, printed
from tests.tab import loaded, open_tab


@pytest.fixture
def ines(house: House) -> str:
    """An administrator behind this cookie; and more entries than a page holds."""
    cookie = house.signed_in("ines@example.com", Role.ADMINISTRATOR).cookie
    actor = house.actor(cookie)
    with house.database.writing() as session:
        for number in range(SHOWN + 5):
            audit.record(
                session,
                actor,
                "staff.enabled",
                now=house.clock(),
                subject=f"subject {number}",
                before={"limit": number},
                after={"limit": None},
            )
    return cookie


async def page(cookie: str) -> AuditState:
    tab = open_tab(AuditState, "/en/audit", cookie)
    assert await loaded(tab) == []
    return tab


async def test_leafing_by_number(house: House, ines: str) -> None:
    tab = await page(ines)
    assert [row.number for row in tab.entries] == list(range(SHOWN + 5, 5, -1))
    assert (tab.older, tab.first_page) == (6, True)
    await tab.leaf(tab.older)
    assert [row.number for row in tab.entries] == [5, 4, 3, 2, 1]
    assert (tab.older, tab.first_page) == (0, False)
    assert tab.entries[0].changes == ["limit: 4 → –"]
    for nonsense in (0, -1, 10**30, "x", None, [], True):
        await tab.leaf(nonsense)
    await tab.leaf(0)
    assert tab.first_page
    assert live(view, AuditState)
    assert "#55" in printed(view, AuditState, {"loaded": True, "entries": tab.entries})


@pytest.mark.parametrize(
    ("form", "count"),
    [
        ({"words": "subject 7"}, 5),
        ({"words": "SUBJECT enabled 12"}, 1),
        ({"words": "%"}, 0),
        ({"words": "\0\ud800"}, 0),
        ({}, SHOWN),
        (None, SHOWN),
        ([], SHOWN),
    ],
)
async def test_search(house: House, ines: str, form: Any, count: int) -> None:
    tab = await page(ines)
    await tab.find(form)
    assert len(tab.entries) == count


async def test_tampering_is_told(house: House, ines: str) -> None:
    tab = await page(ines)
    await tab.verify()
    assert tab.intact
    with house.database.writing() as session:
        session.exec(select(AuditEntry).where(AuditEntry.number == 17)).one().subject = "other"
    await tab.verify()
    assert not tab.intact
    assert "17" in tab.checked


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.DEALER_SUPERVISOR, Role.REPRESENTATIVE])
async def test_not_for_others(house: House, ines: str, role: Role) -> None:
    cookie = house.signed_in("eve@example.com", role).cookie
    with pytest.raises(Elsewhere):
        await audit_values(PageRequest(cookie, "en", "/audit"))
    tab = open_tab(AuditState, "/en/audit", cookie)
    for call in (lambda: tab.find({}), lambda: tab.leaf(3), tab.verify):
        with pytest.raises(NotAllowed):
            await call()
    assert tab.entries == []
