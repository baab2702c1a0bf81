"""The page of people and roles: what it shows, changes, and refuses."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service.domain.access import ConfirmationNeeded, NotAllowed
from self_service.models.access import Assignment, DigitalIdentity, Role
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from self_service.pages.staff import view
from self_service.state.shell import ShellState
from self_service.state.staff import StaffState, staff_values
from tests.house import House
from tests.paper import live, printed
from tests.tab import loaded, open_tab

DORA = {
    "given_name": "Dora",
    "family_name": "Lind",
    "email": "dora@work.example",
    "role": "dealer",
    "supervisor": "",
}


@pytest.fixture
def ines(house: House) -> str:
    """An administrator, behind this cookie."""
    return house.signed_in("ines@example.com", Role.ADMINISTRATOR).cookie


async def page(cookie: str) -> StaffState:
    tab = open_tab(StaffState, "/en/staff", cookie)
    assert await loaded(tab) == []
    return tab


async def notice(tab: StaffState) -> str:
    return (await tab.get_state(ShellState)).notice


async def test_somebody_new_is_mailed_and_serves(house: House, ines: str) -> None:
    house.customer()
    tab = await page(ines)
    await tab.add(DORA)
    assert (tab.refused, tab.form_number) == ("", 1)
    dora = next(row for row in tab.members if row.name == "Dora Lind")
    assert (dora.role_name, dora.state, dora.dealer) == ("Dealer", "Invited", True)
    with house.database.reading() as session:
        mail = session.exec(select(CommunicationMessage)).one()
    assert mail.receiver == "dora@work.example"
    assert "http://localhost:3000/en/reset?link=" in mail.body

    await tab.assign({"member": dora.id, "customer": "ada@example.com"})
    dora = next(row for row in tab.members if row.name == "Dora Lind")
    assert [row.name for row in dora.customers] == ["Ada Quell"]
    html = printed(view, StaffState, {"loaded": True, "members": tab.members})
    assert "Dora Lind" in html
    await tab.unassign(dora.id, dora.customers[0].id)
    await tab.disable(dora.id)
    assert next(row.state for row in tab.members if row.id == dora.id) == "No access"
    await tab.enable(dora.id)
    await tab.change_role({"member": dora.id, "role": "representative"})
    assert next(row.role for row in tab.members if row.id == dora.id) == "representative"
    with house.database.reading() as session:
        acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert acts == [
        "staff.added",
        "assignment.added",
        "assignment.removed",
        "staff.disabled",
        "staff.enabled",
        "staff.role_changed",
    ]


async def test_a_refusal_is_said_at_its_field_and_changes_nothing(house: House, ines: str) -> None:
    tab = await page(ines)
    before = house.rows(DigitalIdentity, CommunicationMessage, AuditEntry)
    await tab.add({**DORA, "email": "dora", "role": "king"})
    assert tab.faults["email"].startswith("Enter a complete e-mail address")
    me = next(row for row in tab.members if row.itself)
    await tab.disable(me.id)
    assert tab.refused == await notice(tab) != ""
    assert tab.faults["email"] == ""
    assert house.rows(DigitalIdentity, CommunicationMessage, AuditEntry) == before
    assert live(view, StaffState)


@pytest.mark.parametrize("sent", [None, 7, [], {}, "x", "\0", {"member": [], "role": {}}])
async def test_nonsense_changes_nothing(house: House, ines: str, sent: Any) -> None:
    tab = await page(ines)
    before = house.rows(DigitalIdentity, Assignment, AuditEntry)
    for handler in (tab.add, tab.change_role, tab.assign, tab.disable, tab.enable):
        await handler(sent)
        assert tab.refused
    await tab.unassign(sent, sent)
    assert house.rows(DigitalIdentity, Assignment, AuditEntry) == before


async def test_an_old_proof_is_asked_for_again(house: House, ines: str) -> None:
    tab = await page(ines)
    house.clock.move(minutes=10)
    with pytest.raises(ConfirmationNeeded):
        await tab.add(DORA)
    assert (await staff_values_of(ines))["loaded"]


async def staff_values_of(cookie: str) -> dict[str, Any]:
    from self_service.state.request import PageRequest

    return await staff_values(PageRequest(cookie, "en", "/staff"))


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.DEALER, Role.REPRESENTATIVE])
async def test_not_for_others(house: House, role: Role) -> None:
    cookie = house.signed_in("eve@example.com", role).cookie
    tab = open_tab(StaffState, "/en/staff", cookie)
    with pytest.raises(NotAllowed):
        await tab.add(DORA)
    assert len(await loaded(tab)) == 1
    assert tab.members == []
