"""The browser that measures and takes pictures: Chromium, headless, without chatter of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str | None:
    """Return where Chrome or Chromium is, by the same names as `scripts/browser`."""
    wanted = (os.environ.get("CHROMIUM", ""), *NAMES)
    return next((path for name in wanted if name and (path := shutil.which(name))), None)


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Open a browser.

    Raises:
        RuntimeError: there is none on this machine.
    """
    path = executable()
    if path is None:
        raise RuntimeError("no Chrome or Chromium here: install one, or set CHROMIUM")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield opened
        finally:
            opened.close()


def go_live(page: Page, path: str, *, seconds: float = 5) -> bool:
    """Open a page and wait until its buttons work.

    Returns:
        False when nothing came by websocket: a plain page, or one that failed.
    """
    answers: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: answers.append(str(frame)))

    page.on("websocket", listen)
    page.goto(path, wait_until="load")
    for _ in range(int(seconds * 10)):
        if any('"delta"' in answer for answer in answers):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(400)  # until it stands still
    return any('"delta"' in answer for answer in answers)
