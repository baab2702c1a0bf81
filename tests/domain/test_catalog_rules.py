"""Every rule, over offerings made by hand: no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from self_service.domain.catalog.view import Characteristic, Offering
from self_service.domain.rules.problems import FixAct
from self_service.domain.rules.sale import SaleLine, covered
from self_service.models.catalog import Relation
from tests.conftest import NOW
from tests.factories import as_price, monthly, one_time
from tests.sale_shop import (
    FAST_FIBRE,
    FIBRE,
    OTHER_PLAN,
    PACK,
    PHONE,
    PLAN,
    ROAMING,
    SHOP,
    TOP,
    K,
    Shop,
    choices,
    line,
    offer,
    said,
    to,
)


def test_a_complete_sale_breaks_nothing():
    phone = line(PHONE)
    plan = line(PLAN, phone)
    assert SHOP.check(phone, plan, line(ROAMING, plan), line(FIBRE)) == ()


class TestTimeAndPeople:
    @pytest.mark.parametrize(
        ("starts", "ends", "code"),
        [
            (1, None, "not_yet_on_sale"),
            (0, None, ""),
            (None, 1, ""),
            (None, 0, "no_longer_on_sale"),
            (-2, -1, "no_longer_on_sale"),
        ],
    )
    def test_dates(self, starts, ends, code):
        def day(offset):
            return None if offset is None else NOW + timedelta(days=offset)

        phone = replace(PHONE, valid_from=day(starts), valid_to=day(ends))
        assert [c for c, _ in SHOP.codes(line(phone))] == [code] * bool(code)

    def test_a_start_is_named_by_its_day_in_each_language(self):
        phone = replace(PHONE, valid_from=NOW + timedelta(days=10))
        (found,) = SHOP.check(line(phone))
        assert said(found) == "Phone can be bought from Dec 1, 2026. Remove it until then."
        assert "1 dic 2026" in said(found, "es")

    def test_new_customers_only(self):
        offer_ = replace(PLAN, new_customers_only=True)
        assert SHOP.codes(line(offer_)) == []
        existing = replace(SHOP, new_customer=False)
        assert existing.codes(line(offer_)) == [("new_customers_only", "plan m")]

    def test_not_sellable_alone_but_in_its_bundle(self):
        router = offer(K.DEVICE, "Router", is_sellable=False)
        pack = offer(K.BUNDLE, "Pack", to(Relation.BUNDLES, router, group="box"))
        assert SHOP.codes(line(router)) == [("bundle_only", "router")]
        top = line(pack)
        assert SHOP.codes(top, line(router, top, group="box")) == []
        assert ("bundle_only", "router") in SHOP.codes(top, line(router, top, group="other"))


class TestConfiguration:
    PHONE = replace(PHONE, characteristics=choices(colour=["Black", "Blue"], storage=["128 GB"]))

    @pytest.mark.parametrize(
        ("chosen", "codes"),
        [
            ({"colour": "Black", "storage": "128 GB"}, []),
            ({"colour": "Black"}, ["choose"]),
            ({}, ["choose", "choose"]),
            ({"colour": "Pink", "storage": "128 GB"}, ["no_such_value"]),
            ({"colour": "Blue", "storage": "128 GB", "size": "L"}, ["no_such_choice"]),
        ],
    )
    def test_complete_and_existing(self, chosen, codes):
        found = SHOP.check(line(self.PHONE, configuration=chosen))
        assert [v.code for v in found] == codes
        for violation in found:
            assert said(violation)

    def test_the_fix_is_the_list_of_values(self):
        (found,) = SHOP.check(line(self.PHONE, configuration={"storage": "128 GB"}))
        assert found.fix.act is FixAct.CHOOSE
        assert (found.fix.choice, found.fix.values) == ("colour", ("Black", "Blue"))

    def test_values_that_are_numbers_are_chosen_as_text(self):
        size = Characteristic("size", (44, 46), configurable=True)
        watch = replace(PHONE, characteristics=(size,))
        assert SHOP.codes(line(watch, configuration={"size": "44"})) == []


class TestPlace:
    def test_an_extra_alone_says_what_it_is_for(self):
        (found,) = SHOP.check(line(ROAMING))
        assert found.code == "needs_parent"
        assert said(found) == (
            "Roaming is an extra. Choose first what it is for: Plan M or Plan L."
        )
        assert found.fix.act is FixAct.ADD
        assert [o.name["en"] for o in found.fix.offerings] == ["Plan M", "Plan L"]

    def test_an_extra_under_what_it_does_not_fit(self):
        fibre = line(FIBRE)
        (found,) = SHOP.check(fibre, line(ROAMING, fibre))
        assert (found.code, found.line) == ("wrong_parent", "roaming")
        assert said(found) == "Roaming does not fit Fibre 100. It fits Plan M or Plan L."

    def test_an_extra_whose_plans_are_gone(self):
        assert Shop().codes(line(ROAMING)) == [("fits_nowhere", "roaming")]

    def test_an_accessory_stands_alone_but_under_a_phone_it_must_fit(self):
        cover = offer(K.ACCESSORY, "Cover", to(Relation.ADDON_OF, PHONE))
        tablet, phone = line(offer(K.DEVICE, "Tablet")), line(PHONE)
        assert SHOP.codes(line(cover)) == []
        assert SHOP.codes(phone, line(cover, phone)) == []
        assert SHOP.codes(tablet, line(cover, tablet)) == [("wrong_parent", "cover")]

    @pytest.mark.parametrize(
        ("above", "below"), [(PLAN, PHONE), (PLAN, OTHER_PLAN), (FIBRE, PLAN), (PHONE, FIBRE)]
    )
    def test_only_plans_go_under_devices(self, above, below):
        top = line(above)
        assert SHOP.codes(top, line(below, top)) == [("misplaced", below.slug)]

    def test_one_plan_goes_with_a_phone(self):
        phone = line(PHONE)
        (found,) = SHOP.check(phone, line(PLAN, phone), line(OTHER_PLAN, phone))
        assert (found.code, found.line) == ("one_plan", "plan l")
        assert said(found) == "One plan goes with Phone. Keep one of Plan M or Plan L."

    def test_the_same_extra_once(self):
        plan = line(PLAN)
        lines = plan, line(ROAMING, plan), line(ROAMING, plan, key="again")
        assert SHOP.codes(*lines) == [("already_chosen", "again")]


class TestBundle:
    def part(self, offering: Offering, group: str, key: str = "") -> SaleLine:
        return line(offering, TOP, group=group, key=key or offering.slug)

    def test_too_few(self):
        (found,) = SHOP.check(TOP)
        assert (found.code, found.line, found.excess) == ("too_few_parts", "pack", 1)
        assert said(found) == "Pack is not complete. Choose 1 more of: Fibre 100 or Fibre 500."

    def test_between(self):
        net = self.part(FIBRE, "net")
        assert SHOP.codes(TOP, net) == []
        sims = [self.part(PLAN, "sims", key) for key in ("one", "two", "three")]
        assert SHOP.codes(TOP, net, *sims[:2]) == [], "the same part twice is fine"
        assert SHOP.codes(TOP, net, *sims) == [("too_many_parts", "pack")]

    def test_a_part_in_the_wrong_group_is_no_part(self):
        assert SHOP.codes(TOP, self.part(FIBRE, "sims")) == [
            ("too_few_parts", "pack"),
            ("misplaced", "fibre 100"),
        ]

    def test_links_without_a_group_are_each_a_part(self):
        duo = offer(K.BUNDLE, "Duo", to(Relation.BUNDLES, FIBRE), to(Relation.BUNDLES, PLAN))
        top = line(duo)
        assert SHOP.codes(top, line(FIBRE, top)) == [("too_few_parts", "duo")]
        assert SHOP.codes(top, line(FIBRE, top), line(PLAN, top)) == []

    def test_who_pays_for_the_parts(self):
        priced = replace(PACK, prices=(as_price(monthly(4999)),))
        assert covered(priced, FIBRE.id, "net")
        assert not covered(PACK, FIBRE.id, "net"), "a bundle without a price adds its parts"
        assert not covered(priced, PHONE.id, "")
        assert not covered(None, FIBRE.id, "net")
        assert covered(replace(PACK, prices=(as_price(one_time(100)),)), FIBRE.id, "")


class TestRequires:
    TV = offer(K.TV, "Sport", to(Relation.REQUIRES, FIBRE))
    ANY = offer(
        K.TV,
        "Cinema",
        to(Relation.REQUIRES, FIBRE, group="net"),
        to(Relation.REQUIRES, FAST_FIBRE, group="net"),
    )

    def test_in_the_sale_or_owned(self):
        (found,) = SHOP.check(line(self.TV))
        assert (found.code, found.fix.offerings) == ("requires", (FIBRE,))
        assert said(found) == "Sport works only with Fibre 100. Add that first."
        assert SHOP.codes(line(self.TV), line(FIBRE)) == []
        assert replace(SHOP, owned={FIBRE.id}).codes(line(self.TV)) == []

    def test_alternatives(self):
        assert SHOP.codes(line(self.ANY)) == [("requires", "cinema")]
        assert SHOP.codes(line(self.ANY), line(FAST_FIBRE)) == []


class TestExcludes:
    A = offer(K.PLAN, "Young", to(Relation.EXCLUDES, PLAN))
    DATA = offer(K.ADDON, "Data", to(Relation.ADDON_OF, PLAN), to(Relation.EXCLUDES, ROAMING))

    def test_both_directions_and_the_newcomer_is_at_fault(self):
        assert SHOP.codes(line(self.A), line(PLAN)) == [("excluded", "plan m")]
        assert SHOP.codes(line(PLAN), line(self.A)) == [("excluded", "young")]

    def test_owned_in_both_directions(self):
        shop = Shop([*SHOP.offerings, self.A], owned={PLAN.id}, new_customer=False)
        (found,) = shop.check(line(self.A))
        assert found.code == "excluded_by_owned"
        assert "which you have already" in said(found)
        shop.owned = {self.A.id}
        assert shop.codes(line(PLAN)) == [("excluded_by_owned", "plan m")]

    def test_extras_stand_in_the_way_only_on_the_same_plan(self):
        one, two = line(PLAN, key="one"), line(PLAN, key="two")
        data = line(self.DATA, one)
        assert SHOP.codes(one, two, data, line(ROAMING, two)) == []
        assert SHOP.codes(one, two, data, line(ROAMING, one)) == [("excluded", "roaming")]
        assert replace(SHOP, owned={ROAMING.id}).codes(one, data) == []
