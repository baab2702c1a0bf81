"""Following what happens: looks as long as it is worth it, sends only what changed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.models.access import Role
from self_service.state import private
from self_service.state.private import customers_only, follow
from self_service.state.request import Elsewhere, PageRequest

Values = dict[str, Any]


class Tab:
    """A background handler's state: what is set under its lock is what would be sent."""

    shown: dict[str, Any]
    sent: list[tuple[str, Any]]
    locked: bool
    _filled = True  # watching begins after the first load
    router: Any

    def __init__(self, **shown: Any) -> None:
        self.__dict__["shown"] = shown
        self.__dict__["sent"] = []
        self.__dict__["locked"] = False
        url = SimpleNamespace(path="/en/order/TW-1", query="")
        headers = SimpleNamespace(cookie="")
        session = SimpleNamespace(client_token="tab", client_ip="127.0.0.1")
        router = SimpleNamespace(url=url, headers=headers, session=session)
        self.__dict__["router"] = router

    async def __aenter__(self) -> Tab:
        self.__dict__["locked"] = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.__dict__["locked"] = False

    def get_value(self, name: str) -> Any:
        return self.shown[name]

    def __setattr__(self, name: str, value: Any) -> None:
        assert self.locked
        self.shown[name] = value
        self.sent.append((name, value))


class Looks:
    """A loader that returns one answer after the other, the last one for ever."""

    def __init__(self, *answers: Values | Exception) -> None:
        self.answers = list(answers)
        self.count = 0

    async def __call__(self, request: PageRequest) -> Values:
        assert request.path == "/order/TW-1"
        self.count += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """No pauses; returns the tabs that are open."""
    tabs = {"tab"}
    monkeypatch.setattr(private, "PAUSE", 0)
    monkeypatch.setattr(
        private, "tab_open", lambda state: state.router.session.client_token in tabs
    )
    return tabs


async def test_only_what_changed_is_sent() -> None:
    tab = Tab(step="paid", sum="5", moving=True)
    same = {"step": "paid", "sum": "5", "moving": True}
    looks = Looks(same, same, {**same, "step": "active"}, {**same, "moving": False})
    await follow(tab, looks, moving="moving")  # type: ignore[arg-type]
    assert tab.sent == [("step", "active"), ("step", "paid"), ("moving", False)]
    assert looks.count == 4


async def test_ends_after_some_minutes() -> None:
    looks = Looks({"moving": True})
    await follow(Tab(moving=True), looks, moving="moving")  # type: ignore[arg-type]
    assert looks.count == private.LOOKS == 180


async def test_closed_tab_is_not_read_for(hurried: set[str]) -> None:
    hurried.clear()
    looks = Looks({"moving": True})
    await follow(Tab(moving=True), looks, moving="moving")  # type: ignore[arg-type]
    assert looks.count == 0


async def test_tab_that_shows_another_page_keeps_what_it_shows() -> None:
    tab = Tab(step="paid", moving=True)

    class Leaving(Looks):
        async def __call__(self, request: PageRequest) -> Values:
            tab.router.url.path = "/en/order/TW-2"
            return await super().__call__(request)

    looks = Leaving({"step": "active", "moving": True})
    await follow(tab, looks, moving="moving")  # type: ignore[arg-type]
    assert (tab.sent, looks.count) == ([], 1)


@pytest.mark.parametrize("end", [NotFound(), Elsewhere("/en/sign-in")])
async def test_ended_session_ends_it_quietly(end: Exception) -> None:
    tab = Tab(moving=True)
    looks = Looks({"moving": True}, end)
    await follow(tab, looks, moving="moving")  # type: ignore[arg-type]
    assert (tab.sent, looks.count) == ([], 2)


async def test_bugs_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        await follow(Tab(), Looks(ZeroDivisionError()), moving="moving")  # type: ignore[arg-type]


def test_staff_own_nothing_and_go_to_their_customers() -> None:
    staff = Actor(role=Role.REPRESENTATIVE, identity_id=uuid4())
    with pytest.raises(Elsewhere) as other:
        customers_only(PageRequest(language="es", path="/home"), staff)
    assert other.value.path == "/es/customers"
