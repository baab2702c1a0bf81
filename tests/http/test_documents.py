"""Archived files: for whom they are, and for nobody else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlmodel import select

from self_service.models.documents import Document
from tests.house import Browser, House
from tests.order_shop import PDF

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)


def summary(house: House) -> str:
    """The address of the only document."""
    with house.database.reading() as session:
        return f"/documents/{session.exec(select(Document.id)).one()}.pdf"


@both
def test_a_visitor_reads_the_summary_of_the_own_basket(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    house.ready(browser)
    answer = browser.get(summary(house))
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''summary.pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_strangers_get_one_answer_for_what_is_and_what_is_not(
    house: House, browser: Browser
) -> None:
    browser.get("/en/store")
    house.ready(browser)
    there, nowhere = summary(house), f"/documents/{uuid4()}.pdf"
    with house.signed_in("eve@example.com") as other, Browser() as visitor:
        visitor.cookie = "somebody-else"
        without = Browser()
        for somebody in (other, visitor, without):
            found, missing = somebody.get(there), somebody.get(nowhere)
            assert found.status_code == missing.status_code == 404
            assert found.content == missing.content


def test_after_ordering_it_is_the_customers(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    form = house.ready(browser)
    before = browser.cookie
    browser.submit("/do/place-order", **form)
    assert browser.get(summary(house)).content == PDF
    browser.submit("/do/sign-out")
    assert browser.get(summary(house)).status_code == 404
    browser.cookie = before
    assert browser.get(summary(house)).status_code == 404


def test_a_name_cannot_break_the_header(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    house.ready(browser)
    with house.database.writing() as session:
        session.exec(select(Document)).one().name = 'a"\r\nSet-Cookie: x=y; ../é.pdf'
    given = browser.get(summary(house)).headers["content-disposition"]
    assert given == "inline; filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x%3Dy%3B%20..%2F%C3%A9.pdf"


@pytest.mark.parametrize("path", ["x.pdf", "../../etc/passwd", "%2e%2e/x.pdf", "1.pdf", ""])
def test_what_is_no_id_is_not_there(house: House, browser: Browser, path: str) -> None:
    assert browser.get(f"/documents/{path}").status_code == 404
