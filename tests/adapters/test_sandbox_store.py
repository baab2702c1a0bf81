"""The sandbox's file: it outlives the process, and many may write to it at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from self_service.adapters.sandbox_cards import SandboxCard
from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_payments import SandboxPayments
from self_service.money import Money
from self_service.ports import Charge, GatewayError
from tests.adapters.payment_harness import NOON, SECRET, TEN, key, open_charge, open_customer


def open_sandbox(path: str, at: datetime = NOON) -> SandboxPayments:
    return SandboxPayments(path, SECRET, lambda: at)


async def paid_in(sandbox: SandboxPayments, amount: Money = TEN) -> Charge:
    charge = await open_charge(sandbox, amount)
    return (await sandbox.act(charge.reference, SandboxOutcome.APPROVE)).charge


async def refunds_that_pass(sandbox: SandboxPayments, reference: str, minors: list[int]) -> int:
    """Ask for all these refunds at once; return the sum of those that were given."""
    answers = await asyncio.gather(
        *(
            sandbox.refund(key=key(), reference=reference, amount=Money(minor, "EUR"))
            for minor in minors
        ),
        return_exceptions=True,
    )
    given = 0
    for answer in answers:
        if isinstance(answer, GatewayError):
            assert answer.code == "over_refund"
        else:
            assert not isinstance(answer, BaseException)
            given += answer.amount.minor
    return given


def refund_in_a_process_of_its_own(path: str, reference: str, minors: list[int]) -> int:
    async def refund() -> int:
        sandbox = open_sandbox(path)
        try:
            return await refunds_that_pass(sandbox, reference, minors)
        finally:
            await sandbox.close()

    return asyncio.run(refund())


async def test_restart_keeps_everything(tmp_path: Path) -> None:
    path = str(tmp_path / "sandbox.db")
    before = open_sandbox(path)
    customer = await open_customer(before)
    card = await before.save_method(key="card", customer=customer, token=SandboxCard.GOOD)
    order = {"key": "order", "payment_id": "payment"}
    opened = await before.open_charge(**order, amount=TEN)
    await before.act(opened.reference, SandboxOutcome.APPROVE)
    refund = await before.refund(key="refund", reference=opened.reference, amount=Money(400, "EUR"))
    await before.close()

    after = open_sandbox(path)
    same = await after.open_charge(**order, amount=TEN)
    assert same.reference == opened.reference
    assert same.refunded == Money(400, "EUR")
    assert refund == await after.refund(
        key="refund", reference=opened.reference, amount=Money(400, "EUR")
    )
    with pytest.raises(GatewayError, match="idempotency_conflict"):
        await after.open_charge(**order, amount=Money(999, "EUR"))
    with pytest.raises(GatewayError, match="idempotency_conflict"):
        await after.refund(key="order", reference=opened.reference, amount=TEN)
    with pytest.raises(GatewayError, match="over_refund"):
        await after.refund(key=key(), reference=opened.reference, amount=Money(601, "EUR"))
    assert await after.find("payment") == same
    assert await after.saved_methods(customer) == [card]
    await after.close()


async def test_charge_that_was_processing_settles_after_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "sandbox.db")
    before = open_sandbox(path)
    charge = await open_charge(before)
    await before.act(charge.reference, SandboxOutcome.TIME_OUT)
    await before.close()

    later = NOON + timedelta(minutes=5)
    after = open_sandbox(path, later)
    [delivery] = await after.due_deliveries(later)
    assert after.parse_event(*delivery).kind == "charge_succeeded"
    await after.close()


async def test_two_workers_hand_an_event_out_once(tmp_path: Path) -> None:
    path = str(tmp_path / "sandbox.db")
    workers = [open_sandbox(path) for _ in range(2)]
    for _ in range(5):
        await workers[0].cancel((await open_charge(workers[0])).reference)
    handed = await asyncio.gather(*(worker.due_deliveries(NOON) for worker in workers * 3))
    payloads = [delivery.payload for deliveries in handed for delivery in deliveries]
    assert len(payloads) == len(set(payloads)) == 5
    for worker in workers:
        await worker.close()


async def test_same_key_at_once_opens_one_charge(tmp_path: Path) -> None:
    path = str(tmp_path / "sandbox.db")
    workers = [open_sandbox(path) for _ in range(2)]
    charges = await asyncio.gather(
        *(
            worker.open_charge(key="order", payment_id="payment", amount=TEN)
            for worker in workers * 10
        )
    )
    assert len({charge.reference for charge in charges}) == 1
    for worker in workers:
        await worker.close()


def test_refunds_from_many_processes_stay_within_the_charge(tmp_path: Path) -> None:
    path = str(tmp_path / "sandbox.db")

    async def prepare() -> str:
        sandbox = open_sandbox(path)
        charge = await paid_in(sandbox)
        await sandbox.close()
        return charge.reference

    async def total(reference: str) -> Money:
        sandbox = open_sandbox(path)
        charge = await sandbox.retrieve(reference)
        await sandbox.close()
        return charge.refunded

    reference = asyncio.run(prepare())
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=spawn) as pool:
        asked = [
            pool.submit(refund_in_a_process_of_its_own, path, reference, [100] * 6)
            for _ in range(3)
        ]
        given = sum(future.result(timeout=60) for future in asked)
    assert given == 1000
    assert asyncio.run(total(reference)) == TEN


@settings(max_examples=40, deadline=None)
@given(
    charged=st.integers(1, 500),
    asked=st.lists(st.integers(1, 300), min_size=1, max_size=8),
)
def test_refunds_never_pass_the_charge(charged: int, asked: list[int]) -> None:
    async def run() -> tuple[int, Charge]:
        sandbox = open_sandbox(":memory:")
        charge = await paid_in(sandbox, Money(charged, "EUR"))
        given = await refunds_that_pass(sandbox, charge.reference, asked)
        after = await sandbox.retrieve(charge.reference)
        await sandbox.close()
        return given, after

    given, after = asyncio.run(run())
    assert given == after.refunded.minor <= charged
    assert given > 0 or min(asked) > charged


async def test_waiting_for_the_file_does_not_stop_the_loop(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    sandbox = open_sandbox(str(path))
    await open_charge(sandbox)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(open_charge(sandbox))
    turns = 0
    while turns < 20:
        await asyncio.sleep(0.001)
        turns += 1
    assert not waiting.done()
    other.execute("ROLLBACK")
    other.close()
    assert (await waiting).amount == TEN
    await sandbox.close()
