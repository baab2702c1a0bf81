"""The contract summary as a file: one page, accessible, archivable, and deaf to hostile text."""

from __future__ import annotations

import io
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from self_service.adapters.typst_documents import TypstDocuments
from self_service.documents.contract_summary import (
    ContractSummaryData,
    Discount,
    Fact,
    Operator,
    OrderLine,
    Price,
    Section,
)
from self_service.ports import DocumentPort, DocumentRequest

WORDS = "You may end the contract at one month's notice, by letter, mail or on our site. "
HOSTILE = r'#panic("x") *bold* $x$ \\ <script> #sys.inputs @ref // /* `raw` ---'


@pytest.fixture(scope="module")
def documents() -> DocumentPort:
    return TypstDocuments()


def order(lines: int) -> Price:
    note = "14,95 € until 20 February 2027, then 29,90 €"
    return Price(
        heading="Price",
        columns=OrderLine("Item", "Quantity", "Due now", "Each month"),
        lines=tuple(
            OrderLine(f"Fibre 500, line {number}", "1", "49,90 €", "29,90 €", note)
            for number in range(lines)
        ),
        total=OrderLine("Total", str(lines), "399,20 €", "239,20 €"),
        due_now=Fact("Due now", "399,20 €"),
        monthly=Fact("Each month", "239,20 €"),
        whole_term=Fact("Over 24 months", "6.139,70 €"),
        discounts=(Discount("Half price", "14,95 €", "until 20 February 2027", "then 29,90 €"),),
        notes=("Prices include 19 % VAT.",),
    )


def summary(lines: int = 8) -> ContractSummaryData:
    return ContractSummaryData(
        language="en",
        direction="ltr",
        title="Contract summary",
        service="Fibre 500 with TV Plus",
        operator=Operator("Northlight Telecom", ("Harbour Street 12, Hamburg", "+49 40 123456")),
        issued_at=datetime(2026, 11, 21, 12, tzinfo=UTC),
        issued_on=Fact("Date", "21 November 2026"),
        reference=Fact("Order", "NL-4711"),
        introduction="The main elements of this offer, as EU law requires. " * 3,
        services=Section("Services and equipment", (WORDS * 3,)),
        speeds=Section("Speeds", (WORDS * 2,), (Fact("Download", "500 Mbit/s"),) * 6),
        price=order(lines),
        duration=Section("Duration, renewal and termination", (WORDS * 4,)),
        accessibility=Section("Features for end users with disabilities", (WORDS * 2,)),
        other=Section("Other relevant information", (WORDS * 2,)),
    )


def arabic() -> ContractSummaryData:
    return replace(
        summary(),
        language="ar",
        direction="rtl",
        title="ملخص العقد",
        service="ألياف 500",
        operator=Operator("نورث لايت", ("شارع الميناء 12، دبي", "+971 4 123 4567")),
        duration=Section("المدة", ("اتصل بنا على \u2066+971 4 123 4567\u2069 في أي وقت.",)),
    )


