"""Saved cards: kept once, one default, removed by the operator's rules, announced, expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from self_service import clock
from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed, SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.messages import Letter
from self_service.domain.payments import autopay, card_removal, card_upkeep, methods
from self_service.domain.payments.card_removal import CardInUse
from self_service.domain.policy import BillPolicy
from self_service.models.bills import BillingAccount
from self_service.models.ledger import AccountKind, LedgerAccount
from self_service.models.messages import CommunicationMessage
from self_service.models.payments import MethodStatus, PaymentMethod
from self_service.models.people import Customer, Individual
from self_service.models.wallet import AutoTopup, Bucket
from self_service.ports import SavedMethod
from tests.books import make_customer, proven
from tests.conftest import NOW
from tests.order_shop import rows
from tests.payers import WRITTEN, actor_of, make_card, owing, settle, start

POLICY = BillPolicy()
VISA = SavedMethod("tok_1", "visa", "4242", 8, 2029)


@pytest.fixture
def ada(session: Session) -> Actor:
    return actor_of(make_customer(session, now=NOW).id)


def add(session: Session, actor: Actor, saved: SavedMethod = VISA, **more) -> object:
    return methods.add(session, actor, saved, provider="sandbox", now=NOW, **more)


def remove(session: Session, actor: Actor, card: object, policy: BillPolicy = POLICY) -> object:
    return card_removal.remove(session, actor, card, policy=policy, now=NOW)


class TestAdding:
    def test_kept_once_with_the_date_of_the_mandate(self, session: Session, ada: Actor) -> None:
        first = add(session, ada)
        assert add(session, ada) == first
        (card,) = methods.cards(session, ada, now=NOW)
        assert (card.last4, card.is_default, card.mandate_at) == ("4242", True, NOW)
        assert not card.pays

    def test_the_next_becomes_the_default_when_chosen(self, session: Session, ada: Actor) -> None:
        add(session, ada)
        add(session, ada, replace(VISA, token="tok_2", last4="1111"))
        add(session, ada, replace(VISA, token="tok_3", last4="2222"), default=True)
        found = methods.cards(session, ada, now=NOW)
        assert [card.last4 for card in found if card.is_default] == ["2222"]
        assert found[0].last4 == "2222"

    def test_a_token_of_somebody_else_is_refused(self, session: Session, ada: Actor) -> None:
        add(session, ada)
        other = actor_of(make_customer(session, now=NOW).id)
        with pytest.raises(NotFound):
            add(session, other)
        assert methods.cards(session, other, now=NOW) == ()

    def test_only_in_person_and_proven_just_now(self, session: Session, ada: Actor) -> None:
        stale = replace(ada, confirmed_at=NOW - timedelta(minutes=10))
        acting = replace(ada, behalf="Ada Quell")
        for actor, error in (
            (stale, ConfirmationNeeded),
            (acting, NotAllowed),
            (Actor(), SignInNeeded),
        ):
            with pytest.raises(error):
                methods.begin(session, actor, now=NOW)
            with pytest.raises(error):
                add(session, actor)
        assert session.exec(select(PaymentMethod)).all() == []

    def test_the_provider_knows_a_customer_by_one_name(self, session: Session, ada: Actor) -> None:
        assert methods.begin(session, ada, now=NOW)[1] == ""
        assert methods.remember_customer(session, ada.customer(), "cus_1") == "cus_1"
        assert methods.remember_customer(session, ada.customer(), "cus_2") == "cus_1"
        assert methods.begin(session, ada, now=NOW)[1] == "cus_1"

    def test_the_same_card_again_renews_its_row(self, session: Session, ada: Actor) -> None:
        first = replace(VISA, fingerprint="fp_1")
        kept = methods.add(session, ada, first, provider="sandbox", now=NOW)
        row = session.get_one(PaymentMethod, kept)
        row.status, row.told_expiry_at = MethodStatus.EXPIRED, NOW
        session.flush()
        newer = replace(first, token="tok_2", exp_month=1, exp_year=2031)
        later = NOW + timedelta(seconds=30)
        assert methods.add(session, ada, newer, provider="sandbox", now=later) == kept
        session.expire_all()
        (card,) = methods.cards(session, ada, now=later)
        assert (card.id, card.exp_month, card.exp_year) == (kept, 1, 2031)
        assert (card.is_default, card.expired, row.told_expiry_at) == (True, False, None)
        assert [token for _, token in card_upkeep.to_forget(session, provider="sandbox")] == [
            "tok_1"
        ], "the provider forgets how it was saved before"
        again = methods.add(session, ada, newer, provider="sandbox", now=later)
        elsewhere = methods.add(session, ada, replace(newer, token="x"), provider="other", now=NOW)
        assert (again == kept, elsewhere == kept) == (True, False)
        removed = update(PaymentMethod).where(PaymentMethod.id == kept)
        session.exec(removed.values(status=MethodStatus.REMOVED, is_default=False))
        anew = replace(newer, token="tok_3")
        assert methods.add(session, ada, anew, provider="sandbox", now=later) != kept

    def test_the_database_keeps_one_row_of_a_card(self, session: Session, ada: Actor) -> None:
        make_card(session, ada.customer(), fingerprint="fp_1")
        with pytest.raises(IntegrityError), session.begin_nested():
            make_card(session, ada.customer(), fingerprint="fp_1")
        make_card(session, ada.customer(), fingerprint="")
        make_card(session, ada.customer(), fingerprint="")
        assert len(methods.cards(session, ada, now=NOW)) == 3


class TestChoosing:
    def test_one_default_at_most(self, session: Session, ada: Actor) -> None:
        cards = [make_card(session, ada.customer()) for _ in range(3)]
        for card in cards:
            methods.make_default(session, ada, card.id, now=NOW)
            found = [one.id for one in methods.cards(session, ada, now=NOW) if one.is_default]
            assert found == [card.id]

    def test_not_one_that_is_not_mine_or_expired(self, session: Session, ada: Actor) -> None:
        mine = make_card(session, ada.customer(), is_default=True)
        expired = make_card(session, ada.customer(), status=MethodStatus.EXPIRED)
        foreign = make_card(session, make_customer(session, now=NOW).id)
        for wrong in (expired.id, foreign.id, uuid4(), "x", None):
            with pytest.raises(NotFound):
                methods.make_default(session, ada, wrong, now=NOW)
        session.refresh(mine)
        assert mine.is_default


class TestRemoving:
    def test_gone_here_and_to_be_forgotten_there(self, session: Session, ada: Actor) -> None:
        card = make_card(session, ada.customer(), is_default=True)
        heir = make_card(session, ada.customer())
        remove(session, ada, card.id)
        (left,) = methods.cards(session, ada, now=NOW)
        assert (left.id, left.is_default) == (heir.id, True)
        assert card_upkeep.to_forget(session, provider="sandbox") == ((card.id, card.token),)
        assert card_upkeep.to_forget(session, provider="stripe") == ()
        card_upkeep.forgotten(session, card.id, now=NOW)
        assert card_upkeep.to_forget(session, provider="sandbox") == ()
        with pytest.raises(NotFound):
            remove(session, ada, card.id)

    @pytest.mark.parametrize("by", ["autopay", "auto top-up"])
    def test_the_only_card_that_pays_stays(self, session: Session, by: str) -> None:
        ada, _ = owing(session, 5_000)
        card = make_card(session, ada.customer(), is_default=True)
        _pays(session, ada, card, by)
        expired = make_card(session, ada.customer(), status=MethodStatus.EXPIRED)
        before = rows(session, *WRITTEN, AutoTopup)
        with pytest.raises(CardInUse):
            remove(session, ada, card.id)
        assert rows(session, *WRITTEN, AutoTopup) == before
        remove(session, ada, expired.id)
        assert methods.cards(session, ada, now=NOW)[0].pays

    @pytest.mark.parametrize("by", ["autopay", "auto top-up"])
    def test_where_the_operator_lets_it_go_it_is_switched_off(
        self, session: Session, by: str
    ) -> None:
        ada, _ = owing(session, 5_000)
        card = make_card(session, ada.customer(), is_default=True)
        _pays(session, ada, card, by)
        remove(session, ada, card.id, BillPolicy(remove_last_method=True))
        assert methods.paying(session, ada.customer()) == frozenset()
        assert not autopay.setting(session, ada, now=NOW).on
        for order in session.exec(select(AutoTopup)).all():
            assert (order.active, order.paused_reason) == (False, "card_removed")

    def test_another_card_pays_from_then_on(self, session: Session) -> None:
        ada, _ = owing(session, 5_000)
        card = make_card(session, ada.customer(), is_default=True)
        _pays(session, ada, card, "autopay")
        _pays(session, ada, card, "auto top-up")
        heir = make_card(session, ada.customer())
        remove(session, ada, card.id)
        assert methods.paying(session, ada.customer()) == {heir.id}
        assert session.exec(select(BillingAccount.method_id)).one() == heir.id
        proven(session)

    def test_only_in_person_and_proven_just_now(self, session: Session, ada: Actor) -> None:
        card = make_card(session, ada.customer())
        foreign = make_card(session, make_customer(session, now=NOW).id)
        with pytest.raises(ConfirmationNeeded):
            remove(session, replace(ada, confirmed_at=None), card.id)
        with pytest.raises(NotAllowed):
            remove(session, replace(ada, behalf="Ada"), card.id)
        with pytest.raises(NotFound):
            remove(session, ada, foreign.id)
        kept = session.exec(select(PaymentMethod.status)).all()
        assert set(kept) == {MethodStatus.ACTIVE}


def _pays(session: Session, ada: Actor, card: PaymentMethod, by: str) -> None:
    if by == "autopay":
        autopay.switch_on(session, ada, card.id, agreed=True, currency="EUR", now=NOW)
        return
    ledger = LedgerAccount(kind=AccountKind.WALLET, owner_id=ada.customer(), currency="EUR")
    session.add(ledger)
    session.flush()
    bucket = Bucket(
        customer_id=ada.customer(),
        account_id=ledger.id,
        currency="EUR",
        status_changed_at=NOW,
        created_at=NOW,
    )
    session.add(bucket)
    session.flush()
    session.add(
        AutoTopup(
            bucket_id=bucket.id,
            method_id=card.id,
            amount_minor=1_000,
            ceiling_minor=5_000,
            month=NOW.date().replace(day=1),
            created_at=NOW,
        )
    )
    session.flush()


class TestEnds:
    def test_after_its_month_where_the_operator_is(self) -> None:
        assert methods.ends_at(11, 2026) == datetime(2026, 12, 1, tzinfo=UTC)
        assert methods.ends_at(12, 2026) == datetime(2027, 1, 1, tzinfo=UTC)
        clock.set_zone("Europe/Berlin")
        assert methods.ends_at(12, 2026) == datetime(2026, 12, 31, 23, tzinfo=UTC)

    @given(st.integers(1, 12), st.integers(2020, 2090))
    def test_the_next_month_begins(self, month: int, year: int) -> None:
        ends = methods.ends_at(month, year)
        last = ends - timedelta(seconds=1)
        assert (last.year, last.month, ends.day) == (year, month, 1)

    def test_marked_when_the_month_is_over(self, session: Session, ada: Actor) -> None:
        card = make_card(session, ada.customer(), exp_month=11, exp_year=2026)
        forever = make_card(session, ada.customer(), exp_month=0, exp_year=0)
        over = datetime(2026, 12, 1, tzinfo=UTC)
        assert card_upkeep.expire(session, now=over - timedelta(seconds=1)) == 0
        assert card_upkeep.expire(session, now=over) == 1
        assert card_upkeep.expire(session, now=over) == 0
        session.expire_all()
        assert (card.status, forever.status) == (MethodStatus.EXPIRED, MethodStatus.ACTIVE)
        expired = {one.id: one.expired for one in methods.cards(session, ada, now=over)}
        assert expired == {card.id: True, forever.id: False}

    def test_announced_once_thirty_days_before(self, session: Session, ada: Actor) -> None:
        person = Individual(
            given_name="Ada",
            family_name="Quell",
            email="ada@example.com",
            language="es",
            created_at=NOW,
        )
        session.add(person)
        session.flush()
        session.get_one(Customer, ada.customer()).individual_id = person.id
        make_card(session, ada.customer(), exp_month=12, exp_year=2026, last4="0007")
        make_card(session, ada.customer(), exp_month=12, exp_year=2027)

        def words(language: str, last4: str) -> Letter:
            return Letter(f"{language} {last4}", "soon")

        first = datetime(2026, 12, 2, tzinfo=UTC)
        too_early = first - timedelta(seconds=1)
        assert card_upkeep.announce(session, days=30, words=words, now=too_early) == 0
        assert card_upkeep.announce(session, days=30, words=words, now=first) == 1
        assert card_upkeep.announce(session, days=30, words=words, now=first) == 0
        mail = session.exec(select(CommunicationMessage)).one()
        assert (mail.subject, mail.receiver) == ("es 0007", "ada@example.com")


class TestCollecting:
    def test_a_card_saved_with_a_payment_is_kept_once(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        methods.remember_customer(session, ada.customer(), "cus_1")
        made = start(session, ada, [bill], keep=True)
        assert card_upkeep.to_collect(session, provider="sandbox") == ()
        settle(session, made)
        (one,) = card_upkeep.to_collect(session, provider="sandbox")
        assert (one.payment_id, one.customer) == (made, "cus_1")
        assert card_upkeep.collect(session, made, [VISA], now=NOW) == 1
        assert card_upkeep.collect(session, made, [VISA], now=NOW) == 0
        assert card_upkeep.to_collect(session, provider="sandbox") == ()
        (card,) = methods.cards(session, ada, now=NOW)
        assert (card.last4, card.mandate_at) == ("4242", NOW)
