"""Every event with what no page of ours sends: refused in words or not at all, never a bug.

The cases are made from the handlers that there are: a new one is tried without a word here.
"""

from __future__ import annotations

import inspect
import logging
import sys
import typing
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import strategies as st

from self_service.domain.access import attempts
from self_service.models.access import Role
from self_service.self_service import app
from self_service.state import private
from self_service.state.guard import Gate
from tests import hostile
from tests.belongings import endow
from tests.hostile import changes, drawn, dump, fields_in, fields_of, short
from tests.house import House
from tests.live import Live, live
from tests.order_shop import FORM
from tests.test_architecture import imported

#: What is typed into the order form is kept, so that it is there after a reload; tries are counted.
KEPT = {"shopping_cart", "attempts"}
#: What reads the fields of a handler's form.
NEAR = ("self_service.state.", "self_service.domain.")
#: Examples for each handler and kind.
MANY = 8


def _forms() -> list[str]:
    """Names of the fields of all forms, as the modules list them."""
    found = {*fields_of("state", "http", "domain/promotions", "domain/vouchers"), *FORM}
    for name, module in list(sys.modules.items()):
        found |= listed(module) if name.startswith("self_service.state.") else set()
    return sorted(found)


def listed(module: ModuleType) -> set[str]:
    """Names of the fields that a module lists."""
    found = getattr(module, "FIELDS", ())
    if isinstance(found, Mapping):
        return {f"{kind}_{field}" for kind, fields in found.items() for field in fields}
    return set(found)


def read_by(handler: Any) -> list[str]:
    """Names of the fields that a handler's module reads, itself or by what it is made of."""
    own = sys.modules[handler.fn.__module__]
    near = [name for name in imported(Path(str(own.__file__))) if name.startswith(NEAR)]
    modules = {own, *(sys.modules[name] for name in near if name in sys.modules)}
    names = set(fields_in(Path(str(module.__file__)) for module in modules))
    return sorted(names.union(*map(listed, modules)) & set(FIELDS)) or FIELDS


#: What a batch of vouchers and a promotion are made of; what may be empty is.
WORTH = {
    **{"kind": "print", "amount": "10", "expires": "2027-05-05", "dealer": ""},
    **{"effect": "oneTimeAmount", "months": "", "kinds": "", "offerings": ""},
    **{"valid_from": "", "valid_to": "", "most_uses": "", "new_customers_only": "", "alone": ""},
}


def good(name: str) -> str:
    """What a careful person types into a field."""
    known = {**FORM, **WORTH, "label": "home", "name": "Bo", "relation": "friend"}
    known["channel"] = "email"
    return known.get(name) or known.get(name.partition("_")[2], "yes")


#: Every text is a good one in these.
FREE = {"about_occupation"}
FIELDS = _forms()
GOOD = {name: good(name) for name in FIELDS}
BY_STATE: dict[str, list[tuple[str, Any]]] = defaultdict(list)
for _name, _handler in hostile.handlers():
    BY_STATE[_name.split(".")[-2].rpartition("____")[2]].append((_name, _handler))

wholly_bad = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(sorted(set(FIELDS) - FREE), hostile.anything)
).map(lambda form: form | {"invented": "x"})


def one_bad(names: Iterable[str]) -> st.SearchStrategy[tuple[str, Any]]:
    """One of these fields with what should not be in it."""
    return st.tuples(st.sampled_from(sorted(names)), hostile.anything)


BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: hostile.words,
    int: hostile.numbers,
    bool: st.booleans(),
}


def arguments(handler: Any) -> dict[str, Any]:
    """The arguments of a handler and their types."""
    hints = typing.get_type_hints(handler.fn)
    names = list(inspect.signature(handler.fn).parameters)[1:]
    return {name: hints.get(name, Any) for name in names}


def of_type(kind: Any) -> st.SearchStrategy[Any]:
    if typing.get_origin(kind) is dict:
        return wholly_bad
    return BY_TYPE.get(kind, hostile.anything)


