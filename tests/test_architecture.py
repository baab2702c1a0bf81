"""The rules that no type checker knows: what states hold, who may call them, who knows whom."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import reflex as rx
from reflex.event import EventHandler
from reflex_base.registry import RegistrationContext

import self_service.self_service  # noqa: F401  (declares the pages and registers all states)
from self_service import routes
from self_service.components.page import PAGES, Page
from self_service.settings import ROOT
from self_service.state.basket import BasketState
from self_service.state.request import Elsewhere, PageRequest, PageState
from self_service.state.shell import ShellState
from tests.house import House, browser, house, stocked

__all__ = ["browser", "house", "stocked"]

#: A state is a cache of one page: what is longer does something else too.
LONGEST_STATE = 150
#: Private pages that visitors use too, and where they lead those who have no basket.
FOR_VISITORS = {routes.BASKET: "", routes.CHECKOUT: "/es/basket"}
#: Kept by the framework, in each state.
FRAMEWORK = set(rx.State.get_fields())
SOURCES = sorted((ROOT / "self_service").rglob("*.py"))


def states(kind: type[rx.State] = rx.State) -> Iterator[type[rx.State]]:
    """All states of ours."""
    for found in kind.__subclasses__():
        if found.__module__.startswith("self_service."):
            yield found
        yield from states(found)


STATES = sorted(set(states()), key=lambda found: found.__name__)


def fault(kind: Any) -> str:
    """Say what of a type must not reach the browser, "" when all of it may."""
    if kind in (str, int, bool, float):
        return ""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (list, dict) and arguments and (origin is list or arguments[0] is str):
        return "".join(map(fault, arguments))
    if dataclasses.is_dataclass(kind):
        if not kind.__dataclass_params__.frozen:
            return f"{kind.__name__} is not frozen; "
        hints = typing.get_type_hints(kind)
        return "".join(fault(hints[field.name]) for field in dataclasses.fields(kind))
    return f"{kind}; "


def test_there_is_something_to_look_at() -> None:
    assert {ShellState, BasketState} < set(STATES)
    assert len(STATES) >= len({page.state for page in PAGES}) + 1


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_states_hold_words_and_numbers_only(state: type[rx.State]) -> None:
    """No table, id, instant or Decimal: the wire changes or tells too much of each."""
    hints = typing.get_type_hints(state)
    own = {name for name in state.base_vars if name not in FRAMEWORK}
    own |= set(state.computed_vars) - set(rx.State.computed_vars)
    assert {name: fault(hints[name]) for name in own if fault(hints[name])} == {}


@pytest.mark.parametrize(
    "kind",
    [
        object,
        Any,
        list,
        dict[int, str],
        list[Any],
        str | None,
        Path,
        tuple[str, ...],
        list[list[bytes]],
        dataclasses.make_dataclass("Loose", [("name", str)]),
        dataclasses.make_dataclass("Deep", [("at", Path)], frozen=True),
    ],
    ids=str,
)
def test_the_rule_knows_what_is_forbidden(kind: Any) -> None:
    assert fault(kind)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_handler_has_a_policy(state: type[rx.State]) -> None:
    """A public method is an endpoint for everybody, whether it was meant to be one or not."""
    registered = RegistrationContext.get().event_handlers
    for name, handler in state.event_handlers.items():
        assert isinstance(handler, EventHandler)
        if handler.fn.__module__.startswith("self_service."):
            assert hasattr(handler.fn, "_policy"), f"{state.__name__}.{name} is open to all"
            assert f"{state.get_full_name()}.{name}" in registered
    public = {
        name
        for name, member in vars(state).items()
        if not name.startswith("_") and inspect.isfunction(member)
    }
    assert public <= set(state.event_handlers) | FRAMEWORK


def test_nothing_is_registered_without_a_policy() -> None:
    ours = [
        (name, found.handler.fn)
        for name, found in RegistrationContext.get().event_handlers.items()
        if found.handler.fn.__module__.startswith("self_service.")
    ]
    assert len(ours) > 20
    assert [name for name, handler in ours if not hasattr(handler, "_policy")] == []


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_states_are_flat_and_short(state: type[rx.State]) -> None:
    assert set(state.__bases__) <= {rx.State, PageState}
    assert len(inspect.getsource(state).splitlines()) <= LONGEST_STATE
    assert all(var._cache for var in state.computed_vars.values())


def known(module: ModuleType) -> set[type[rx.State]]:
    """The states that a module names."""
    return {
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, rx.State)
    }


def below(module: ModuleType) -> Iterator[ModuleType]:
    """The components that a module is made of, itself included."""
    seen, open_ = set[str](), [module.__name__]
    while open_:
        name = open_.pop()
        if name in seen:
            continue
        seen.add(name)
        yield sys.modules[name]
        open_ += [
            found
            for found in imported(Path(str(sys.modules[name].__file__)))
            if found.startswith("self_service.components.") and found in sys.modules
        ]


def imported(file: Path) -> set[str]:
    """The modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_page_knows_its_own_state_only(page: Page) -> None:
    """Besides it only what stands around every page: the shell and the basket."""
    module = sys.modules[page.view.__module__]
    assert module.__name__.startswith("self_service.pages.")
    for part in below(module):
        assert known(part) <= {page.state, ShellState, BasketState}, part.__name__


def private() -> list[Any]:
    return [pytest.param(page, id=page.path) for page in PAGES if page.private]


async def led_to(page: Page, asked: PageRequest) -> str:
    """Where a page sends somebody, "" when it shows what it has."""
    try:
        values = await page.loader(asked)
    except Elsewhere as other:
        return other.path
    assert "Ada" not in str(values)
    return ""


@pytest.mark.parametrize("page", private())
@pytest.mark.parametrize("cookie", ["", "forged"])
async def test_private_pages_are_not_for_strangers(house: House, page: Page, cookie: str) -> None:
    path = page.path.replace("[order_number]", "TW-0000-0000")
    path = path.replace("[bill_number]", "A1-0001")
    path = path.replace("[slug]", "a-slug").replace("[service]", "a-service")
    with house.signed_in() as somebody:
        house.ready(somebody)
    sign_in = f"/es/sign-in?next=%2Fes{path.replace('/', '%2F')}"
    asked = PageRequest(cookie, "es", path)
    assert await led_to(page, asked) == FOR_VISITORS.get(page.path, sign_in)


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("os.environ", {"settings.py"}),
        ("getenv(", set()),
        ("datetime.now(", {"clock.py"}),
        ("utcnow(", set()),
        ("time.time(", set()),
        ("date.today(", set()),
        ("dangerouslySetInnerHTML", set()),
        ("rx.Cookie", set()),
        ("rx.LocalStorage", set()),
        ("rx.toast", set()),
        ("rx.call_script", set()),
    ],
)
def test_some_things_are_done_in_one_place_or_none(words: str, allowed: set[str]) -> None:
    """The clock and the environment have one reader; the last ones fail under our policy."""
    found = {
        str(file.relative_to(ROOT / "self_service"))
        for file in SOURCES
        if any(words in line.split("#")[0] for line in file.read_text().splitlines())
    }
    assert found <= allowed | {name for name in found if name.startswith("migrations/")}
