"""Around the process: what is warmed and stopped, what is logged, and what a bug becomes."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import asynccontextmanager

import pytest

import self_service.self_service  # noqa: F401  (redacts the framework's logs)
from self_service import bugs, start
from self_service.domain.access import NotAllowed, SignInNeeded
from self_service.domain.catalog import index as catalog_index
from self_service.state.shell import ShellState
from tests.house import House, house, stocked

__all__ = ["house", "stocked"]


def payload(event: object) -> tuple[str, str]:
    """The handler and the argument of an event."""
    (_, value), *_ = event.args  # type: ignore[attr-defined]
    return event.handler.fn.__name__, value._var_value  # type: ignore[attr-defined]


@pytest.mark.parametrize("refusal", [SignInNeeded, NotAllowed])
def test_a_refusal_that_nobody_caught_is_no_bug(
    refusal: type[SignInNeeded], caplog: pytest.LogCaptureFixture
) -> None:
    assert payload(start.on_bug(refusal())) == ("refused", refusal.code)
    assert caplog.records == []


def test_a_bug_is_logged_under_the_number_that_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    name, reference = payload(start.on_bug(KeyError("a secret detail")))
    assert name == "failed"
    assert caplog.records[0].args == (reference,)
    assert "a secret detail" in caplog.text
    assert "secret" not in reference


def test_numbers_are_not_repeated() -> None:
    assert len({bugs.note(ValueError()) for _ in range(100)}) == 100


SECRET = "kGZ0-secret"


@pytest.mark.parametrize(
    "text",
    [
        str({"headers": {"cookie": f"sid={SECRET}", "host": "x"}}),
        str({"headers": {"Cookie": f'prefs="a"; it\'s="b"; sid={SECRET}'}}),
        str({"cookie": f"it's; sid={SECRET}"}),
        str({"cookie": f'"; sid={SECRET}'}),
        str({"cookie": f"\\'; sid={SECRET}"}),
        str({"authorization": f"Bearer {SECRET}"}),
        f"HeaderData(host='x', cookie='sid={SECRET}', pragma='')",
        f'{{"cookie": "sid={SECRET}"}}',
        f'{{"cookie":"sid={SECRET}"}}',
    ],
)
def test_cookies_are_blanked_in_logs(text: str, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("reflex_base.event.processor.event_processor")
    log.error("before %s after", text)
    assert SECRET not in caplog.text
    assert "before" in caplog.text
    assert "after" in caplog.text


@pytest.mark.parametrize("text", ["no cookies here", "a cookie jar", "cookie=None", "100%s"])
def test_other_records_are_left_as_they_are(text: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s", (text,), None)
    assert start.RedactCookies().filter(record)
    assert record.getMessage() == text


@pytest.fixture
def collector() -> Iterator[None]:
    """Leave the collector as it was."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


async def test_a_worker_is_warm_before_it_answers_and_stops_its_jobs(
    house: House, monkeypatch: pytest.MonkeyPatch, collector: None
) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def jobs() -> Iterator[None]:
        seen.append("started")
        yield
        seen.append("stopped")

    real = catalog_index.current
    monkeypatch.setattr(catalog_index, "current", lambda s: seen.append("read") or real(s))
    monkeypatch.setattr(start.runner, "running", jobs)
    async with start.running():
        assert seen == ["read", "started"]
        assert gc.get_threshold()[0] == 100_000
    assert seen == ["read", "started", "stopped"]


def test_the_shell_has_what_a_bug_needs() -> None:
    assert {"refused", "failed"} <= set(ShellState.event_handlers)
