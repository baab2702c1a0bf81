"""How many may be bought, what may be added, and how a refusal reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from self_service.domain.rules import engine as catalog_rules
from self_service.domain.rules import limits as catalog_limits
from self_service.domain.rules.problems import FixAct, Impossible
from self_service.domain.rules.sale import SaleLine
from self_service.models.catalog import Relation
from tests.sale_shop import (
    FAST_FIBRE,
    FIBRE,
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


class TestNumbers:
    @pytest.mark.parametrize("kind", catalog_limits.PER_SALE)
    def test_pieces_of_a_kind(self, kind):
        limit, _message = catalog_limits.PER_SALE[kind]
        thing = offer(kind, "Thing")
        lines = [line(thing, key=n) for n in range(limit)]
        assert SHOP.codes(*lines) == []
        (found,) = SHOP.check(*lines, line(thing, key="last"))
        assert (found.code, found.line, found.excess) == ("too_many_in_sale", "last", 1)
        assert said(found)

    @pytest.mark.parametrize(
        ("quantity", "broken"), [(0, True), (1, False), (9, False), (10, True)]
    )
    def test_pieces_of_a_line(self, quantity, broken):
        thing = offer(K.ACCESSORY, "Cable")
        assert bool(SHOP.codes(line(thing, quantity=quantity))) is broken

    def test_stock_is_counted_by_variant_over_all_lines(self):
        phone = replace(PHONE, characteristics=choices(colour=["Black", "Blue", "Red"]))
        shop = Shop([phone], stock={phone.id: {"colour=Black": 2, "colour=Blue": 0}})

        def of(colour: str, quantity: int = 1, key: str = "p") -> SaleLine:
            return line(phone, configuration={"colour": colour}, quantity=quantity, key=key)

        assert shop.codes(of("Black", 2)) == []
        (found,) = shop.check(of("Black"), of("Black", 2, "q"))
        assert (found.code, found.line, found.fix.quantity) == ("few_left", "q", 1)
        assert said(found) == "Only 2 of Phone are left. Take fewer of them."
        (found,) = shop.check(of("Blue"))
        assert (found.code, found.fix.values) == ("sold_out", ("colour=Black",))
        assert said(found) == "Phone in Blue is sold out. Choose another version."
        assert shop.codes(of("Red")) == [("sold_out", "p")], "no row for a variant is none left"

    def test_nothing_left_at_all(self):
        shop = Shop([PHONE], stock={PHONE.id: {"": 0}})
        (found,) = shop.check(line(PHONE))
        assert (found.code, found.fix.act) == ("sold_out", FixAct.REMOVE)

    def test_the_most_of_a_line_counts_what_hangs_on_it_and_the_rest(self):
        phone, other = line(PHONE), line(PLAN, key="other", quantity=2)
        lines = [phone, line(PLAN, phone), other]
        assert catalog_limits.most(lines, phone.key, {}) == 3, "five plans, two elsewhere"
        assert catalog_limits.most(lines, phone.key, {PHONE.id: {"": 2}}) == 2
        assert catalog_limits.most(lines[:1], phone.key, {}) == 9


class TestMayAdd:
    def test_unfinished_choices_do_not_count_but_real_ones_do(self):
        phone = replace(PHONE, characteristics=choices(colour=["Black"]))
        assert SHOP.may_add(phone) == ""
        assert SHOP.may_add(PACK) == ""
        assert SHOP.may_add(ROAMING) == "needs_parent"
        plan = line(PLAN)
        assert SHOP.may_add(ROAMING, plan, parent=plan.key) == ""
        assert SHOP.may_add(ROAMING, plan, line(ROAMING, plan), parent=plan.key) == "already_chosen"
        assert SHOP.may_add(FIBRE, line(FAST_FIBRE)) == "too_many_in_sale"

    def test_sold_out_before_the_colour_is_chosen(self):
        phone = replace(PHONE, characteristics=choices(colour=["Black", "Blue"]))
        some = Shop([phone], stock={phone.id: {"colour=Black": 0, "colour=Blue": 1}})
        assert some.may_add(phone) == ""
        none = Shop([phone], stock={phone.id: {"colour=Black": 0}})
        assert none.may_add(phone) == "sold_out"

    def test_a_part_finds_its_group(self):
        top = TOP
        assert SHOP.may_add(FIBRE, top, parent=top.key) == ""
        assert SHOP.may_add(PHONE, top, parent=top.key) == "misplaced"

    def test_old_problems_are_not_the_newcomers(self):
        assert SHOP.may_add(PHONE, line(ROAMING)) == ""

    def test_worse_is_new_and_better_is_not(self):
        cable = offer(K.ACCESSORY, "Cable")
        worse = SHOP.check(*[line(cable, key=n, quantity=8) for n in range(3)])
        bad = SHOP.check(*[line(cable, key=n, quantity=7) for n in range(3)])
        assert bad
        assert catalog_rules.introduced(bad, worse) == worse
        assert catalog_rules.introduced(worse, bad) == ()


def test_a_refusal_carries_the_violation_and_reads_in_english():
    (found,) = SHOP.check(line(ROAMING))
    refusal = Impossible(found)
    assert refusal.code == "needs_parent"
    assert refusal.violation is found
    assert str(refusal).startswith("needs_parent: Roaming is an extra.")
    assert refusal.data["offering"]["es"] == "Roaming (es)"


def test_long_lists_are_named_in_part_and_fixed_in_whole():
    plans = [offer(K.PLAN, f"Plan {n}") for n in range(9)]
    extra = offer(K.ADDON, "Extra", *[to(Relation.ADDON_OF, plan) for plan in plans])
    (found,) = Shop(plans).check(line(extra))
    assert len(found.others) == 3
    assert len(found.fix.offerings) == 9
