"""Whose network a request or a websocket is from, whatever its sender says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reflex import app as framework
from reflex_base import constants
from starlette.requests import Request

from self_service import settings
from self_service.http.cookies import network_of


def asked(lines: list[str], hops: int, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The network that the HTTP door and the websocket read from a request of 198.51.100.9."""
    raw = [(b"x-forwarded-for", line.encode("latin-1")) for line in lines]
    scope = {"type": "http", "headers": raw, "client": ("198.51.100.9", 4711)}
    config = settings.get().model_copy(update={"trusted_proxies": hops})
    monkeypatch.setattr(settings, "get", lambda: config)
    monkeypatch.setattr(framework, "get_config", lambda: SimpleNamespace(trusted_proxy_hops=hops))
    found = framework.EventNamespace._build_static_router_data(
        SimpleNamespace(), "sid", {"asgi.scope": scope}
    )
    return network_of(Request(scope)), found[constants.RouteVar.CLIENT_IP][:64]


PEER, REAL, FORGED = "198.51.100.9", "192.0.2.7", "203.0.113.66"


@pytest.mark.parametrize(
    ("hops", "lines", "network"),
    [
        (0, [], PEER),
        (0, [FORGED], PEER),
        (0, [FORGED, f"{FORGED}, {FORGED}"], PEER),
        (1, [], PEER),
        (1, [REAL], REAL),
        (1, [f"{FORGED}, {REAL}"], REAL),
        (1, [f"{FORGED},{FORGED},  {REAL} "], REAL),
        (1, [FORGED, REAL], REAL),  # a proxy that adds a line of its own
        (1, [f"{FORGED},,", REAL], REAL),
        (1, [""], PEER),
        (1, [" , "], PEER),
        (2, [], PEER),
        (2, [FORGED], PEER),  # did not come through both
        (2, [f"{REAL}, 10.0.0.1"], REAL),
        (2, [f"{FORGED}, {REAL}, 10.0.0.1"], REAL),
        (2, [FORGED, f"{REAL}, 10.0.0.1"], REAL),
        (2, [f"{FORGED}, {REAL}", "10.0.0.1"], REAL),
        (2, [FORGED, REAL, "10.0.0.1"], REAL),
        (2, [f"{FORGED}, , {REAL}, 10.0.0.1"], REAL),
    ],
)
def test_only_trusted_proxies_say_where_a_request_is_from(
    monkeypatch: pytest.MonkeyPatch, hops: int, lines: list[str], network: str
) -> None:
    assert asked(lines, hops, monkeypatch) == (network, network)


@given(
    hops=st.integers(0, 3),
    lines=st.lists(st.text(alphabet="12.:, aé\t", max_size=90), max_size=4),
)
def test_both_doors_read_one_network(hops: int, lines: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        http, websocket = asked(lines, hops, patch)
    assert http == websocket or not websocket.isascii()
    assert len(http) <= 64


def test_the_framework_knows_how_many_proxies_there_are() -> None:
    text = (settings.ROOT / "rxconfig.py").read_text()
    assert "trusted_proxy_hops=here.trusted_proxies" in text
