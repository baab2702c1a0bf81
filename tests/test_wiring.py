"""Settings and what is made from them: refused when half set up, safe when made twice."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from self_service import serve, settings, start, wiring
from self_service.adapters.sandbox_payments import SandboxPayments

STRIPE = ("SECRET_KEY", "PUBLISHABLE_KEY", "WEBHOOK_SECRET")


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation of the test's own, in an empty folder."""
    monkeypatch.setenv("SELF_SERVICE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SELF_SERVICE_SECRET", "")
    for name in STRIPE:
        monkeypatch.setenv(f"SELF_SERVICE_STRIPE_{name}", "")
    for made in (settings.get, wiring.secret, wiring.gateway):
        made.cache_clear()
    yield
    for made in (settings.get, wiring.secret, wiring.gateway):
        made.cache_clear()


@pytest.mark.parametrize("missing", STRIPE)
def test_stripe_is_set_up_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in STRIPE:
        monkeypatch.setenv(f"SELF_SERVICE_STRIPE_{name}", "" if name == missing else "x")
    with pytest.raises(ValidationError, match="all three or none"):
        settings.get()


@pytest.mark.parametrize(
    "address",
    [
        "localhost:3000",
        "ftp://x",
        "http://x/",
        "http://x; script-src *",
        "http://x'",
        "",
        "http://",
    ],
)
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("SELF_SERVICE_PUBLIC_URL", address)
    with pytest.raises(ValidationError):
        settings.get()


@pytest.mark.parametrize(
    ("address", "name"), [("http://localhost:1", "sid"), ("https://x.example", "__Host-sid")]
)
def test_the_cookies_name_depends_on_tls(
    monkeypatch: pytest.MonkeyPatch, address: str, name: str
) -> None:
    monkeypatch.setenv("SELF_SERVICE_PUBLIC_URL", address)
    assert settings.get().cookie_name == name


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        settings.get().demo = False  # type: ignore[misc]


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    made = wiring.secret()
    wiring.secret.cache_clear()
    assert wiring.secret() == made
    assert len(made) > 60
    file = tmp_path / "var" / "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in file.parent.iterdir()] == ["secret"]


def test_processes_that_start_together_share_one_secret() -> None:
    start = threading.Barrier(8)
    made: list[str] = []

    def begin() -> None:
        start.wait()
        made.append(wiring.secret.__wrapped__())

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert made[0]


def test_a_secret_that_is_set_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELF_SERVICE_SECRET", "given")
    assert wiring.secret() == "given"
    assert not (tmp_path / "var").exists()


def test_the_sandbox_is_the_provider_until_stripe_is_set_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(wiring.gateway(), SandboxPayments)
    for name in STRIPE:
        monkeypatch.setenv(f"SELF_SERVICE_STRIPE_{name}", "sk_test_x")
    settings.get.cache_clear()
    wiring.gateway.cache_clear()
    assert wiring.gateway().name == "stripe"


async def test_nothing_starts_that_would_only_pretend_to_be_paid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SELF_SERVICE_DEMO", "false")
    with pytest.raises(SystemExit, match="or set SELF_SERVICE_PAYMENT_SANDBOX=true"):
        serve.main()
    with pytest.raises(RuntimeError, match="SELF_SERVICE_STRIPE_WEBHOOK_SECRET"):
        async with start.running():
            pytest.fail("the worker runs")
    monkeypatch.setenv("SELF_SERVICE_PAYMENT_SANDBOX", "true")
    settings.get.cache_clear()
    assert isinstance(wiring.gateway(), SandboxPayments)


@pytest.mark.parametrize(
    ("address", "demo", "expected"),
    [
        ("http://localhost:3000", "", (True, False)),
        ("https://my.operator.example", "", (False, True)),
        ("https://demo.operator.example", "true", (True, False)),
    ],
    ids=["local", "real", "asked for"],
)
def test_known_passwords_only_where_they_are_wished(
    monkeypatch: pytest.MonkeyPatch, address: str, demo: str, expected: tuple[bool, bool]
) -> None:
    monkeypatch.setenv("SELF_SERVICE_PUBLIC_URL", address)
    monkeypatch.delenv("SELF_SERVICE_DEMO", raising=False)
    if demo:
        monkeypatch.setenv("SELF_SERVICE_DEMO", demo)
    found = settings.get()
    assert (found.demo, found.staff_second_factor) == expected
