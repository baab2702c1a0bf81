"""What the edge says of every answer, what it shuts and limits, and the traces that it leaves."""

from __future__ import annotations

import logging
import mimetypes
import re
from pathlib import Path
from typing import Any

import pytest
from reflex.utils.precompressed_staticfiles import PrecompressedStaticFiles
from reflex_base import constants
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bench.served import LIMITS
from self_service import buckets, i18n, logs, routes, settings
from self_service.components.page import PAGES
from self_service.http import app, card
from self_service.http.busy import BURST, COUNTED
from self_service.http.edge import CLOSED, edge
from self_service.self_service import app as portal
from tests.house import HERE, SHELL, Browser, House

ASSETS = settings.ROOT / "assets"
#: What the places in addresses may be.
PLACES = {
    "{shape}": "phone",
    "{colour}": "Black",
    "{cameras}": "3",
    "{variant}": "7",
    "{ratio}": "2.1",
    "{payment_id:uuid}": "6f2c1ab2-6a5f-4a53-8b50-4a4f6f6f6f6f",
    "{document_id:uuid}": "6f2c1ab2-6a5f-4a53-8b50-4a4f6f6f6f6f",
    "{language}": "en",
    "{secret}": "x",
}
ALL_ROUTES = [route for route in app.build().routes if isinstance(route, Route)]


def addresses(route: Route) -> list[str]:
    """Addresses under a route that stand for all of them."""
    path = route.path
    for place, value in PLACES.items():
        path = path.replace(place, value)
    if "{rest:path}" in path:
        return [path.replace("/{rest:path}", page.path) for page in PAGES] + ["/en/nothing"]
    return [path]


def said_rightly(kind: str) -> bool:
    """Whether a content type says its encoding where it has to (ASVS 4.1.1)."""
    if kind.startswith("text/") or kind.split(";")[0].endswith(("+xml", "/xml")):
        return kind.endswith("; charset=utf-8")
    return bool(re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", kind))


@pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda r: f"{min(r.methods)} {r.path}")
def test_every_answer_says_what_it_is(house: House, browser: Browser, route: Route) -> None:
    for address in addresses(route):
        for method in sorted(route.methods or ()):
            answer = browser.request(method, address, headers={"origin": HERE})
            kind = answer.headers.get("content-type", "")
            assert said_rightly(kind) or not (kind or answer.content), (address, kind)


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        ("", False),
        ("text/html", False),
        ("image/svg+xml", False),
        ("application/xml", False),
        ("text/html; charset=utf-8", True),
        ("image/svg+xml; charset=utf-8", True),
        ("application/json", True),
    ],
)
def test_the_rule_knows_what_is_wrong(kind: str, right: bool) -> None:
    assert said_rightly(kind) is right


def test_every_file_of_the_build_says_what_it_is(tmp_path: Path) -> None:
    kinds = {file.suffix for file in ASSETS.rglob("*") if file.is_file()}
    kinds |= {".js", ".css", ".html", ".svg", ".json", ".woff2", ".webmanifest"}
    assert all(mimetypes.guess_type(f"x{kind}")[0] for kind in kinds), kinds
    for kind in kinds:
        for twin in ("", ".gz", ".br"):
            (tmp_path / f"file{kind}{twin}").write_text("x")
    files = PrecompressedStaticFiles(directory=tmp_path, html=True, encodings=["gzip", "brotli"])
    client = TestClient(edge(tmp_path, HERE)(files))
    for kind in kinds:
        for wish in ("identity", "br"):
            with client.stream("GET", f"/file{kind}", headers={"accept-encoding": wish}) as answer:
                assert answer.status_code == 200
                assert said_rightly(answer.headers["content-type"]), kind


def test_what_the_framework_mounts_is_shut_or_needed(house: House) -> None:
    """A new version may mount more: then decide, and name it in CLOSED or here."""
    assert {route.path for route in portal._api.routes} == {"/ping", "/_health", "/_event"}
    named = {str(endpoint).strip("/").split("/")[-1] for endpoint in constants.Endpoint}
    assert named - {"_event"} == CLOSED
    client = TestClient(edge(house.folder, HERE)(portal._api), base_url=HERE)
    for name in CLOSED:
        for path in (f"/{name}", f"/{name}/", f"/{name}/below"):
            answer = client.get(path, follow_redirects=False)
            assert (answer.status_code, answer.text) == (404, "Not Found")
            assert "content-security-policy" in answer.headers
    assert TestClient(portal._api).get("/ping").status_code == 200  # else this test sees nothing


def test_no_page_needs_a_base(house: House, browser: Browser) -> None:
    for path in ("/en/store", "/second-factor/set-up", "/sandbox/pay/x"):
        assert "base-uri 'none';" in browser.get(path).headers["content-security-policy"]
    assert "base-uri 'none';" in card.card_policy(settings.get())
    sources = (settings.ROOT / "self_service").rglob("*.py")
    assert not [file for file in sources if re.search(r"<base\b|h\.base\(", file.read_text())]
    assert "<base" not in SHELL


