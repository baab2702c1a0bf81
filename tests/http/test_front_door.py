"""The door itself: languages, limits, headers, and what is said when something broke."""

from __future__ import annotations

import base64
import hashlib
import logging

import pytest
from starlette.testclient import TestClient

from self_service.http import app, first_paint
from self_service.http.edge import MAX_BODY, edge, policy
from tests.house import HERE, SHELL, Browser, House


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-AR,es;q=0.9", "es"),
        ("ar-EG", "ar"),
        ("AR", "ar"),
        ("de-DE,de;q=0.9,es;q=0.8,en;q=0.7", "es"),
        ("en;q=0.2, es;q=0.9", "es"),
        ("es;q=0, en", "en"),
        ("es;q=0", "en"),
        ("fr,de", "en"),
        ("es;q=x,ar", "ar"),
        (";;;,,,q=", "en"),
        ("x," * 5000 + "es", "en"),
    ],
)
def test_a_visitor_is_greeted_in_the_preferred_language(
    house: House, browser: Browser, wish: str, language: str
) -> None:
    answer = browser.get("/", headers={"accept-language": wish})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/{language}/store"


@pytest.mark.parametrize("path", ["/es", "/es/"])
def test_a_language_alone_leads_to_its_store(house: House, browser: Browser, path: str) -> None:
    assert browser.get(path).headers["location"] == "/es/store"


def test_health(house: House, browser: Browser) -> None:
    assert browser.get("/healthz").json() == {"ok": True}


def test_every_answer_has_the_security_headers(house: House, browser: Browser) -> None:
    for path in ("/", "/healthz", "/en/store", "/nothing", "/en/nothing", "/sandbox/pay/x"):
        headers = browser.get(path).headers
        assert "object-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
        assert headers["cache-control"] in ("no-cache", "no-store")


@pytest.mark.parametrize("house", ["https://my.example"], indirect=True)
def test_with_tls_it_stays_with_tls(house: House, browser: Browser) -> None:
    headers = browser.get("/healthz").headers
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert "connect-src 'self' wss://my.example;" in headers["content-security-policy"]


def test_the_policy_knows_the_scripts_of_the_build(house: House) -> None:
    (house.folder / "client" / "other.html").write_text("<script>other()</script>")
    bodies = (b"start()", b'import("/assets/root.js")')
    digests = sorted(base64.b64encode(hashlib.sha256(one).digest()).decode() for one in bodies)
    rules = policy(house.folder / "client", HERE)
    known = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert rules.endswith(f"script-src 'self' {known}")
    assert "connect-src 'self' ws://localhost:3000;" in rules
    assert "base-uri 'none';" in rules
    assert "unsafe-inline" not in rules.split("script-src")[1]
    assert SHELL.count("<script") == 2
    assert policy(house.folder / "nothing-built", HERE).endswith("script-src 'self'")


@pytest.mark.parametrize("path", ["/do/sign-in", "/webhooks/payments", "/do/place-order"])
@pytest.mark.parametrize("announced", [True, False])
def test_large_bodies_are_refused(
    house: House, browser: Browser, path: str, announced: bool
) -> None:
    body = b"a" * (MAX_BODY + 1)
    content = body if announced else iter([body[:100], body[100:]])
    headers = {"origin": HERE, "content-type": "application/x-www-form-urlencoded"}
    answer = browser.post(path, content=content, headers=headers)
    assert answer.status_code == 413
    assert "x-content-type-options" in answer.headers


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000, "1e3", "+5", str(MAX_BODY + 1)])
def test_a_length_that_is_none_is_refused(house: House, browser: Browser, length: str) -> None:
    answer = browser.post("/do/sign-in", headers={"content-length": length, "origin": HERE})
    assert answer.status_code == 413


def test_files_and_floods_of_fields_are_refused(house: House, browser: Browser) -> None:
    headers = {"origin": HERE}
    file = browser.post("/do/sign-in", files={"login": b"x"}, headers=headers)
    many = {f"field{n}": (None, "x") for n in range(100)}
    flood = browser.post("/do/sign-in", files=many, headers=headers)
    assert file.status_code == flood.status_code == 400


async def test_only_hashed_assets_are_kept_for_good() -> None:
    async def served(scope: dict, receive: object, send: object) -> None:
        status = 404 if "missing" in scope["path"] else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    client = TestClient(edge(first_paint.settings.get().static_dir, HERE)(served))
    kept = "public, max-age=31536000, immutable"
    assert client.get("/assets/a-1.js").headers["cache-control"] == kept
    assert client.get("/assets/missing.js").headers["cache-control"] == "no-cache"
    assert client.get("/start.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "headers", "words", "start"),
    [
        ("/en/store", {}, "Something went wrong on our side.", '<html lang="en" dir="ltr">'),
        ("/ar/store", {}, "", '<html lang="ar" dir="rtl">'),
        ("/healthz", {"accept-language": "es"}, "", '<html lang="es" dir="ltr">'),
    ],
)
def test_a_bug_is_shown_under_the_number_of_its_log(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    path: str,
    headers: dict[str, str],
    words: str,
    start: str,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(first_paint, "find", broken)
    monkeypatch.setattr(app, "JSONResponse", broken)
    client = TestClient(
        edge(house.folder, HERE)(app.build()), base_url=HERE, raise_server_exceptions=False
    )
    with caplog.at_level(logging.ERROR):
        answer = client.get(path, headers=headers)
    assert answer.status_code == 500
    number = next(record.args[0] for record in caplog.records if "bug" in record.message)
    assert number in answer.text
    assert words in answer.text
    assert start in answer.text
    assert "secret detail" not in answer.text
    assert "a secret detail" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"
