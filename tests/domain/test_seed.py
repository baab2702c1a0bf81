"""The demo operator: complete, sellable, in all languages, and seeded once."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import phonenumbers
import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, acting
from self_service.domain.catalog import index as catalog_index
from self_service.domain.catalog.colours import BASE_COLOURS, base_colour
from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.view import PAYMENT
from self_service.domain.changes import asking, options, revoking
from self_service.domain.debts import agreements, dunning, purchases
from self_service.domain.debts.outlook import outlook
from self_service.domain.fulfilment.resources import ESIM, LENT, SIM_CARD, luhn_digit
from self_service.domain.payments import autopay
from self_service.domain.people import accounts
from self_service.domain.people.passwords import check_password
from self_service.domain.places import Places, places
from self_service.domain.policy import BillPolicy, Policy
from self_service.domain.pricing import totals as pricing
from self_service.domain.pricing.offers import configurations
from self_service.domain.subscriptions import home as subscriptions
from self_service.domain.wallet import renewals
from self_service.i18n import LANGUAGES
from self_service.illustrations import SHAPES
from self_service.models.access import DigitalIdentity, Role
from self_service.models.bills import BillingAccount
from self_service.models.catalog import (
    OfferingKind,
    PeriodUnit,
    PriceType,
    ProductStock,
    Relation,
)
from self_service.models.changes import ProductChange
from self_service.models.messages import CommunicationMessage, OutboxEvent
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.people import Customer, Organization
from self_service.models.sharing import SharedUse, SharingMember
from self_service.models.subscriptions import Product, ProductStatus, Resource, ResourceKind
from self_service.models.usage import UsagePeriod
from self_service.money import Money
from self_service.ports import SavedMethod
from self_service.seed import DEMO_SIGN_INS
from self_service.seed import payments as demo_cards
from self_service.seed.demo import CATALOG
from self_service.seed.sign_ins import CORPORATE, HYBRID, POSTPAID, PREPAID, STAFF
from self_service.seed.words import COLOURS
from tests.books import proven
from tests.catalog_files import contents
from tests.conftest import NOW
from tests.demo_people import demo_actor, hashed, seed

#: One process seeds for all of them.
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def shelves(seeded: Session) -> Catalog:
    return catalog_index.current(seeded)


def actor(session: Session, login: str) -> Actor:
    identity = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).one()
    return Actor(Role.CUSTOMER, customer_id=identity.customer_id, identity_id=identity.id)


def test_seeding_twice_changes_nothing(seeded: Session) -> None:
    before = contents(seeded)
    seed(seeded, now=NOW + timedelta(days=3))
    assert contents(seeded) == before


def test_the_range_is_complete(shelves: Catalog) -> None:
    counts = Counter(found.kind for found in shelves.offerings)
    assert counts[OfferingKind.DEVICE] >= 24
    plans = shelves.of_kind(OfferingKind.PLAN)
    assert Counter(plan.prepaid for plan in plans) == {True: 3, False: 5}
    assert {bool(plan.term_months) for plan in plans if not plan.prepaid} == {True, False}
    assert counts[OfferingKind.BROADBAND] == 3
    assert counts[OfferingKind.TV] == 3
    assert counts[OfferingKind.ADDON] + counts[OfferingKind.BOOSTER] >= 6
    assert counts[OfferingKind.ACCESSORY] >= 6
    assert counts[OfferingKind.BUNDLE] == 2
    assert {shelf.slug for shelf in shelves.categories} == {
        "phones", "tablets", "watches", "sim-only", "broadband", "tv", "bundles", "add-ons",
        "accessories",
    }  # fmt: skip
    relations = {link.relation for found in shelves.offerings for link in found.links}
    assert relations == set(Relation)


def test_every_kind_of_introduction_is_there(shelves: Catalog) -> None:
    discounts = [
        price
        for found in shelves.offerings
        for price in found.prices
        if price.price_type is PriceType.DISCOUNT
    ]
    free = {p.duration_unit for p in discounts if p.percent_bp == 10_000}
    assert free == {PeriodUnit.DAY, PeriodUnit.MONTH}
    assert any(p.amount_minor < 0 for p in discounts)
    assert any(0 < p.percent_bp < 10_000 for p in discounts)
    assert any(p.new_customers_only for p in discounts)


def test_everything_on_sale_costs_something(shelves: Catalog) -> None:
    for found in shelves.offerings:
        for configuration in configurations(found):
            totals = pricing.totals(
                found.prices,
                as_of=NOW,
                new_customer=False,
                currency="EUR",
                configuration=configuration,
                term_months=found.term_months,
            )
            assert totals.whole_term.minor > 0, found.slug


def test_every_text_is_in_every_language(shelves: Catalog) -> None:
    for found in shelves.offerings:
        texts = [found.description, *found.highlights]
        if found.kind is not OfferingKind.DEVICE:  # those are proper names
            texts += [found.name, *(price.name for price in found.prices)]
        for text in texts:
            assert set(text) == set(LANGUAGES), (found.slug, text)
        assert 1 <= len(found.highlights) <= 4
    for shelf in shelves.categories:
        assert set(shelf.name) == set(LANGUAGES)


def test_every_colour_has_a_word_and_every_picture_a_shape(shelves: Catalog) -> None:
    plain = set(BASE_COLOURS.values())
    for found in shelves.offerings:
        assert found.picture["shape"] in SHAPES
        for choice in found.choices:
            if choice.name == "colour":
                assert {str(value) for value in choice.values} <= plain | COLOURS
                assert all(base_colour(str(value)) for value in choice.values)


def test_stock_covers_every_variant_of_every_device(shelves: Catalog, seeded: Session) -> None:
    stock: dict[Any, dict[str, int]] = {}
    for row in seeded.exec(select(ProductStock)):
        stock.setdefault(row.offering_id, {})[row.variant] = row.available
    for found in shelves.of_kind(OfferingKind.DEVICE):
        expected = 1
        for choice in found.choices:  # how it is paid makes no other thing of it
            expected *= len(choice.values) if choice.name != PAYMENT else 1
        assert len(stock[found.id]) == expected, found.slug
    pieces = [left for variants in stock.values() for left in variants.values()]
    assert pieces.count(1) >= 1, "a last piece"
    assert pieces.count(0) >= 1, "something sold out"


def test_resources_are_valid(seeded: Session) -> None:
    rows = seeded.exec(select(Resource)).all()
    pools = Counter((row.kind, row.pool) for row in rows)
    for pool in (
        (ResourceKind.MSISDN, ""),
        (ResourceKind.ICCID, SIM_CARD),
        (ResourceKind.ICCID, ESIM),
        *((ResourceKind.SERIAL, lent) for lent in LENT.values()),
    ):
        assert pools[pool] == 1000
    for row in rows:
        if row.kind is ResourceKind.MSISDN:
            number = phonenumbers.parse(row.value)
            assert phonenumbers.is_valid_number_for_region(number, "DE")
            kind = phonenumbers.number_type(number)
            assert kind == phonenumbers.PhoneNumberType.MOBILE
        elif row.kind is ResourceKind.ICCID:
            assert row.value.startswith("89")
            assert len(row.value) == 19
        if row.kind is ResourceKind.ICCID or row.value.startswith("00"):
            assert luhn_digit(row.value[:-1]) == row.value[-1]
        if row.value.startswith("00"):
            assert len(row.value) == 15
    assert any(row.detail.get("activation_code", "").startswith("LPA:1$") for row in rows)


def test_pieces_in_stock_have_serial_numbers(seeded: Session) -> None:
    serials = Counter(
        row.pool
        for row in seeded.exec(select(Resource).where(Resource.kind == ResourceKind.SERIAL))
        if row.product_id is None
    )
    for row in seeded.exec(select(ProductStock)):
        assert serials[f"{row.offering_id}:{row.variant}"] == row.available


def test_people_can_sign_in(seeded: Session) -> None:
    for person in DEMO_SIGN_INS:
        credential = accounts.find_login(seeded, person.login, now=NOW)
        assert credential is not None
        assert credential.password_hash == hashed(person.password)
        assert not credential.locked
        check_password(person.password, email=person.login, operator="Tidewell")
    roles = Counter(row.role for row in seeded.exec(select(DigitalIdentity)))
    assert roles == {
        Role.CUSTOMER: 4,
        Role.DEALER_SUPERVISOR: 1,
        Role.DEALER: 2,
        Role.REPRESENTATIVE: 1,
        Role.ADMINISTRATOR: 1,
    }
    company = seeded.exec(select(Customer).where(Customer.organization_id.is_not(None))).one()
    trading = seeded.get_one(Organization, company.organization_id).trading_name
    assert company.name == trading == CORPORATE.organization
    staff = seeded.exec(select(DigitalIdentity).where(DigitalIdentity.login == STAFF.login)).one()
    assert staff.customer_id is None


def test_each_reaches_the_right_customers(seeded: Session) -> None:
    found = {}
    for person in DEMO_SIGN_INS:
        who = seeded.exec(select(DigitalIdentity).where(DigitalIdentity.login == person.login))
        identity = who.one()
        reached = select(Customer.name).where(acting.reached(identity.id, identity.role))
        found[person.login.partition("@")[0]] = set(seeded.exec(reached))
    everybody = {"Lucía Ferrer", "Jonas Brandt", "Mateo Silva", CORPORATE.organization}
    assert found == {
        "lucia": set(),
        "jonas": set(),
        "amal": set(),
        "mateo": set(),
        "ola": {"Lucía Ferrer"},
        "deniz": {"Lucía Ferrer"},
        "priya": {"Jonas Brandt"},
        "sam": everybody,
        "ines": everybody,
    }


def test_customers_own_what_they_bought(seeded: Session) -> None:
    orders = seeded.exec(select(ProductOrder)).all()
    assert {order.state for order in orders if order.cart_id} == {OrderState.COMPLETED}
    waiting = [order.state for order in orders if not order.cart_id]  # a change to come
    assert waiting == [OrderState.IN_PROGRESS]
    products = seeded.exec(select(Product)).all()
    assert {product.status for product in products} == {ProductStatus.ACTIVE}
    for product in products:
        assert product.started_at is not None
        assert product.started_at < NOW
        if product.next_charge_at is not None:
            assert product.next_charge_at > NOW

    homes = {
        person.login: subscriptions.home(seeded, actor(seeded, person.login), now=NOW)
        for person in (PREPAID, POSTPAID, CORPORATE, HYBRID)
    }
    kinds = {login: Counter(s.kind for s in home.subscriptions) for login, home in homes.items()}
    assert kinds[PREPAID.login] == {OfferingKind.PLAN: 1}
    assert sum(kinds[POSTPAID.login].values()) == 3
    assert sum(kinds[CORPORATE.login].values()) == 6
    assert kinds[HYBRID.login] == {OfferingKind.PLAN: 2}
    assert len(homes[PREPAID.login].goods) == 1


def test_nobody_is_told_of_what_is_long_past(seeded: Session) -> None:
    assert seeded.exec(select(OutboxEvent).where(OutboxEvent.done_at.is_(None))).all() == []
    assert seeded.exec(select(CommunicationMessage)).all() == []


def test_the_first_rounds_of_the_jobs_find_nothing_to_do(seeded: Session) -> None:
    for account in seeded.exec(select(BillingAccount)):
        assert account.next_bill_at is not None
        assert account.next_bill_at > NOW
    assert not renewals.due(seeded, now=NOW)
    assert not dunning.due(seeded, now=NOW)
    proven(seeded)


def test_somebody_has_each_kind_of_debt(seeded: Session) -> None:
    jonas, mateo = demo_actor(seeded, POSTPAID), demo_actor(seeded, HYBRID)
    found = agreements.offer(seeded, jonas, policy=BillPolicy(), now=NOW)
    assert found.total.minor >= BillPolicy().agreement_least_minor
    seen = outlook(seeded, mateo, policy=BillPolicy(), now=NOW)
    assert seen is not None
    assert seen.agreement is not None
    assert not seen.overdue
    (phone,) = purchases.purchases(seeded, mateo, now=NOW)
    assert phone.total == Money(24 * 1999, "EUR")


def test_one_can_call_a_change_off_and_one_can_buy_a_booster(seeded: Session) -> None:
    jonas, lucia = actor(seeded, POSTPAID.login), actor(seeded, PREPAID.login)
    change = seeded.exec(
        select(ProductChange).where(ProductChange.customer_id == jonas.customer_id)
    ).one()
    revoking.revoke(seeded, jonas, change.id, now=NOW)
    phone = next(one for one in subscriptions.home(seeded, lucia, now=NOW).subscriptions)
    _, tree = options.held(seeded, lucia, phone.id, policy=Policy(), now=NOW)
    offered = options.boosters(tree, policy=Policy(), now=NOW)
    (first, *_) = [one for one in offered if one.quote]
    assert first.quote is not None
    wish, seen = first.quote.wish, first.quote.seen
    asking.ask(seeded, lucia, wish, seen=seen, policy=Policy(), now=NOW)
    proven(seeded)


def test_a_family_shares_and_its_younger_line_took_some(seeded: Session) -> None:
    took = seeded.exec(select(SharedUse.units)).all()
    assert 1_024**3 < sum(took) <= 12 * 1_024**3
    (member,) = seeded.exec(select(SharingMember)).all()
    months = select(UsagePeriod.amount_micro).where(UsagePeriod.product_id == member.product_id)
    assert sum(seeded.exec(months)) < 5_000_000  # calls abroad at most


def test_each_has_their_own_places(seeded: Session) -> None:
    found = {
        person.login: places(seeded, demo_actor(seeded, person), now=NOW)
        for person in (PREPAID, POSTPAID, CORPORATE, HYBRID)
    }
    assert found == {
        PREPAID.login: Places(wallet=True, usage=True),
        POSTPAID.login: Places(bills=True, usage=True),
        CORPORATE.login: Places(bills=True, usage=True),
        HYBRID.login: Places(wallet=True, bills=True, usage=True),
    }


def test_cards_are_kept_once_and_the_company_pays_by_one(seeded: Session) -> None:
    missing = demo_cards.without_cards(seeded)
    assert set(missing) == {POSTPAID.login, CORPORATE.login, HYBRID.login}
    for login in missing:
        saved = SavedMethod(f"token of {login}", "sandbox", "0001", 1, NOW.year + 4)
        demo_cards.keep_cards(seeded, login, (saved,), provider="sandbox", currency="EUR", now=NOW)
    assert demo_cards.without_cards(seeded) == {}
    company, jonas = demo_actor(seeded, CORPORATE), demo_actor(seeded, POSTPAID)
    assert autopay.setting(seeded, company, now=NOW).on
    assert not autopay.setting(seeded, jonas, now=NOW).on


def test_the_files_are_readable_by_people() -> None:
    for file in CATALOG.glob("*.json"):
        text = file.read_text(encoding="utf-8")
        assert json.loads(text)
        assert "\\u" not in text, "letters stand as they are"
        assert max(map(len, text.splitlines())) <= 240
