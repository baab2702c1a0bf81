"""The page of usage: meters, filters, records with how each was counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session

from self_service import db
from self_service.domain.access.grants import Granting, give
from self_service.models.access import DigitalIdentity, Role, Scope
from self_service.models.people import Customer
from self_service.models.usage import UsageKind
from self_service.state import usage_words
from self_service.state.home import home_values
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.usage import UsageState, usage_values
from tests import used
from tests.books import make_account
from tests.conftest import NOW
from tests.order_shop import customer
from tests.tab import keep_signed_in, loaded, open_tab
from tests.used import MB, included, row, usage

SINCE = NOW - timedelta(days=40)
OTHER = "+4915822000002"


@pytest.fixture
def lines(portal: db.Database) -> list[str]:
    """Ada (cookie "ada") has two lines; the first was used, also beyond what is included."""
    with portal.writing() as session:
        ada = customer(session)
        keep_signed_in(session, ada, "ada")
        owner = session.get_one(Customer, ada.customer())
        account = make_account(session, now=NOW, customer=owner)
        first = used.make_line(
            session, included("MB", 10), included("min", -1), usage("MB", 5, units=2),
            account=account, start=SINCE,
        )  # fmt: skip
        second = used.make_line(
            session,
            included("SMS", 5),
            account=account,
            start=SINCE + timedelta(hours=1),
            number=OTHER,
        )
        used.feed(
            session,
            row("a", NOW - timedelta(hours=5), "data", 8 * MB),
            row("b", NOW - timedelta(hours=4), "data", 5 * MB),
            row("c", NOW - timedelta(hours=3), "voice", 80, zone="roaming"),
            row("d", NOW - timedelta(days=20), "voice", 60),
            *[
                row(f"s{n}", NOW - timedelta(minutes=n), "message", 1, number=OTHER)
                for n in range(25)
            ],
        )
        used.rate(session)
        return [str(first.product_id), str(second.product_id)]


async def seen(query: str = "", language: str = "en") -> dict[str, Any]:
    return await usage_values(PageRequest.at(f"/{language}/usage?{query}", "ada"))


async def test_meters_say_all_in_words(lines: list[str]) -> None:
    values = await seen()
    first, second = values["lines"]
    data, calls = first.meters
    assert (data.used, data.left, data.width, data.tone) == (
        "10 MB of 10 MB used", "All used", "100%", "bad",
    )  # fmt: skip
    assert data.until == "Renews on 12 Dec 2026"
    assert (calls.left, calls.width) == ("No limit", "")
    assert (first.amount, first.as_of) == ("€0.08", "Counted up to: Today, 07:00")
    assert (second.number, second.meters[0].left, second.selected) == (OTHER, "All used", False)
    assert not values["nothing"]


async def test_filters_are_addresses(lines: list[str]) -> None:
    values = await seen("kind=data")
    assert [one.amount for one in values["records"]] == ["5 MB", "8 MB"]
    for choice in (*values["kinds"], *values["zones"], *values["periods"]):
        again = await usage_values(PageRequest.at(choice.href, "ada"))
        chosen = [
            one.href
            for one in (*again["kinds"], *again["zones"], *again["periods"])
            if one.selected
        ]
        assert choice.href in chosen, "what a link leads to marks that link"
    abroad = await seen("zone=roaming&period=all")
    assert [one.where for one in abroad["records"]] == ["Roaming"]
    assert (await seen("kind=gas&zone=moon&period=9&line=x&page=y&record=z")) == await seen()


async def test_a_record_opens_its_explanation(lines: list[str]) -> None:
    values = await seen("kind=data")
    closed = values["records"][0]
    assert (closed.steps, closed.cost) == ([], "€0.075")
    opened = await usage_values(PageRequest.at(closed.href, "ada"))
    row_ = opened["records"][0]
    assert row_.steps == [
        "2 MB came out of Price 1; 0 kB was left in it.",
        "3 MB was not included.",
        "Price 3: €0.05 for each 2 MB, in all €0.075.",
    ]
    assert [one.open for one in opened["records"]] == [True, False]
    assert (await usage_values(PageRequest.at(row_.href, "ada")))["records"] == values["records"]


async def test_further_records_by_the_last_one(lines: list[str]) -> None:
    first = await seen(f"line={lines[1]}")
    assert (len(first["records"]), first["chosen"]) == (20, OTHER)
    rest = await usage_values(PageRequest.at(first["older"], "ada"))
    keys = [one.key for one in (*first["records"], *rest["records"])]
    assert (len(keys), len(set(keys)), rest["older"]) == (25, 25, "")
    assert parse_qs(urlsplit(rest["file_href"]).query)["line"] == [lines[1]]


async def test_members_see_the_line_that_is_shared(lines: list[str], portal: db.Database) -> None:
    def share(session: Session, until: Any) -> None:
        ada = customer(session, "owner@example.com")
        ben = session.get_one(
            DigitalIdentity, customer(session, f"ben{until}@example.com").identity()
        )
        ben.customer_id, ben.role = None, Role.SUB_USER
        session.flush()
        owner = used.Product
        product = session.get_one(owner, used.UUID(lines[1]))
        granting = Granting(
            product.customer_id, product.id, frozenset({Scope.VIEW}), ada.identity(), None
        )
        give(session, ben.id, granting, now=NOW)
        member = used.Actor(Role.SUB_USER, identity_id=ben.id)
        keep_signed_in(session, member, "ben")

    with portal.writing() as session:
        share(session, 1)
    request = PageRequest.at(f"/en/usage?line={lines[0]}", "ben")
    values = await usage_values(request)
    assert [one.number for one in values["lines"]] == [OTHER]
    assert values["chosen"] == OTHER
    theirs = (await seen("kind=data"))["records"][0]
    href = theirs.href.replace("line=", "x=") + f"&line={lines[1]}"
    stolen = await usage_values(PageRequest.at(href, "ben"))
    assert not any(one.steps for one in stolen["records"])


async def test_strangers_sign_in_and_who_has_nothing_is_told(portal: db.Database) -> None:
    with pytest.raises(Elsewhere):
        await seen()
    with portal.writing() as session:
        keep_signed_in(session, customer(session), "ada")
    state = open_tab(UsageState, "/en/usage", "ada")
    await loaded(state)
    assert (state.loaded, state.nothing, state.records) == (True, True, [])


async def test_home_shows_the_scarcest_first(lines: list[str]) -> None:
    rows = (await home_values(PageRequest("ada", "en", "/home")))["usage"]
    assert len(rows) == 3
    assert [one.meter.left for one in rows] == ["All used", "All used", "No limit"]
    assert {one.whose for one in rows} == {used.NUMBER, OTHER}


@pytest.mark.parametrize(
    ("kind", "units", "text"),
    [
        (UsageKind.DATA, 0, "0 kB"),
        (UsageKind.DATA, 1, "1 kB"),
        (UsageKind.DATA, 1_536 * 1_024, "1.5 MB"),
        (UsageKind.DATA, 5 * MB * 1_024 // 2, "2.5 GB"),
        (UsageKind.VOICE, 59, "59 s"),
        (UsageKind.VOICE, 60, "1 minute"),
        (UsageKind.VOICE, 200, "3 min 20 s"),
        (UsageKind.MESSAGE, 1, "1 text"),
    ],
    ids=lambda value: str(value),
)
def test_amounts(kind: UsageKind, units: int, text: str) -> None:
    assert usage_words.amount(kind, units, "en") == text
