"""Addresses of the world: what passes, what is refused, and how each post wants them written."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from self_service.domain.people.person_fields import PostalAddress, address_fields
from self_service.domain.people.postal_address import check_address
from self_service.domain.people.postal_rules import COUNTRIES, areas, choose, cities, rules


class Case(NamedTuple):
    """An address as typed, and as its post wants it."""

    street_address: str
    city: str
    country_area: str
    postal_code: str
    lines: tuple[str, ...]


CASES = {
    "DE": Case("Hafenstr. 12", "Köln", "CA", "50667", ("Hafenstr. 12", "50667 KÖLN")),
    "ES": Case("C/ Mayor 5, 2º B", "Getafe", "madrid", "28901",
               ("C/ Mayor 5, 2º B", "28901 GETAFE MADRID")),
    "GB": Case("1 High St", "London", "", "ec1y 8sy", ("1 High St", "LONDON", "EC1Y 8SY")),
    "US": Case("1 Main St #4", "Cupertino", "California", "95014",
               ("1 Main St #4", "CUPERTINO, CA 95014")),
    "SA": Case("شارع فهد 12", "الرياض", "", "١١٥٦٤", ("شارع فهد 12", "الرياض 11564")),
    "AE": Case("Marina Walk 1", "", "Dubai", "", ("Marina Walk 1", "إمارة دبيّ")),
    "JP": Case("千代田1-1", "", "Tokyo", "〒１００-０００１",
               ("〒100-0001", "東京都", "千代田1-1")),
    "BR": Case("Av. Paulista, 1", "sao paulo", "SP", "01310-200",
               ("Av. Paulista, 1", "SÃO PAULO-SP", "01310-200")),
    "IE": Case("1 Main St", "Dublin", "", "", ("1 Main St", "DUBLIN")),
    "CN": Case("人民路 1号", "广州市", "Guangdong Sheng", "510000",
               ("510000", "广东省广州市", "人民路 1号")),
    "IN": Case("12, MG Road", "Mysuru", "karnataka", "570001",
               ("12, MG Road", "MYSURU 570001", "Karnataka")),
    "CH": Case("Bahnhofstr. 1", "Zürich", "", "CH-8001", ("Bahnhofstr. 1", "CH-8001 Zürich")),
    "HK": Case("1 Nathan Rd", "", "九龍", "", ("KOWLOON", "1 Nathan Rd")),
    "FR": Case("1 rue A\nBât. B", "Paris", "", "75002", ("1 rue A", "Bât. B", "75002 PARIS")),
}  # fmt: skip


def passed(**form: object) -> PostalAddress:
    address, faults = check_address(form, default_country="DE")
    assert address, faults
    return address


def faults(**form: object) -> dict[str, str]:
    address, found = check_address(form, default_country="DE")
    assert address is None
    return {name: words.format_map(data) for name, (words, data) in found.items()}


@pytest.mark.parametrize("country", CASES)
def test_addresses_of_the_world_pass_and_are_written_as_the_post_wants(country):
    typed = CASES[country]._asdict()
    lines = typed.pop("lines")
    address = passed(country=country.lower(), sorting_code=None, **typed)
    assert address.formatted() == lines
    assert passed(**address.as_form()) == address


@pytest.mark.parametrize(("code", "example"), [("ABC", "26133"), ("", "26133"), (None, "26133")])
def test_a_wrong_postal_code_is_shown_a_right_one(code, example):
    found = faults(street_address="Weg 1", city="Köln", postal_code=code)
    assert found == {"postal_code": f"Enter the postal code; it looks like {example}."}


def test_a_postal_code_must_belong_to_the_area():
    reno = {"country": "US", "street_address": "1 Main St", "city": "Reno"}
    found = faults(**reno, country_area="NV", postal_code="94043")
    assert list(found) == ["postal_code"]
    assert "Nevada" in found["postal_code"]
    assert passed(**reno, country_area="NV", postal_code="89501").postal_code == "89501"


def test_a_listed_city_must_be_on_the_list_and_an_area_too():
    brazil = {"country": "BR", "street_address": "Rua 1", "postal_code": "01310-200"}
    found = faults(**brazil, country_area="SP", city="Atlantis")
    assert list(found) == ["city"]
    assert "São Paulo" in found["city"]
    assert "for example Adamantina" in found["city"]
    found = faults(**brazil, country_area="XX", city="Santos")
    assert found == {"country_area": "Choose one from the list."}


@pytest.mark.parametrize(
    "country", ["XX", "ZZ", "ALL", "D", "DEU", "ß", "../de", "\ud800", "x" * 99]
)
def test_an_unknown_country_is_the_only_fault(country):
    assert list(faults(country=country, street_address="")) == ["country"]


@pytest.mark.parametrize("country", [None, "", {}, 5, " de\n"])
def test_no_country_is_the_default(country):
    typed = {"street_address": "Weg 1", "city": "Köln", "postal_code": "50667"}
    assert passed(country=country, **typed).country == "DE"


def test_what_a_country_does_not_use_is_dropped():
    address = passed(
        country="AE", street_address="Weg 1", country_area="Dubai", city="x", postal_code=["x"]
    )
    assert (address.city, address.postal_code, address.sorting_code) == ("", "", "")


def test_fields_of_a_country_come_in_its_order_with_its_words():
    shown = [(field.name, field.label, field.required) for field in address_fields("IE")]
    assert shown == [
        ("street_address", "Street and house number", True),
        ("city", "City", True),
        ("country_area", "County", False),
        ("postal_code", "Eircode", False),
    ]
    japan = {field.name: field for field in address_fields("JP")}
    assert list(japan) == ["postal_code", "country_area", "street_address"]
    assert ("東京都", "東京都 (Tokyo)") in japan["country_area"].choices
    assert japan["postal_code"].example == "154-0023"
    brazil = {field.name: field for field in address_fields("BR", "SP")}
    assert ("Santos", "Santos") in brazil["city"].choices
    assert address_fields("XX") == address_fields("") == address_fields("../../de") == ()


def test_every_area_and_city_on_a_list_can_be_chosen():
    for country in COUNTRIES:
        assert address_fields(country)
        for area, _ in areas(country):
            assert choose(area, rules(country).country_area_choices) == area
            for city, _ in cities(country, area)[:3]:
                assert choose(city, rules(country, area).city_choices) == city
                assert rules(country, area, city)


def test_every_area_can_be_chosen_by_the_name_on_show_in_any_capitals():
    for country in COUNTRIES:
        for area, name in areas(country):
            assert choose(name.upper(), areas(country)) == area
            assert choose(name.lower(), areas(country)) == area


def test_one_place_has_one_key_in_whatever_language_it_is_chosen():
    india = {"country": "IN", "street_address": "Road 1", "city": "X", "postal_code": "180001"}
    keys = {
        passed(**india, country_area=name).country_area
        for name in ("Jammu & Kashmir", "jammu and kashmir", "जम्मू और कश्मीर")
    }
    assert keys == {"Jammu and Kashmir"}


def test_the_lines_leave_no_crumbs_of_what_is_missing():
    assert PostalAddress("HR", "Ilica 1", "Zagreb").formatted() == ("Ilica 1", "ZAGREB")
    assert PostalAddress("TR", "Yol 1", "Ankara", "06101").formatted()[-1] == "06101 ANKARA"
    assert PostalAddress("CO", "Calle 1", country_area="Caldas").formatted()[-1] == "Caldas"
