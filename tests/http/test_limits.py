"""The forms of limits and alerts, from the door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session, select

from self_service.models.limits import AlertChoice, SpendLift, SpendLimit
from self_service.models.network import ServiceRequest
from self_service.models.people import Customer
from tests import limited
from tests.books import make_account
from tests.conftest import NOW
from tests.house import Browser, House, browser, house, stocked

__all__ = ["browser", "house", "stocked"]


@pytest.fixture
def ada(house: House) -> Iterator[Browser]:
    with house.signed_in() as somebody:
        yield somebody


@pytest.fixture
def line(house: House, ada: Browser) -> str:
    """A plan of Ada's whose texts cost twelve euro so far."""
    actor = house.actor(ada.cookie)

    def make(session: Session) -> str:
        owner = session.get_one(Customer, actor.customer())
        account = make_account(session, now=NOW, customer=owner)
        found = limited.plan(session, account=account, start=NOW - timedelta(days=9))
        limited.texts(session, "a", 112, NOW - timedelta(days=1))
        return str(found.id)

    return str(house.change(make))


def page(who: Browser, address: str) -> str:
    return re.sub(r"\s+", " ", who.get(address).text)


def post(who: Browser, act: str, line: str, **form: str) -> str:
    answered = who.submit(f"/do/limit/{act}", language="en", service=line, **form)
    assert answered.status_code == 303
    return str(answered.headers["location"])


def rows(house: House, table: type) -> list[object]:
    with house.database.reading() as session:
        return list(session.exec(select(table)).all())


def test_a_limit_is_set_lifted_and_removed(house: House, ada: Browser, line: str) -> None:
    where = post(ada, "set", line, kind="all", amount="10", at_limit="stop")
    assert where == f"/en/limits?line={line}&done=set"
    shown = page(ada, where)
    assert "Your limit is saved." in shown
    assert "Being stopped…" in shown
    assert "€12.00 of €10.00" in shown
    assert 'name="seen" value="1000"' in shown
    lifted = {"kind": "all", "amount": "5.00", "seen": "1000"}
    assert post(ada, "lift", line, **lifted).endswith("done=lift")
    assert post(ada, "lift", line, **lifted).endswith("refused=limit_moved")
    assert "€12.00 of €15.00" in page(ada, f"/en/limits?line={line}")
    assert post(ada, "remove", line, kind="all").endswith("done=remove")
    assert len(rows(house, SpendLift)) == 1
    (row,) = rows(house, SpendLimit)
    assert row.amount_minor is None
    wanted = sorted((one.sequence, one.wanted["value"]) for one in rows(house, ServiceRequest))
    assert wanted == [(1, "on"), (2, "off")]


def test_when_to_be_told(house: House, ada: Browser, line: str) -> None:
    assert post(ada, "alerts", line, at_80="yes").endswith("done=alerts")
    shown = page(ada, f"/en/limits?line={line}")
    assert re.findall(r'name="at_(\d+)" value="yes"( checked)?', shown) == [
        ("50", ""), ("80", " checked"), ("100", ""),
    ]  # fmt: skip
    assert [one.thresholds for one in rows(house, AlertChoice)] == ["80"]


@pytest.mark.parametrize(
    ("act", "form", "code"),
    [
        ("set", {"kind": "all", "amount": "0"}, "limit_outside"),
        ("set", {"kind": "other", "amount": "5"}, "not_found"),
        ("lift", {"kind": "all", "amount": "5", "seen": "1000"}, "no_limit"),
        ("lift", {"kind": "roaming", "amount": "1e3", "seen": "5950"}, "limit_outside"),
    ],
)
def test_refusals_say_what_to_do_and_change_nothing(
    house: House, ada: Browser, line: str, act: str, form: dict[str, str], code: str
) -> None:
    where = post(ada, act, line, **form)
    assert parse_qs(urlsplit(where).query)["refused"] == [code]
    assert 'role="alert"' in page(ada, where)
    assert not rows(house, SpendLimit) + rows(house, SpendLift) + rows(house, ServiceRequest)


def test_strangers_and_visitors_change_nothing(house: House, line: str) -> None:
    visitor = Browser()
    where = post(visitor, "set", line, kind="all", amount="10")
    assert where.startswith("/en/sign-in?next=")
    with house.signed_in("eve@example.com") as eve:
        where = post(eve, "set", line, kind="all", amount="10")
        assert where.endswith("refused=not_found")
        assert "€12.00" not in page(eve, where)
    assert not rows(house, SpendLimit)


def test_usage_and_the_service_lead_here(ada: Browser, line: str) -> None:
    assert 'href="/en/limits"' in page(ada, "/en/usage")
    assert f'href="/en/limits?line={line}"' in page(ada, f"/en/services/{line}")
