"""`python -m bench.screens`: a picture of every screen, so that somebody can look at all of them.

Written to `var/screens/<name>-<width>-<theme>.png` with an `index.html`; with `--readme` the five
of the README go to `docs/pictures/`.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from bench import scene, shots, visitors
from bench.browser import browser, go_live
from bench.png import packed
from bench.report import say
from bench.served import Served, portal
from bench.shots import Shot, every_shot
from self_service import pages, settings
from self_service.settings import ROOT

HEIGHTS = {390: 844, 1280: 800}
#: Width, theme, language: all of it in English, and right-to-left on a phone.
VARIANTS = (*itertools.product(HEIGHTS, ("light", "dark"), ("en",)), (390, "light", "ar"))
#: The README's pictures weigh at most so much, at the finest of these scales that fits.
MOST_BYTES, SCALES = 200_000, (2, 1.5, 1)
#: An order stays half way while its picture is taken.
_PAUSE_S = "900"
#: Pages are cut off below.
_HIGHEST = 9_000


def main() -> None:
    """Take all pictures, or those of the README."""
    reader = argparse.ArgumentParser(prog="python -m bench.screens", description=__doc__)
    reader.add_argument("--readme", action="store_true", help="only those of the README")
    reader.add_argument("--only", default="", help="only screens whose names begin so: a,b")
    wanted = reader.parse_args()
    pages.declare()
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        served = stack.enter_context(portal(data, fulfilment_pause=_PAUSE_S))
        studio = Studio(stack.enter_context(browser()), served)
        found = [
            shot for shot in every_shot() if shot.name.startswith(tuple(wanted.only.split(",")))
        ]
        if wanted.readme:
            studio.readme([shot for shot in found if shot.readme], ROOT / "docs" / "pictures")
        else:
            studio.all(found, settings.get().var / "screens")


class Studio:
    """A browser in front of a portal with people in it."""

    def __init__(self, opened: Browser, served: Served) -> None:
        self._browser, self._served = opened, served
        self._contexts: dict[tuple[str, int, str, float], BrowserContext] = {}
        self._people, agreed = scene.people(served)
        self._places = self._order(agreed)

    def all(self, found: list[Shot], folder: Path) -> None:
        """Take every picture in every variant, and write the index."""
        folder.mkdir(parents=True, exist_ok=True)
        names = []
        for width, theme, language in VARIANTS:
            say(f"  {width} px, {theme}, {language}: {len(found)} screens")
            for shot in found:
                name = f"{shot.name}-{width}-{theme if language == 'en' else language}.png"
                with self._open(shot, width, theme, language) as page:
                    _unroll(page, width)
                    (folder / name).write_bytes(page.screenshot())
                names.append(name)
            self._close()
        (folder / "index.html").write_text(_index(sorted(names)))
        say(f"{len(names)} pictures in {folder}")

    def readme(self, found: list[Shot], folder: Path) -> None:
        """Take what the README shows, each as fine as it may weigh."""
        folder.mkdir(parents=True, exist_ok=True)
        for shot in found:
            for scale in SCALES:
                with self._open(shot, shot.readme, "light", "en", scale) as page:
                    picture = packed(page.screenshot())
                if len(picture) <= MOST_BYTES:
                    break
            (folder / f"{shot.name}.png").write_bytes(picture)
            say(f"  {shot.name}: {len(picture) // 1000} kB at scale {scale:g}")
        self._close()

    @contextlib.contextmanager
    def _open(
        self, shot: Shot, width: int, theme: str, language: str, scale: float = 1
    ) -> Iterator[Page]:
        """Open a page as its person sees it, live and at rest."""
        path = shot.path.format(**self._places)
        address = path if path.startswith("/sandbox") else f"/{language}{path}"
        page = self._context(shot.who, width, theme, scale).new_page()
        try:
            go_live(page, address, seconds=0.3 if address == path else 4)
            yield page
        finally:
            page.close()

    def _context(self, who: str, width: int, theme: str, scale: float = 1) -> BrowserContext:
        """Return a person's browser that has been here before: fonts are of the second visit."""
        key = (who, width, theme, scale)
        if key not in self._contexts:
            self._contexts[key] = self._people[who].open(
                self._browser,
                self._served.origin,
                viewport={"width": width, "height": HEIGHTS[width]},
                color_scheme=theme,
                reduced_motion="reduce",
                device_scale_factor=scale,
            )
            page = self._contexts[key].new_page()
            go_live(page, "/en/sign-in", seconds=4)
            page.close()
        return self._contexts[key]

    def _close(self) -> None:
        for context in self._contexts.values():
            context.close()
        self._contexts.clear()

    def _order(self, agreed: scene.Agreed) -> Mapping[str, str]:
        """Let the buyer make two orders: one paid and half way, one not paid."""
        context = self._context(shots.BUYER, 390, "light")
        screen = scene.order(context, self._served, agreed)
        paid = scene.pay(context, self._served, screen)
        with visitors.books(self._served) as books, books.writing() as session:
            again = scene.agree(session, self._people[shots.BUYER])
            papers = scene.papers(session)
        screen = scene.order(context, self._served, again)
        answer = context.request.get(screen).text()
        unpaid = answer.split("/en/order/", 1)[-1].split('"', 1)[0]
        return {"pay": screen, "paid": paid.rsplit("/", 1)[-1], "unpaid": unpaid, **papers}


def _unroll(page: Page, width: int) -> None:
    """Make the window as high as the page: what is fixed to its foot stands there, not midway."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(int(height), _HIGHEST)})
    page.wait_for_timeout(150)  # pictures that came into view


def _index(names: list[str]) -> str:
    figures = "".join(
        f'<figure><a href="{name}"><img src="{name}" loading="lazy" alt=""></a>'
        f"<figcaption>{name.removesuffix('.png')}</figcaption></figure>"
        for name in names
    )
    return (
        "<!doctype html><meta charset=utf-8><title>Screens</title><style>"
        "body{font:14px system-ui;display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}"
        "figure{margin:0}img{max-height:420px;border:1px solid #bbb}</style>" + figures
    )


if __name__ == "__main__":
    main()
