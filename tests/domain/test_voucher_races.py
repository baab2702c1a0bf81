"""Many at once: one voucher, one guess limit, one piece of stock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlmodel import Session, select

from self_service.db import Database
from self_service.domain import ledger
from self_service.domain.access import Actor
from self_service.domain.policy import VoucherPolicy
from self_service.domain.vouchers import batches, codes, redeeming, worth
from self_service.domain.vouchers.redeeming import VoucherRefused
from self_service.models.ledger import AccountKind, EntryKind, LedgerEntry
from self_service.models.vouchers import Voucher, VoucherStatus
from tests import books
from tests.conftest import NOW
from tests.voucher_shop import EUR, VAULT, administrator, code_of, customer, make_batch


def _redeem(database: Database, actor: Actor, typed: str) -> bool:
    found = codes.fingerprints(VAULT, typed)
    try:
        with database.writing() as session:
            claimed = redeeming.claim(session, found, actor.customer(), EUR, NOW)
            wallet = ledger.owned(session, AccountKind.WALLET, actor.customer(), EUR)
            source = worth.vouchers(session, EUR)
            move = ledger.Movement(
                EntryKind.VOUCHER_REDEEMED, claimed.voucher_id, source, wallet, claimed.amount
            )
            ledger.post(session, [move], now=NOW)
    except VoucherRefused:
        return False
    return True


def test_one_voucher_by_fifty_sessions(database: Database) -> None:
    with database.writing() as session:
        batch = make_batch(session, now=NOW, count=1)
        code = code_of(batch, 1, now=NOW)
        people = [customer(session, NOW) for _ in range(50)]
    with ThreadPoolExecutor(10) as pool:
        taken = list(pool.map(lambda actor: _redeem(database, actor, code), people))
    assert sorted(taken) == [False] * 49 + [True]
    with database.reading() as session:
        voucher = session.exec(select(Voucher)).one()
        assert voucher.redeemed_by == people[taken.index(True)].customer_id
        kinds = session.exec(select(LedgerEntry.kind)).all()
        assert kinds.count(EntryKind.VOUCHER_REDEEMED) == 1
        books.proven(session)


def test_voiding_and_redeeming_at_once_books_each_voucher_once(database: Database) -> None:
    with database.writing() as session:
        batch = make_batch(session, now=NOW, count=20)
        typed = [code_of(batch, serial, now=NOW) for serial in range(1, 21)]
        ada = customer(session, NOW)

    def void(_: str) -> int:
        with database.writing() as session:
            return batches.void_batch(session, administrator(NOW), batch.number, now=NOW)

    with ThreadPoolExecutor(6) as pool:
        acts = [pool.submit(_redeem, database, ada, code) for code in typed[:10]]
        ended = pool.submit(void, "")
        acts += [pool.submit(_redeem, database, ada, code) for code in typed[10:]]
        taken = [act.result() for act in acts].count(True)
    with database.reading() as session:
        standing = session.exec(select(Voucher.status)).all()
        assert standing.count(VoucherStatus.REDEEMED) == taken
        assert standing.count(VoucherStatus.VOID) == ended.result() == 20 - taken
        books.proven(session)


def test_wrong_codes_are_counted_by_customer_and_network(session: Session) -> None:
    policy, actor = VoucherPolicy(guesses=2), customer(session, NOW)

    def guess(who: Actor, network: str = "net") -> bool:
        return redeeming.count_guess(session, who, network=network, policy=policy, now=NOW)

    assert [guess(actor) for _ in range(3)] == [True, True, False]
    others = [customer(session, NOW) for _ in range(18)]
    allowed = [guess(other) for other in others]
    assert allowed == [True] * 17 + [False]
    assert guess(customer(session, NOW), "another")
    later = NOW + timedelta(minutes=policy.wait_minutes)
    assert redeeming.count_guess(session, actor, network="net", policy=policy, now=later)


def test_a_voucher_that_is_taken_clears_the_customers_count(session: Session) -> None:
    policy, actor = VoucherPolicy(guesses=1), customer(session, NOW)
    batch = make_batch(session, now=NOW, count=1)
    assert redeeming.count_guess(session, actor, network="", policy=policy, now=NOW)
    found = codes.fingerprints(VAULT, code_of(batch, 1, now=NOW))
    redeeming.claim(session, found, actor.customer(), EUR, NOW)
    assert redeeming.count_guess(session, actor, network="", policy=policy, now=NOW)
    assert not redeeming.count_guess(session, actor, network="", policy=policy, now=NOW)


def test_one_refusal_for_all_codes_that_cannot_be_used(session: Session) -> None:
    batch = make_batch(session, now=NOW, count=3)
    actor = customer(session, NOW)
    batches.void_voucher(session, administrator(NOW), f"{batch.number}-000001", now=NOW)
    good = code_of(batch, 2, now=NOW)
    end = batch.expires_at
    assert end is not None
    cases = {
        "unknown": (codes.fresh(), EUR, NOW),
        "void": (code_of(batch, 1, now=NOW), EUR, NOW),
        "foreign": (good, "USD", NOW),
        "expired": (good, EUR, end),
    }
    told = set()
    for typed, currency, now in cases.values():
        try:
            redeeming.claim(
                session, codes.fingerprints(VAULT, typed), actor.customer(), currency, now
            )
        except VoucherRefused as refused:
            told.add((refused.code, refused.message, refused.field, str(refused.data)))
    assert len(told) == 1
    standing = session.exec(select(Voucher.status).order_by(Voucher.serial)).all()
    assert standing == [VoucherStatus.VOID, VoucherStatus.ISSUED, VoucherStatus.ISSUED]
    books.proven(session)
