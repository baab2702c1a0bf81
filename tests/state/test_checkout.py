"""The check-out's handlers: what is typed, what is wrong with it, and the summary to agree to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import select

from self_service import i18n
from self_service.domain.orders import contract
from self_service.domain.people.postal_rules import COUNTRIES
from self_service.models.access import Role
from self_service.models.basket import ShoppingCart
from self_service.models.catalog import ProductStock
from self_service.models.documents import Document
from self_service.models.orders import ProductOrder
from self_service.state import summary
from self_service.state.checkout import CheckoutState, checkout_values
from self_service.state.checkout_rows import address_rows, countries, typed_in
from self_service.state.request import Elsewhere, PageRequest
from tests.house import House
from tests.live import Live, live
from tests.order_shop import FORM, choose, visitor

ANYTHING = [None, [], {}, 5, True, "x" * 300, "\ud800\0", {"a": []}, ["x"]]


@pytest.fixture
def tab_cookie(house: House) -> str:
    """The cookie of a visitor with a case in the basket."""
    cookie = "a-visitor"
    house.change(lambda session: choose(session, visitor(session, cookie), house.shop["case"]))
    return cookie


def kept(house: House) -> dict[str, Any]:
    """What is kept with the only basket."""
    with house.database.reading() as session:
        return session.exec(select(ShoppingCart)).one().checkout


async def shown(cookie: str, query: str = "", language: str = "en") -> dict[str, Any]:
    return await checkout_values(PageRequest.at(f"/{language}/checkout?{query}", cookie))


async def sent_to(cookie: str, query: str = "", language: str = "en") -> str:
    with pytest.raises(Elsewhere) as elsewhere:
        await shown(cookie, query, language)
    return elsewhere.value.path


async def reviewed(tab: Live) -> None:
    """Give the details and go on to the summary."""
    await tab.send(CheckoutState.submit, form=FORM)
    tab.url = tab.gone_to
    await tab.send(CheckoutState.load)


async def test_a_form_in_the_language_and_country_of_the_place(
    house: House, tab_cookie: str
) -> None:
    values = await shown(tab_cookie, language="es")
    assert values["step"] == "details"
    assert values["existing"] is False
    assert (values["typed"]["country"], values["typed"]["language"]) == ("DE", "es")
    assert [row.name for row in values["address"]] == ["street_address", "postal_code", "city"]
    assert [row.value for row in values["languages"]] == list(i18n.LANGUAGES)
    assert values["countries"][0].text == "Afganistán"


@pytest.mark.parametrize("query", ["", "step=details", "step=review"])
async def test_without_a_basket_there_is_nothing_to_check_out(house: House, query: str) -> None:
    assert await sent_to("nobody", query, "ar") == "/ar/basket"
    assert await sent_to("", query) == "/en/basket"


async def test_staff_is_sent_to_the_store(house: House) -> None:
    with house.signed_in("staff@example.com", Role.REPRESENTATIVE) as staff:
        assert await sent_to(staff.cookie) == "/en/store"


async def test_details_are_kept_field_by_field(house: House, tab_cookie: str) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        await tab.send(CheckoutState.load)
        await tab.send(CheckoutState.keep, name="given_name", value="Ada")
        await tab.send(CheckoutState.keep, name="email", value="ada(at)example.com")
        assert tab.shows(CheckoutState, "faults")["email"]
        assert tab.shows(CheckoutState, "faults")["given_name"] == ""
        assert tab.shows(CheckoutState, "fault_text") == "1 field needs your attention."
        await tab.send(CheckoutState.keep, name="email", value="ada@example.com")
        assert tab.shows(CheckoutState, "fault_count") == 0
        await tab.send(CheckoutState.keep, name="email", value="")
        assert tab.shows(CheckoutState, "faults")["email"] == ""
    assert kept(house)["details"]["given_name"] == "Ada"
    assert kept(house)["checked"] is False
    assert (await shown(tab_cookie))["typed"]["given_name"] == "Ada"


@pytest.mark.parametrize("name", ["given_name", "country", "password", None, {}], ids=str)
async def test_nothing_else_is_kept(house: House, tab_cookie: str, name: object) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        for value in ANYTHING:
            await tab.send(CheckoutState.keep, name=name, value=value)
            assert tab.shows(CheckoutState, "fault_count") in (0, 1)
            assert tab.failed == ""
    details = kept(house).get("details", {})
    assert set(details) <= {"given_name", "country"}
    assert all(len(text) <= 254 and "\0" not in text for text in details.values())
    await shown(tab_cookie)


async def test_what_cannot_be_kept_says_why(house: House) -> None:
    async with live("without-a-basket") as tab:
        tab.url = "/en/checkout"
        await tab.send(CheckoutState.keep, name="given_name", value="Ada")
        assert tab.shows(CheckoutState, "refused").startswith("Your basket is empty.")
        await tab.send(CheckoutState.submit, form=FORM)
        assert tab.shows(CheckoutState, "refused").startswith("Your basket is empty.")
        assert tab.gone_to == ""


@pytest.mark.parametrize(
    ("country", "names"),
    [
        ("DE", ["street_address", "postal_code", "city"]),
        ("US", ["street_address", "city", "country_area", "postal_code"]),
        ("AE", ["street_address", "country_area"]),
        ("JP", ["postal_code", "country_area", "street_address"]),
        ("IE", ["street_address", "city", "country_area", "postal_code"]),
    ],
)
async def test_each_country_has_its_own_address(
    house: House, tab_cookie: str, country: str, names: list[str]
) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        await tab.send(CheckoutState.load)
        await tab.send(CheckoutState.choose_country, value=country)
        assert [row.name for row in tab.shows(CheckoutState, "address")] == names


async def test_areas_and_their_cities_are_lists(house: House, tab_cookie: str) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        await tab.send(CheckoutState.load)
        await tab.send(CheckoutState.choose_country, value="CL")
        area = next(
            row for row in tab.shows(CheckoutState, "address") if row.name == "country_area"
        )
        assert len(area.options) > 10
        await tab.send(CheckoutState.keep, name="country_area", value=area.options[0].value)
        chosen = {row.name: row for row in tab.shows(CheckoutState, "address")}
        assert chosen["country_area"].value == area.options[0].value


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_country_can_be_chosen(language: str) -> None:
    for row in countries(language):
        fields = address_rows(
            {"country": row.value} | dict.fromkeys(FIELDS, ""), dict.fromkeys(FIELDS, ""), language
        )
        assert fields or row.value not in COUNTRIES
        assert row.text


FIELDS = ("street_address", "city", "country_area", "sorting_code", "postal_code")


async def test_no_country_breaks_the_form(house: House, tab_cookie: str) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        await tab.send(CheckoutState.load)
        for value in (*ANYTHING, "ZZ", "", "de", "<script>"):
            await tab.send(CheckoutState.choose_country, value=value)
            assert tab.failed == ""
        await tab.send(CheckoutState.choose_country, value="DE")
        assert len(tab.shows(CheckoutState, "address")) == 3


async def test_faults_stand_at_their_fields(house: House, tab_cookie: str) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/es/checkout"
        await tab.send(CheckoutState.load)
        wrong = {**FORM, "postal_code": "1", "birth_date": "2020-01-01", "email": "x"}
        await tab.send(CheckoutState.submit, form=wrong)
        faults = tab.shows(CheckoutState, "faults")
        assert {name for name, fault in faults.items() if fault} == {
            "postal_code",
            "birth_date",
            "email",
        }
        assert tab.shows(CheckoutState, "fault_count") == 3
        postal = {row.name: row for row in tab.shows(CheckoutState, "address")}["postal_code"]
        assert (postal.value, postal.fault) == ("1", faults["postal_code"])
        assert tab.gone_to == ""
    assert "details" not in kept(house)


async def test_any_form_is_answered_with_faults(house: House, tab_cookie: str) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        for form in (*ANYTHING, {"country": "XX"}, {"email": ["a"]}):
            await tab.send(CheckoutState.submit, form=form)
            assert tab.shows(CheckoutState, "fault_count") >= 5
            assert tab.failed == tab.gone_to == ""
    assert "details" not in kept(house)


async def test_the_way_to_the_summary(house: House, tab_cookie: str) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        await tab.send(CheckoutState.load)
        await tab.send(CheckoutState.submit, form={**FORM, "password": "secret", "card": "4242"})
        assert tab.gone_to == "/en/checkout?step=review"
        assert set(kept(house)["details"]) <= set(typed_in(kept(house)["details"]))
        assert "secret" not in str(kept(house))
        tab.url = tab.gone_to
        await tab.send(CheckoutState.load)
        assert tab.shows(CheckoutState, "step") == "review"
        assert [row.name for row in tab.shows(CheckoutState, "lines")] == ["case"]
        assert tab.shows(CheckoutState, "buyer")[0] == "Ada Quell"
        href = tab.shows(CheckoutState, "summary_href")
        assert href.startswith("/documents/")
        assert len(tab.shows(CheckoutState, "fingerprint")) == 64
        assert tab.shows(CheckoutState, "summary_failed") is False
    with house.database.reading() as session:
        document = session.exec(select(Document)).one()
    assert document.content.startswith(b"%PDF-")
    assert document.kind == contract.KIND
    assert f"/documents/{document.id}.pdf" == href
    again = await shown(tab_cookie, "step=review")
    assert (again["summary_href"], again["step"]) == (href, "review")


async def test_the_summary_is_in_the_language_of_the_contract(
    house: House, tab_cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def render(request: Any) -> bytes:
        asked.append(request)
        return b"%PDF"

    monkeypatch.setattr(summary, "_render", render)
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        await tab.send(CheckoutState.submit, form={**FORM, "language": "es"})
        tab.url = "/en/checkout?step=review"
        await tab.send(CheckoutState.load)
    assert [(request.language, request.data["lang"]) for request in asked] == [("es", "es")]


async def test_a_change_of_the_basket_needs_a_new_summary(house: House, tab_cookie: str) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        await reviewed(tab)
        before = tab.shows(CheckoutState, "fingerprint")
        house.change(
            lambda session: choose(session, visitor(session, tab_cookie), house.shop["case"])
        )
        assert (await shown(tab_cookie, "step=review"))["fingerprint"] == ""
        await tab.send(CheckoutState.load)
        assert tab.shows(CheckoutState, "fingerprint") not in ("", before)
        assert tab.shows(CheckoutState, "lines")[0].name == "case × 2"


async def test_a_summary_that_cannot_be_made_can_be_tried_again(
    house: House, tab_cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> bytes:
        raise RuntimeError("no ink")

    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        with monkeypatch.context() as patch:
            patch.setattr(summary, "_render", broken)
            await reviewed(tab)
            assert tab.shows(CheckoutState, "summary_failed") is True
            assert tab.shows(CheckoutState, "fingerprint") == ""
            assert tab.failed
        await tab.send(CheckoutState.prepare)
        assert tab.shows(CheckoutState, "summary_failed") is False
        assert tab.shows(CheckoutState, "fingerprint")


async def test_a_summary_of_nothing_says_why(house: House) -> None:
    async with live("nobody") as tab:
        tab.url = "/en/checkout?step=review"
        await tab.send(CheckoutState.prepare)
        assert tab.shows(CheckoutState, "summary_failed") is True
        assert tab.shows(CheckoutState, "refused").startswith("Your basket is empty.")
    assert house.rows(Document) == [[]]


async def test_the_summary_before_the_details_shows_the_form(house: House, tab_cookie: str) -> None:
    values = await shown(tab_cookie, "step=review")
    assert (values["step"], values["cart_id"] != "") == ("details", True)


async def test_what_cannot_be_ordered_leads_to_the_basket(house: House) -> None:
    with house.signed_in() as browser:
        house.filled(browser)
        house.change(lambda session: session.execute(update(ProductStock).values(available=0)))
        assert await sent_to(browser.cookie) == "/en/basket"


async def test_a_customer_starts_at_the_summary(house: House) -> None:
    with house.signed_in() as browser:
        house.filled(browser)
        values = await shown(browser.cookie)
        assert (values["step"], values["existing"]) == ("review", True)
        assert values["buyer"][-2:] == ["ada@example.com", "+4915123456789"]
        assert (await shown(browser.cookie, "step=details"))["step"] == "details"


@pytest.mark.parametrize(
    ("code", "at"),
    [
        ("summary_outdated", "refused"),
        ("sold_out", "refused"),
        ("not_accepted", "refused"),
        ("password_too_short", "password_fault"),
        ("password_telling", "password_fault"),
        ("password_nothing", ""),
        ("nothing", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
async def test_a_refusal_is_said_where_it_belongs(
    house: House, tab_cookie: str, code: str, at: str, language: str
) -> None:
    values = await shown(tab_cookie, f"refused={code}", language)
    said = {name: values[name] for name in ("refused", "password_fault") if values[name]}
    assert list(said) == ([at] if at else [])
    assert "{" not in "".join(said.values())


async def test_nobody_sees_the_details_of_another(house: House, tab_cookie: str) -> None:
    async with live(tab_cookie) as tab:
        tab.url = "/en/checkout"
        await tab.send(CheckoutState.submit, form=FORM)
    house.change(lambda session: choose(session, visitor(session, "other"), house.shop["case"]))
    values = await shown("other", "step=review")
    assert values["step"] == "details"
    assert "Ada" not in str(values)
    assert house.rows(ProductOrder) == [[]]
