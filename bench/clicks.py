"""From a click to the changed page, in a real browser, against a bare Reflex counter.

Both stand open in one browser and are clicked in turns. Time is taken inside the page: from just
before the click until a MutationObserver has seen that the text in question is another.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench import peers, visitors
from bench.browser import browser, go_live
from bench.counter import build, counter
from bench.figures import Goal, Row, Section, Spread
from bench.report import say
from bench.served import Served, portal
from bench.visitors import Person
from self_service import clock
from self_service.domain.basket import acts as basket

#: Clicks each in one turn, and turns.
CLICKS, TURNS = 20, 5
WARM_UP = 5
#: Events of a tab are limited to twenty a second; a filter is a navigation and costs several.
_PAUSE_MS, _FILTER_PAUSE_MS = 80, 260
#: A line of the basket holds nine.
_IN_A_ROW = 8
PHONE = {"width": 390, "height": 844}
#: Clicks the elements of `presses` in turns; returns ms until the text at `shown` was another.
_MEASURE = """
async ([presses, shown, count, pause]) => {
  const text = () => document.querySelector(shown)?.textContent ?? "";
  const times = [];
  for (let n = 0; n < count; n++) {
    const before = text(), button = document.querySelector(presses[n % presses.length]);
    const began = performance.now();
    await new Promise((done, failed) => {
      const watch = new MutationObserver(() => {
        if (text() === before) return;
        times.push(performance.now() - began);
        watch.disconnect();
        done();
      });
      watch.observe(document.body, { childList: true, characterData: true, subtree: true });
      setTimeout(() => failed(new Error(`click ${n}: nothing changed`)), 5000);
      button.click();
    });
    await new Promise((done) => setTimeout(done, pause));
  }
  return times;
}
"""
REMARKS = (
    "Headless Chromium on this machine, clicked in turns with the counter: one button and number.",
    "Filter: a link to the address of the result, which is read anew with its counts.",
    "Peer: Oscar, the only shop among the peers with pages of its own, measured elsewhere.",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to click on an open page.

    Attributes:
        presses: what is clicked, one after the other and from the start again.
        shown: whose text then changes.
        pause: ms between two clicks.
        before: done before every eight clicks, where more in a row are refused.
    """

    name: str
    page: Page
    presses: tuple[str, ...]
    shown: str
    pause: int = _PAUSE_MS
    peer: float | None = None
    before: Callable[[], None] = lambda: None

    def click(self, count: int) -> list[float]:
        """Click and return ms for each click."""
        times: list[float] = []
        while len(times) < count:
            self.before()
            some = min(_IN_A_ROW, count - len(times))
            arguments = [list(self.presses), self.shown, some, self.pause]
            times += self.page.evaluate(_MEASURE, arguments)
        return times


def measure(folder: Path, *, quick: bool) -> list[Section]:
    """Click everything in turns."""
    say("  building the counter, if it is not there ...")
    build(folder / "counter")
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(portal(data))
        bare = stack.enter_context(counter(folder / "counter"))
        opened = stack.enter_context(browser())
        floor = _counter(opened, bare)
        rows = [_row(subject, floor, quick=quick) for subject in _subjects(opened, ours)]
    return [Section("Click to changed page", rows, REMARKS)]


def _row(subject: Subject, floor: Subject, *, quick: bool) -> Row:
    turns = 1 if quick else TURNS
    times: dict[str, list[float]] = {subject.name: [], floor.name: []}
    for one in (subject, floor):
        one.click(WARM_UP * len(one.presses))
    for _ in range(turns):
        for one in (subject, floor):
            times[one.name] += one.click(CLICKS)
    least = Spread.of(times[floor.name])
    return Row(
        subject.name,
        "ms",
        Spread.of(times[subject.name]),
        least,
        subject.peer,
        Goal(peers.CLICK * least.typical, f"{peers.CLICK:g} × floor"),
    )


def _counter(opened: Browser, bare: Served) -> Subject:
    page = opened.new_page(base_url=bare.origin)
    go_live(page, "/")
    return Subject("counter", page, ("#more",), "#count")


def _subjects(opened: Browser, ours: Served) -> Iterator[Subject]:
    buyer, owner, reader = (visitors.visitor() for _ in range(3))
    with visitors.books(ours) as books:
        with books.writing() as session:
            visitors.put_in(session, owner, visitors.ACCESSORY)

        def page(person: Person, path: str) -> Page:
            opened_page = person.open(opened, ours.origin, viewport=PHONE).new_page()
            go_live(opened_page, path)
            return opened_page

        def empty() -> None:
            with books.writing() as session:
                basket.clear(session, buyer.actor(session), now=clock.now())

        yield Subject(
            "add to basket",
            page(buyer, f"/en/product/{visitors.ACCESSORY}"),
            ('main section[aria-label="Price"] button',),
            '.fixed a[href="/en/basket"]',
            peer=peers.CLICK_ADD_MS,
            before=empty,
        )
        more, less = 'main li button[aria-label^="One more"]', 'main li button[aria-label$=" less"]'
        yield Subject(
            "quantity in the basket",
            page(owner, "/en/basket"),
            (more, less),
            "main li span.numbers",
        )
        yield Subject(
            "filter",
            page(reader, "/en/store?category=phones"),
            ("#filters ul a",),
            "main p[role=status]",
            _FILTER_PAUSE_MS,
            peers.CLICK_FILTER_MS,
        )
