"""The files of a bill, as a browser gets them: made once, the same ever after."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import facturx
import pytest
import saxonche
from pypdf import PdfReader
from sqlmodel import Session, select

from self_service import brand
from self_service.adapters.facturx_invoices import FacturxInvoices
from self_service.domain.bills import document, e_invoice
from self_service.domain.bills.e_invoice import NoEInvoice, Seller
from self_service.models.access import DigitalIdentity
from self_service.models.bills import BillingAccount, ChargeKind, CustomerBill, TaxCategory
from self_service.models.documents import Document
from self_service.models.people import Customer, Individual
from self_service.ports import DocumentRequest
from self_service.state import bill_paper
from tests.bills_view import Charged, person, write_bill
from tests.books import make_account
from tests.conftest import NOW
from tests.house import Browser, House

SELLER = Seller("Tidewell", "Kai 1", "25999", "Tidewell", "DE", "DE123456788", iban="")
MIXED = (
    Charged("Plan <b>*x*</b> #panic()"),
    Charged("Half price", -500, -95, ChargeKind.DISCOUNT),
    Charged("Magazine", 500, 35, ChargeKind.ONE_TIME, bp=700),
)
REVERSED = Charged(tax=0, bp=0, category=TaxCategory.REVERSE_CHARGE)


def billed(
    session: Session, whose: Customer, *lines: Charged, **account: Any
) -> tuple[BillingAccount, CustomerBill]:
    found = make_account(session, now=NOW, customer=whose)
    for name, value in account.items():
        setattr(found, name, value)
    return found, write_bill(session, found, *(lines or MIXED), now=NOW)


def bill_for(house: House, browser: Browser, *lines: Charged, **account: Any) -> str:
    """Write a bill for who is signed in; returns its number."""
    with house.database.writing() as session:
        identity = session.exec(
            select(DigitalIdentity).where(DigitalIdentity.id == _who(house, browser))
        ).one()
        whose = session.get_one(Customer, identity.customer_id)
        return billed(session, whose, *lines, **account)[1].number


def _who(house: House, browser: Browser) -> Any:
    return house.actor(browser.cookie).identity_id


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def test_the_document_is_made_once_and_the_same_ever_after(house: House) -> None:
    with house.signed_in() as ada:
        number = bill_for(house, ada)
        first = ada.get(f"/bill-files/{number}.pdf")
        house.clock.move(minutes=20)
        again = ada.get(f"/bill-files/{number}.pdf")
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.headers["cache-control"] == "private, no-store"
    assert first.content == again.content
    assert len(house.rows(Document)[0]) == 1


def test_it_says_what_the_bill_says(house: House) -> None:
    with house.signed_in() as ada:
        number = bill_for(house, ada)
        content = ada.get(f"/bill-files/{number}.pdf").content
    said, reader = words(content), read(content)
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    wanted = [f"Bill {number}", "Tidewell Telecom GmbH", "Plan <b>*x*</b> #panic()", "19 %", "7 %"]
    wanted += ["€11.30", "5 Dec 2026", "Page 1 of 1", f"http://localhost:3000/en/bills/{number}"]
    assert [one for one in wanted if one not in said] == []
    assert (root["/MarkInfo"]["/Marked"].value, root["/Lang"]) == (True, "en")
    assert reader.metadata.title == f"Bill {number}"
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert not reader.attachments


def test_many_lines_go_on_with_their_head_repeated(house: House) -> None:
    with house.signed_in() as ada:
        number = bill_for(house, ada, *(Charged(f"Line {n:03d}", 100, 19) for n in range(90)))
        content = ada.get(f"/bill-files/{number}.pdf").content
    pages = [page.extract_text() for page in read(content).pages]
    assert len(pages) >= 2
    assert all(f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))
    assert pages[1].count("Item") == 1
    assert all(f"Line {n:03d}" in " ".join(pages) for n in range(90))


def test_arabic_runs_from_right_to_left(house: House) -> None:
    with house.signed_in() as ada:
        number = bill_for(house, ada)
        with house.database.writing() as session:
            identity = session.get_one(DigitalIdentity, _who(house, ada))
            session.get_one(Individual, identity.individual_id).language = "ar"
        content = ada.get(f"/bill-files/{number}.pdf").content
    assert read(content).trailer["/Root"]["/Lang"] == "ar"
    starts: dict[str, float] = {}
    read(content).pages[0].extract_text(
        visitor_text=lambda text, matrix, *rest: starts.setdefault(text.strip(), matrix[4])
    )
    sender = next(at for text, at in starts.items() if text.startswith("Tidewell"))
    assert sender < 200  # the sender stands at the end: on the left


@pytest.mark.parametrize("kind", ["pdf", "csv", "xml"])
def test_strangers_get_no_file(house: House, kind: str) -> None:
    with house.signed_in() as ada, house.signed_in("eve@example.com") as eve, Browser() as nobody:
        number = bill_for(house, ada, e_invoice=True, tax_number="DE987654321")
        answers = [
            browser.get(f"/bill-files/{wanted}.{kind}")
            for browser in (eve, nobody)
            for wanted in (number, "A1-0001", "%00", "x" * 300)
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert house.rows(Document) == [[]]


def test_the_table_of_lines(house: House) -> None:
    with house.signed_in() as ada:
        answer = ada.get(f"/bill-files/{bill_for(house, ada)}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(answer.text.split("\r\n")) == 5


def test_two_at_once_keep_one(house: House) -> None:
    with house.database.writing() as session:
        bill_id = billed(session, person(session, now=NOW))[1].id

    def keep(number: int) -> bytes:
        with house.database.writing() as session:
            content = f"file {number}".encode()
            return document.keep(session, bill_id, content=content, name="x", now=NOW).content

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(keep, range(16)))) == 1
    assert len(house.rows(Document)[0]) == 1


def test_a_company_gets_its_e_invoice_inside_the_document(house: House) -> None:
    with house.signed_in() as ada:
        number = bill_for(house, ada, e_invoice=True, tax_number="DE987654321")
        content = ada.get(f"/bill-files/{number}.pdf").content
        xml = ada.get(f"/bill-files/{number}.xml")
    root = read(content).trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert list(read(content).attachments) == ["factur-x.xml"]
    assert (xml.status_code, xml.content) == (200, read(content).attachments["factur-x.xml"][0])
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Alternative"
    for said in (
        "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
        "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ):
        assert said in xmp
    assert xmp.count("pdfaExtension:schemas>") == 2
    assert root["/MarkInfo"]["/Marked"].value is True
    said = words(content)
    assert [said.count(date) for date in ("22 Oct 2026", "20 Nov 2026")] == [4, 4]
    days = re.findall(r'format="102">(\d+)<', xml.text)
    assert (days.count("20261022"), days.count("20261120")) == (4, 5)
    assert failed(xml.text) == []


def test_what_typst_wrote_stays_when_it_is_marked() -> None:
    invoices = FacturxInvoices()
    plain = bill_paper.documents().render(DocumentRequest("bill", "en", _data(), None))
    assert invoices.mark(plain).startswith(plain)
    assert invoices.mark(plain) == invoices.mark(plain)
    strict = PdfReader(io.BytesIO(invoices.mark(plain)), strict=True)
    first = PdfReader(io.BytesIO(plain), strict=True)
    for name in ("/Size", "/Root", "/Info", "/ID"):
        assert str(strict.trailer.raw_get(name))[:24] == str(first.trailer.raw_get(name))[:24]
    assert [page.extract_text() for page in strict.pages] == [
        page.extract_text() for page in first.pages
    ]
    assert b"urn:factur-x" in strict.root_object["/Metadata"].get_data()
    with pytest.raises(RuntimeError, match="changed the form"):
        invoices.mark(b"%PDF-2.0\n%%EOF")
    assert invoices.inside(plain) is None


def _data() -> dict[str, Any]:
    fact = {"label": "Sum", "value": "1"}
    row = {"name": "Item", "note": "", "rate": "", "net": "", "gross": ""}
    tax = {"rate": "", "net": "", "tax": "", "gross": ""}
    pay = {"heading": "", "sentences": [], "facts": [], "link": "", "picture": ""}
    return {
        "dir": "ltr",
        "timestamp": 1,
        "title": "Bill 1",
        "operator": {"name": "T", "contact": [], "accent": "#000000"},
        "receiver": ["Ada"],
        "facts": [fact],
        "columns": row,
        "groups": [{"name": "", "lines": [row], "total": ""}],
        "tax_heading": "Tax",
        "tax_columns": tax,
        "taxes": [],
        "totals": [fact],
        "pay": {**pay, "picture_text": ""},
        "notes": [],
        "pages": "{page}/{pages}",
    }


def test_without_a_tax_number_of_ours_there_is_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brand.Company, "vat", "", raising=False)
    with house.signed_in() as ada:
        number = bill_for(house, ada, REVERSED, e_invoice=True)  # and none of theirs
        answers = [ada.get(f"/bill-files/{number}.{kind}") for kind in ("pdf", "xml")]
    assert [(one.status_code, one.text) for one in answers] == [(404, NoEInvoice.message)] * 2
    assert house.rows(Document) == [[]]


def test_who_asked_for_none_has_none(house: House) -> None:
    with house.signed_in() as ada:
        answer = ada.get(f"/bill-files/{bill_for(house, ada)}.xml")
    assert (answer.status_code, answer.text) == (404, NoEInvoice.message)


# The rules of EN 16931, run on what we write.


@cache
def _rules() -> tuple[saxonche.PySaxonProcessor, Any]:
    processor = saxonche.PySaxonProcessor(license=False)
    folder = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
    compiler = processor.new_xslt30_processor()
    sheet = str(folder / "FACTUR-X_EN16931.xslt")
    return processor, compiler.compile_stylesheet(stylesheet_file=sheet)


def failed(xml: str) -> list[str]:
    """The rules that an invoice breaks."""
    processor, rules = _rules()
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml))
    assert "svrl:fired-rule" in report
    return re.findall(r'<svrl:failed-assert[^>]*?id="([^"]+)"', report) + (
        ["unnamed"] if "<svrl:failed-assert" in report and 'id="' not in report else []
    )


def written(session: Session, *lines: Charged, credit: bool = False, **account: Any) -> dict:
    values = {"tax_number": "DE987654321", "e_invoice": True, **account}
    mine, bill = billed(session, person(session, now=NOW, name="Pine GmbH"), *lines, **values)
    if credit:
        bill = write_bill(
            session, mine, Charged(net=-1_000, tax=-190), now=NOW + timedelta(days=1), credits=bill
        )
    return e_invoice.invoice(session, bill, SELLER)


@pytest.mark.parametrize(
    ("lines", "more"),
    [
        ((Charged(),), {}),
        (MIXED, {"buyer_reference": "PO 7"}),
        ((REVERSED,), {}),
        ((Charged(), Charged("Book", 500, 35, bp=700), Charged("Post", 100, 0, bp=0,
          category=TaxCategory.EXEMPT)), {}),
        ((Charged("Free", 0, 0, bp=0, category=TaxCategory.ZERO),), {}),
        (tuple(Charged(f"Call {n}", 8, 2) for n in range(40)), {}),
        ((Charged(),), {"credit": True}),
    ],
    ids=["normal", "rates", "reverse charge", "exempt", "zero", "rounding", "credit note"],
)  # fmt: skip
def test_no_rule_is_broken(
    session: Session, lines: tuple[Charged, ...], more: dict[str, Any]
) -> None:
    assert failed(FacturxInvoices().write(written(session, *lines, **more))) == []


def test_a_credit_note_names_its_bill_and_has_positive_sums(session: Session) -> None:
    made = written(session, Charged(), credit=True)
    assert (made["BT-3"], made["BT-112"], made["BT-115"]) == ("381", "11.90", "11.90")
    assert made["BG-3"][0]["BT-25"].endswith("-0001")


def test_a_wrong_tax_total_is_caught(session: Session) -> None:
    made = written(session, Charged())
    made["BT-110"] = "9.99"
    assert "BR-CO-14" in " ".join(failed(FacturxInvoices().write(made)))


def test_three_decimals_cannot_be_said(session: Session) -> None:
    kuwait = make_account(session, now=NOW, customer=person(session, now=NOW), currency="KWD")
    bill = write_bill(session, kuwait, Charged(), now=NOW)
    with pytest.raises(NoEInvoice):
        e_invoice.invoice(session, bill, SELLER)
