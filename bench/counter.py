"""The floor of a click and of a page's weight: a bare Reflex application with one counter.

Written, built once and kept in `var/bench/counter`, with the same versions as the portal.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.served import Served, free_port, process
from self_service.settings import ROOT

_CONFIG = '''\
import reflex as rx
from reflex_base.plugins.base import Plugin
from self_service.http.boot_plugin import same_origin


class SameOrigin(Plugin):
    """One build for every port, as the portal has it; nothing else is changed."""

    def pre_compile(self, **context):
        context["add_modify_task"]("utils/state.js", same_origin)


config = rx.Config(
    app_name="counter",
    api_url="http://localhost",
    deploy_url="http://localhost",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["gzip", "brotli"],
    plugins=[SameOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
'''
_APP = """\
import reflex as rx


class CounterState(rx.State):
    count: int = 0

    @rx.event
    def increment(self):
        self.count += 1


def index():
    return rx.el.main(
        rx.el.button("More", on_click=CounterState.increment, id="more"),
        rx.el.p(CounterState.count, id="count"),
    )


app = rx.App(toaster=None)
app.add_page(index)
"""
_COMMON = {
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_USE_NPM": "1",
}
_SERVING = {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}
_LONGEST = 240


def build(folder: Path) -> None:
    """Build the counter unless it is there already.

    Raises:
        RuntimeError: it could not be built.
    """
    lock = ROOT / "reflex.lock"
    wanted = [_CONFIG, _APP, (ROOT / "uv.lock").read_text()]
    stamp, digest = folder / "built", hashlib.sha256("".join(wanted).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    (folder / "counter").mkdir(parents=True, exist_ok=True)
    (folder / "rxconfig.py").write_text(_CONFIG)
    (folder / "counter" / "__init__.py").write_text("")
    (folder / "counter" / "counter.py").write_text(_APP)
    if lock.exists():  # the same npm packages
        shutil.copytree(lock, folder / "reflex.lock", dirs_exist_ok=True)
    export = ["-m", "reflex", "export", "--frontend-only", "--no-zip", "--loglevel", "warning"]
    built = subprocess.run(
        [sys.executable, *export],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    if built.returncode:
        raise RuntimeError(f"the counter could not be built: {built.stdout[-1500:]}")
    stamp.write_text(digest)


@contextlib.contextmanager
def counter(folder: Path) -> Iterator[Served]:
    """Serve the built counter."""
    port = free_port()
    target = "counter.counter:app"
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers-kill-timeout", "5", target]
    with process(command, folder, folder, _environment(folder, **_SERVING), port, "/") as served:
        yield served


def _environment(folder: Path, **more: str) -> dict[str, str]:
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    path = f"{folder}{os.pathsep}{ROOT}"
    return {**os.environ, **_COMMON, **more, "PATH": tools, "PYTHONPATH": path}
