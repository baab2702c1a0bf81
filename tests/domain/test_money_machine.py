"""Whatever happens to some customers over years, in whatever order: money is right at each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from self_service.db import Database
from self_service.domain.bills import credit_note
from self_service.domain.bills.credit_note import CreditLine
from self_service.domain.debts import agreements, disputes, keeping
from self_service.domain.payments import autopay, refunds
from self_service.domain.people import erasure, open_money
from self_service.domain.pricing import periods
from self_service.domain.wallet import gifts, topups
from self_service.models.bills import CustomerBill
from self_service.models.ledger import AccountKind
from self_service.models.payments import Payment
from self_service.money import Money as Sum
from self_service.ports import ChargeStatus, GatewayRefund, RefundStatus
from tests import money_choices as open_to
from tests import payers, wallets
from tests.books import balance
from tests.money_checks import ACTS, all_hold, reached
from tests.money_choices import made_in, started
from tests.money_life import LIFE
from tests.money_world import POLICY, World

ANY = st.integers(0, 1_000)  # which of them, whatever their number
SUCCEEDED, CANCELED = ChargeStatus.SUCCEEDED, ChargeStatus.CANCELED
T = TypeVar("T")
#: Ids come from here, so that a run is the same each time.
IDS = Random(26)
#: So many dates one step waits at most.
MOST = 12
#: What was really reached by all runs of the machine in this process.
SEEN: Counter[str] = Counter()


def when(choices: Callable[[World], object]) -> Callable:
    """Take a step only when there is something for it: a step that is refused proves little."""
    return precondition(lambda self: bool(choices(self.world)))


def pick(found: Sequence[T], which: int) -> T:
    return found[which % len(found)]


class Money(RuleBasedStateMachine):
    """Three customers, years of time."""

    @initialize()
    def begin(self) -> None:
        self.opened = started()
        IDS.seed(27)
        self.take(self.opened.__enter__())

    def take(self, world: World) -> None:
        self.world, self.session, self.before = world, world.session, reached(world)

    # -- time ---------------------------------------------------------------------------------

    @rule(count=st.integers(1, 2))
    def dates_pass(self, count: int) -> None:
        self.world.pass_dates(count)

    @rule(months=st.integers(1, 3), late=st.booleans())
    def months_pass(self, months: int, late: bool) -> None:
        """All that happens by itself: bills, reminders, the wallet's charges; or all of it late."""
        for month in range(1, months + 1):
            self.world.now = periods.add_months(self.world.now, 1)
            if not late or month == months:
                self.world.round()

    # -- buying and changing ------------------------------------------------------------------

    @rule(which=ANY, kind=st.sampled_from(["plan", "fibre", "sim", "case"]), code=st.booleans())
    def buy(self, which: int, kind: str, code: bool) -> None:
        self.world.buy(pick(self.world.names, which), kind, code=code)

    @rule(which=ANY, late=st.booleans())
    def call_off(self, which: int, late: bool) -> None:
        """An order is paid and called off, and its money goes back once."""
        self.world.buy(pick(self.world.names, which), "case", called_off=True)
        if late:
            self.world.pass_dates(1)
        self.give_back()

    @when(open_to.running)
    @rule(which=ANY, minor=st.integers(1, 9_000))
    def change_plan(self, which: int, minor: int) -> None:
        self.world.change_plan(pick(open_to.running(self.world), which), minor)
        self.world.acted["plan changed"] += 1

    @when(open_to.running)
    @rule(which=ANY, dates=st.integers(1, 3), back=st.booleans())
    def suspend(self, which: int, dates: int, back: bool) -> None:
        """Somebody switches a service off, and perhaps on again."""
        self.world.suspend(pick(open_to.running(self.world), which))
        self.world.acted["suspended by wish"] += 1
        self.world.pass_dates(dates)
        if back:
            for product in open_to.off_by_wish(self.world):
                self.world.acted["resumed"] += self.world.resume(product)

    # -- bills and payments -------------------------------------------------------------------

    @rule(which=ANY, days=st.integers(0, 60))
    def bill_now(self, which: int, days: int) -> None:
        made = self.world.bill_now(pick(self.world.names, which), days)
        self.world.acted["billed now"] += made is not None

    @when(open_to.owing)
    @rule(
        which=ANY,
        part=st.sampled_from([100, 100, 60, 3]),
        end=st.sampled_from(["comes", "comes", "fails", "later", "too late"]),
    )
    def pay(self, which: int, part: int, end: str) -> None:
        """Pay all or a part; the provider says at once, or later, what came of it."""
        name = pick(open_to.owing(self.world), which)
        owed = open_to.owed(self.world, name)
        minor = max(sum(bill.remaining_minor for bill in owed) * part // 100, 1)
        made = self.world.tried(
            payers.start, self.world.actor(name), owed, minor, now=self.world.now
        )
        if not made:
            return
        if end == "later":
            self.world.pending.append(made)
            return
        off = self.world.off()
        self.world.acted["bill paid in part"] += end == "comes" and part < 100
        if end in ("fails", "too late"):
            payers.settle(self.session, made, CANCELED, now=self.world.now)
        if end in ("comes", "too late"):
            payers.settle(self.session, made, SUCCEEDED, now=self.world.now)
        self.world.acted["restored by payment"] += off > self.world.off()

    @when(open_to.owing)
    @rule(which=ANY)
    def pay_more_than_all(self, which: int) -> None:
        name = pick(open_to.owing(self.world), which)
        owed, actor = open_to.owed(self.world, name), self.world.actor(name)
        too_much = sum(bill.remaining_minor for bill in owed) + 1
        before = self.world.money_at_providers()
        assert self.world.tried(payers.start, actor, owed, too_much, now=self.world.now) is None
        assert self.world.money_at_providers() == before

    @precondition(lambda self: self.world.pending)
    @rule(which=ANY, end=st.sampled_from([SUCCEEDED, SUCCEEDED, CANCELED]), twice=st.booleans())
    def provider_says(self, which: int, end: ChargeStatus, twice: bool) -> None:
        made = self.world.pending.pop(which % len(self.world.pending))
        for _ in range(1 + twice):
            payers.settle(self.session, made, end, now=self.world.now)

    @when(World.payments)
    @rule(which=ANY)
    def bank_takes_back(self, which: int) -> None:
        done = self.world.charge_back(pick(self.world.payments(), which))
        self.world.acted["taken back by a bank"] += done

    @when(open_to.to_give_back)
    @rule()
    def give_back(self) -> None:
        """The provider says that it gave money back; who says it again changes nothing."""
        for refund in open_to.to_give_back(self.world):
            amount = Sum(refund.amount_minor, refund.currency)
            said = GatewayRefund(f"re_{refund.id}", "", RefundStatus.SUCCEEDED, amount)
            assert refunds.settle(self.session, refund.id, said, now=self.world.now)
            assert not refunds.settle(self.session, refund.id, said, now=self.world.now)
            payment = self.session.get_one(Payment, refund.payment_id)
            assert not refunds.due(self.session, payment, reason="again", now=self.world.now)

    @when(open_to.for_autopay)
    @rule(which=ANY, declined=st.booleans())
    def autopay(self, which: int, declined: bool) -> None:
        """Somebody lets a card be charged; when that is due it is, and they change their mind."""
        bill = pick(open_to.for_autopay(self.world), which)
        actor, now = self.world.actor(self.world.name_of(bill.customer_id)), self.world.now
        card = payers.make_card(self.session, actor.customer(), now=now)
        autopay.switch_on(self.session, actor, card.id, agreed=True, currency="EUR", now=now)
        end = ChargeStatus.REQUIRES_METHOD if declined else SUCCEEDED
        failure = "card_declined" if declined else ""
        for _ in range(MOST):
            due = autopay.due(self.session, policy=POLICY, now=self.world.now)
            if bill.id in due:
                break
            self.world.pass_dates(1)
        for bill_id in due:
            made = autopay.begin(self.session, bill_id, policy=POLICY, now=self.world.now)
            payers.settle(self.session, made, end, now=self.world.now, failure_code=failure)
        assert not autopay.due(self.session, policy=POLICY, now=self.world.now)
        autopay.switch_off(
            self.session, self.world.actor(self.world.name_of(bill.customer_id)), now=self.world.now
        )

    @when(open_to.creditable)
    @rule(which=ANY, whole=st.booleans(), minor=st.integers(1, 5_000))
    def credit(self, which: int, whole: bool, minor: int) -> None:
        """Give a bill back, or a part of one of its lines: what was open of it is no more."""
        line, now = pick(open_to.creditable(self.world), which), self.world.now
        (bill,) = self.world.bills(CustomerBill.id == line.bill_id)
        was_open = bill.remaining_minor
        if whole:
            note = credit_note.credit_all(self.session, bill.id, reason="goodwill", now=now)
        else:
            given = [CreditLine(line.id, min(minor, line.gross_minor))]
            note = credit_note.credit(self.session, bill.id, given, "goodwill", now)
        self.session.refresh(bill)
        assert bill.remaining_minor == max(was_open + note.gross_minor, 0)

    # -- disputes and agreements --------------------------------------------------------------

    @when(open_to.disputable)
    @rule(which=ANY, how=st.sampled_from(["", "accept", "part", "reject", "withdraw"]))
    def dispute(self, which: int, how: str) -> None:
        """Dispute a line; somebody decides at once, or it waits."""
        line, name = pick(open_to.disputable(self.world), which)
        more = {"reason": "I never called Mars", "policy": POLICY, "now": self.world.now}
        if self.world.tried(disputes.dispute, self.world.actor(name), line, **more) and how:
            self.decide(-1, how)

    @when(open_to.disputed)
    @rule(which=ANY, how=st.sampled_from(["accept", "part", "reject", "withdraw"]))
    def decide(self, which: int, how: str) -> None:
        row, staff = pick(open_to.disputed(self.world), which), self.world.staff
        more = {"answer": "We looked", "now": self.world.now}
        if how == "reject":
            disputes.reject(self.session, staff, row.id, **more)
        elif how == "withdraw":
            bill = self.session.get_one(CustomerBill, row.bill_id)
            actor = self.world.actor(self.world.name_of(bill.customer_id))
            disputes.withdraw(self.session, actor, row.id, now=self.world.now)
        else:
            minor = row.amount_minor if how == "accept" else max(row.amount_minor // 2, 1)
            self.world.tried(disputes.accept, staff, row.id, minor=minor, **more)

    @when(open_to.offers)
    @rule(which=ANY, count=st.integers(2, 6), then=st.sampled_from(["", "keep", "break"]))
    def agree(self, which: int, count: int, then: str) -> None:
        name, offer = pick(open_to.offers(self.world), which)
        agreements.accept(
            self.session,
            self.world.actor(name),
            count=min(count, offer.most),
            first=offer.first_until.isoformat(),
            total=offer.total.minor,
            policy=POLICY,
            now=self.world.now,
        )
        if then == "keep":
            self.keep(0, whole=True)
        elif then == "break":
            for _ in range(MOST):
                if open_to.agreed(self.world):
                    self.world.pass_dates(1)

    @when(open_to.agreed)
    @rule(which=ANY, whole=st.booleans())
    def keep(self, which: int, whole: bool) -> None:
        """Pay the next instalment, or all of them on their days."""
        name, account = pick(open_to.agreed(self.world), which)
        for _ in range(MOST if whole else 1):
            view = keeping.current(self.session, self.world.actor(name), now=self.world.now)
            if view is None or view.next is None:
                return
            minor = view.next.left.minor
            items = keeping.shares(self.session, account, minor)
            made = self.world.tried(
                payers.start_items, self.world.actor(name), items, now=self.world.now
            )
            if not made:
                return
            payers.settle(self.session, made, now=self.world.now)

    @rule(which=ANY)
    def erase(self, which: int) -> None:
        """Nobody leaves who has a service, owes or is owed; nothing of them is forgotten."""
        name = pick(self.world.names, which)
        actor, more = self.world.actor(name), {"years": 10, "now": self.world.now}
        farewell = lambda language, years: wallets.letter("farewell", language, years)  # noqa: E731
        assert self.world.tried(erasure.erase, actor, farewell=farewell, **more) is None
        self.world.acted["erasure refused"] += 1
        account = self.world.account(name)
        owes = balance(self.session, AccountKind.RECEIVABLE, account.id)
        if owes or wallets.holds(self.session, actor):
            assert (
                open_money.obstacle(self.session, actor.customer(), now=self.world.now) is not None
            )

    # -- the wallet ---------------------------------------------------------------------------

    @rule(which=ANY, minor=st.integers(500, 3_000), comes=st.booleans())
    def top_up(self, which: int, minor: int, comes: bool) -> None:
        actor, now = self.world.actor(pick(self.world.names, which)), self.world.now
        made = self.world.tried(wallets.start, actor, minor, now=now)
        if made:
            for _ in range(2):
                payers.settle(self.session, made, SUCCEEDED if comes else CANCELED, now=now)

    @rule(which=ANY, minor=st.integers(1, 3_000))
    def redeem(self, which: int, minor: int) -> None:
        """A voucher is worth something once, whoever tries it then."""
        now, tried = self.world.now, self.world.tried
        actor, other = (self.world.actor(pick(self.world.names, which + n)) for n in (0, 1))
        code = wallets.make_voucher(self.session, minor, now=now)
        before = wallets.holds(self.session, actor)
        got = tried(topups.redeem, actor, code, terms=wallets.TERMS, now=now)
        held = [wallets.holds(self.session, one) for one in (actor, other)]
        if got:
            assert tried(topups.redeem, other, code, terms=wallets.TERMS, now=now) is None
            assert held == [wallets.holds(self.session, one) for one in (actor, other)]
        else:
            assert held[0] == before

    @when(open_to.givers)
    @rule(which=ANY, minor=st.integers(100, 4_000), undone=st.booleans())
    def give(self, which: int, minor: int, undone: bool) -> None:
        name, now = pick(open_to.givers(self.world), which), self.world.now
        actor, tried, more = self.world.actor(name), self.world.tried, {"terms": wallets.TERMS}
        to = pick([n for n in self.world.names if n != name], minor)
        before = wallets.holds(self.session, actor)
        sum_given = wallets.euro(min(minor, before))
        found = tried(gifts.propose, actor, f"{to}@example.com", sum_given, now=now, **more)
        gift = tried(gifts.send, actor, found.secret, now=now, **more) if found else None
        assert wallets.holds(self.session, actor) == before - (sum_given.minor if gift else 0)
        if gift and undone:
            gifts.undo(self.session, actor, gift, now=now)
            assert wallets.holds(self.session, actor) == before

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def all_holds(self) -> None:
        if hasattr(self, "world"):
            all_hold(self.world)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            found = reached(self.world) - self.before
            SEEN.update(found)
            for name in found:
                event(name)
        if hasattr(self, "opened"):
            self.opened.__exit__(None, None, None)


def test_each_act_is_really_done(database: Database) -> None:
    """A life in which nothing is left out; on SQLite from the world that the machine starts in."""
    sqlite = database.engine.dialect.name == "sqlite"
    with started() if sqlite else made_in(database.engine) as world:
        machine = Money()
        machine.take(world)
        for number, (name, drawn) in enumerate(LIFE, start=1):
            getattr(machine, name)(**drawn)
            if sqlite or not number % 10:
                all_hold(world)
        all_hold(world)
        assert ACTS - set(+reached(world)) == set()


def test_money_is_right_at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """And much of what can be done was done: a run of steps that are refused proves nothing."""
    monkeypatch.setattr("os.urandom", IDS.randbytes)
    SEEN.clear()
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=7,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(ACTS & set(SEEN)) >= len(ACTS) // 2, sorted(ACTS - set(SEEN))
