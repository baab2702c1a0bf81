"""Batches: made, exported, ended; each refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed, SignInNeeded
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.domain.policy import VoucherPolicy
from self_service.domain.vouchers import (
    batch_form,
    batch_list,
    batch_rows,
    batches,
    codes,
    exporting,
    redeeming,
    worth,
)
from self_service.domain.vouchers.batches import BatchOver, VoucherOver
from self_service.domain.vouchers.exporting import NoCodes, NotExported
from self_service.models.access import Role
from self_service.models.audit import AuditEntry
from self_service.models.ledger import AccountKind, EntryKind, LedgerEntry
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherKind, VoucherStatus
from self_service.money import Money
from tests import books
from tests.conftest import NOW
from tests.voucher_shop import EUR, VAULT, administrator, code_of, customer, make_batch, wish

S = VoucherStatus


def standing(session: Session) -> dict[VoucherStatus, int]:
    """Vouchers by status."""
    found: dict[VoucherStatus, int] = {}
    for status in session.exec(select(Voucher.status)):
        found[status] = found.get(status, 0) + 1
    return found


def lying(session: Session, kind: AccountKind) -> int:
    """Minor units on an account of the house."""
    return ledger.balance(session, ledger.house(session, kind, EUR)).minor


def redeem(session: Session, batch: VoucherBatch, serial: int, now: datetime) -> None:
    """Redeem as the wallet does."""
    actor = customer(session, now)
    found = codes.fingerprints(VAULT, code_of(batch, serial, now=now))
    claimed = redeeming.claim(session, found, actor.customer(), EUR, now)
    wallet = ledger.owned(session, AccountKind.WALLET, actor.customer(), EUR)
    source = worth.vouchers(session, EUR)
    move = ledger.Movement(
        EntryKind.VOUCHER_REDEEMED, claimed.voucher_id, source, wallet, claimed.amount
    )
    ledger.post(session, [move], now=now)


def test_a_print_batch_is_made_whole_and_booked(session: Session) -> None:
    batch = make_batch(session, now=NOW, count=12)
    assert standing(session) == {S.ISSUED: 12}
    assert lying(session, AccountKind.VOUCHERS) == 12_000
    assert lying(session, AccountKind.GOODWILL) == -12_000
    assert len({row.code_hash for row in session.exec(select(Voucher))}) == 12
    assert batch.sealed_key
    assert code_of(batch, 1, now=NOW) not in batch.sealed_key
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.act, entry.subject) == ("vouchers.create", batch.number)
    books.proven(session)


def test_an_online_batch_is_stock_without_codes_and_worth_nothing_yet(session: Session) -> None:
    batch = make_batch(session, now=NOW, kind=VoucherKind.ONLINE)
    assert standing(session) == {S.STOCK: 3}
    assert {row.code_hash for row in session.exec(select(Voucher))} == {None}
    assert not batch.sealed_key
    assert session.exec(select(LedgerEntry)).all() == []
    books.proven(session)


def test_a_large_batch_comes_in_chunks_with_every_serial_once(session: Session) -> None:
    batch = make_batch(session, now=NOW, count=12_001, amount=Money(1, EUR))
    serials = session.exec(select(Voucher.serial).where(Voucher.batch_id == batch.id)).all()
    assert sorted(serials) == list(range(1, 12_002))
    books.proven(session)


ACTS: dict[str, Callable[[Session, Actor, str], Any]] = {
    "create": lambda session, actor, number: batches.create(
        session, actor, wish(NOW), vault=VAULT, now=NOW
    ),
    "void_batch": lambda session, actor, number: batches.void_batch(
        session, actor, number, now=NOW
    ),
    "void_voucher": lambda session, actor, number: batches.void_voucher(
        session, actor, f"{number}-000001", now=NOW
    ),
    "export": lambda session, actor, number: exporting.export(
        session, actor, number, form="csv", vault=VAULT, now=NOW
    ),
    "confirm": lambda session, actor, number: exporting.confirm(session, actor, number, now=NOW),
}
OTHERS = {
    "visitor": (Actor(), SignInNeeded),
    "customer": (administrator(NOW, Role.CUSTOMER), NotAllowed),
    "dealer": (administrator(NOW, Role.DEALER), NotAllowed),
    "customer_service": (administrator(NOW, Role.REPRESENTATIVE), NotAllowed),
}


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("act", ACTS)
def test_only_administrators_change_vouchers(session: Session, act: str, who: str) -> None:
    batch = make_batch(session, now=NOW)
    key, entries = batch.sealed_key, len(session.exec(select(LedgerEntry)).all())
    actor, refusal = OTHERS[who]
    with pytest.raises(refusal):
        ACTS[act](session, actor, batch.number)
    session.refresh(batch)
    assert (batch.sealed_key, batch.exports) == (key, 0)
    assert standing(session) == {S.ISSUED: 3}
    assert len(session.exec(select(LedgerEntry)).all()) == entries


@pytest.mark.parametrize("act", ["create", "void_batch", "void_voucher", "export"])
def test_what_makes_or_ends_money_wants_a_fresh_proof(session: Session, act: str) -> None:
    batch = make_batch(session, now=NOW)
    stale = administrator(NOW - timedelta(minutes=11))
    with pytest.raises(ConfirmationNeeded):
        ACTS[act](session, stale, batch.number)
    session.refresh(batch)
    assert batch.exports == 0
    assert standing(session) == {S.ISSUED: 3}
    books.proven(session)


@pytest.mark.parametrize("role", [Role.VISITOR, Role.CUSTOMER, Role.DEALER])
def test_only_staff_looks(session: Session, role: Role) -> None:
    batch = make_batch(session, now=NOW)
    actor = Actor() if role is Role.VISITOR else administrator(NOW, role)
    for look in (
        lambda: batch_list.overview(session, actor, now=NOW),
        lambda: batch_list.one(session, actor, batch.number, now=NOW),
        lambda: batch_list.search(session, actor, f"{batch.number}-000001", now=NOW),
        lambda: batch_list.redemptions(session, actor, batch.number, now=NOW),
        lambda: batch_list.dealers(session, actor, now=NOW),
    ):
        with pytest.raises((NotAllowed, SignInNeeded)):
            look()


def test_staff_sees_numbers_and_looking_at_people_is_recorded(session: Session) -> None:
    batch = make_batch(session, now=NOW)
    redeem(session, batch, 2, NOW)
    staff = administrator(NOW, Role.REPRESENTATIVE)
    (view,) = batch_list.overview(session, staff, now=NOW)
    assert view.counts == {S.ISSUED: 2, S.REDEEMED: 1}
    assert view == batch_list.one(session, staff, batch.number.lower(), now=NOW)
    found = batch_list.search(session, staff, f" {batch.number.lower()}-2 ", now=NOW)
    assert (found.status, found.redeemed_at) == (S.REDEEMED, NOW)
    (told,) = batch_list.redemptions(session, staff, batch.number, now=NOW)
    assert (told.serial, told.customer) == (f"{batch.number}-000002", "Ada Quell")
    acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert acts == ["vouchers.create", "vouchers.redemptions_seen"]
    books.proven(session)


@pytest.mark.parametrize(
    "serial",
    ["", "-", "V-0000-0000-000001", "000001", "V-0000-0000-", "V-0000-0000-٣", "1" * 400],
    ids=["empty", "dash", "unknown", "bare", "no_serial", "arabic", "endless"],
)
def test_a_serial_that_is_none_is_not_found(session: Session, serial: str) -> None:
    make_batch(session, now=NOW)
    with pytest.raises(NotFound):
        batch_list.search(session, administrator(NOW), serial, now=NOW)


def test_voiding_a_batch_spares_what_was_redeemed(session: Session) -> None:
    batch = make_batch(session, now=NOW)
    redeem(session, batch, 1, NOW)
    boss = administrator(NOW)
    assert batches.void_batch(session, boss, batch.number, now=NOW) == 2
    assert standing(session) == {S.REDEEMED: 1, S.VOID: 2}
    assert lying(session, AccountKind.VOUCHERS) == 0
    assert lying(session, AccountKind.GOODWILL) == -1_000
    with pytest.raises(NoCodes):
        exporting.export(session, boss, batch.number, form="csv", vault=VAULT, now=NOW)
    with pytest.raises(BatchOver):
        batches.void_batch(session, boss, batch.number, now=NOW)
    books.proven(session)


def test_voiding_one_voucher(session: Session) -> None:
    batch = make_batch(session, now=NOW)
    redeem(session, batch, 1, NOW)
    boss = administrator(NOW)
    batches.void_voucher(session, boss, f"{batch.number}-000002", now=NOW)
    for serial in (1, 2):
        with pytest.raises(VoucherOver):
            batches.void_voucher(session, boss, f"{batch.number}-{serial:06d}", now=NOW)
    assert standing(session) == {S.REDEEMED: 1, S.VOID: 1, S.ISSUED: 1}
    assert lying(session, AccountKind.VOUCHERS) == 1_000
    assert batches.void_batch(session, boss, batch.number, now=NOW) == 1
    books.proven(session)


def test_stock_is_voided_without_money(session: Session) -> None:
    batch = make_batch(session, now=NOW, kind=VoucherKind.ONLINE)
    boss = administrator(NOW)
    batches.void_voucher(session, boss, f"{batch.number}-000003", now=NOW)
    assert batches.void_batch(session, boss, batch.number, now=NOW) == 2
    assert session.exec(select(LedgerEntry)).all() == []
    books.proven(session)


def test_what_lapsed_is_booked_once(session: Session) -> None:
    batch = make_batch(session, now=NOW)
    redeem(session, batch, 3, NOW)
    batches.void_voucher(session, administrator(NOW), f"{batch.number}-000001", now=NOW)
    end = NOW + timedelta(days=365)
    assert batches.expire(session, now=end - timedelta(microseconds=1)) == 0
    assert batches.expire(session, now=end) == 1
    assert batches.expire(session, now=end) == 0
    assert standing(session) == {S.REDEEMED: 1, S.VOID: 1, S.EXPIRED: 1}
    assert lying(session, AccountKind.VOUCHERS) == 0
    assert lying(session, AccountKind.GOODWILL) == -1_000
    books.proven(session)


def test_codes_are_exported_until_the_print_is_confirmed(session: Session) -> None:
    batch, boss = make_batch(session, now=NOW), administrator(NOW)
    with pytest.raises(NotExported):
        exporting.confirm(session, boss, batch.number, now=NOW)
    batches.void_voucher(session, boss, f"{batch.number}-000002", now=NOW)
    for turn in (1, 2):
        found = exporting.export(session, boss, batch.number, form="csv", vault=VAULT, now=NOW)
        cards = list(found.cards())
        assert found.number_of_export == turn
        assert [card.serial[-6:] for card in cards] == ["000001", "000003"]
        assert cards[0].code == code_of(batch, 1, now=NOW)
    assert found.key not in repr(found)
    exporting.confirm(session, boss, batch.number, now=NOW)
    session.refresh(batch)
    assert (batch.sealed_key, batch.exports, batch.confirmed_at) == ("", 2, NOW)
    with pytest.raises(NoCodes):
        exporting.export(session, boss, batch.number, form="csv", vault=VAULT, now=NOW)
    with pytest.raises(NoCodes):
        exporting.confirm(session, boss, batch.number, now=NOW)
    acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert acts.count("vouchers.export") == 2
    assert acts[-1] == "vouchers.print_confirmed"
    books.proven(session)


GOOD = {
    "kind": "print",
    "name": "Spring",
    "amount": "10",
    "count": "100",
    "expires": "2027-11-21",
    "dealer": "",
}


def read(session: Session, **changes: object) -> Any:
    """Read the form with changes."""
    return batch_form.read(
        session,
        {**GOOD, **changes},
        policy=VoucherPolicy(batch_most=1_000, worth_most_minor=20_000),
        currency=EUR,
        zone=UTC,
        now=NOW,
    )


def test_the_form_for_a_batch(session: Session) -> None:
    found = read(session)
    assert (found.amount, found.count) == (Money(1_000, EUR), 100)
    assert found.expires_at == datetime(2027, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", ""),
        ("kind", "paper"),
        ("name", " "),
        ("name", "x" * 81),
        ("name", "a\u202eb"),
        ("amount", "0"),
        ("amount", "-5"),
        ("amount", "200.01"),
        ("amount", "1.005"),
        ("amount", "ten"),
        ("count", "0"),
        ("count", "1001"),
        ("count", "1.5"),
        ("count", "9" * 5_000),
        ("count", "²"),
        ("expires", "2026-11-21"),
        ("expires", "2027-02-30"),
        ("expires", "2099-01-01"),
        ("expires", "tomorrow"),
        ("dealer", "nobody"),
        ("dealer", "00000000-0000-0000-0000-000000000000"),
        ("amount", None),
    ],
)
def test_each_field_is_checked(session: Session, field: str, typed: object) -> None:
    with pytest.raises(Invalid) as refused:
        read(session, **{field: typed})
    assert set(refused.value.faults) == {field}


def test_all_faults_are_told_at_once(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        read(session, kind="", name="", amount="", count="", expires="", dealer="x")
    assert set(refused.value.faults) == set(batch_form.FIELDS)


def test_unknown_batches_are_not_found(session: Session) -> None:
    for act in ("void_batch", "void_voucher", "export", "confirm"):
        with pytest.raises(DomainError) as refused:
            ACTS[act](session, administrator(NOW), "V-0000-0000")
        assert isinstance(refused.value, NotFound)
    assert batch_rows.free_number(session).startswith("V-")
