"""Shared allowances from the door: invited by a link, joined, limited, asked for more, allowed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.bills.accounts import billing_account
from self_service.models.messages import CommunicationMessage
from self_service.models.sharing import SharingGroup, SharingLimit, SharingMember
from tests.conftest import NOW
from tests.house import Browser, House, browser, house, stocked
from tests.used import included, make_line, usage

__all__ = ["browser", "house", "stocked"]


@pytest.fixture
def ada(house: House) -> Iterator[Browser]:
    with house.signed_in("ada@example.com") as somebody:
        yield somebody


@pytest.fixture
def ben(house: House) -> Iterator[Browser]:
    with house.signed_in("ben@example.com") as somebody:
        yield somebody


def line(house: House, who: Browser, number: str, megabytes: int = 0) -> str:
    actor = house.actor(who.cookie)

    def make(session: Session) -> str:
        account = billing_account(session, actor.customer(), currency="EUR", now=NOW)
        prices = [included("MB", megabytes)] if megabytes else []
        made = make_line(
            session, *prices, usage("MB", 1), number=number, start=NOW, account=account
        )
        return str(made.product_id)

    return str(house.change(make))


def post(who: Browser, act: str, **form: str) -> str:
    answered = who.submit(f"/do/sharing/{act}", language="en", **form)
    assert answered.status_code == 303
    return str(answered.headers["location"]).removeprefix("/en/sharing")


def page(who: Browser, query: str = "") -> str:
    return html.unescape(re.sub(r"\s+", " ", who.get(f"/en/sharing{query}").text))


def value(shown: str, name: str) -> str:
    found: Any = re.search(rf'name="{name}" value="([^"]+)"', shown)
    return str(found[1])


def rows(house: House, table: Any) -> list[Any]:
    with house.database.reading() as session:
        return list(session.exec(select(table)))


def test_from_the_invitation_to_more_of_it(house: House, ada: Browser, ben: Browser) -> None:
    big, far = line(house, ada, "+4915822990001", 10_240), line(house, ben, "+4915822990002")
    assert "A family or company can use" in page(ada)
    start = {"sharing_line": big, "kind_data": "on"}
    assert post(ada, "start", **start, group_name="") == "?refused=invalid_name"
    assert "Give the group a name" in page(ada, "?refused=invalid_name")
    assert post(ada, "start", **start, group_name="The Quells") == "?done=start"
    shown = page(ada)
    assert "The Quells" in shown
    group = value(shown, "group")
    assert "10 GB left" in shown
    assert post(ada, "invite", group=group, email="no address") == "?refused=invalid_email"
    assert post(ada, "invite", group=group, email="ben@example.com") == "?done=invite"
    assert "ben@example.com" in page(ada)

    (mail,) = [one for one in rows(house, CommunicationMessage) if one.kind == "group_invited"]
    assert "Quells" not in mail.body  # nobody writes words of their own to a stranger
    link = str(re.search(r"/en/sharing\?link=(\w+)", mail.body)[1])  # type: ignore[index]
    nobody = Browser()
    assert nobody.get(f"/en/sharing?link={link}").status_code == 303
    first = ben.get(f"/en/sharing?link={link}")
    assert (first.status_code, first.headers["location"]) == (303, "/en/sharing")
    ben.cookies.update(first.cookies)
    form = {"group_code": link, "sharing_line": far}
    assert post(ada, "join", group_code=link, sharing_line=big) == "?refused=in_group_already"
    assert post(ben, "join", **form) == "?done=join"
    assert post(ben, "join", **form) == "?refused=group_code_used_up"
    shown = page(ben, "?done=join")
    assert "You are in." in shown
    assert "10 GB left for you" in shown
    assert "Ask for more" not in shown  # nothing holds it back

    member = value(page(ada), "member")
    limit = {"member": member, "shared_kind": "data"}
    assert post(ben, "limit", **limit, shared_amount="9") == "?refused=not_found"
    assert post(ada, "limit", **limit, shared_amount="two") == "?refused=invalid_amount"
    assert post(ada, "limit", **limit, shared_amount="2") == "?done=limit"
    assert "2 GB left for you" in page(ben)
    assert post(ben, "ask", **limit, shared_amount="5") == "?done=ask"
    assert post(ben, "ask", **limit, shared_amount="5") == "?refused=more_asked_already"
    wish = value(page(ada), "wish")
    assert post(ben, "grant", wish=wish) == "?refused=not_found"
    assert post(ada, "grant", wish=wish) == "?done=grant"
    assert post(ada, "refuse", wish=wish) == "?refused=more_request_over"
    assert "7 GB left for you" in page(ben)
    assert post(ben, "leave", member=member) == "?done=leave"
    assert "left for you" not in page(ben)
    assert post(ada, "close", group=group) == "?done=close"
    assert len(rows(house, SharingLimit)) == 2
    kinds = {(one.kind, one.receiver) for one in rows(house, CommunicationMessage)}
    assert {one for one in kinds if one[0].startswith("group_")} == {
        ("group_invited", "ben@example.com"),
        ("group_joined", "ada@example.com"),
        ("group_asked", "ada@example.com"),
        ("group_answered", "ben@example.com"),
        ("group_left", "ada@example.com"),
    }


def test_codes_are_not_guessed_and_nobody_is_flooded(
    house: House, ada: Browser, ben: Browser
) -> None:
    big, far = line(house, ada, "+4915822990001", 10_240), line(house, ben, "+4915822990002")
    post(ada, "start", sharing_line=big, kind_data="on", group_name="Us")
    group = value(page(ada), "group")
    sent = [post(ada, "invite", group=group, email="ben@example.com") for _ in range(4)]
    assert sent == ["?done=invite"] * 3 + ["?refused=too_many_attempts"]
    tried = [post(ben, "join", group_code=f"NO{n}", sharing_line=far) for n in range(11)]
    assert tried == ["?refused=group_code_used_up"] * 10 + ["?refused=too_many_attempts"]
    assert rows(house, SharingMember) == []
    nobody = Browser()
    asked = nobody.submit("/do/sharing/close", language="en", group=group)
    assert asked.headers["location"].startswith("/en/sign-in?next=")
    assert [one.closed_at for one in rows(house, SharingGroup)] == [None]
    shown = page(ada)
    assert shown.count("Show the link") == 3
    assert post(ada, "withdraw", invitation=value(shown, "invitation")) == "?done=withdraw"
    assert page(ada).count("Show the link") == 2
