"""assets/session.js in a real JavaScript engine: a page whose session changed loads itself anew."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from self_service.settings import ROOT

#: A browser as small as the script needs it. What the server answers stands in `answers`; a null
#: is a failed request, a number an HTTP error. Prints what happened after each look.
_BROWSER = """
const answers = JSON.parse(process.argv[1]), heard = {}, asked = [];
let reloads = 0;
globalThis.document = {
  hidden: false, documentElement: { style: {} },
  addEventListener: (name, then) => { heard[name] = then; },
};
globalThis.addEventListener = (name, then) => { heard[name] = then; };
globalThis.location = { reload: () => { reloads += 1; } };
globalThis.setInterval = (then, pause) => { heard.timer = then; heard.pause = pause; };
globalThis.fetch = async (path, options) => {
  asked.push([path, options.cache]);
  const mark = answers.shift();
  if (mark === null) throw new TypeError("offline");
  return { ok: typeof mark === "string", text: async () => mark };
};
const settled = () => new Promise((done) => setTimeout(done, 1));
const told = [];
const tell = async () => {
  await settled();
  told.push([asked.length, reloads, document.documentElement.style.display ?? ""]);
};
await import(process.argv[2]);
await tell();
for (const [event, hidden] of JSON.parse(process.argv[3])) {
  document.hidden = hidden;
  heard[event]({ persisted: true });
  await tell();
}
console.log(JSON.stringify({ told, asked, pause: heard.pause }));
"""


def seen(answers: list[str | int | None], *events: tuple[str, bool]) -> dict[str, object]:
    """Open a page and let this happen; returns what the script did: asked, loaded anew, hid."""
    node = Path(sys.executable).parent / "node"
    if not node.exists():
        pytest.skip("there is no node here")
    script = (ROOT / "assets" / "session.js").read_text()
    address = "data:text/javascript," + "".join(f"%{byte:02x}" for byte in script.encode())
    command = [node, "--input-type=module", "-e", _BROWSER, "--"]
    done = subprocess.run(
        [*command, json.dumps(answers), address, json.dumps(events)],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


LOOK, AWAY = ("visibilitychange", False), ("visibilitychange", True)


@pytest.mark.parametrize("now", ["", "another"])
def test_a_page_whose_session_changed_is_hidden_and_loads_anew(now: str) -> None:
    found = seen(["mine", "mine", now], AWAY, LOOK, AWAY, LOOK)
    assert found["told"] == [[1, 0, ""], [1, 0, ""], [2, 0, ""], [2, 0, ""], [3, 1, "none"]]
    assert found["asked"] == [["/do/session", "no-store"]] * 3


def test_a_page_that_stays_in_sight_asks_every_five_minutes() -> None:
    found = seen(["mine", "mine", ""], ("timer", False), ("timer", True), ("timer", False))
    assert found["told"] == [[1, 0, ""], [2, 0, ""], [2, 0, ""], [3, 1, "none"]]
    assert found["pause"] == 300_000


def test_a_page_that_comes_back_from_the_history_asks() -> None:
    assert seen(["mine", ""], ("pageshow", False))["told"] == [[1, 0, ""], [2, 1, "none"]]


@pytest.mark.parametrize("failure", [None, 500])
def test_without_an_answer_nothing_happens(failure: int | None) -> None:
    found = seen([failure, "mine", failure, "mine"], LOOK, LOOK, LOOK)
    assert found["told"] == [[1, 0, ""], [2, 0, ""], [3, 0, ""], [4, 0, ""]]


def test_a_visitor_who_stays_one_is_left_alone() -> None:
    assert seen(["", ""], LOOK)["told"] == [[1, 0, ""], [2, 0, ""]]


def test_every_page_starts_it_and_asks_when_an_event_led_to_the_sign_in() -> None:
    start = (ROOT / "assets" / "start.js").read_text()
    assert 'session = import("/session.js")' in start
    assert 'if (here.endsWith("/sign-in")) session?.then(({ look }) => look());' in start
