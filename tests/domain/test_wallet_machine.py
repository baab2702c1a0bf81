"""Whatever happens to two wallets in whatever order: the books add up after each step."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from self_service.domain.errors import DomainError
from self_service.domain.wallet import gifts, renewals, topups, watching
from self_service.models.subscriptions import Product, ProductStatus
from tests.books import empty_books, proven
from tests.conftest import NOW
from tests.wallets import (
    LETTERS,
    TERMS,
    charging_of,
    euro,
    fresh,
    holds,
    make_service,
    make_voucher,
    person,
    settle,
    start,
)

WHO = st.sampled_from(["ada", "ben"])


class Wallets(RuleBasedStateMachine):
    """Two customers, a service each, years of time."""

    @initialize()
    def begin(self) -> None:
        self.opened = empty_books()
        self.session = self.opened.__enter__()
        self.now = NOW
        self.people = {
            name: person(self.session, f"{name}@example.com", now=NOW) for name in ("ada", "ben")
        }
        self.services = {
            name: make_service(self.session, actor, now=NOW) for name, actor in self.people.items()
        }
        self.came = 0  # all that ever came into a wallet from outside

    def actor(self, name: str):
        return fresh(self.people[name], self.now)

    @rule(who=WHO, minor=st.integers(500, 3_000))
    def top_up(self, who: str, minor: int) -> None:
        settle(self.session, self.begun(who, minor), now=self.now)
        self.came += minor

    def begun(self, who: str, minor: int) -> UUID:
        return start(self.session, self.actor(who), minor, now=self.now)

    @rule(who=WHO, minor=st.integers(1, 3_000))
    def redeem(self, who: str, minor: int) -> None:
        code = make_voucher(self.session, minor, now=self.now)
        topups.redeem(self.session, self.actor(who), code, terms=TERMS, now=self.now)
        self.came += minor

    @rule(who=WHO, minor=st.integers(1, 6_000), undone=st.booleans())
    def give(self, who: str, minor: int, undone: bool) -> None:
        actor, to = self.actor(who), "ben" if who == "ada" else "ada"
        before = holds(self.session, actor)
        try:
            proposal = gifts.propose(
                self.session, actor, f"{to}@example.com", euro(minor), terms=TERMS, now=self.now
            )
            gift = gifts.send(self.session, actor, proposal.secret, terms=TERMS, now=self.now)
        except DomainError:
            assert holds(self.session, actor) == before
            return
        assert holds(self.session, actor) == before - minor
        if undone:
            gifts.undo(self.session, actor, gift, now=self.now)
            assert holds(self.session, actor) == before

    @rule(days=st.integers(0, 200))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=20)
        for gift in gifts.due(self.session, now=self.now):
            assert gifts.deliver(self.session, gift, terms=TERMS, letters=LETTERS, now=self.now)
        for bucket in watching.expired(self.session, now=self.now):
            assert watching.expire(self.session, bucket, now=self.now)

    @rule()
    def charge(self) -> None:
        for product in renewals.due(self.session, now=self.now):
            renewals.charge(self.session, product, retry_days=30, letters=LETTERS, now=self.now)

    @invariant()
    def books_add_up(self) -> None:
        if not hasattr(self, "session"):
            return
        proven(self.session)
        assert 0 <= sum(holds(self.session, actor) for actor in self.people.values()) <= self.came

    @invariant()
    def short_is_suspended(self) -> None:
        for service in getattr(self, "services", {}).values():
            stored = self.session.get_one(Product, service.id, populate_existing=True)
            short = charging_of(self.session, service).short_since is not None
            assert short == (stored.status is ProductStatus.SUSPENDED)

    def teardown(self) -> None:
        if hasattr(self, "opened"):
            self.session.rollback()
            self.opened.__exit__(None, None, None)


TestWallets = Wallets.TestCase
TestWallets.settings = settings(
    max_examples=6,
    stateful_step_count=16,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
