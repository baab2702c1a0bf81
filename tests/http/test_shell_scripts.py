"""The scripts of the build wait for the first view, and a build where they would not is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from self_service.http import first_paint
from tests.house import SHELL, Browser, House


def test_the_built_shell_is_looked_at(tmp_path: Path) -> None:
    first_paint.check_shell(tmp_path)  # nothing built
    (tmp_path / "404.html").write_text(SHELL)
    first_paint.check_shell(tmp_path)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('<script type="module" async="">', '<script async type="module">'),
        ('<script type="module" async="">', "<script type='module'>"),
        ('rel="modulepreload"', 'rel="preload"'),
        ("<!--first-paint-->", ""),
        ("</head>", ""),
        ("</body>", '<script src="/assets/x.js" type="module"></script></body>'),
        ("</body>", "<link href='/assets/x.js' rel='modulepreload'/></body>"),
    ],
)
def test_a_shell_whose_scripts_would_not_wait_is_refused(
    tmp_path: Path, was: str, now: str
) -> None:
    assert was in SHELL
    (tmp_path / "404.html").write_text(SHELL.replace(was, now))
    with pytest.raises(RuntimeError, match="adapt first_paint"):
        first_paint.check_shell(tmp_path)


@pytest.mark.parametrize("path", ["/en/store", "/en/nothing"])
def test_no_script_of_the_build_runs_before_the_first_view(
    house: House, browser: Browser, path: str
) -> None:
    text = browser.get(path).text
    assert not first_paint._AT_ONCE.search(text)
    assert '<script type="live">' in text
