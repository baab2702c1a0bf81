"""The next step of a sale: what can be chosen, what it costs together, and putting it in."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from self_service.domain.choosing.query import NO_PLAN
from self_service.domain.errors import NotFound
from self_service.domain.rules.problems import FixAct, Impossible
from self_service.models.catalog import OfferingKind as K
from self_service.models.catalog import ProductOffering, Relation
from tests.basket_shop import (
    BLUE,
    ESIM,
    Shop,
    find,
    make_customer,
    own,
    put,
    refused,
    retire,
    shape,
    stored,
)
from tests.choosing import look, names, option, take
from tests.factories import link, make_offering, monthly, one_time


@pytest.fixture
def extras(session: Session, shop: Shop) -> None:
    """World excludes roaming, the bonus needs data; both go with plan-m."""
    plan, roaming, data = (
        session.get(ProductOffering, shop[slug]) for slug in ("plan-m", "roaming", "data")
    )
    on = link(Relation.ADDON_OF, plan)
    make_offering(
        session,
        slug="world",
        kind=K.ADDON,
        prices=[monthly(1500), one_time(300)],
        links=[on, link(Relation.EXCLUDES, roaming)],
    )
    make_offering(
        session,
        slug="bonus",
        kind=K.BOOSTER,
        prices=[one_time(100)],
        links=[on, link(Relation.REQUIRES, data)],
    )


class TestDevice:
    def test_a_plan_has_to_be_chosen_first(self, session, shop, ana):
        found = look(session, ana, "phone", colour="Blue")
        assert found.plan_open
        assert names(found.plans)[-1] == "-"
        assert set(names(found.plans)) == {"plan-m", "plan-l", "young", "-"}
        assert found.query.to_params() == {"colour": "Blue"}

    def test_every_plan_is_priced_together_with_the_device(self, session, shop, ana):
        totals = option(look(session, ana, "phone"), "plan-l").totals
        assert (totals.due_now.minor, totals.monthly.minor) == (59900 + 2999, 2999)
        assert totals.whole_term.minor == 59900 + 24 * 2999
        alone = look(session, ana, "phone").plans[-1].totals
        assert (alone.due_now.minor, alone.regular_monthly.minor) == (59900, 0)

    def test_no_plan_is_a_choice(self, session, shop, ana):
        found = look(session, ana, "phone", plan=NO_PLAN)
        assert not found.plan_open
        assert shape(take(session, ana, "phone", plan=NO_PLAN)) == [("phone", 1)]

    def test_everything_in_one_act(self, session, shop, ana):
        asked = {"colour": "Blue", "plan": "plan-m", "plan-m.sim": "sim", "addons": "data,roaming"}
        found = look(session, ana, "phone", **asked)
        view = take(session, ana, "phone", **asked)
        assert shape(view) == [("phone", 1, [("plan-m", 1, [("data", 1), ("roaming", 1)])])]
        assert view.lines[0].configuration == BLUE
        assert find(view, "plan-m").configuration == {"sim": "sim"}
        assert view.totals == found.sale.totals, "what was shown is what is in the basket"
        assert view.can_undo

    def test_unknown_choices_are_left_out(self, session, shop, ana):
        found = look(
            session, ana, "phone", colour="Pink", plan="gone", addons="nothing", utm="x", line="y"
        )
        assert found.query.to_params() == {"colour": "Black"}
        assert found.plan_open

    def test_extras_that_do_not_fit_another_plan_are_named(self, session, shop, ana):
        found = look(session, ana, "phone", plan="plan-l", addons="roaming,data")
        assert found.query.extras == ("roaming",)
        assert [name["en"] for name in found.dropped] == ["data"]

    def test_a_plan_for_new_customers_says_why(self, session, shop):
        bob = make_customer(session)
        own(session, bob, shop["plan-m"])
        found = look(session, bob, "phone")
        assert option(found, "young").problem.code == "new_customers_only"
        assert names(found.plans)[-2:] == ["young", "-"], "what can be chosen stands first"
        before = stored(session)
        assert refused(take, session, bob, "phone", plan="young") == "new_customers_only"
        assert stored(session) == before

    def test_what_is_sold_out_says_so(self, session, shop, ana):
        put(session, ana, shop, "tablet", quantity=2)
        found = look(session, ana, "tablet", plan=NO_PLAN)
        assert found.problem.code == "few_left"
        with pytest.raises(Impossible):
            take(session, ana, "tablet", plan=NO_PLAN)


@pytest.mark.usefixtures("extras")
class TestExtras:
    def test_a_plan_leads_to_what_goes_with_it(self, session, shop, ana):
        found = look(session, ana, "plan-m")
        assert not found.plan_open
        assert set(names(found.extras)) == {"roaming", "data", "world", "bonus"}
        assert [c.offering.slug for c in found.configurables] == ["plan-m"]
        assert found.query.values == ESIM

    def test_an_exclusion_says_what_to_take_instead(self, session, shop, ana):
        found = look(session, ana, "plan-m", addons="data,roaming")
        world = option(found, "world")
        assert world.problem.code == "excluded"
        assert world.way.act is FixAct.REMOVE
        assert world.way.offering.slug == "roaming"
        assert world.way.query.extras == ("data", "world")
        fixed = look(session, ana, "plan-m", **world.way.query.to_params())
        assert fixed.problem is None
        assert option(fixed, "roaming").problem.code == "excluded"

    def test_a_requirement_says_what_to_add(self, session, shop, ana):
        bonus = option(look(session, ana, "plan-m"), "bonus")
        assert bonus.problem.code == "requires"
        assert bonus.way.act is FixAct.ADD
        assert bonus.way.query.extras == ("data", "bonus")
        assert option(look(session, ana, "plan-m", addons="data"), "bonus").problem is None

    def test_both_chosen_in_the_address_is_seen_and_refused(self, session, shop, ana):
        found = look(session, ana, "plan-m", addons="roaming,world")
        assert found.problem.code == "excluded"
        assert option(found, "world").problem is not None
        before = stored(session)
        assert refused(take, session, ana, "plan-m", addons="roaming,world") == "excluded"
        assert stored(session) == before

    def test_choosing_again_takes_it_out(self, session, shop, ana):
        data = option(look(session, ana, "plan-m", addons="data,roaming"), "data")
        assert data.chosen
        assert data.query.extras == ("roaming",)

    def test_an_extra_covers_the_time_of_its_plan(self, session, shop, ana):
        found = look(session, ana, "phone", plan="plan-l")
        totals = option(found, "roaming").totals
        assert (totals.term_months, totals.whole_term.minor) == (24, 24 * 500)


class TestBundle:
    def test_what_is_preset_is_chosen(self, session, shop, ana):
        found = look(session, ana, "pack")
        fixed = {part.options[0].offering.slug: part.fixed for part in found.parts}
        assert fixed == {"fibre": True, "sport": False, "router": True}
        assert found.query.parts["net"] == ("fibre",)
        assert found.query.parts["tv"] == ()
        assert option(found, "sport").paid

    def test_an_optional_part_can_be_added_and_taken_out(self, session, shop, ana):
        sport = option(look(session, ana, "pack"), "sport")
        with_sport = look(session, ana, "pack", **sport.query.to_params())
        assert option(with_sport, "sport").chosen
        assert option(with_sport, "sport").query.parts["tv"] == ()
        view = take(session, ana, "pack", **sport.query.to_params())
        assert sorted(line.slug for line in view.lines[0].children) == ["fibre", "router", "sport"]
        assert view.totals.monthly.minor == 4499

    def test_a_part_that_left_the_catalogue_is_not_shown(self, session, shop, ana):
        retire(session, shop, "sport")
        assert "sport" not in str(look(session, ana, "pack").query.parts)


def test_an_unknown_address_is_not_found(session, shop, ana):
    with pytest.raises(NotFound):
        look(session, ana, "nothing")
