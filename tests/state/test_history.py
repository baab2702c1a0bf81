"""The history: what was done, by whom; and of another customer nothing."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from self_service.domain import audit
from self_service.domain.people import serving
from self_service.models.access import Role
from self_service.pages.history import view
from self_service.state.audit_words import ACTS
from self_service.state.history import HistoryState, history_values
from self_service.state.request import PageRequest
from tests.house import House
from tests.paper import live, printed


async def shown(cookie: str, language: str = "en") -> list[Any]:
    values = await history_values(PageRequest(cookie, language, "/history"))
    return list(values["entries"])


async def test_each_sees_their_part(house: House) -> None:
    ada = house.signed_in().cookie
    eve = house.signed_in("eve@example.com").cookie
    sam = house.signed_in("sam@example.com", Role.REPRESENTATIVE).cookie
    for cookie in (ada, eve):
        house.change(audit.record, house.actor(cookie), "password.changed", now=house.clock())
    house.change(
        serving.open_customer,
        house.actor(sam),
        house.actor(ada).customer_id,
        before=sam,
        fresh="acting",
        now=house.clock(),
    )
    house.change(audit.record, house.actor("acting"), "odd.act", now=house.clock())

    own = await shown(ada)
    assert [(row.what, row.who, row.others) for row in own] == [
        ("odd.act", "Ada Quell (Customer service)", True),
        ("Opened the account to help", "Ada Quell (Customer service)", True),
        ("Password changed", "You", False),
    ]
    assert [row.what for row in await shown(eve)] == ["Password changed"]
    acting = await shown("acting")
    assert [row.what for row in acting] == [row.what for row in own]

    house.change(
        serving.leave_customer,
        house.actor("acting"),
        before="acting",
        fresh="left",
        now=house.clock(),
    )
    theirs = await shown("left")
    assert [(row.who, row.whose) for row in theirs] == [("You", "Ada Quell")] * 3
    html = printed(view, HistoryState, {"loaded": True, "entries": own})
    assert html.count("Not by you") == 2
    assert live(view, HistoryState)


def test_every_act_has_words() -> None:
    domain = Path(audit.__file__).parent
    sources = [path.read_text() for path in domain.rglob("*.py")]
    recorded = {
        argument.value
        for source in sources
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("record")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    assert {"dispute.rejected", "card.add"} <= recorded
    assert {act for act in recorded if "." in act} - set(ACTS) == set()
