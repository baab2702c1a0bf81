"""Other web sites sell vouchers: what they send, and what they get."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet
from sqlmodel import select

from self_service.domain.vouchers import codes, partners
from self_service.models.ledger import LedgerEntry
from self_service.models.vouchers import Voucher, VoucherSale
from self_service.wiring import vault
from tests import books
from tests.conftest import NOW
from tests.house import Browser, House
from tests.voucher_shop import administrator

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
WISH = {"value": "25", "currency": "EUR"}


@pytest.fixture
def key(house: House) -> str:
    """The key of a partner."""
    with house.database.writing() as session:
        return partners.add(session, administrator(NOW), "Kiosk", vault=vault(), now=NOW)


def ask(
    browser: Browser, key: str, wish: object = WISH, number: str = "sale-1", **more: Any
) -> Any:
    """Ask for a voucher as another web site's server does."""
    headers = {"authorization": f"Bearer {key}", "idempotency-key": number, **more}
    body = wish if isinstance(wish, (str, bytes)) else json.dumps(wish)
    return browser.post("/api/vouchers", content=body, headers=headers)


def sold(house: House) -> list[Any]:
    return house.rows(Voucher, VoucherSale, LedgerEntry)


@both
def test_a_sale_with_a_receipt_that_anybody_can_check(house: House, key: str) -> None:
    with Browser() as browser:
        answer = ask(browser, key)
        again = ask(browser, key, {"currency": "EUR", "value": "25.00"})
        keys = browser.get("/api/vouchers/key").json()
    assert (answer.status_code, again.status_code) == (201, 201)
    assert answer.json() == again.json()
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    said = answer.json()
    assert codes.grouped(codes.read(said["code"])) == said["code"]
    assert (said["value"], said["currency"]) == ("25.00", "EUR")

    receipt = jws.deserialize_compact(
        said["receipt"], KeySet.import_key_set(keys), algorithms=["Ed25519"]
    )
    told = json.loads(receipt.payload)
    assert (told["aud"], told["jti"], told["serial"]) == ("Kiosk", "sale-1", said["serial"])
    assert said["code"] not in str(told)
    head, body, signature = said["receipt"].split(".")
    forged = base64.urlsafe_b64encode(receipt.payload.replace(b"25.00", b"99.00"))
    with pytest.raises(Exception, match="bad_signature"):
        jws.deserialize_compact(
            f"{head}.{forged.rstrip(b'=').decode()}.{signature}",
            KeySet.import_key_set(keys),
            algorithms=["Ed25519"],
        )
    assert body
    with house.database.reading() as session:
        books.proven(session)


@both
def test_refusals_sell_nothing(house: House, key: str) -> None:
    with Browser() as browser:
        ask(browser, key)
        before = sold(house)
        found = {
            "reused": ask(browser, key, {**WISH, "value": "10"}),
            "unknown": ask(browser, "vp_guess", number="2"),
            "no key": browser.post("/api/vouchers", json=WISH),
            "long key": ask(browser, "x" * 5_000, number="2"),
            "no number": ask(browser, key, number=""),
            "long number": ask(browser, key, number="x" * 81),
            "value": ask(browser, key, {**WISH, "value": "24"}, "2"),
            "number": ask(browser, key, {**WISH, "value": 25}, "2"),
            "currency": ask(browser, key, {**WISH, "currency": "USD"}, "2"),
            "receiver": ask(browser, key, {**WISH, "receiver": "nobody"}, "2"),
            "other": ask(browser, key, {**WISH, "amount": "25"}, "2"),
            "text": ask(browser, key, "value=25", "2"),
            "list": ask(browser, key, "[]", "2"),
            "deep": ask(browser, key, "[" * 3_000, "2"),
            "nul": ask(browser, key, {**WISH, "receiver": "a\0@b.example"}, "2"),
            "half": ask(browser, key, '{"value": "25", "currency": "\\ud800"}', "2"),
            "bytes": ask(browser, key, b"\xff\xfe", "2"),
        }
    assert {name: answer.status_code for name, answer in found.items()} == {
        "reused": 409,
        "unknown": 401,
        "no key": 401,
        "long key": 401,
        "no number": 400,
        "long number": 400,
        "value": 422,
        "number": 400,
        "currency": 422,
        "receiver": 422,
        "other": 400,
        "text": 400,
        "list": 400,
        "deep": 400,
        "nul": 400,
        "half": 400,
        "bytes": 400,
    }
    for answer in found.values():
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].startswith("urn:self-service:")
        assert "{" not in answer.json()["title"]
    assert found["receiver"].json()["errors"].keys() == {"receiver"}
    assert found["unknown"].headers["www-authenticate"] == "Bearer"
    assert sold(house) == before


def test_a_gift_goes_out_by_mail(house: House, key: str) -> None:
    with Browser() as browser:
        answer = ask(browser, key, {**WISH, "receiver": "bo@example.com", "language": "es"})
    assert answer.status_code == 201
    (sale,) = house.change(lambda session: session.exec(select(VoucherSale)).all())
    assert (sale.receiver, sale.language, sale.customer_id) == ("bo@example.com", "es", None)


def test_the_key_is_never_read_from_a_cookie(house: House, key: str) -> None:
    with house.signed_in() as browser:
        answer = browser.post("/api/vouchers", json=WISH, headers={"idempotency-key": "1"})
    assert answer.status_code == 401
