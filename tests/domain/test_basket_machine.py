"""Whatever a person does to a basket, in whatever order, these things hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, select

from self_service import db
from self_service.domain.basket import acts as basket
from self_service.domain.basket.view import flat
from self_service.domain.errors import DomainError
from self_service.domain.rules.limits import MOST_PIECES, PER_SALE
from self_service.models.basket import CartItem
from self_service.money import Money
from tests import databases
from tests.basket_shop import BLACK, BLUE, ESIM, PRICES, Shop, open_shop, visitor
from tests.conftest import NOW

#: What can be put in on its own or under something: mostly right, so that baskets fill.
THINGS = st.sampled_from(
    [
        ("phone", BLACK),
        ("phone", BLUE),
        ("tablet", {}),
        ("plan-m", ESIM),
        ("plan-m", {"sim": "sim"}),
        ("plan-l", ESIM),
        ("roaming", {}),
        ("data", {}),
        ("cable", {}),
        ("fibre", {}),
        ("sport", {}),
        ("pack", {}),
        ("phone", {}),
        ("cable", BLACK),
    ]
)
EXTRAS = st.sampled_from(["roaming", "data", "cable", "plan-l"])
CONFIGURATIONS = st.sampled_from([{}, BLACK, BLUE, ESIM, {"sim": "sim"}])
PICK = st.integers(0, 20)


class BasketMachine(RuleBasedStateMachine):
    """One visitor's basket, beside what is expected of it."""

    session: Session
    shop: Shop

    @initialize()
    def arrive(self) -> None:
        self.who = visitor()
        self.view = basket.view(self.session, self.who, now=NOW)
        self.before: Any = None  # the lines that undo must bring back

    def act(self, call: Any, **arguments: Any) -> None:
        """Do something; when it is refused, nothing may be different."""
        old = self.view
        try:
            self.view = call(self.session, self.who, now=NOW, **arguments)
        except DomainError:  # `dropped` tells of the last act only, not of what is there
            assert basket.view(self.session, self.who, now=NOW) == replace(old, dropped=())
            return
        if self.view.lines != old.lines:
            self.before = old.lines

    def line(self, pick: int) -> Any:
        every = [line for top in self.view.lines for line in flat(top)]
        return every[pick % len(every)]

    def filled(self) -> bool:
        return bool(self.view.lines)

    @rule(thing=THINGS, quantity=st.sampled_from([1, 1, 2, 3, 9]))
    def add(self, thing, quantity):
        what = {"offering_id": self.shop[thing[0]], "configuration": thing[1]}
        self.act(basket.add, **what, quantity=quantity)

    @precondition(filled)
    @rule(thing=THINGS, pick=PICK)
    def add_under(self, thing, pick):
        what = {"offering_id": self.shop[thing[0]], "configuration": thing[1]}
        self.act(basket.add, **what, parent_line=self.line(pick).id)

    @rule(plan=st.sampled_from(["plan-m", "plan-l"]), extras=st.sets(EXTRAS, max_size=2))
    def add_set(self, plan, extras):
        choices = [{"offering_id": self.shop[extra]} for extra in sorted(extras)]
        choices.append({"offering_id": self.shop[plan], "configuration": ESIM})
        what = {"offering_id": self.shop["phone"], "configuration": BLACK}
        self.act(basket.add_with, **what, choices=choices)

    @precondition(filled)
    @rule(pick=PICK, quantity=st.integers(0, 9))
    def set_quantity(self, pick, quantity):
        self.act(basket.set_quantity, line_id=self.line(pick).id, quantity=quantity)

    @precondition(filled)
    @rule(pick=PICK)
    def take_the_most(self, pick):
        top = self.view.lines[pick % len(self.view.lines)]
        if top.max_quantity > 0 and top.problem is None:
            self.act(basket.set_quantity, line_id=top.id, quantity=top.max_quantity)
            assert self.view.lines[pick % len(self.view.lines)].quantity == top.max_quantity

    @precondition(filled)
    @rule(pick=PICK)
    def remove(self, pick):
        gone = self.line(pick)
        self.act(basket.remove, line_id=gone.id)
        left = {line.id for top in self.view.lines for line in flat(top)}
        assert left.isdisjoint(line.id for line in flat(gone))

    @precondition(filled)
    @rule(pick=PICK, plan=st.sampled_from(["plan-m", "plan-l", "fibre"]))
    def swap(self, pick, plan):
        self.act(basket.swap_plan, line_id=self.line(pick).id, offering_id=self.shop[plan])

    @precondition(filled)
    @rule(pick=PICK, configuration=CONFIGURATIONS)
    def configure(self, pick, configuration):
        self.act(basket.configure, line_id=self.line(pick).id, configuration=configuration)

    @rule()
    def undo(self):
        wanted = self.before
        self.act(basket.undo)
        if wanted is not None:
            assert self.view.lines == wanted
        self.before = None
        assert not self.view.can_undo

    @precondition(filled)
    @rule()
    def clear(self):
        self.act(basket.clear)
        assert self.view.lines == ()

    @invariant()
    def totals_are_the_sum_of_the_lines(self):
        due = monthly = 0
        for top in self.view.lines:
            for line in flat(top):
                paid_by_bundle = line.group and top.kind == "bundle"
                once, each_month = (0, 0) if paid_by_bundle else PRICES.get(line.slug, (0, 0))
                due += (once + each_month) * line.quantity
                monthly += each_month * line.quantity
        assert self.view.totals.due_now == Money(due, "EUR")
        assert self.view.totals.monthly == Money(monthly, "EUR")

    @invariant()
    def limits_hold(self):
        every = [line for top in self.view.lines for line in flat(top)]
        assert all(1 <= line.quantity <= MOST_PIECES for line in every)
        for kind, (limit, _) in PER_SALE.items():
            assert sum(line.quantity for line in every if line.kind is kind) <= limit
        assert sum(line.quantity for line in every if line.slug == "tablet") <= 2

    @invariant()
    def children_go_with_their_parents(self):
        for top in self.view.lines:
            for line in flat(top):
                assert all(child.quantity == line.quantity for child in line.children)
        shown = sum(len(flat(top)) for top in self.view.lines)
        assert shown == len(stored_lines(self.session, self.view.id)), "no line without its parent"

    @invariant()
    def what_is_shown_is_what_is_stored(self):
        assert basket.view(self.session, self.who, now=NOW).lines == self.view.lines


def stored_lines(session, cart_id):
    return session.exec(select(CartItem.id).where(CartItem.cart_id == cart_id)).all()


def test_baskets_hold_under_any_acts(tmp_path):
    engine = db.make_engine(databases.sqlite_file(tmp_path / "machine.db"))
    with Session(engine) as session:
        shop = open_shop(session)
        session.commit()

        def machine() -> BasketMachine:
            made = BasketMachine()
            made.session, made.shop = session, shop
            return made

        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=60,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    engine.dispose()
