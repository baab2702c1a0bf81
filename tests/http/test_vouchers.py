"""Buying a voucher and exporting a batch, by plain requests."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pypdf
import pytest
from sqlmodel import select

from self_service.domain.vouchers import batches, codes
from self_service.domain.vouchers.redeeming import claim
from self_service.models.access import Role
from self_service.models.audit import AuditEntry
from self_service.models.ledger import LedgerEntry
from self_service.models.payments import Payment, PaymentPurpose
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherSale
from self_service.wiring import vault
from tests import books
from tests.conftest import NOW
from tests.house import Browser, House
from tests.voucher_shop import administrator, customer, wish

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)


def form(**changes: str) -> dict[str, str]:
    given = {"language": "en", "once": str(uuid4()), "value": "1000", "for": "self", "way": "card"}
    return {**given, **changes}


def all_rows(house: House) -> list[Any]:
    return house.rows(VoucherBatch, Voucher, VoucherSale, Payment, LedgerEntry)


@both
def test_buying_leads_to_the_provider_and_comes_back(house: House) -> None:
    said = form()
    with house.signed_in() as browser:
        answer = browser.submit("/do/buy-voucher", **said)
        again = browser.submit("/do/buy-voucher", **said)
    assert answer.status_code == again.status_code == 303
    assert answer.headers["location"] == again.headers["location"]
    assert "/sandbox/pay" in answer.headers["location"]
    (payment,) = house.payments()
    assert (payment.purpose, payment.amount_minor) == (PaymentPurpose.VOUCHER, 1_000)
    assert payment.back_path == "/en/vouchers"
    sales = house.change(lambda session: session.exec(select(VoucherSale)).all())
    assert [sale.payment_id for sale in sales] == [payment.id]


@pytest.mark.parametrize(
    ("changes", "refused", "at"),
    [
        ({"value": "999"}, "voucher_not_sold", "value"),
        ({"value": ""}, "voucher_not_sold", "value"),
        ({"value": "9" * 400}, "voucher_not_sold", "value"),
        ({"value": "-1000"}, "voucher_not_sold", "value"),
        ({"once": "nothing"}, "not_found", ""),
        ({"for": "gift"}, "invalid", "email"),
        (
            {"for": "gift", "email": "bo@example.com", "greeting": "evil.example"},
            "invalid",
            "greeting",
        ),
        ({"way": str(uuid4().int)}, "", ""),
    ],
    ids=["value", "none", "endless", "minus", "once", "email", "greeting", "way"],
)
def test_what_is_refused_buys_nothing(
    house: House, changes: dict[str, str], refused: str, at: str
) -> None:
    with house.signed_in() as browser:
        before = all_rows(house)
        answer = browser.submit("/do/buy-voucher", **form(**changes))
        if not refused:  # an unknown way is the provider's screen
            assert "/sandbox/pay" in answer.headers["location"]
            return
        page = browser.get(answer.headers["location"])
    found = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (found["refused"], found.get("at", [""])) == ([refused], [at])
    assert all_rows(house) == before
    assert page.status_code == 200


def test_a_refused_form_comes_back_as_it_was_filled_in(house: House) -> None:
    typed = {"for": "gift", "email": "bo@example,com", "greeting": 'Für "Bo" <3 see evil.example'}
    with house.signed_in() as browser, house.signed_in("eve@example.com") as eve:
        to = browser.submit("/do/buy-voucher", **form(**typed, value="5000")).headers["location"]
        page, hers = browser.get(to).text, eve.get(to).text
        house.clock.move(minutes=61)
        later = browser.get(to).text
    assert not any(said in to for said in ("bo@", "bo%40", "evil.example", "F%C3%BCr"))
    assert "bo@example,com" in page
    assert "F\u00fcr &#34;Bo&#34; &lt;3 see evil.example" in page
    fields = re.findall(r"<input[^>]*>", page)
    checked = {one for field in fields if " checked" in field for one in field.split()}
    assert {'value="gift"', 'value="5000"'} <= checked
    assert "Leave web and e-mail addresses out" in page
    for other in (hers, later):  # nobody fills in another's form by a link
        assert "bo@example,com" not in other
        assert "evil.example" not in other


def test_who_is_not_signed_in_signs_in_first(house: House) -> None:
    with Browser() as browser:
        answer = browser.submit("/do/buy-voucher", **form())
    assert answer.headers["location"].startswith("/en/sign-in?next=")
    assert house.payments() == []


def test_other_sites_cannot_make_a_browser_buy_or_export(house: House) -> None:
    with house.signed_in() as browser:
        for path in ("/do/buy-voucher", "/do/voucher-export"):
            assert browser.submit(path, origin="https://evil.example", **form()).status_code == 403
    assert house.payments() == []


@pytest.fixture
def number(house: House) -> str:
    """A batch of twelve printed vouchers."""
    boss = administrator(NOW)
    return house.change(batches.create, boss, wish(NOW, count=12), vault=vault(), now=NOW)


def export(browser: Browser, number: str, kind: str = "csv") -> Any:
    return browser.submit("/do/voucher-export", language="en", batch=number, form=kind)


@both
def test_a_table_whose_codes_can_be_redeemed(house: House, number: str) -> None:
    with house.signed_in("ines@example.com", Role.ADMINISTRATOR) as browser:
        answer = export(browser, number)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(found) == 12
    assert found[0] == {
        "serial": f"{number}-000001",
        "code": found[0]["code"],
        "value": "10.00",
        "currency": "EUR",
        "last_day": "2027-11-21",
    }
    with house.database.writing() as session:
        who = customer(session, NOW).customer()
        typed = codes.fingerprints(vault(), found[-1]["code"])
        assert claim(session, typed, who, "EUR", NOW).amount.minor == 1_000
        session.rollback()
    acts = house.change(lambda session: session.exec(select(AuditEntry.act)).all())
    assert acts.count("vouchers.export") == 1


def test_sheets_of_cards(house: House, number: str) -> None:
    with house.signed_in("ines@example.com", Role.ADMINISTRATOR) as browser:
        table = export(browser, number)
        answer = export(browser, number, "pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 2
    text = "".join(page.extract_text() for page in pages)
    for row in csv.DictReader(io.StringIO(table.text)):
        assert row["code"] in text
        assert row["serial"] in text


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.DEALER, Role.REPRESENTATIVE])
@pytest.mark.parametrize("kind", ["csv", "pdf"])
def test_only_administrators_export(house: House, number: str, role: Role, kind: str) -> None:
    before = house.rows(VoucherBatch, AuditEntry)
    with house.signed_in("bo@example.com", role) as browser:
        answer = export(browser, number, kind)
    assert answer.headers["location"].endswith("refused=not_allowed")
    assert house.rows(VoucherBatch, AuditEntry)[0] == before[0]


def test_an_old_proof_is_asked_for_again_before_an_export(house: House, number: str) -> None:
    with house.signed_in("ines@example.com", Role.ADMINISTRATOR) as browser:
        house.clock.move(minutes=11)
        answer = export(browser, number)
    assert answer.headers["location"].startswith("/en/confirm?next=")
    (batch,) = house.change(lambda session: session.exec(select(VoucherBatch)).all())
    assert batch.exports == 0
    with house.database.reading() as session:
        books.proven(session)


def test_a_batch_that_is_too_large_for_sheets_is_not_counted(
    house: House, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("self_service.domain.vouchers.exporting.SHEET_MOST", 11)
    with house.signed_in("ines@example.com", Role.ADMINISTRATOR) as browser:
        answer = export(browser, number, "pdf")
        page = browser.get(answer.headers["location"])
    assert "Use the CSV file" in page.text
    (batch,) = house.change(lambda session: session.exec(select(VoucherBatch)).all())
    assert batch.exports == 0
