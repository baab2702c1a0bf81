"""How long a bill takes to be typeset, beside an empty page of the same typesetter.

A bill is what a household gets: two subscriptions with some ten lines, a discount, usage, two rates
of tax, a QR code. Each of the fifty differs, so nothing is answered from the typesetter's memory. A
company's bill holds its e-invoice besides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import segno
import typst

from bench.figures import Goal, Row, Section, Spread
from self_service.adapters.facturx_invoices import FacturxInvoices
from self_service.adapters.typst_documents import FOLDER, STANDARDS, TypstDocuments
from self_service.documents.bill import BillData, PaperGroup, PaperLine, PaperPay, PaperTax
from self_service.documents.contract_summary import Fact, Operator
from self_service.ports import Attachment, DocumentRequest

#: Bills that are typeset, and the goal in milliseconds at the median.
BILLS, LIMIT = 50, 70.0
_EMPTY = b'#set document(title: "Empty")\n#set text(lang: "en", font: "Noto Sans")\n~'


def measure(*, quick: bool = False) -> list[Section]:
    """Typeset bills, and empty pages in between."""
    count = 10 if quick else BILLS
    documents, invoices = TypstDocuments(), FacturxInvoices()
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"]
    )

    def bill(number: int) -> bytes:
        return documents.render(DocumentRequest("bill", "en", _bill(number).as_json()))

    def company(number: int) -> bytes:
        inside = Attachment(invoices.name, invoices.write(_invoice(number)))
        request = DocumentRequest("bill", "en", _bill(number).as_json(), inside)
        return invoices.mark(documents.render(request))

    def empty(number: int) -> bytes:
        compiler = typst.Compiler(_EMPTY, font_paths=fonts, ignore_system_fonts=True)
        made = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=number)
        assert isinstance(made, bytes)
        return made

    spent = _timed((bill, company, empty), count)
    goal, floor = Goal(LIMIT), Spread.of(spent[2])
    return [
        Section(
            "Bills as PDF",
            [
                Row("a bill", "ms", Spread.of(spent[0]), floor, goal=goal),
                Row("a bill with its e-invoice", "ms", Spread.of(spent[1]), floor, goal=goal),
            ],
            (f"{count} bills of 11 lines; the floor is an empty page, in turn with them.",),
        )
    ]


def _timed(works: tuple[Callable[[int], bytes], ...], count: int) -> list[list[float]]:
    """Return the milliseconds of each work, done in turn; the first of each only warms up."""
    spent: list[list[float]] = [[] for _ in works]
    for number in range(count + 1):
        for work, times in zip(works, spent, strict=True):
            start = time.perf_counter()
            work(number)
            times.append((time.perf_counter() - start) * 1000)
    return [times[1:] for times in spent]


def _invoice(number: int) -> dict[str, Any]:
    """Make the e-invoice of a company, by its business terms."""
    day = date(2026, 11, 21)
    party = {"name": "Company", "country_code": "DE", "vat_identifier": "DE123456788"}
    line = {"BT-129": "1", "BT-130": "C62", "BT-131": "16.80", "BT-146": "16.80"}
    tax = {"BT-116": "184.80", "BT-117": "35.11", "BT-118": "S", "BT-119": "19.00"}
    return {
        **{"BT-1": f"A{number}", "BT-2": day, "BT-3": "380", "BT-5": "EUR", "BT-72": day},
        **{"BT-106": "184.80", "BT-109": "184.80", "BT-110": "35.11"},
        **{"BT-112": "219.91", "BT-113": "0.00", "BT-115": "219.91"},
        "BG-4": party,
        "BG-7": party,
        "BG-23": [tax],
        "BG-25": [
            {**line, "BT-126": str(n), "BT-151": "S", "BT-152": "19.00", "BT-153": f"Service {n}"}
            for n in range(1, 12)
        ],
    }


def _bill(number: int) -> BillData:
    """Make the bill of a household; no two are the same."""
    line = PaperLine("Unlimited calls", "1 Nov 2026 to 30 Nov 2026", "19 %", "€16.80", "€19.99")
    lines = tuple(replace(line, name=f"Service {number}-{place}") for place in range(8))
    calls = replace(line, name=f"Calls abroad {number}", rate="7 %")
    link = f"https://my.operator.example/en/bills/A{number:09d}-0001"
    return BillData(
        language="en",
        direction="ltr",
        title=f"Bill A{number:09d}-0001",
        operator=Operator("Tidewell Telecom GmbH", ("Kaistraße 1", "25999 Tidewell")),
        issued_at=datetime(2026, 11, 21, tzinfo=UTC),
        receiver=("Ada Quell", "Lindenweg 4", "10115 Berlin"),
        facts=tuple(Fact(f"Fact {place}", f"{number}-{place}") for place in range(6)),
        columns=PaperLine("Item", "", "VAT", "Net", "Total"),
        groups=(
            PaperGroup(f"Current L · +49 171 {number}", (*lines, calls), "€179.91"),
            PaperGroup(f"Fibre {number}", (line, replace(line, name="Discount")), "€19.99"),
        ),
        tax_heading="Value added tax",
        tax_columns=PaperTax("VAT", "Net", "Tax", "Total"),
        taxes=(PaperTax("19 %", "€168.00", "€31.91", "€199.91"), PaperTax("7 %", "1", "2", "3")),
        totals=(Fact("Net", "€168.00"), Fact("VAT", "€31.91"), Fact("To pay", f"€199.{number}")),
        pay=PaperPay(
            "How to pay",
            (f"Please pay €199.{number} by 5 December 2026.",),
            (Fact("Payment reference", f"A{number:09d}-0001"),),
            link,
            segno.make(link, error="m", micro=False).svg_inline(border=0),
            "The same address as a picture",
        ),
        notes=(),
        pages="Page {page} of {pages}",
    )
