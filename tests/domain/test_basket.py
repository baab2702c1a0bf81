"""The acts on a basket, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from self_service.domain.basket import acts as basket
from self_service.domain.basket.view import flat
from self_service.models.basket import CartItem, ShoppingCart
from self_service.money import Money
from tests.basket_shop import (
    BLACK,
    BLUE,
    ESIM,
    find,
    phone_with_plan,
    put,
    refused,
    retire,
    shape,
    stored,
)
from tests.conftest import NOW


class TestAdd:
    def test_the_first_thing_opens_a_basket(self, session, shop, ana):
        assert basket.view(session, ana, now=NOW).id is None
        view = put(session, ana, shop, "cable", quantity=2)
        assert shape(view) == [("cable", 2)]
        assert view.totals.due_now == Money(2 * 990, "EUR")
        assert (view.count, view.can_undo, view.can_check_out) == (2, True, True)
        assert basket.view(session, ana, now=NOW) == view
        assert len(session.exec(select(ShoppingCart)).all()) == 1

    def test_the_same_choice_once_more_is_one_line(self, session, shop, ana):
        put(session, ana, shop, "phone", configuration=BLACK)
        put(session, ana, shop, "phone", configuration=BLUE)
        view = put(session, ana, shop, "phone", configuration=BLACK, quantity=2)
        assert [(line.configuration, line.quantity) for line in view.lines] == [
            (BLACK, 3),
            (BLUE, 1),
        ]

    def test_device_plan_and_extras_in_one_act(self, session, shop, ana):
        view = phone_with_plan(session, ana, shop, "plan-m", "roaming", "data", quantity=2)
        assert shape(view) == [
            ("phone", 2, [("plan-m", 2, [("roaming", 2), ("data", 2)])]),
        ]
        assert view.totals.due_now.minor == 2 * (59900 + 1999 + 500 + 700)
        assert view.totals.monthly.minor == 2 * (1999 + 500 + 700)
        again = phone_with_plan(session, ana, shop, "plan-m", "data", "roaming")
        assert shape(again) == [
            ("phone", 3, [("plan-m", 3, [("roaming", 3), ("data", 3)])]),
        ]
        assert again.lines[0].max_quantity == 5, "five plans in one order"
        other = phone_with_plan(session, ana, shop, "plan-m", "data")
        assert len(other.lines) == 2, "another choice is another line"

    def test_for_a_line_that_is_there(self, session, shop, ana):
        view = put(session, ana, shop, "phone", configuration=BLACK, quantity=2)
        phone = view.lines[0].id
        view = put(session, ana, shop, "plan-m", configuration=ESIM, parent_line=str(phone))
        plan = find(view, "plan-m")
        assert plan.quantity == 2
        view = put(session, ana, shop, "roaming", parent_line=plan.id)
        assert shape(view) == [("phone", 2, [("plan-m", 2, [("roaming", 2)])])]
        before = stored(session)
        assert refused(put, session, ana, shop, "roaming", parent_line=plan.id) == "already_chosen"
        assert (
            refused(put, session, ana, shop, "plan-l", configuration=ESIM, parent_line=phone)
            == "one_plan"
        )
        assert stored(session) == before

    def test_a_bundle_brings_its_only_parts_and_pays_for_them(self, session, shop, ana):
        view = put(session, ana, shop, "pack")
        assert shape(view) == [("pack", 1, [("router", 1), ("fibre", 1)])]
        assert view.totals.monthly.minor == 4499
        assert view.totals.due_now.minor == 4499
        assert find(view, "fibre").prices == ()
        view = put(session, ana, shop, "sport", parent_line=view.lines[0].id)
        assert find(view, "sport").group == "tv"
        assert view.totals.monthly.minor == 4499
        view = basket.remove(session, ana, now=NOW, line_id=find(view, "router").id)
        assert [found.code for found in view.problems] == ["too_few_parts"]
        assert view.lines[0].problem == view.problems[0]
        assert not view.can_check_out

    @pytest.mark.parametrize(
        ("slug", "arguments", "code"),
        [
            ("phone", {}, "choose"),
            ("phone", {"configuration": {"colour": "Pink"}}, "no_such_value"),
            ("roaming", {}, "needs_parent"),
            ("sport", {}, "requires"),
            ("router", {}, "bundle_only"),
            ("tablet", {"quantity": 3}, "few_left"),
            ("plan-l", {"configuration": ESIM, "quantity": 6}, "too_many_in_sale"),
            ("fibre", {"quantity": 2}, "too_many_in_sale"),
        ],
    )
    def test_a_broken_rule_changes_nothing(self, session, shop, ana, slug, arguments, code):
        put(session, ana, shop, "cable")
        before = stored(session)
        assert refused(put, session, ana, shop, slug, **arguments) == code
        assert stored(session) == before

    def test_an_old_problem_does_not_stop_something_else(self, session, shop, ana):
        put(session, ana, shop, "fibre")
        view = put(session, ana, shop, "sport")
        view = basket.remove(session, ana, now=NOW, line_id=find(view, "fibre").id)
        assert [found.code for found in view.problems] == ["requires"]
        assert shape(put(session, ana, shop, "cable")) == [("sport", 1), ("cable", 1)]

    def test_what_left_the_catalogue_cannot_come_in(self, session, shop, ana):
        retire(session, shop, "cable")
        assert refused(put, session, ana, shop, "cable") == "offering_gone"
        assert refused(basket.add, session, ana, now=NOW, offering_id=uuid4()) == "offering_gone"
        assert stored(session) == []


class TestChange:
    def test_quantity_goes_down_to_nothing_with_what_hangs_on_it(self, session, shop, ana):
        view = phone_with_plan(session, ana, shop, "plan-m", "roaming")
        phone = view.lines[0].id
        view = basket.set_quantity(session, ana, now=NOW, line_id=phone, quantity=3)
        assert shape(view) == [("phone", 3, [("plan-m", 3, [("roaming", 3)])])]
        plan = find(view, "plan-m").id
        set_quantity = {"now": NOW, "line_id": plan, "quantity": 1}
        before = stored(session)
        assert refused(basket.set_quantity, session, ana, **set_quantity) == "goes_with_parent"
        too_many = {"now": NOW, "line_id": phone, "quantity": 6}
        assert refused(basket.set_quantity, session, ana, **too_many) == "too_many_in_sale"
        assert stored(session) == before
        view = basket.set_quantity(session, ana, now=NOW, line_id=plan, quantity=0)
        assert shape(view) == [("phone", 3)]
        view = basket.set_quantity(session, ana, now=NOW, line_id=phone, quantity=0)
        assert view.lines == ()
        assert session.exec(select(CartItem)).all() == []

    def test_max_quantity_is_what_is_possible(self, session, shop, ana):
        put(session, ana, shop, "cable", quantity=9)
        view = put(session, ana, shop, "tablet")
        assert [line.max_quantity for line in view.lines] == [9, 2]
        tablet = view.lines[1].id
        view = basket.set_quantity(session, ana, now=NOW, line_id=tablet, quantity=2)
        assert view.lines[1].quantity == 2

    def test_configure(self, session, shop, ana):
        view = put(session, ana, shop, "phone", configuration=BLACK)
        phone = view.lines[0].id
        view = basket.configure(session, ana, now=NOW, line_id=phone, configuration=BLUE)
        assert (view.lines[0].id, view.lines[0].configuration) == (phone, BLUE)

    def test_clear_and_undo(self, session, shop, ana):
        full = phone_with_plan(session, ana, shop, "plan-m", "data")
        empty = basket.clear(session, ana, now=NOW)
        assert (empty.lines, empty.count, empty.can_check_out) == ((), 0, False)
        assert empty.totals.due_now == Money.zero("EUR")
        back = basket.undo(session, ana, now=NOW)
        assert back.lines == full.lines
        assert not back.can_undo
        before = stored(session)
        assert refused(basket.undo, session, ana, now=NOW) == "nothing_to_undo"
        assert stored(session) == before

    def test_undo_of_the_first_add_empties(self, session, shop, ana):
        put(session, ana, shop, "cable")
        assert basket.undo(session, ana, now=NOW).lines == ()

    def test_an_act_that_changes_nothing_keeps_what_can_be_undone(self, session, shop, ana):
        put(session, ana, shop, "cable")
        view = put(session, ana, shop, "cable")
        line = view.lines[0].id
        basket.set_quantity(session, ana, now=NOW, line_id=line, quantity=2)
        assert shape(basket.undo(session, ana, now=NOW)) == [("cable", 1)]

    def test_nothing_is_opened_by_looking_or_clearing(self, session, shop, ana):
        basket.view(session, ana, now=NOW)
        basket.clear(session, ana, now=NOW)
        assert refused(basket.undo, session, ana, now=NOW) == "nothing_to_undo"
        assert stored(session) == []

    def test_every_write_is_dated(self, session, shop, ana):
        put(session, ana, shop, "cable")
        later = NOW + timedelta(minutes=5)
        basket.add(session, ana, now=later, offering_id=shop["cable"])
        assert session.exec(select(ShoppingCart.updated_at)).one() == later


class TestSwap:
    def test_extras_that_fit_stay_and_the_others_are_named(self, session, shop, ana):
        view = phone_with_plan(session, ana, shop, "plan-m", "roaming", "data")
        plan = find(view, "plan-m")
        kept = find(view, "roaming").id
        view = basket.swap_plan(
            session, ana, now=NOW, line_id=plan.id, offering_id=str(shop["plan-l"])
        )
        assert shape(view) == [("phone", 1, [("plan-l", 1, [("roaming", 1)])])]
        assert view.dropped == ({"en": "data"},)
        new = find(view, "plan-l")
        assert (new.id, new.configuration) == (plan.id, ESIM)
        assert find(view, "roaming").id == kept
        assert view.totals.has_term
        assert find(view, "roaming").totals.term_months == 24, "covers the plan's term"
        assert shape(basket.undo(session, ana, now=NOW)) == [
            ("phone", 1, [("plan-m", 1, [("roaming", 1), ("data", 1)])])
        ]

    def test_a_choice_that_the_other_plan_lacks_must_be_made(self, session, shop, ana):
        view = put(session, ana, shop, "plan-m", configuration={"sim": "sim"})
        swap = {"now": NOW, "line_id": view.lines[0].id, "offering_id": shop["plan-l"]}
        before = stored(session)
        assert refused(basket.swap_plan, session, ana, **swap) == "choose"
        assert stored(session) == before
        view = basket.swap_plan(session, ana, **swap, configuration=ESIM)
        assert shape(view) == [("plan-l", 1)]

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("phone", "plan-m", "not_swappable"),
            ("plan-m", "phone", "not_swappable"),
            ("plan-m", "fibre", "not_swappable"),
        ],
    )
    def test_only_plans_of_one_kind(self, session, shop, ana, old, new, code):
        configuration = BLACK if old == "phone" else ESIM
        view = put(session, ana, shop, old, configuration=configuration)
        before = stored(session)
        swap = {"now": NOW, "line_id": view.lines[0].id, "offering_id": shop[new]}
        assert refused(basket.swap_plan, session, ana, **swap) == code
        assert stored(session) == before


def test_totals_are_the_sum_of_all_lines(session, shop, ana):
    phone_with_plan(session, ana, shop, "plan-m", "roaming", quantity=2)
    view = put(session, ana, shop, "pack")
    every = [line for top in view.lines for line in flat(top)]
    for name in ("due_now", "one_time", "monthly", "regular_monthly", "whole_term"):
        total = sum((getattr(line.totals, name) for line in every), Money.zero("EUR"))
        assert getattr(view.totals, name) == total
