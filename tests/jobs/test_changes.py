"""The job of changes: what is due is begun once, and told."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from self_service import db
from self_service.domain.changes import withdrawing
from self_service.domain.network import requests
from self_service.domain.network.requests import Outcome
from self_service.domain.orders import contract
from self_service.jobs.changes import Changes
from self_service.models.changes import ChangeKind, ChangeStatus, ProductChange
from self_service.models.messages import CommunicationMessage
from self_service.models.network import ServiceRequest
from self_service.models.orders import ProductOrder
from tests.changing import POLICY, Customer, open_range


async def test_what_is_due_is_begun_once_and_told(database: db.Database) -> None:
    with database.writing() as session:
        ada = Customer(session, open_range(session))
        plan = ada.buy("middle")
        change = ada.ask(ChangeKind.DOWNGRADE, plan, "small")
    woken: list[int] = []
    at = change.effective_at - timedelta(seconds=1)
    job = Changes(database, lambda: at, wake=lambda: woken.append(1))
    assert await job.look() == 1  # the letter that it is planned
    at = change.effective_at
    assert await job.look() == 1
    assert await job.look() == 0
    with database.writing() as session:
        asked = session.exec(select(ServiceRequest.id)).one()
        requests.answered(session, asked, Outcome(True), at)
    assert await job.look() == 1
    assert len(woken) == 3
    with database.reading() as session:
        assert session.exec(select(ProductChange.status)).one() is ChangeStatus.DONE
        letters = session.exec(
            select(CommunicationMessage)
            .where(CommunicationMessage.kind.startswith("change_"))
            .order_by(CommunicationMessage.created_at)
        ).all()
    assert [letter.kind for letter in letters] == ["change_planned", "change_done"]
    assert "middle becomes small" in letters[0].body
    assert f"/en/subscriptions/{plan.id}" in letters[0].body


async def test_a_withdrawal_is_confirmed_by_mail_and_by_a_file(database: db.Database) -> None:
    with database.writing() as session:
        ada = Customer(session, open_range(session))
        plan = ada.buy("small")
        ada.now += timedelta(days=3, hours=1)
        receipt = withdrawing.withdraw(
            session, ada.actor, plan.id, who="Ada Quell", policy=POLICY, now=ada.now
        )
        actor, now = ada.actor, ada.now
    job = Changes(database, lambda: now)
    assert await job.look() == 2
    assert await job.look() == 0
    with database.reading() as session:
        letter = session.exec(
            select(CommunicationMessage).where(CommunicationMessage.kind == "change_withdrawn")
        ).one()
        order = session.exec(
            select(ProductOrder).where(ProductOrder.number == receipt.number)
        ).one()
        assert order.contract_document_id is not None
        kept = contract.read(session, actor, order.contract_document_id)
    for said in ("3 Feb 2026, 11:00:00", "Ada Quell", receipt.contract, receipt.number, "€9.99"):
        assert said in letter.body
    assert kept.content.startswith(b"%PDF-1.7")
    assert kept.name == f"{receipt.number}.pdf"
