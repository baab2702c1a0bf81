"""Passkeys over HTTP, with a device in software."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from self_service.models.access import OneTimeSecret, Passkey, WebSession
from self_service.models.audit import AuditEntry
from tests.house import HERE, PASSWORD, Browser, House
from tests.soft_key import PRESENT, SoftKey

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)


def send(browser: Browser, what: str, /, origin: str = HERE, **said: Any) -> Any:
    """Send what the script sends; returns the answer."""
    headers = {"origin": origin}
    return browser.post(f"/do/passkey/{what}", json={"language": "en", **said}, headers=headers)


def enrol(browser: Browser, key: SoftKey, name: str = "My phone") -> Any:
    offered = send(browser, "offer").json()
    credential = key.make(offered["options"])
    return send(browser, "add", ticket=offered["ticket"], credential=credential, name=name)


def prove(browser: Browser, key: SoftKey, what: str = "sign-in", **more: Any) -> Any:
    asked = send(browser, "ask").json()
    credential = key.prove(asked["options"])
    return send(browser, what, ticket=asked["ticket"], credential=credential, **more)


def refused(answer: Any) -> str:
    assert answer.status_code == 422
    assert answer.json()["message"]
    return answer.json()["refused"]


def rows(house: House, kind: type) -> list[Any]:
    with house.database.reading() as session:
        return list(session.exec(select(kind)))


@pytest.fixture
def key(house: House) -> SoftKey:
    """A device of Ada's, whose passkey is known."""
    made = SoftKey(HERE)
    with house.signed_in() as ada:
        assert enrol(ada, made).json() == {"to": "/en/security"}
        ada.submit("/do/sign-out")
    return made


@both
def test_a_passkey_signs_in_alone(house: House, browser: Browser, key: SoftKey) -> None:
    answer = prove(browser, key, next="/en/orders")
    assert answer.json() == {"to": "/en/orders"}
    assert house.actor(browser.cookie).name == "Ada"
    row = rows(house, Passkey)[0]
    assert (row.name, row.sign_count, row.last_used_at) == ("My phone", 1, house.clock())
    acts = [entry.act for entry in rows(house, AuditEntry)]
    assert "security.passkey_added" in acts
    assert acts[-1] == "signed_in"


def test_it_leads_only_to_pages_of_ours(house: House, browser: Browser, key: SoftKey) -> None:
    assert prove(browser, key, next="https://evil.example/").json() == {"to": "/en/home"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"flags": PRESENT},  # not verified: somebody found the device
        {"flags": 0},
    ],
    ids=["origin", "host", "not verified", "not present"],
)
def test_proofs_that_do_not_fit(
    house: House, browser: Browser, key: SoftKey, wrong: dict[str, Any]
) -> None:
    assert refused(prove(browser, replace(key, **wrong))) == "passkey_refused"
    assert rows(house, WebSession) == []
    assert rows(house, Passkey)[0].sign_count == 0


def test_the_key_of_another_device(house: House, browser: Browser, key: SoftKey) -> None:
    thief = SoftKey(HERE, id=key.id)
    assert refused(prove(browser, thief)) == "passkey_refused"
    assert refused(prove(browser, SoftKey(HERE))) == "passkey_refused"
    assert rows(house, WebSession) == []


def test_refused_passkeys_are_in_the_record_of_whose_they_claim_to_be(
    house: House, browser: Browser, key: SoftKey, caplog: pytest.LogCaptureFixture
) -> None:
    mine = rows(house, Passkey)[0].identity_id
    before = len(rows(house, AuditEntry))
    assert refused(prove(browser, SoftKey(HERE))) == "passkey_refused"
    assert len(rows(house, AuditEntry)) == before
    assert "proof refused: passkey_refused, account unknown" in caplog.messages
    assert refused(prove(browser, SoftKey(HERE, id=key.id))) == "passkey_refused"
    entry = max(rows(house, AuditEntry), key=lambda one: one.number)
    assert (entry.act, entry.actor_id, entry.role) == ("passkey_refused", mine, "visitor")
    assert f"proof refused: passkey_refused, account {mine}" in caplog.messages


def test_a_proof_works_once(house: House, browser: Browser, key: SoftKey) -> None:
    asked = send(browser, "ask").json()
    said = {"ticket": asked["ticket"], "credential": key.prove(asked["options"])}
    assert send(browser, "sign-in", **said).status_code == 200
    assert refused(send(browser, "sign-in", **said)) == "link_used_up"
    again = send(browser, "ask").json()  # an old proof for a new challenge
    assert refused(send(browser, "sign-in", **said | {"ticket": again["ticket"]})) == (
        "passkey_refused"
    )