def payloads(handler: Any) -> list[dict[str, Any]]:
    """What is sent to a handler: of the right types, of wrong ones, too little and too much."""
    wanted = arguments(handler)
    right = st.fixed_dictionaries({name: of_type(kind) for name, kind in wanted.items()})
    wrong = st.fixed_dictionaries(dict.fromkeys(wanted, hostile.anything))
    found = [*drawn(right, MANY), *drawn(wrong, MANY)] if wanted else []
    full = found[:1] or [{}]
    found += [{**full[0], extra: "x"} for extra in ("extra", "self", "state", "_")]
    found += [{name: full[0][name] for name in wanted if name != left} for left in wanted]
    return found


def person(handler: Any) -> str:
    """Who may call a handler: the last of the roles that it names, else the customer."""
    policy = handler.fn._policy
    roles = [role for role in policy if isinstance(role, Role)] if policy != "public" else []
    return roles[-1].value if roles else "customer"


class People:
    """A customer with things, and somebody of each role who calls handlers."""

    def __init__(self, house: House) -> None:
        customer = house.signed_in("customer@example.com")
        customer.submit("/do/place-order", **house.ready(customer, "customer@example.com"))
        house.filled(customer)
        self.good = GOOD | house.change(endow, house.actor(customer.cookie)).fields
        self.cookies = {"customer": customer.cookie}
        for name in {person(handler) for _, handler in hostile.handlers()} - {"customer"}:
            self.cookies[name] = house.signed_in(f"{name}@example.com", Role(name)).cookie
        self.address = f"/en/order/{house.orders()[0].number}?step=review"


@pytest.fixture
def people(house: House, monkeypatch: pytest.MonkeyPatch) -> People:
    monkeypatch.setattr(private, "tab_open", lambda _: False)
    monkeypatch.setattr(private, "PAUSE", 0)
    monkeypatch.setattr(attempts, "count", lambda *_, **__: True)  # counted, most are refused
    gate = next(one for one in app._middlewares if isinstance(one, Gate))
    monkeypatch.setattr(gate, "allows", lambda *_: True)  # floods have tests of their own
    return People(house)


async def send(
    tab: Live, name: str, payload: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Send one event, and see that it was no bug and led nowhere outside."""
    tab.events.clear()
    caplog.clear()
    await tab.send(name, **payload)
    said = f"{name} {short(payload)}"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], said
    assert not tab.gone_to or tab.gone_to.startswith("/en/"), f"{said}: {tab.gone_to!r}"


@pytest.mark.parametrize("state", sorted(BY_STATE))
async def test_no_event_is_a_bug_or_is_stored(
    house: House, people: People, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    for name, handler in BY_STATE[state]:
        before = dump(house, KEPT)
        async with live(people.cookies[person(handler)]) as tab:
            tab.url = people.address
            for payload in payloads(handler):
                await send(tab, name, payload, caplog)
        found = changes(before, dump(house, KEPT))
        assert not found, f"{name}: {found}"


def with_forms(state: str) -> list[tuple[str, Any]]:
    return [
        (name, handler)
        for name, handler in BY_STATE[state]
        if "dict" in str(list(arguments(handler).values()))
    ]


@pytest.mark.parametrize("state", sorted(filter(with_forms, BY_STATE)))
async def test_one_bad_field_of_a_good_form(
    house: House, people: People, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What a field holds may be stored, or be at fault; stored, it is clean and not long."""
    openers = [name for name, _ in BY_STATE[state] if ".edit" in name]
    for name, handler in with_forms(state):
        (argument,) = arguments(handler)
        async with live(people.cookies[person(handler)]) as tab:
            tab.url = people.address
            for number, pair in enumerate(drawn(one_bad(read_by(handler)), MANY)):
                form = people.good | {"code": f"GOOD{number}"}
                for opener in openers:  # the form of something new
                    (which,) = arguments(dict(BY_STATE[state])[opener])
                    await tab.send(opener, **{which: "new"})
                await send(tab, name, {argument: form | dict([pair])}, caplog)
    hostile.is_clean(house)
