"""Choices for what is in the basket already: another plan, one more extra."""

from __future__ import annotations

from self_service.domain.basket import acts as basket
from self_service.domain.choosing.query import NO_PLAN
from tests.basket_shop import (
    BLACK,
    ESIM,
    find,
    make_customer,
    phone_with_plan,
    put,
    refused,
    shape,
    stored,
)
from tests.choosing import look, names, option, take
from tests.conftest import NOW


class TestExtra:
    def test_it_leads_to_what_it_is_for(self, session, shop, ana):
        found = look(session, ana, "roaming")
        assert found.plan_open
        assert set(names(found.plans)) == {"plan-m", "plan-l"}
        plan = option(found, "plan-l")
        assert plan.slug == "plan-l"
        assert plan.query.extras == ("roaming",)
        assert plan.totals.monthly.minor == 2999 + 500

    def test_it_goes_on_a_line_that_is_there(self, session, shop, ana):
        phone_with_plan(session, ana, shop, "plan-m")
        first = look(session, ana, "roaming").plans[0]
        assert first.in_basket
        view = take(session, ana, "roaming", line=str(first.line))
        assert shape(view) == [("phone", 1, [("plan-m", 1, [("roaming", 1)])])]
        again = look(session, ana, "roaming").plans[0]
        assert again.problem.code == "already_chosen"

    def test_alone_it_is_refused(self, session, shop, ana):
        assert refused(take, session, ana, "roaming") == "needs_parent"
        assert stored(session) == []

    def test_a_line_of_somebody_else_is_not_found(self, session, shop, ana):
        view = phone_with_plan(session, make_customer(session), shop, "plan-m")
        line = str(find(view, "plan-m").id)
        before = stored(session)
        assert refused(take, session, ana, "roaming", line=line) == "not_found"
        assert stored(session) == before


class TestPlan:
    def test_that_of_a_device_is_swapped(self, session, shop, ana):
        line = str(phone_with_plan(session, ana, shop, "plan-m", "roaming", "data").lines[0].id)
        found = look(session, ana, "phone", line=line)
        assert (found.changing, found.plan_open, found.extras) == (True, True, ())
        assert option(found, "plan-m").in_basket
        chosen = look(session, ana, "phone", line=line, plan="plan-l")
        assert [name["en"] for name in chosen.dropped] == ["data"]
        assert chosen.query.below == {"plan-l": ESIM}, "the kind of SIM stays"
        view = take(session, ana, "phone", line=line, plan="plan-l")
        assert shape(view) == [("phone", 1, [("plan-l", 1, [("roaming", 1)])])]
        assert view.totals == chosen.sale.totals, "what was shown is what is in the basket"
        assert [name["en"] for name in view.dropped] == ["data"]

    def test_a_device_without_one_gets_it(self, session, shop, ana):
        line = str(put(session, ana, shop, "phone", configuration=BLACK, quantity=2).lines[0].id)
        found = look(session, ana, "phone", line=line)
        assert found.plans[-1].in_basket
        assert option(found, "plan-m").totals.monthly.minor == 2 * 1999
        view = take(session, ana, "phone", line=line, plan="plan-m")
        assert shape(view) == [("phone", 2, [("plan-m", 2)])]

    def test_it_can_go(self, session, shop, ana):
        line = str(phone_with_plan(session, ana, shop, "plan-m").lines[0].id)
        view = take(session, ana, "phone", line=line, plan=NO_PLAN)
        assert shape(view) == [("phone", 1)]

    def test_one_on_its_own_is_swapped_for_one_of_its_kind(self, session, shop, ana):
        line = str(put(session, ana, shop, "plan-m", configuration=ESIM).lines[0].id)
        found = look(session, ana, "plan-m", line=line)
        assert set(names(found.plans)) == {"plan-m", "plan-l", "young"}
        assert shape(take(session, ana, "plan-m", line=line, plan="plan-l")) == [("plan-l", 1)]

    def test_nothing_chosen_changes_nothing(self, session, shop, ana):
        line = str(phone_with_plan(session, ana, shop, "plan-m").lines[0].id)
        before = stored(session)
        take(session, ana, "phone", line=line)
        assert stored(session) == before

    def test_a_line_that_is_gone_begins_anew(self, session, shop, ana):
        line = str(phone_with_plan(session, ana, shop, "plan-m").lines[0].id)
        basket.remove(session, ana, now=NOW, line_id=line)
        assert not look(session, ana, "phone", line=line).changing

    def test_that_of_somebody_else_is_not_changed(self, session, shop, ana):
        bob = make_customer(session)
        line = str(phone_with_plan(session, bob, shop, "plan-m").lines[0].id)
        assert not look(session, ana, "phone", line=line).changing
        take(session, ana, "phone", line=line, plan="plan-l")
        assert shape(basket.view(session, bob, now=NOW)) == [("phone", 1, [("plan-m", 1)])]