# how much a network may ask


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The instant, to be moved."""
    moment = [0.0]
    monkeypatch.setattr(buckets.time, "monotonic", lambda: moment[0])
    monkeypatch.setattr(logs, "_quota", logs.Quota())
    return moment


def client(house: House, rate: float) -> TestClient:
    """A browser at an edge that lets so many requests a second through, to what serves nothing."""
    served = PlainTextResponse("served")
    return TestClient(edge(house.folder / "client", HERE, rate=rate)(served), base_url=HERE)


def test_a_network_that_asks_too_much_is_told_to_wait(
    house: House, at: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    visitor = client(house, rate=2)
    answers = [visitor.get("/es/store?q=x") for _ in range(2 * BURST + 3)]
    assert [answer.text for answer in answers[: 2 * BURST]] == ["served"] * 2 * BURST
    for refused in answers[2 * BURST :]:
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "10"
        assert refused.headers["content-type"] == "text/html; charset=utf-8"
        assert refused.headers["cache-control"] == "no-store"
        assert "object-src 'none'" in refused.headers["content-security-policy"]
        assert '<html lang="es" dir="ltr">' in refused.text
        assert "served" not in refused.text
    assert {record.message for record in caplog.records} == {"too many requests"}
    at[0] = 1.0
    assert [visitor.get("/en").status_code for _ in range(3)] == [200, 200, 429]


def test_files_drawings_and_providers_are_never_counted(house: House, at: list[float]) -> None:
    visitor = client(house, rate=1)
    free = (
        "/assets/a.js",
        "/start.js",
        "/fonts/a.woff2",
        "/brand/logo.svg",
        "/pictures/phone/-/1/1/2.svg",
        routes.WEBHOOKS + "/payments",
        routes.OIDC_ENDED,
        routes.HEALTH,
    )
    for _ in range(BURST + 5):
        assert [visitor.get(path).status_code for path in free] == [200] * len(free)
    assert visitor.get("/en/store").status_code == 200


def test_everything_that_costs_work_is_counted() -> None:
    free = {"healthz", "brand", "favicon.ico", "pictures", "webhooks"}
    plugged_in = {"pay-with"}
    mounted = {route.path.split("/")[1] for route in ALL_ROUTES} | plugged_in
    assert mounted - free == COUNTED
    assert set(i18n.LANGUAGES) < COUNTED


def test_no_rate_is_no_limit(house: House, at: list[float]) -> None:
    visitor = client(house, rate=0)
    assert {visitor.get("/en/store").status_code for _ in range(500)} == {200}


def test_measurements_and_journeys_are_not_limited() -> None:
    fields = settings.Settings.model_fields
    assert {name for name in fields if name.endswith(("_per_second", "_per_hour", "_at_once"))} == {
        *LIMITS
    }
    journeys = (settings.ROOT / "tests" / "journeys" / "conftest.py").read_text()
    for name in LIMITS[:3]:
        assert f'"SELF_SERVICE_{name.upper()}": "0"' in journeys


# what is written down


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Any:
    """What the security log says, as people read it."""
    monkeypatch.setattr(logs, "_quota", logs.Quota())
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(logs.Text().format(record).split(" ", 1)[1])

    keep = Keep()
    logs.security_log.addHandler(keep)
    yield said
    logs.security_log.removeHandler(keep)


def test_a_forged_form_leaves_a_trace(house: House, browser: Browser, traces: list[str]) -> None:
    browser.submit("/do/sign-in", origin="https://evil.example", login="ada", password="hidden")
    assert traces == [
        "WARNING self_service.security form that does not come from our own page "
        "network=testclient where=/do/sign-in"
    ]


@pytest.mark.parametrize("announced", [True, False])
def test_a_large_body_leaves_a_trace(
    house: House, browser: Browser, traces: list[str], announced: bool
) -> None:
    body = b"hidden" * 100_000
    content = body if announced else iter([body])
    browser.post("/webhooks/payments", content=content)
    (line,) = traces
    assert "body that is too large" in line
    assert "hidden" not in line


def test_an_unsigned_message_leaves_a_trace(
    house: House, browser: Browser, traces: list[str]
) -> None:
    browser.post("/webhooks/payments", content=b'{"hidden": 1}')
    assert len(traces) == 1
    assert "did not sign" in traces[0]
    assert "hidden" not in traces[0]


@pytest.mark.parametrize("body", [b"hidden", b'["hidden"]', b"\xff", b"[" * 100_000])
def test_an_odd_message_leaves_a_trace(
    house: House, browser: Browser, traces: list[str], body: bytes
) -> None:
    browser.post("/do/passkey/ask", content=body, headers={"origin": HERE})
    assert traces[0].startswith("WARNING self_service.security message that cannot be read ")
    assert "hidden" not in "".join(traces)


def test_a_form_that_cannot_be_read_leaves_a_trace(
    house: House, browser: Browser, traces: list[str]
) -> None:
    many = {f"hidden{n}": (None, "x") for n in range(100)}
    assert browser.post("/do/sign-in", files=many, headers={"origin": HERE}).status_code == 400
    assert traces == [
        "WARNING self_service.security form that cannot be read "
        "network=testclient where=/do/sign-in"
    ]


def test_a_websocket_passes_and_its_network_is_known(house: House) -> None:
    scenes = []

    async def served(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scenes.append(logs._SCENE.get())
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})

    with TestClient(edge(house.folder, HERE)(served)).websocket_connect("/_event?token=hidden"):
        pass
    assert [(scene.network, scene.where) for scene in scenes] == [("testclient", "/_event")]
