"""The policy file that we ship: complete, and nothing else than what is built in."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from self_service import policy, settings
from self_service.domain.policy import Policy

FILE = settings.ROOT / "brand" / "policy.toml"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policy file of this test's own, a copy of ours."""
    file = tmp_path / "policy.toml"
    file.write_text(FILE.read_text())
    changed = settings.get().model_copy(update={"policy_file": file})
    monkeypatch.setattr(settings, "get", lambda: changed)
    return file


def test_says_what_is_built_in(written: Path) -> None:
    assert policy.current() == Policy()


def test_names_every_value(written: Path) -> None:
    found = tomllib.loads(written.read_text())
    assert {part: set(values) for part, values in found.items()} == {
        part: set(values) for part, values in asdict(Policy()).items()
    }


def test_a_change_counts_and_a_slip_is_refused(written: Path) -> None:
    text = written.read_text()
    written.write_text(text.replace("valid_days = 365", "valid_days = 90"))
    assert policy.current().wallet.valid_days == 90
    written.write_text(text.replace("retry_days = 30", "retry_day = 30"))
    with pytest.raises(policy.BadPolicy, match="retry_day"):
        policy.current()
