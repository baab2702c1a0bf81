"""The job that looks at debts: steps on their days, letters in the person's language, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from self_service import db, i18n
from self_service.domain.debts import dunning, notices
from self_service.domain.debts.notices import Notice, NoticeKind
from self_service.jobs import dunning as job
from self_service.jobs.debt_letters import wording
from self_service.jobs.dunning import Dunning
from self_service.models.access import DigitalIdentity
from self_service.models.base import NOBODY
from self_service.models.dunning import DunningCase, DunningStep
from self_service.models.messages import CommunicationMessage, OutboxEvent
from self_service.models.people import Individual
from self_service.money import Money
from tests.books import proven
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.debtors import DUE, OVER, POLICY, after, debtor, fresh, pay

NOTICE = Notice(
    kind=NoticeKind.REMIND,
    account_id=NOBODY,
    customer_id=NOBODY,
    amount=Money(11_900, "EUR"),
    fee=Money(300, "EUR"),
    at=DUE,
    next_action="suspend",
    next_at=after(30),
    offer=True,
    about="A1-0001",
)


def test_a_debt_from_the_first_day_to_the_payment(database: db.Database) -> None:
    with database.writing() as session:
        ada = debtor(session)
    assert job.run(database, POLICY, now=OVER) == {"opened": 1}
    assert job.run(database, POLICY, now=after(3)) == {"remind": 1}
    assert job.run(database, POLICY, now=after(3)) == {}
    assert [job.write_letters(database, now=after(3)) for _ in range(2)] == [1, 0]
    (letter,) = everything(database, CommunicationMessage)
    assert (letter.kind, letter.receiver) == ("debt_remind", "ada@example.com")
    assert letter.subject.startswith("A bill is overdue")
    for said in (
        "€119.00",
        "5 December 2026",
        "15 December 2026",
        "/en/bills",
        "/en/bills/agreement",
    ):
        assert said in letter.body
    with database.writing() as session:
        pay(session, ada.account, 11_900, now=after(4))
        proven(session)
    assert job.run(database, POLICY, now=after(40)) == {}
    assert [row.action for row in everything(database, DunningStep)] == ["remind"]


def test_letters_are_in_the_language_of_who_gets_them(database: db.Database) -> None:
    with database.writing() as session:
        debtor(session)
        for person in fresh(session, Individual):
            person.language = "es"
    job.run(database, POLICY, now=OVER)
    job.run(database, POLICY, now=after(3))
    job.write_letters(database, now=after(3))
    (letter,) = everything(database, CommunicationMessage)
    assert letter.language == "es"
    assert "/es/bills" in letter.body
    assert "119,00" in letter.body


def test_who_cannot_sign_in_any_more_gets_none(database: db.Database) -> None:
    with database.writing() as session:
        debtor(session)
        for identity in session.exec(select(DigitalIdentity)).all():
            identity.disabled_at = NOW
    job.run(database, POLICY, now=OVER)
    job.run(database, POLICY, now=after(3))
    assert job.write_letters(database, now=after(3)) == 0
    assert everything(database, CommunicationMessage) == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_letter_can_be_written(kind: NoticeKind, language: str) -> None:
    letter = wording(replace(NOTICE, kind=kind))(language, "")
    assert letter.subject
    assert "{" not in letter.subject + letter.body
    assert f"/{language}/" in letter.body


@pytest.mark.parametrize("kind", [NoticeKind.DISPUTE_ACCEPTED, NoticeKind.DISPUTE_REJECTED])
def test_what_was_decided_leads_to_its_bill(kind: NoticeKind) -> None:
    letter = wording(replace(NOTICE, kind=kind, about="A7-0003"))("es", "")
    assert letter.body.count("/es/bills/A7-0003") == 1


def test_two_workers_write_a_letter_once(database: db.Database) -> None:
    with database.writing() as session:
        debtor(session)
    job.run(database, POLICY, now=OVER)
    job.run(database, POLICY, now=after(3))
    with database.reading() as session:
        (event,) = notices.waiting(session)
    came = at_once(
        database, [lambda session: notices.write(session, event, wording, now=after(3))] * 6
    )
    assert sorted(came) == [0] * 5 + [1]
    assert len(everything(database, CommunicationMessage)) == 1


def test_one_that_fails_does_not_keep_the_others(
    database: db.Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as session:
        debtor(session)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(dunning, "open_case", broken)
    assert job.run(database, POLICY, now=OVER) == {}
    assert "a bug" in caplog.text
    assert everything(database, DunningCase) == []


def test_a_round_leaves_a_stamp_and_looks_now_and_then(database: db.Database) -> None:
    with database.writing() as session:
        debtor(session)
    at = [after(3)]
    work = Dunning(database, lambda: at[0])
    assert work.round() == 1  # found late: reminded at once
    assert [row.action for row in everything(database, DunningStep)] == ["remind"]
    at[0] = after(3) + timedelta(hours=2)  # an outage, in which nothing was due
    assert work.round() == 0
    kinds = [
        row.payload["notice"]
        for row in everything(database, OutboxEvent)
        if row.payload.get("notice")
    ]
    assert kinds == ["remind"]
