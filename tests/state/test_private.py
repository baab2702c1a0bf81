"""Following what happens: looks as long as it is worth it, sends only what changed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from self_service.domain import news
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.models.access import Role
from self_service.pulse import Pulse
from self_service.state import private
from self_service.state.private import customers_only, follow, live
from self_service.state.request import Elsewhere, PageRequest
from tests.conftest import NOW

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


class Home(Looks):
    """The page `live` keeps up to date; PULSE knows its customer as HERS."""

    async def __call__(self, request: PageRequest) -> Values:
        self.count += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


HERS = uuid4()


@pytest.fixture
def hers(monkeypatch: pytest.MonkeyPatch) -> Pulse:
    async def look(request: PageRequest, operation: Any) -> frozenset[UUID]:
        assert operation is news.followed
        return frozenset({HERS})

    pulse = Pulse()
    monkeypatch.setattr(private, "PULSE", pulse)
    monkeypatch.setattr(PageRequest, "look", look)
    return pulse


async def idle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_page_is_read_again_when_there_is_news_and_not_before(hers: Pulse) -> None:
    tab, home = Tab(due="5"), Home({"due": "3"}, {"due": "3"}, {"due": "0"})
    task = asyncio.create_task(live(tab, home, since=NOW))  # type: ignore[arg-type]
    await idle()
    assert home.count == 0
    for _ in range(2):
        hers.tell([HERS, uuid4()], now=NOW)
        await idle()
    hers.tell([uuid4()], now=NOW)
    await idle()
    assert (home.count, tab.sent) == (2, [("due", "3")])
    hers.tell([HERS], now=NOW)
    await idle()
    assert tab.sent == [("due", "3"), ("due", "0")]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert hers._waiting == {}


async def test_news_that_came_while_the_page_was_read_is_not_missed(hers: Pulse) -> None:
    hers.tell([HERS], now=NOW)
    for since, reads in ((NOW + timedelta(seconds=1), 0), (NOW, 1)):
        home = Home({"due": "3"})
        task = asyncio.create_task(live(Tab(due="5"), home, since=since))  # type: ignore[arg-type]
        await idle()
        assert home.count == reads
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("end", [NotFound(), Elsewhere("/en/sign-in")])
async def test_the_end_of_a_session_ends_it(hers: Pulse, end: Exception) -> None:
    tab = Tab(due="5")
    task = asyncio.create_task(live(tab, Home(end), since=NOW))  # type: ignore[arg-type]
    await idle()
    hers.tell([HERS], now=NOW)
    await asyncio.wait_for(task, 5)
    assert (tab.sent, hers._waiting) == ([], {})


async def test_a_closed_tab_ends_it(
    hers: Pulse, hurried: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "REREAD", 0.01)
    home = Home({"due": "5"})
    task = asyncio.create_task(live(Tab(due="5"), home, since=NOW))  # type: ignore[arg-type]
    await asyncio.sleep(0.1)
    assert home.count > 0  # now and then it is read without news, too
    hurried.clear()
    await asyncio.wait_for(task, 5)
    assert hers._waiting == {}


async def test_a_tab_that_went_on_keeps_what_it_shows(hers: Pulse) -> None:
    tab = Tab(due="5")
    task = asyncio.create_task(live(tab, Home({"due": "3"}), since=NOW))  # type: ignore[arg-type]
    await idle()
    tab.router.url.path = "/en/bills"
    hers.tell([HERS], now=NOW)
    await asyncio.wait_for(task, 5)
    assert tab.sent == []


def test_who_was_told_of_is_forgotten(hers: Pulse) -> None:
    hers.tell([HERS], now=NOW)
    hers.tell([], now=NOW + timedelta(minutes=3))
    assert hers._told == {}
