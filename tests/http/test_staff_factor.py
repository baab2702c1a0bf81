"""Who works here sets a second factor up before anything else, where the operator asks for it."""

from __future__ import annotations

import pytest

from self_service.models.access import DigitalIdentity, Role
from self_service.state.customers import CustomersState
from tests.house import House
from tests.live import live


@pytest.fixture
def strict(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A portal that asks its staff for a second factor."""
    from self_service import settings

    monkeypatch.setenv("SELF_SERVICE_STAFF_SECOND_FACTOR", "true")
    settings.get.cache_clear()
    return house


def test_pages_and_forms_lead_to_the_set_up(strict: House) -> None:
    strict.customer()
    sam = strict.signed_in("sam@example.com", Role.REPRESENTATIVE)
    for path in ("/en/customers", "/en/settings", "/en/history"):
        assert sam.get(path).headers["location"].startswith("/en/security")
    ada = strict.actor(strict.signed_in("eve@example.com").cookie)
    answer = sam.submit("/do/act-for", customer=str(ada.customer_id), language="en")
    assert "/en/home" not in answer.headers["location"]
    assert strict.actor(sam.cookie).behalf == ""
    assert sam.get("/en/security").status_code == 200


async def test_events_are_refused(strict: House) -> None:
    sam = strict.signed_in("sam@example.com", Role.REPRESENTATIVE)
    async with live(sam.cookie) as tab:
        await tab.send(CustomersState.find, form={"words": "Quell"})
        assert tab.shows(CustomersState, "customers") == []
        assert tab.gone_to.startswith("/en/security")


def test_with_an_app_everything_is_there(strict: House) -> None:
    sam = strict.signed_in("sam@example.com", Role.REPRESENTATIVE)
    with strict.database.writing() as session:
        identity = session.get_one(DigitalIdentity, strict.actor(sam.cookie).identity_id)
        identity.totp_secret = "sealed"
    assert sam.get("/en/customers").status_code == 200


def test_customers_are_not_asked(strict: House) -> None:
    assert strict.signed_in().get("/en/home").status_code == 200