def test_a_copied_device_is_noticed(house: House, browser: Browser, key: SoftKey) -> None:
    copy = replace(key)
    prove(browser, key)
    prove(browser, key)
    assert refused(prove(browser, copy)) == "passkey_refused"  # it counts from where it was copied


def test_a_challenge_ends_by_itself(house: House, browser: Browser, key: SoftKey) -> None:
    asked = send(browser, "ask").json()
    house.clock.move(minutes=11)
    credential = key.prove(asked["options"])
    answer = send(browser, "sign-in", ticket=asked["ticket"], credential=credential)
    assert refused(answer) == "link_used_up"


def test_a_passkey_is_a_fresh_proof(house: House, key: SoftKey) -> None:
    with Browser() as ada:
        ada.submit("/do/sign-in", login="ada@example.com", password=PASSWORD, language="en")
        house.clock.move(minutes=11)
        assert refused(send(ada, "offer")) == "confirmation_needed"
        before = ada.cookie
        assert prove(ada, key, "confirm", next="/en/security").status_code == 200
        assert ada.cookie != before
        assert not house.actor(before).signed_in
        assert send(ada, "offer").status_code == 200


def test_the_passkey_of_another_proves_nothing(house: House, key: SoftKey) -> None:
    with house.signed_in("eve@example.com") as eve:
        house.clock.move(minutes=11)
        before = eve.cookie
        assert refused(prove(eve, key, "confirm")) == "passkey_refused"
        assert eve.cookie == before
        assert refused(send(eve, "offer")) == "confirmation_needed"


def test_one_device_for_one_account(house: House, key: SoftKey) -> None:
    with house.signed_in("eve@example.com") as eve:
        assert refused(enrol(eve, key)) == "passkey_refused"
    assert len(rows(house, Passkey)) == 1


def test_the_offer_of_another(house: House) -> None:
    with house.signed_in() as ada, house.signed_in("eve@example.com") as eve:
        offered = send(ada, "offer").json()
        credential = SoftKey(HERE).make(offered["options"])
        said = {"ticket": offered["ticket"], "credential": credential}
        assert refused(send(eve, "add", **said)) == "passkey_refused"
    assert rows(house, Passkey) == []


def test_taking_it_away(house: House, browser: Browser, key: SoftKey) -> None:
    number = str(rows(house, Passkey)[0].id)
    with house.signed_in("eve@example.com") as eve:
        eve.submit("/do/passkey/remove", id=number, language="en")
        assert len(rows(house, Passkey)) == 1
    with Browser() as ada:
        prove(ada, key)
        house.clock.move(minutes=11)
        place = ada.submit("/do/passkey/remove", id=number, language="en").headers["location"]
        assert place == "/en/security?refused=confirmation_needed"
        prove(ada, key, "confirm")
        ada.submit("/do/passkey/remove", id=number, language="en")
    assert rows(house, Passkey) == []
    assert refused(prove(browser, key)) == "passkey_refused"


@pytest.mark.parametrize("name", ["ask", "sign-in", "confirm", "offer", "add", "remove"])
def test_other_sites_cannot_send_these(house: House, key: SoftKey, name: str) -> None:
    with house.signed_in("eve@example.com") as eve:
        assert send(eve, name, origin="https://evil.example").status_code == 403


@pytest.mark.parametrize("name", ["sign-in", "confirm", "offer", "add"])
@pytest.mark.parametrize(
    "said",
    [
        {},
        {"ticket": 5, "credential": []},
        {"ticket": "x" * 50_000, "credential": {}},
        {"credential": {"id": None, "response": "\0"}},
        {"credential": {"id": "a", "rawId": "a", "type": "public-key", "response": {}}},
        {"language": ["en"], "next": {"a": 1}},
    ],
)
def test_anything_may_be_sent(
    house: House, browser: Browser, name: str, said: dict[str, Any]
) -> None:
    browser.cookie = "nobody"
    assert send(browser, name, **said).status_code == 422
    assert rows(house, WebSession) == []
    assert rows(house, Passkey) == []


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b"{", b"[" * 60_000, b"\xff\xfe"])
def test_what_is_no_json(house: House, browser: Browser, body: bytes) -> None:
    headers = {"origin": HERE, "content-type": "application/json"}
    answer = browser.post("/do/passkey/sign-in", content=body, headers=headers)
    assert answer.status_code == 422


def test_tries_of_a_network_are_counted(house: House, browser: Browser) -> None:
    for _ in range(100):
        assert send(browser, "ask").status_code == 200
    assert refused(send(browser, "ask")) == "too_many_attempts"
    assert len(rows(house, OneTimeSecret)) == 100
