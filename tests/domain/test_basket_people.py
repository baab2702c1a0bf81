"""Whose basket, and what happens to it while time passes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from self_service.domain.access import Actor
from self_service.domain.basket import acts as basket
from self_service.domain.basket.terms import OWNED
from self_service.models.access import Role
from self_service.models.catalog import ProductOffering, ProductOfferingPrice, ProductStock
from self_service.models.subscriptions import ProductStatus
from tests.basket_shop import (
    BLUE,
    find,
    make_customer,
    own,
    phone_with_plan,
    put,
    refused,
    retire,
    shape,
    stored,
    visitor,
)
from tests.conftest import NOW
from tests.factories import add_price, monthly


class TestPeople:
    def test_a_browser_without_a_cookie_is_told(self, session, shop):
        nobody = Actor()
        assert basket.view(session, nobody, now=NOW).lines == ()
        assert refused(put, session, nobody, shop, "cable") == "cookies_needed"
        assert stored(session) == []

    def test_staff_have_no_basket(self, session, shop):
        staff = Actor(role=Role.REPRESENTATIVE, key="k", identity_id=uuid4())
        assert basket.view(session, staff, now=NOW).lines == ()
        assert refused(put, session, staff, shop, "cable") == "not_allowed"
        assert stored(session) == []

    def test_a_customer_has_one_basket_on_all_devices(self, session, shop):
        here = make_customer(session)
        there = Actor(Role.CUSTOMER, uuid4().hex, here.customer_id, uuid4())
        put(session, here, shop, "cable")
        assert shape(put(session, there, shop, "cable")) == [("cable", 2)]

    @pytest.mark.parametrize("signed_in", [False, True])
    def test_nobody_reaches_anothers_basket(self, session, shop, ana, signed_in):
        view = phone_with_plan(session, ana, shop, "plan-m")
        mine = view.lines[0].id
        thief = make_customer(session) if signed_in else visitor()
        put(session, thief, shop, "cable")
        before = stored(session)
        plan = find(view, "plan-m").id
        calls = [
            (basket.set_quantity, {"line_id": mine, "quantity": 1}),
            (basket.remove, {"line_id": mine}),
            (basket.configure, {"line_id": mine, "configuration": BLUE}),
            (basket.swap_plan, {"line_id": plan, "offering_id": shop["plan-l"]}),
            (basket.add, {"offering_id": shop["data"], "parent_line": plan}),
            (basket.may_add, {"offering_ids": [shop["data"]], "parent_line": plan}),
            (basket.view, {"cart_id": view.id}),
        ]
        for call, arguments in calls:
            assert refused(call, session, thief, now=NOW, **arguments) == "not_found", call
        assert refused(basket.claim_for_order, session, thief, view.id, now=NOW) == "not_found"
        assert stored(session) == before
        assert shape(basket.view(session, thief, now=NOW)) == [("cable", 1)]

    def test_a_new_cookie_sees_nothing(self, session, shop, ana):
        put(session, ana, shop, "cable")
        assert basket.view(session, visitor(), now=NOW).lines == ()

    @pytest.mark.parametrize("status", ProductStatus)
    def test_offers_for_new_customers_hold_until_something_is_owned(self, session, shop, status):
        customer = make_customer(session)
        own(session, customer, shop["cable"], status)
        assert refused(put, session, customer, shop, "young") == (
            "new_customers_only" if status in OWNED else ""
        )

    def test_what_is_owned_counts_as_present(self, session, shop):
        customer = make_customer(session)
        assert refused(put, session, customer, shop, "sport") == "requires"
        own(session, customer, shop["fibre"])
        assert put(session, customer, shop, "sport").can_check_out


class TestTimePasses:
    def test_what_left_the_catalogue_stays_visible_with_its_problem(self, session, shop, ana):
        put(session, ana, shop, "cable")
        put(session, ana, shop, "fibre")
        retire(session, shop, "cable")
        view = basket.view(session, ana, now=NOW)
        assert shape(view) == [("cable", 1), ("fibre", 1)]
        assert view.lines[0].problem.code == "no_longer_on_sale"
        assert view.lines[0].name == {"en": "cable"}
        assert view.totals.due_now.minor == 3499
        assert not view.can_check_out
        view = basket.remove(session, ana, now=NOW, line_id=view.lines[0].id)
        assert view.can_check_out
        assert shape(basket.undo(session, ana, now=NOW)) == [("cable", 1), ("fibre", 1)]

    def test_what_others_bought_meanwhile_shows(self, session, shop, ana):
        put(session, ana, shop, "tablet", quantity=2)
        left = select(ProductStock).where(ProductStock.offering_id == shop["tablet"])
        session.exec(left).one().available = 1
        session.flush()
        view = basket.view(session, ana, now=NOW)
        assert [found.code for found in view.problems] == ["few_left"]
        assert (view.lines[0].quantity, view.lines[0].max_quantity) == (2, 1)
        tablet = view.lines[0].id
        view = basket.set_quantity(session, ana, now=NOW, line_id=tablet, quantity=1)
        assert view.can_check_out

    def test_a_new_price_is_charged_and_marked(self, session, shop, ana):
        put(session, ana, shop, "cable")
        put(session, ana, shop, "fibre")
        later = NOW + timedelta(days=30)
        old = session.exec(
            select(ProductOfferingPrice).where(ProductOfferingPrice.offering_id == shop["fibre"])
        ).one()
        old.valid_to = later
        fibre = session.get(ProductOffering, shop["fibre"])
        add_price(session, fibre, monthly(3999, valid_from=later))
        view = basket.view(session, ana, now=later)
        assert [line.price_changed for line in view.lines] == [False, True]
        assert view.totals.monthly.minor == 3999
        view = basket.remove(session, ana, now=later, line_id=view.lines[1].id)
        view = basket.undo(session, ana, now=later)
        assert [line.price_changed for line in view.lines] == [False, True], "undo is exact"
        line = view.lines[1].id
        basket.remove(session, ana, now=later, line_id=line)
        view = basket.add(session, ana, now=later, offering_id=shop["fibre"])
        assert [line.price_changed for line in view.lines] == [False, False]

    def test_an_offer_for_new_customers_costs_the_regular_price_after_sign_in(self, session, shop):
        guest, customer = visitor(), make_customer(session)
        own(session, customer, shop["cable"])
        view = put(session, guest, shop, "young")
        assert view.totals.due_now.minor == 0
        basket.merge_on_sign_in(
            session, visitor_key=guest.key, customer_id=customer.customer_id, now=NOW
        )
        view = basket.view(session, customer, now=NOW)
        assert view.totals.due_now.minor == 999
        assert view.lines[0].price_changed
        assert view.lines[0].problem.code == "new_customers_only"
        assert not view.can_check_out


class TestMayAdd:
    def test_choices_are_greyed_out_with_their_reason(self, session, shop, ana):
        view = phone_with_plan(session, ana, shop, "plan-l", "roaming")
        plan = find(view, "plan-l").id
        asked = [shop["roaming"], shop["data"]]
        found = basket.may_add(session, ana, now=NOW, offering_ids=asked, parent_line=plan)
        assert {key: found[key].code for key in asked} == {
            shop["roaming"]: "already_chosen",
            shop["data"]: "wrong_parent",
        }
        alone = basket.may_add(
            session, ana, now=NOW, offering_ids=[shop["phone"], shop["sport"], shop["tablet"]]
        )
        assert alone[shop["phone"]] is None
        assert alone[shop["tablet"]] is None
        assert [o.slug for o in alone[shop["sport"]].fix.offerings] == ["fibre"]


class TestClaim:
    def test_a_claimed_basket_is_read_by_its_id_and_a_new_one_begins(self, session, shop):
        customer = make_customer(session)
        view = put(session, customer, shop, "cable")
        assert basket.claim_for_order(session, customer, str(view.id), now=NOW)
        assert not basket.claim_for_order(session, customer, view.id, now=NOW)
        assert basket.view(session, customer, now=NOW).lines == ()
        ordered = basket.view(session, customer, now=NOW, cart_id=view.id)
        assert ordered.lines == view.lines
        other = put(session, customer, shop, "fibre")
        assert other.id != view.id
        remove = {"now": NOW, "line_id": view.lines[0].id}
        assert refused(basket.remove, session, customer, **remove) == "not_found"
