"""The settings page: what it shows, whom, and what its handlers take."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service import i18n, letters
from self_service.domain import access
from self_service.domain.people import consents, erasure, moves, sites
from self_service.models.access import Assignment, DigitalIdentity, Role, WebSession
from self_service.models.people import ContactMedium, Individual, PlannedMove
from self_service.pages import settings as page
from self_service.state import guard
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.settings import SettingsState, settings_values
from self_service.state.settings_rows import NOTHING, _kept, site_fields
from tests.house import House
from tests.live import Live, live
from tests.mailbox import mail
from tests.order_shop import FORM, fill, fulfil, order, pay
from tests.paper import live as compiled
from tests.paper import printed
from tests.settings_people import HOSTILE, PLACE, TABLES

ANYTHING = [None, [], {}, 5, True, "x" * 300, "\ud800\0", {"a": []}, ["x"], *HOSTILE[:6]]
OFFICE = {
    "site_label": "office",
    "site_country": "DE",
    "site_street_address": "Hafenstraße 12",
    "site_city": "Hamburg",
    "site_postal_code": "20457",
}
BEN = {"contact_name": "Ben", "contact_email": "ben@example.com", "contact_shown": "on"}


async def values(cookie: str, query: str = "", language: str = "en") -> dict[str, Any]:
    return await settings_values(PageRequest.at(f"/{language}/settings?{query}", cookie))


async def opened(tab: Live) -> None:
    tab.url = "/en/settings"
    await tab.send(SettingsState.load)


@pytest.fixture
def ada(house: House) -> str:
    """The cookie of a customer."""
    with house.signed_in() as browser:
        return browser.cookie


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
async def test_the_page_shows_what_is_known(house: House, ada: str, language: str) -> None:
    found = await values(ada, language=language)
    html = printed(page.view, SettingsState, found, language)
    for text in ("ada@example.com", "Lindenweg 4", "+4915123456789", 'action="/do/change-email"'):
        assert text in html
    assert 'name="details_birth_date"' not in html
    assert 'action="/do/erase"' in html
    assert "/do/own-data?language=" + language in html
    assert compiled(page.view, SettingsState, language)


async def test_visitors_sign_in_and_staff_goes_to_its_customers(house: House) -> None:
    with pytest.raises(Elsewhere) as other:
        await values("nobody", language="es")
    assert other.value.path == "/es/sign-in?next=%2Fes%2Fsettings"
    with house.signed_in("staff@example.com", Role.REPRESENTATIVE) as staff:
        cookie = staff.cookie
    with pytest.raises(Elsewhere) as other:
        await values(cookie)
    assert other.value.path == "/en/customers"


@pytest.mark.parametrize(
    ("query", "section", "says"),
    [
        ("refused=still_subscribed&open=erasure", "erasure", "running subscription"),
        ("refused=not_sure&open=erasure", "erasure", "Tick the box"),
        ("refused=nonsense", "email", "did not work"),
        ("refused=too_many_contacts&open=nonsense", "email", "did not work"),
        ("refused=%3Cscript%3E", "email", "did not work"),
        ("refused=email_taken&open=email", "email", "another account"),
        ("", "email", ""),
    ],
)
async def test_a_refusal_stands_where_it_belongs(
    house: House, ada: str, query: str, section: str, says: str
) -> None:
    refused = (await values(ada, query))["refused"]
    assert says in refused[section]
    assert not any(text for name, text in refused.items() if name != section)


async def test_details_are_saved_or_marked(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        form = {"details_given_name": "Ada", "details_family_name": "", "details_mobile": "1"}
        await tab.send(SettingsState.save_details, form=form)
        faults = {name for name, fault in tab.shows(SettingsState, "faults").items() if fault}
        assert faults == {"details_family_name", "details_mobile"}
        form |= {"details_family_name": "Núñez", "details_mobile": "0151 99999999"}
        await tab.send(SettingsState.save_details, form=form)
        assert not any(tab.shows(SettingsState, "faults").values())
        assert tab.shows(SettingsState, "typed")["details_mobile"] == "+4915199999999"
        assert tab.notice == "Saved."
        await tab.send(SettingsState.save_about, form={"about_gender": "other"})
        await tab.send(
            SettingsState.save_ways, form={"ways_language": "ar", "ways_channel": "post"}
        )
    (person,) = house.change(lambda session: session.exec(select(Individual)).all())
    assert (person.family_name, person.gender) == ("Núñez", "other")
    assert (person.language, person.channel) == ("ar", "post")


async def test_contacts_come_and_go(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        await tab.send(SettingsState.edit_contact, contact_id="new")
        await tab.send(SettingsState.save_contact, form={**BEN, "contact_email": "ben"})
        assert tab.shows(SettingsState, "faults")["contact_email"]
        await tab.send(SettingsState.save_contact, form=BEN)
        (row,) = tab.shows(SettingsState, "contacts")
        assert (row.name, row.ways, row.shown) == ("Ben", "ben@example.com", True)
        assert tab.shows(SettingsState, "contact_id") == ""
        await tab.send(SettingsState.edit_contact, contact_id=row.id)
        assert tab.shows(SettingsState, "typed")["contact_name"] == "Ben"
        await tab.send(SettingsState.save_contact, form={**BEN, "contact_name": "Benno"})
        assert tab.shows(SettingsState, "contacts")[0].name == "Benno"
        for said, shown in ((False, False), (True, True), (5, False), ("on", True)):
            await tab.send(SettingsState.edit_contact, contact_id=row.id)
            await tab.send(SettingsState.save_contact, form={**BEN, "contact_shown": said})
            assert tab.shows(SettingsState, "contacts")[0].shown is shown
        await tab.send(SettingsState.remove_contact, contact_id=row.id)
        assert tab.shows(SettingsState, "contacts") == []
    assert house.rows(ContactMedium) == [[]]


async def test_places_come_and_close(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        (home,) = tab.shows(SettingsState, "sites")
        await tab.send(SettingsState.close_site, site_id=home.id)
        assert "only address" in tab.shows(SettingsState, "refused")["site"]
        await tab.send(SettingsState.edit_site, site_id="new")
        await tab.send(SettingsState.choose_country, value="IE")
        fields = {row.name for row in tab.shows(SettingsState, "site_fields")}
        assert "country_area" in fields
        await tab.send(SettingsState.choose_country, value="DE")
        await tab.send(SettingsState.save_site, form={**OFFICE, "site_postal_code": "1"})
        marked = {row.name: row.fault for row in tab.shows(SettingsState, "site_fields")}
        assert marked["postal_code"]
        await tab.send(SettingsState.save_site, form=OFFICE)
        assert len(tab.shows(SettingsState, "sites")) == 2
        await tab.send(SettingsState.edit_site, site_id=home.id)
        assert tab.shows(SettingsState, "typed")["site_street_address"] == "Lindenweg 4"
        await tab.send(SettingsState.close_site, site_id=home.id)
        assert [row.id for row in tab.shows(SettingsState, "past_sites")] == [home.id]


async def test_a_move_is_planned_and_called_off(house: House, ada: str) -> None:
    day = moves.first_day(house.clock())
    async with live(ada) as tab:
        await opened(tab)
        (home,) = tab.shows(SettingsState, "sites")
        assert tab.shows(SettingsState, "move_from") == day.isoformat()
        await tab.send(SettingsState.edit_move, site_id=home.id)
        assert tab.shows(SettingsState, "moving") == home.address
        await tab.send(SettingsState.choose_country, value="DE")
        assert tab.shows(SettingsState, "site_id") == home.id
        form = {**OFFICE, "site_move_on": "2020-01-01", "site_postal_code": "1"}
        await tab.send(SettingsState.save_move, form=form)
        assert "tomorrow" in tab.shows(SettingsState, "faults")["site_move_on"]
        marked = {row.name: row.fault for row in tab.shows(SettingsState, "site_fields")}
        assert marked["postal_code"]
        assert house.rows(PlannedMove) == [[]]
        form = {**OFFICE, "site_move_on": day.isoformat()}
        await tab.send(SettingsState.save_move, form=form)
        assert (tab.shows(SettingsState, "site_id"), tab.notice) == ("", "Saved.")
        (row,) = tab.shows(SettingsState, "sites")
        said = f"Moves to Hafenstraße 12, 20457 HAMBURG on {i18n.short_day(day, 'en')}"
        assert (row.moves, row.can_be_called_off, row.services) == (said, True, [])
        for again in (SettingsState.edit_move, SettingsState.close_site):
            await tab.send(again, site_id=home.id)
        assert "Call it off first" in tab.shows(SettingsState, "refused")["site"]
        await tab.send(SettingsState.save_move, form=form)
        assert "Call it off first" in tab.shows(SettingsState, "refused")["site"]
        await tab.send(SettingsState.call_off_move, site_id=home.id)
        assert tab.notice == "The move is called off."
        assert tab.shows(SettingsState, "sites")[0].moves == ""
        await tab.send(SettingsState.edit_site, site_id=home.id)
        assert tab.shows(SettingsState, "moving") == ""
        await tab.send(SettingsState.edit_move, site_id="new")
        assert (tab.shows(SettingsState, "site_id"), tab.shows(SettingsState, "moving")) == ("", "")
    with house.database.reading() as session:
        assert "called off" in mail(session, "move_called_off").body
        assert "Hafen" not in mail(session, "move_planned").body


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
async def test_services_that_move_are_named(house: House, language: str) -> None:
    with house.signed_in() as browser:
        cookie = browser.cookie

    def move(session: Session) -> None:
        actor = access.resolve(session, cookie, now=house.clock())
        fill(session, actor, house.shop)
        placed = order(session, actor, now=house.clock())
        pay(session, placed, now=house.clock())
        (home,) = sites.listed(session, actor, now=house.clock())
        fulfil(session, placed.order_id, now=house.clock())
        day = moves.first_day(house.clock()).isoformat()
        form = {**FORM, "street_address": "Hafenstraße 12", "move_on": day}
        told = letters.move_planned
        given = {"form": form, "place": PLACE, "told": told, "now": house.clock()}
        moves.plan(session, actor, home.id, **given)

    house.change(move)
    found = await values(cookie, language=language)
    assert [row.text for row in found["sites"][0].services] == ["plan"]
    html = printed(page.view, SettingsState, found, language)
    assert "Hafenstraße 12" in html
    assert ">plan</li>" in html
    form = {**found, "site_id": found["sites"][0].id, "moving": "Lindenweg 4"}
    fields = site_fields({**NOTHING, "site_country": "DE"}, NOTHING, language)
    html = printed(page.view, SettingsState, {**form, "site_fields": fields}, language)
    assert 'name="site_move_on"' in html
    assert 'name="site_label"' not in html


async def test_an_area_brings_its_cities(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        await tab.send(SettingsState.edit_site, site_id="new")
        await tab.send(SettingsState.choose_country, value="CN")

        def cities() -> set[str]:
            fields = {row.name: row for row in tab.shows(SettingsState, "site_fields")}
            return {option.value for option in fields["city"].options}

        areas = {row.name: row for row in tab.shows(SettingsState, "site_fields")}["country_area"]
        first, second = areas.options[0].value, areas.options[1].value
        assert cities() == set()
        await tab.send(SettingsState.choose_part, name="country_area", value=first)
        of_first = cities()
        assert of_first
        city = sorted(of_first)[0]
        await tab.send(SettingsState.choose_part, name="city", value=city)
        assert tab.shows(SettingsState, "typed")["site_city"] == city
        await tab.send(SettingsState.choose_part, name="country_area", value=second)
        assert cities() != of_first
        assert tab.shows(SettingsState, "typed")["site_city"] == ""
        assert tab.shows(SettingsState, "typed")["site_country_area"] == second
        before = tab.shows(SettingsState, "typed")
        for name in ("password", "street_addres", "", "details_mobile"):
            await tab.send(SettingsState.choose_part, name=name, value="x")
        assert tab.shows(SettingsState, "typed") == before


async def test_a_consent_is_a_switch(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        said = {"kind": "marketing_sms", "version": consents.VERSION}
        await tab.send(SettingsState.consent, given=True, **said)
        assert [row.given for row in tab.shows(SettingsState, "consents")] == [False, True, False]
        await tab.send(SettingsState.consent, given=True, kind="marketing_sms", version="old")
        assert "text has changed" in tab.shows(SettingsState, "refused")["consent"]
        await tab.send(SettingsState.consent, given=False, **said)
        texts = [row.text for row in tab.shows(SettingsState, "past_consents")]
        assert [text.rsplit(": ", 1)[1] for text in texts] == ["withdrawn", "given"]


HANDLERS: dict[str, tuple[str, ...]] = {
    "save_details": ("form",),
    "save_about": ("form",),
    "save_ways": ("form",),
    "edit_contact": ("contact_id",),
    "save_contact": ("form",),
    "remove_contact": ("contact_id",),
    "edit_site": ("site_id",),
    "choose_country": ("value",),
    "choose_part": ("name", "value"),
    "save_site": ("form",),
    "close_site": ("site_id",),
    "edit_move": ("site_id",),
    "save_move": ("form",),
    "call_off_move": ("site_id",),
    "consent": ("kind", "given", "version"),
}


async def test_anything_may_be_sent_and_nothing_happens(
    house: House,
    ada: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "BURST", 10_000.0)
    before = house.rows(*TABLES)
    async with live(ada) as tab:
        await opened(tab)
        for name, value in itertools.product(HANDLERS, ANYTHING):
            await tab.send(
                f"{SettingsState.get_full_name()}.{name}", **dict.fromkeys(HANDLERS[name], value)
            )
            assert tab.failed == "", (name, value)
    assert house.rows(*TABLES) == before


async def test_nobody_signed_in_changes_anything(house: House, ada: str) -> None:
    before = house.rows(*TABLES)
    async with live("a-visitor") as tab:
        await opened(tab)
        await tab.send(SettingsState.save_contact, form=BEN)
        assert "/sign-in" in tab.gone_to
    assert house.rows(*TABLES) == before


async def test_whoever_acts_for_the_customer_sees_nothing_personal(house: House, ada: str) -> None:
    with house.signed_in("dealer@example.com", Role.DEALER) as dealer:
        cookie = dealer.cookie
    customer_id = house.actor(ada).customer_id
    who = house.actor(cookie)

    def serve(session: Any) -> None:
        identity = session.get(DigitalIdentity, who.identity_id)
        session.add(
            Assignment(dealer_id=identity.id, customer_id=customer_id, created_at=house.clock())
        )
        row = session.exec(select(WebSession).where(WebSession.id == who.session_id)).one()
        row.acting_for = customer_id

    house.change(serve)
    found = await values(cookie)
    assert not found["in_person"]
    assert "consents" not in found
    html = printed(page.view, SettingsState, found)
    assert "/do/erase" not in html
    assert "/do/change-email" not in html
    assert "/do/own-data" not in html
    async with live(cookie) as tab:
        await opened(tab)
        await tab.send(
            SettingsState.consent, kind="marketing_sms", given=True, version=consents.VERSION
        )
        assert tab.shows(SettingsState, "refused")["consent"]
        await tab.send(SettingsState.edit_site, site_id="new")
        await tab.send(SettingsState.save_site, form=OFFICE)
        assert len(tab.shows(SettingsState, "sites")) == 2


def test_who_deletes_their_account_is_told_how_long_bills_are_kept() -> None:
    until = datetime(2033, 5, 2, 12, tzinfo=UTC)
    said = _kept(erasure.Outlook("", 1, until), 7, "en")
    assert "keep your bills, with the name and address on them" in said
    assert "for 7 years after the last of them: until 2 May 2033." in said
    assert _kept(erasure.Outlook("", 0, None), 7, "en") == ""
