"""What is written down: one entry per line whatever was sent, who and where, and not too much."""

from __future__ import annotations

import contextvars
import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from granian import log as granian_log
from hypothesis import given
from hypothesis import strategies as st

from self_service import buckets, logs

FORMATS = {"json": logs.Json(), "text": logs.Text()}
#: What would begin a line or hide one, in a terminal or in a viewer of logs.
ENDS = "\n\r\v\f\x00\x1b\x7f\x85\x1c\u2028\u2029\u202e\u2066"


def record(message: str, **beside: object) -> logging.LogRecord:
    """An entry that somebody writes."""
    made = logging.LogRecord("self_service.x", logging.WARNING, "", 0, "%s", (message,), None)
    made.created = 1_795_320_000.25
    vars(made).update(beside)
    return made


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has a quota of its own and leaves no scene."""
    monkeypatch.setattr(logs, "_quota", logs.Quota())
    token = logs._SCENE.set(logs._NOWHERE)
    yield
    logs._SCENE.reset(token)


def test_an_object_says_when_what_who_and_where() -> None:
    logs.enter("192.0.2.1", "/do/place-order")
    logs.know("an-identity")
    assert json.loads(FORMATS["json"].format(record("text", reference="AB12"))) == {
        "time": "2026-11-22T04:00:00.250Z",
        "level": "WARNING",
        "logger": "self_service.x",
        "message": "text",
        "reference": "AB12",
        "who": "an-identity",
        "network": "192.0.2.1",
        "where": "/do/place-order",
    }


def test_a_line_says_the_same() -> None:
    logs.enter("192.0.2.1", "shell.load")
    assert FORMATS["text"].format(record("some text", reference="AB12")) == (
        "2026-11-22T04:00:00.250Z WARNING self_service.x some text "
        "reference=AB12 network=192.0.2.1 where=shell.load"
    )


def test_outside_of_requests_nothing_is_made_up() -> None:
    logs.know("nobody's scene")
    assert set(json.loads(FORMATS["json"].format(record("x")))) == {
        "time",
        "level",
        "logger",
        "message",
    }


def test_secrets_in_paths_stay_out() -> None:
    logs.enter("", "/sandbox/pay/a-secret/and-more")
    for form in FORMATS.values():
        assert "a-secret" not in form.format(record("x"))
        assert "/sandbox/pay" in form.format(record("x"))


@pytest.mark.parametrize("form", FORMATS)
@given(text=st.text(max_size=60), ends=st.text(alphabet=ENDS, max_size=5))
def test_nobody_writes_an_entry(form: str, text: str, ends: str) -> None:
    hostile = f"{text}{ends}2026-11-22T04:00:00.250Z ERROR forged{ends}"
    said = FORMATS[form].format(record(hostile, reference=hostile, network=hostile))
    assert said.splitlines() == [said]
    assert not logs._UNSAFE.search(said)


@pytest.mark.parametrize("form", FORMATS)
def test_a_traceback_begins_no_entry(form: str) -> None:
    try:
        raise ValueError("wrong\n2026-11-22T04:00:00.250Z ERROR forged\x1b[2J")
    except ValueError:
        said = FORMATS[form].format(record("bug", exc_info=sys.exc_info()))
    assert "ValueError" in said
    first, *below = said.split("\n")
    assert first.startswith(("2026", "{"))
    assert all(line.startswith("    ") for line in below)
    assert not logs._UNSAFE.search("".join(below))


@pytest.mark.parametrize("form", FORMATS)
def test_an_entry_is_not_endless(form: str) -> None:
    assert len(FORMATS[form].format(record("x" * 1_000_000, reference="y" * 1_000_000))) < 5_000


def test_a_flood_leaves_few_lines_and_says_how_many_it_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    at = [0.0]
    monkeypatch.setattr(buckets.time, "monotonic", lambda: at[0])
    logs.enter("192.0.2.1", "/do/sign-in")
    for _ in range(5_000):
        logs.security("too many requests")
    assert len(caplog.records) == 10
    logs.security("another kind")
    assert (caplog.records[-1].message, caplog.records[-1].left_out) == ("another kind", 4_990)
    for number in range(5_000):
        logs.enter(f"192.0.2.{number}", "/")
        logs.security("too many requests")
    assert len(caplog.records) == 200
    at[0] = 1.0
    logs.security("too many requests")
    assert len(caplog.records) == 201


def test_a_scene_is_shared_with_threads_and_not_with_others() -> None:
    logs.enter("192.0.2.1", "/here")
    contextvars.copy_context().run(logs.know, "known in a thread")
    assert logs._SCENE.get().who == "known in a thread"
    assert contextvars.Context().run(logs._SCENE.get) is logs._NOWHERE
    assert logs.Scene() == logs._NOWHERE


@pytest.mark.parametrize("form", ["json", "text"])
def test_all_goes_to_the_standard_error_once(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root, error = logging.getLogger(), io.StringIO()
    before = list(root.handlers)
    monkeypatch.setattr(sys, "stderr", error)
    try:
        logs.set_up("text")
        logs.set_up(form)
        logging.getLogger("somebody.else").warning("once\nonly")
    finally:
        root.handlers[:] = before
    (line,) = error.getvalue().splitlines()
    assert line.startswith("{") is (form == "json")


def test_the_web_server_writes_where_all_do(monkeypatch: pytest.MonkeyPatch) -> None:
    configured: list[dict] = []
    monkeypatch.setattr(granian_log.logging.config, "dictConfig", configured.append)
    granian_log.configure_logging(granian_log.LogLevels.info, logs.GRANIAN)
    (found,) = configured
    assert found["loggers"]["_granian"] == {
        "level": logging.INFO,
        "handlers": [],
        "propagate": True,
    }
    assert found["disable_existing_loggers"] is False
