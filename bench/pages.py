"""What a first view costs: bytes of script and style, and Lighthouse's phone score."""

from __future__ import annotations

import contextlib
import gzip
import tempfile
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from bench import lighthouse, peers, visitors
from bench.browser import browser
from bench.counter import build, counter
from bench.figures import Row, Section, Spread
from bench.lighthouse import Audit
from bench.report import say
from bench.served import Served, portal
from bench.visitors import Person
from self_service.seed.sign_ins import POSTPAID

#: Which pages, as whom: name, path, whether signed in.
PAGES = (
    ("store", "/en/store", False),
    ("product", "/en/product/kestrel-one", False),
    ("basket", "/en/basket", False),
    ("home", "/en/home", True),
)
REMARKS = (
    "Scripts and styles that the page really loads, each file fetched again per encoding; "
    "HTML apart. Floor: a bare Reflex counter.",
    "Lighthouse: phone preset (simulated slow 4G, 4 × slower CPU); median of the runs. "
    "Floor: one static page. Peer: Oscar's product list, measured elsewhere.",
)


@dataclass(frozen=True, slots=True)
class Weight:
    """KB of one page's scripts and styles."""

    gzip: float
    brotli: float


def measure(folder: Path, *, quick: bool) -> list[Section]:
    """Weigh and audit the four pages that people see most."""
    build(folder / "counter")
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(portal(data))
        bare = stack.enter_context(counter(folder / "counter"))
        with visitors.books(ours) as books, books.writing() as session:
            guest = visitors.visitor()
            visitors.put_in(session, guest, visitors.ACCESSORY)
            customer = visitors.signed_in(session, POSTPAID.login)
        people = {False: guest, True: customer}
        with browser() as opened:
            rows = list(_weights(opened, ours, bare, people))
        rows += _html(ours, people)
        rows += _audits(folder, ours, people, quick=quick)
    return [Section("First view", rows, REMARKS)]


def _weights(
    opened: Browser, ours: Served, bare: Served, people: dict[bool, Person]
) -> Iterator[Row]:
    floor = weigh(loaded(opened, bare.origin, "/", visitors.visitor()))
    for name, path, known in PAGES:
        ours_weighs = weigh(loaded(opened, ours.origin, path, people[known]))
        what = f"{name}: scripts and styles"
        yield Row(
            f"{what}, gzip",
            "KB",
            Spread(ours_weighs.gzip),
            Spread(floor.gzip),
            peers.PAGE_KB if name == "store" else None,
            peers.PAGE_GOAL_KB,
        )
        yield Row(f"{what}, brotli", "KB", Spread(ours_weighs.brotli), Spread(floor.brotli))


def loaded(opened: Browser, origin: str, path: str, person: Person) -> list[str]:
    """Return the addresses of the scripts and styles that a page loads."""
    context = person.open(opened, origin)
    page = context.new_page()
    page.goto(path)
    page.wait_for_timeout(2500)
    listed: list[str] = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    context.close()
    kept = {name for name in listed if urlsplit(name).path.endswith((".js", ".css"))}
    return sorted(name for name in kept if name.startswith(origin))


def weigh(addresses: Iterable[str]) -> Weight:
    """Fetch files in both encodings and return how many KB they are."""
    totals = {"gzip": 0, "br": 0}
    for address in addresses:
        for encoding in totals:
            totals[encoding] += len(_fetch(address, encoding))
    return Weight(totals["gzip"] / 1024, totals["br"] / 1024)


def _html(ours: Served, people: dict[bool, Person]) -> Iterator[Row]:
    for name, path, known in PAGES:
        cookie = f"{visitors.COOKIE}={people[known].cookie}"
        sent = _fetch(ours.origin + path, "gzip, br", cookie)
        plain = _fetch(ours.origin + path, "identity", cookie)
        note = f"{len(plain) / 1024:.0f} KB unpacked, {len(gzip.compress(plain)) / 1024:.0f} gzip"
        yield Row(f"{name}: HTML as sent", "KB", Spread(len(sent) / 1024), note=note)


def _fetch(address: str, encoding: str, cookie: str = "") -> bytes:
    headers = {"Accept-Encoding": encoding, "Cookie": cookie}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        content: bytes = answer.read()
        return content


def _audits(
    folder: Path, ours: Served, people: dict[bool, Person], *, quick: bool
) -> Iterator[Row]:
    try:
        command = lighthouse.install(folder / "node")
    except RuntimeError as reason:
        yield Row("Lighthouse", "points", None, note=str(reason))
        return
    with lighthouse.static_page() as address:
        floor = lighthouse.audit(command, address, runs=1)
    for name, path, known in PAGES[:2] if quick else PAGES:
        say(f"  Lighthouse, {name} ...")
        cookie = f"{visitors.COOKIE}={people[known].cookie}"
        found = lighthouse.audit(command, ours.origin + path, cookie, runs=1 if quick else 3)
        yield from _audit_rows(name, found, floor)


def _audit_rows(name: str, found: Audit | None, floor: Audit | None) -> Iterator[Row]:
    def row(what: str, unit: str, field: str, **more: object) -> Row:
        ours = None if found is None else Spread(getattr(found, field))
        least = None if floor is None else Spread(getattr(floor, field))
        return Row(f"{name}: {what}", unit, ours, least, **more)  # type: ignore[arg-type]

    peer = peers.PAGE_SCORE if name == "store" else None
    note = "" if found is None else found.faults
    yield row("Lighthouse phone", "points", "performance", peer=peer, goal=peers.SCORE_GOAL)
    yield row("accessibility", "points", "accessibility", goal=peers.ACCESSIBLE_GOAL, note=note)
    yield row("largest paint (LCP)", "s", "largest_paint_s", goal=peers.LCP_GOAL_S)
    yield row("layout shift (CLS)", "", "shift")
