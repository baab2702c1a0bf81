"""Taking the data along and being forgotten, by plain requests."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from self_service.domain.people import own_data
from self_service.domain.people.own_data import OwnData, StoredFile
from self_service.domain.people.own_data_parts import PARTS
from self_service.http.own_data_file import archive, as_html
from self_service.models.access import Role, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.people import Individual, Site
from self_service.state.request import PageRequest
from self_service.state.settings import settings_values
from tests.conftest import NOW
from tests.house import Browser, House
from tests.order_shop import rows
from tests.settings_people import TABLES

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
EVIL = '<script>alert("1")</script>'


def files(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name: zipped.read(name).decode() for name in zipped.namelist()}


@both
def test_an_archive_for_people_and_programs(house: House) -> None:
    with house.signed_in() as browser:
        answer = browser.get("/do/own-data?language=es")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="my-data-2026-11-21.zip"'
    )
    found = files(answer.content)
    said = json.loads(found["data.json"])
    assert (said["format"], said["made_at"]) == (own_data.FORMAT, NOW.isoformat())
    assert set(said) == {"format", "made_at", *(part.key for part in PARTS)}
    assert said["person"][0]["email"] == "ada@example.com"
    assert '<html lang="es" dir="ltr">' in found["data.html"]
    assert "ada@example.com" in found["data.html"]
    (entry,) = house.change(lambda session: rows(session, AuditEntry))[0]
    assert "own_data.exported" in entry


def test_the_readable_file_runs_nothing() -> None:
    parts: dict[str, list[dict[str, Any]]] = {part.key: [] for part in PARTS}
    parts["person"] = [{"given_name": EVIL, "family_name": "\u202eevil"}]
    data = OwnData(NOW, parts, (StoredFile("../../etc/passwd", b"a"), StoredFile("", b"b")))
    html = as_html(data, "ar")
    assert EVIL not in html
    assert "&lt;script&gt;" in html
    assert 'dir="rtl"' in html
    names = set(files(archive(data, "en")))
    assert names == {
        "data.json",
        "data.html",
        "documents/01--..-etc-passwd",
        "documents/02-document",
    }


def test_a_stale_proof_is_renewed_first(house: House) -> None:
    with house.signed_in() as browser:
        house.clock.move(minutes=10)
        before = house.rows(*TABLES)
        answer = browser.get("/do/own-data?language=es")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/es/confirm?next=%2Fes%2Fsettings%3Fopen%3Ddata"
        answer = browser.submit("/do/erase", language="en", sure="yes")
        assert answer.headers["location"] == "/en/confirm?next=%2Fen%2Fsettings%3Fopen%3Derasure"
        assert house.rows(*TABLES) == before


def test_strangers_sign_in_first(house: House, browser: Browser) -> None:
    house.customer()
    before = house.rows(*TABLES)
    assert "/en/sign-in?next=" in browser.get("/do/own-data").headers["location"]
    assert "/en/sign-in?next=" in browser.submit("/do/erase", sure="yes").headers["location"]
    assert house.rows(*TABLES) == before


def test_staff_has_no_such_data(house: House) -> None:
    with house.signed_in("staff@example.com", Role.REPRESENTATIVE) as staff:
        before = house.rows(*TABLES)
        for answer in (staff.get("/do/own-data"), staff.submit("/do/erase", sure="yes")):
            assert "refused=not_allowed" in answer.headers["location"]
    assert house.rows(*TABLES) == before


@both
def test_a_person_is_forgotten(house: House) -> None:
    with house.signed_in() as browser:
        before = browser.cookie
        answer = browser.submit("/do/erase", language="es", sure="yes")
        assert answer.headers["location"] == "/erased/es"
        assert answer.headers["clear-site-data"] == '"storage"'
        assert browser.cookie not in ("", before)
        page = browser.get("/erased/es")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        again = browser.submit("/do/erase", language="es", sure="yes")
        assert "/es/sign-in" in again.headers["location"]
    assert not house.actor(before).signed_in
    assert house.rows(WebSession, Site) == [[], []]
    assert "'Ada'" not in str(house.rows(Individual))
    refused = Browser().submit("/do/sign-in", login="ada@example.com", password="x" * 12)
    assert "refused=" in refused.headers["location"]


@pytest.mark.parametrize("sure", ["", "no", "x" * 3_000, "\0"])
def test_only_who_is_sure(house: House, sure: str) -> None:
    with house.signed_in() as browser:
        before = house.rows(*TABLES)
        answer = browser.submit("/do/erase", language="en", sure=sure)
        assert answer.headers["location"] == "/en/settings?open=erasure&refused=not_sure"
        assert "Tick the box" in browser.get(answer.headers["location"]).text
    assert house.rows(*TABLES) == before


async def test_not_with_an_order_under_way(house: House) -> None:
    with house.signed_in() as browser:
        assert browser.submit("/do/place-order", **house.ready(browser)).status_code == 303
        assert house.orders()
        before = house.rows(*TABLES)
        answer = browser.submit("/do/erase", language="en", sure="yes")
        assert answer.headers["location"] == "/en/settings?open=erasure&refused=order_under_way"
        cookie = browser.cookie
    assert house.rows(*TABLES) == before
    values = await settings_values(PageRequest.at("/en/settings", cookie))
    assert "under way" in values["no_erasure"]


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_another_site_cannot_do_it(house: House, origin: str | None) -> None:
    with house.signed_in() as browser:
        before = house.rows(*TABLES)
        assert browser.submit("/do/erase", origin=origin, sure="yes").status_code == 403
    assert house.rows(*TABLES) == before


@pytest.mark.parametrize(("method", "path"), [("GET", "/do/erase"), ("POST", "/do/own-data")])
def test_only_by_their_methods(house: House, browser: Browser, method: str, path: str) -> None:
    assert browser.request(method, path).status_code == 405
