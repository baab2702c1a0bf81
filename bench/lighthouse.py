"""Lighthouse, Google's audit of a page, from npm into `var/bench/node` and nowhere else."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.browser import FLAGS, executable

_STATIC = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'>"
    "<title>Floor</title><main><h1>Floor</h1><p>One static page.</p></main></html>"
)
_INSTALLING, _AUDITING = 240, 90


@dataclass(frozen=True, slots=True)
class Audit:
    """What Lighthouse says about a page; scores out of 100.

    Attributes:
        faults: ids of the accessibility audits that failed.
    """

    performance: float
    accessibility: float
    largest_paint_s: float
    shift: float
    faults: str


def install(folder: Path) -> Sequence[str]:
    """Return the command that runs Lighthouse, which is installed when it is not there.

    Raises:
        RuntimeError: it cannot be had here, in one line.
    """
    if executable() is None:
        raise RuntimeError("no Chrome or Chromium here")
    tools = Path(sys.executable).parent
    entry = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not entry.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [str(tools / "npm"), "install", "--no-save", "--no-audit", "--no-fund"]
        made = subprocess.run(
            [*command, "--prefix", str(folder), "lighthouse"],
            cwd=folder,
            env=_environment(PUPPETEER_SKIP_DOWNLOAD="1"),
            capture_output=True,
            text=True,
            timeout=_INSTALLING,
            check=False,
        )
        if made.returncode or not entry.exists():
            raise RuntimeError(f"npm could not install it: {made.stderr.strip()[-160:]}")
    return (str(tools / "node"), str(entry))


def audit(command: Sequence[str], address: str, cookie: str = "", *, runs: int) -> Audit | None:
    """Audit a page several times, phone preset; None when no run gave a score.

    Returns:
        Medians; the faults of the last run.
    """
    found = [answer for _ in range(runs) if (answer := _run(command, address, cookie))]
    if not found:
        return None
    names = ("performance", "accessibility", "largest_paint_s", "shift")
    medians = {name: statistics.median(getattr(one, name) for one in found) for name in names}
    return Audit(**medians, faults=found[-1].faults)


def _run(command: Sequence[str], address: str, cookie: str) -> Audit | None:
    flags = " ".join(("--headless=new", *FLAGS))
    options = ["--output=json", "--quiet", "--only-categories=performance,accessibility"]
    options += [f"--chrome-flags={flags}", f"--extra-headers={json.dumps({'Cookie': cookie})}"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        try:
            subprocess.run(
                [*command, address, f"--output-path={report}", *options],
                env=_environment(CHROME_PATH=executable() or ""),
                capture_output=True,
                timeout=_AUDITING,
                check=True,
            )
            return _read(json.loads(report.read_text()))
        except (subprocess.SubprocessError, OSError, KeyError, TypeError):
            return None


def _read(report: dict[str, Any]) -> Audit:
    audits = report["audits"]
    accessibility = report["categories"]["accessibility"]
    failed = [
        reference["id"]
        for reference in accessibility["auditRefs"]
        if reference["weight"] and audits[reference["id"]]["score"] == 0
    ]
    return Audit(
        performance=report["categories"]["performance"]["score"] * 100,
        accessibility=accessibility["score"] * 100,
        largest_paint_s=audits["largest-contentful-paint"]["numericValue"] / 1000,
        shift=audits["cumulative-layout-shift"]["numericValue"],
        faults=", ".join(failed),
    )


@contextlib.contextmanager
def static_page() -> Iterator[str]:
    """Serve the least that a page can be; returns its address."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text(_STATIC)
        quiet = functools.partial(_Quiet, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), quiet) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://localhost:{server.server_port}/"
            server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _environment(**more: str) -> dict[str, str]:
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": tools, **more}