def render(documents: DocumentPort, data: ContractSummaryData) -> bytes:
    return documents.render(DocumentRequest("contract_summary", data.language, data.as_json()))


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """The text with every run of white space as one space: lines may break anywhere."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


@pytest.mark.parametrize("lines", [1, 8])
def test_a_single_service_fits_one_a4_page(documents, lines):
    pages = read(render(documents, summary(lines))).pages
    assert len(pages) == 1
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]


def test_a_bundle_of_thirty_lines_fits_three_pages_and_loses_nothing(documents):
    pdf = render(documents, summary(30))
    assert 1 < len(read(pdf).pages) <= 3
    assert all(f"line {number}" in text_of(pdf) for number in range(30))


def test_every_word_of_the_data_is_on_the_page(documents):
    data = summary(2)
    shown = text_of(render(documents, data))
    facts = (data.issued_on, data.reference, data.price.due_now, data.price.whole_term)
    discount = data.price.discounts[0]
    wanted = [data.title, data.service, data.operator.name, *data.operator.contact]
    wanted += [part for fact in facts for part in (fact.label, fact.value)]
    wanted += [discount.name, discount.price, discount.until, discount.later]
    wanted += [data.price.lines[0].note, *data.price.notes]
    assert [words for words in wanted if words not in shown] == []
    sections = ["Services", "Speeds", "Price", "Duration", "Features", "Other"]
    places = [shown.index(name) for name in sections]
    assert places == sorted(places)


def test_headings_without_content_are_left_out(documents):
    shown = text_of(render(documents, replace(summary(), speeds=None, other=None)))
    assert [name for name in ("Speeds", "Duration", "Other relevant") if name in shown] == [
        "Duration"
    ]


def test_it_is_tagged_archivable_and_named(documents):
    reader = read(render(documents, replace(summary(), language="pt-BR")))
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "pt-BR"
    assert reader.metadata.title == "Contract summary – Fibre 500 with TV Plus"
    assert re.search(r"<pdfaid:part>3</pdfaid:part>", xmp)
    assert re.search(r"<pdfaid:conformance>A</pdfaid:conformance>", xmp)
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", xmp)


def test_the_same_data_gives_the_same_bytes_and_other_data_others(documents):
    first = render(documents, summary())
    assert render(TypstDocuments(), summary()) == first
    later = replace(summary(), issued_at=datetime(2026, 11, 22, tzinfo=UTC))
    assert render(documents, later) != first


def test_markup_in_the_data_comes_out_as_it_was_written(documents):
    data = summary(1)
    price = replace(data.price, lines=(OrderLine(HOSTILE, HOSTILE, "1", "2", HOSTILE),))
    data = replace(
        data,
        title=HOSTILE,
        operator=Operator(HOSTILE, (HOSTILE,)),
        services=Section(HOSTILE, (HOSTILE,), (Fact(HOSTILE, HOSTILE),)),
        price=price,
    )
    pdf = render(documents, data)
    assert read(pdf).metadata.title.startswith(HOSTILE)
    assert text_of(pdf).replace(" ", "").count(HOSTILE.replace(" ", "")) >= 6


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("李 Wei", "\ufffd Wei"),
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("a\u202eb\u202cc", "abc"),  # an override would turn the text after it around
        ("a\ud800b", "a\ufffdb"),
        ("a\tb\nc\u2028d", "a b c d"),
        ("Jose\u0301 €", "José €"),
        ("Żółć Ðorđe Ngữ Ελλάς Київ ₹ −5", "Żółć Ðorđe Ngữ Ελλάς Київ ₹ −5"),
    ],
)
def test_what_no_font_has_is_marked_and_the_rest_stays(documents, written, printed):
    assert f"<{printed}>" in text_of(
        render(documents, replace(summary(1), introduction=f"<{written}>"))
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=60), rtl=st.booleans())
def test_no_text_stops_the_document(documents, text, rtl):
    data = arabic() if rtl else summary(1)
    fact = Fact(text, text)
    section = Section(f"Services {text}", (text,), (fact,))  # PDF/UA wants words in headings
    data = replace(data, title=f"T {text}", service=text, services=section, issued_on=fact)
    assert len(read(render(documents, data)).pages) >= 1


def test_arabic_runs_from_right_to_left(documents):
    pdf = render(documents, arabic())
    starts: dict[str, float] = {}
    read(pdf).pages[0].extract_text(
        visitor_text=lambda text, matrix, *rest: starts.setdefault(text.strip(), matrix[4])
    )
    assert read(pdf).trailer["/Root"]["/Lang"] == "ar"
    assert len(read(pdf).pages) == 1
    assert "+971 4 123 4567" in text_of(pdf)  # its own direction, in a line by itself
    assert starts["Item"] > starts["Quantity"] > starts["Each"]


def test_renders_at_once_from_four_threads(documents):
    orders = [replace(summary(1), reference=Fact("Order", f"NL-{n}X")) for n in range(24)]
    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda data: render(documents, data), orders))
    assert all(f"NL-{number}X" in text_of(file) for number, file in enumerate(files))


def test_an_unknown_template_or_a_file_outside_is_refused(documents):
    for name in ("letter", "../documents/contract_summary", "contract_summary.typ", ""):
        with pytest.raises(KeyError):
            documents.render(DocumentRequest(name, "en", summary().as_json()))


def test_missing_data_is_a_bug_that_speaks(documents):
    data = summary().as_json()
    del data["price"]
    with pytest.raises(typst.TypstError, match="price"):
        documents.render(DocumentRequest("contract_summary", "en", data))


def test_a_naive_time_of_issue_is_refused():
    with pytest.raises(ValueError, match="aware"):
        replace(summary(), issued_at=summary().issued_at.replace(tzinfo=None)).as_json()


def test_a_warm_render_is_quick(documents, record_property):
    spent = []
    for number in range(15):
        data = replace(summary(), reference=Fact("Order", str(number)))
        start = time.perf_counter()
        render(documents, data)
        spent.append((time.perf_counter() - start) * 1000)
    median = statistics.median(spent)
    record_property("median_ms", median)
    print(f"contract summary, 8 lines: median {median:.0f} ms warm (goal 70)")  # noqa: T201
    assert median < 700  # ten times the goal: catches a broken cache, not a busy machine
