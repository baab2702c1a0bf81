"""The staff's page of vouchers: what it shows, changes, and refuses."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service.domain.access import ConfirmationNeeded, NotAllowed
from self_service.domain.vouchers import batches, exporting
from self_service.models.access import Role
from self_service.models.audit import AuditEntry
from self_service.models.ledger import LedgerEntry
from self_service.models.vouchers import Voucher, VoucherBatch
from self_service.pages.voucher_desk import view
from self_service.state.request import PageRequest
from self_service.state.voucher_desk import VoucherDeskState, desk_values
from self_service.wiring import vault
from tests import books
from tests.conftest import NOW
from tests.house import House
from tests.paper import live, printed
from tests.tab import loaded, open_tab
from tests.voucher_shop import administrator, wish

SPRING = {
    "kind": "print",
    "name": "Spring",
    "amount": "10",
    "count": "3",
    "expires": "2027-11-21",
    "dealer": "",
}


@pytest.fixture
def ines(house: House) -> str:
    """An administrator, behind this cookie."""
    return house.signed_in("ines@example.com", Role.ADMINISTRATOR).cookie


@pytest.fixture
def number(house: House) -> str:
    """A batch of three."""
    return house.change(batches.create, administrator(NOW), wish(NOW), vault=vault(), now=NOW)


async def page(cookie: str, number: str = "") -> VoucherDeskState:
    tab = open_tab(VoucherDeskState, f"/en/voucher-desk?batch={number}", cookie)
    assert await loaded(tab) == []
    return tab


async def html(cookie: str, number: str = "") -> str:
    request = PageRequest.at(f"/en/voucher-desk?batch={number}", cookie)
    return printed(view, VoucherDeskState, await desk_values(request))


async def test_a_batch_is_made(house: House, ines: str) -> None:
    assert "No batches yet" in await html(ines)
    tab = await page(ines)
    await tab.create(SPRING)
    assert (tab.refused, tab.form_number) == ("", 1)
    (row,) = tab.batches
    assert (row.name, row.amount, row.count, row.until) == ("Spring", "€10.00", "3", "21 Nov 2027")
    assert [(count.text, count.count) for count in row.counts] == [("Can be redeemed", "3")]
    assert row.number in await html(ines)
    with house.database.reading() as session:
        books.proven(session)


async def test_faults_stand_at_their_fields_and_make_nothing(house: House, ines: str) -> None:
    tab = await page(ines)
    await tab.create({**SPRING, "count": "0", "amount": "x", "expires": ""})
    assert {name for name, text in tab.faults.items() if text} == {"count", "amount", "expires"}
    assert "{" not in "".join(tab.faults.values())
    assert tab.form_number == 0
    for nonsense in (None, [], {"count": ["3"]}):
        await tab.create(nonsense)
    assert house.rows(VoucherBatch, Voucher, LedgerEntry) == house.rows(
        VoucherBatch, Voucher, LedgerEntry
    )
    assert house.change(lambda session: session.exec(select(VoucherBatch)).all()) == []


async def test_one_batch_from_export_to_its_end(house: House, ines: str, number: str) -> None:
    tab = await page(ines, number)
    assert (tab.batch.number, tab.batch.can_export, tab.batch.can_confirm) == (number, True, False)
    await tab.confirm_print()
    assert tab.refused
    house.change(exporting.export, administrator(NOW), number, form="csv", vault=vault(), now=NOW)
    await loaded(tab)
    assert tab.batch.can_confirm
    assert "1 time, last" in tab.batch.exported
    await tab.confirm_print()
    assert (tab.refused, tab.batch.can_export) == ("", False)
    await tab.void_batch()
    assert (tab.refused, tab.batch.state, tab.batch.can_void) == ("", "Void", False)
    assert "All batches" in await html(ines, number)
    with house.database.reading() as session:
        books.proven(session)


async def test_a_voucher_is_found_and_ended(house: House, ines: str, number: str) -> None:
    tab = await page(ines)
    await tab.search({"serial": "V-0"})
    assert tab.not_found
    assert tab.found.serial == ""
    await tab.search({"serial": f"{number}-2".lower()})
    assert (tab.not_found, tab.found.state, tab.found.can_void) == ("", "Can be redeemed", True)
    await tab.void_voucher()
    assert (tab.refused, tab.found.state, tab.found.can_void) == ("", "Void", False)
    await tab.void_voucher()
    assert tab.refused


async def test_looking_at_redemptions_is_recorded(house: House, number: str) -> None:
    rita = house.signed_in("rita@example.com", Role.REPRESENTATIVE).cookie
    tab = await page(rita, number)
    assert not tab.may_change
    await tab.show_redemptions()
    assert (tab.redemptions_read, tab.redemptions) == (True, [])
    acts = house.change(lambda session: session.exec(select(AuditEntry.act)).all())
    assert acts.count("vouchers.redemptions_seen") == 1
    shown = await html(rita, number)
    assert "Export as CSV" not in shown


async def test_customer_service_only_looks(house: House, number: str) -> None:
    rita = house.signed_in("rita@example.com", Role.REPRESENTATIVE).cookie
    tab = await page(rita, number)
    before = house.rows(VoucherBatch, Voucher, LedgerEntry)
    calls: list[Any] = [
        lambda: tab.create(SPRING),
        lambda: tab.void_batch(),
        lambda: tab.void_voucher(),
        lambda: tab.confirm_print(),
    ]
    for call in calls:
        with pytest.raises(NotAllowed):
            await call()
    assert house.rows(VoucherBatch, Voucher, LedgerEntry) == before
    assert "New batch" not in await html(rita)


async def test_an_old_proof_is_asked_for_again(house: House, ines: str, number: str) -> None:
    tab = await page(ines, number)
    house.clock.move(minutes=11)
    before = house.rows(VoucherBatch, Voucher, LedgerEntry)
    with pytest.raises(ConfirmationNeeded):
        await tab.void_batch()
    with pytest.raises(ConfirmationNeeded):
        await tab.create(SPRING)
    assert house.rows(VoucherBatch, Voucher, LedgerEntry) == before


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.DEALER])
async def test_the_page_is_for_staff(house: House, role: Role) -> None:
    cookie = house.signed_in("bo@example.com", role).cookie
    assert await loaded(open_tab(VoucherDeskState, "/en/voucher-desk", cookie)) != []


async def test_a_batch_that_is_none_shows_the_list(house: House, ines: str, number: str) -> None:
    tab = await page(ines, "V-0000-0000")
    assert tab.batch.number == ""
    await tab.void_batch()
    assert tab.refused == "We could not find that."


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_live_page_compiles(language: str) -> None:
    assert live(view, VoucherDeskState, language)
