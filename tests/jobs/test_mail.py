"""The postman: everything that is written is sent, and tried again when it is not."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlmodel import select

from self_service import db
from self_service.domain import messages
from self_service.domain.access import attempts, one_time
from self_service.jobs import mail, runner
from self_service.jobs.janitor import SOON, SWEPT_EVERY, Janitor
from self_service.jobs.mail import Postman
from self_service.models.access import Attempts, OneTimeSecret, Purpose
from self_service.models.messages import CommunicationMessage
from self_service.ports import MailError, OutgoingMail
from tests.house import House, house, stocked
from tests.jobs.conftest import Clock

__all__ = ["house", "stocked"]


class Server:
    """Takes mails, or fails as told."""

    def __init__(self, keeps: bool = False) -> None:
        self.keeps = keeps
        self.taken: list[OutgoingMail] = []
        self.failure: Exception | None = None

    async def send(self, mail: OutgoingMail) -> None:
        if self.failure is not None:
            raise self.failure
        self.taken.append(mail)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def postman(shop_database: db.Database, server: Server, clock: Clock) -> Postman:
    return Postman(shop_database, server, clock)


def write(database: db.Database, clock: Clock, subject: str = "Hello") -> None:
    with database.writing() as session:
        messages.write(
            session,
            "test",
            receiver="ada@example.com",
            language="en",
            subject=subject,
            body="link=secret",
            now=clock(),
        )


def row(database: db.Database) -> CommunicationMessage:
    with database.reading() as session:
        return session.exec(select(CommunicationMessage)).one()


async def test_what_is_due_is_sent_once(
    shop_database: db.Database, server: Server, postman: Postman, clock: Clock
) -> None:
    for subject in "ab":
        write(shop_database, clock, subject)
        clock.move(seconds=1)
    assert await postman.round() == 2
    assert [sent.subject for sent in server.taken] == ["a", "b"]
    clock.move(days=9)
    assert await postman.round() == 0


@pytest.mark.parametrize("keeps", [True, False])
async def test_links_are_not_kept_once_they_left(
    shop_database: db.Database, clock: Clock, keeps: bool
) -> None:
    write(shop_database, clock)
    await Postman(shop_database, Server(keeps), clock).round()
    found = row(shop_database)
    assert (found.sent_at, found.body) == (clock(), "link=secret" if keeps else "")


@pytest.mark.parametrize("failure", [MailError("busy"), RuntimeError("bug")])
async def test_a_failure_is_tried_again_and_says_no_address(
    shop_database: db.Database,
    server: Server,
    postman: Postman,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
) -> None:
    write(shop_database, clock)
    server.failure = failure
    assert await postman.round() == 0
    assert await postman.round() == 0
    assert (row(shop_database).tries, row(shop_database).body) == (1, "link=secret")
    assert "ada@example.com" not in caplog.text
    assert "secret" not in caplog.text
    server.failure = None
    clock.at += messages.RETRIES[0]
    assert await postman.round() == 1


async def test_what_can_never_be_sent_is_given_up(
    shop_database: db.Database, server: Server, postman: Postman, clock: Clock
) -> None:
    write(shop_database, clock)
    server.failure = MailError("unknown", lasting=True)
    assert await postman.round() == 0
    server.failure = None
    clock.move(days=9)
    assert await postman.round() == 0
    assert row(shop_database).body == ""


async def test_two_postmen_send_a_mail_once(
    shop_database: db.Database, server: Server, postman: Postman, clock: Clock
) -> None:
    for number in range(10):
        write(shop_database, clock, f"{number}")
    other = Postman(shop_database, server, clock)
    sent = await asyncio.gather(postman.round(), other.round())
    assert sum(sent) == 10
    assert len({mail.id for mail in server.taken}) == len(server.taken) == 10


async def test_a_call_sends_at_once_and_a_fault_does_not_end_it(
    shop_database: db.Database,
    server: Server,
    postman: Postman,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    due = messages.due
    faults = [RuntimeError("no database")]

    def failing(*args: object, **kwargs: object) -> object:
        if faults:
            raise faults.pop()
        return due(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "due", failing)
    monkeypatch.setattr(mail.Postman, "every", 60.0)
    postman.call()  # before it runs: nothing happens
    task = asyncio.create_task(postman.run())
    write(shop_database, clock)
    async with asyncio.timeout(10):
        while not server.taken:
            await asyncio.sleep(0.01)
            postman.call()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "mails could not be sent" in caplog.text


async def test_the_demo_marks_its_mails_as_sent(house: House) -> None:
    (postman,) = runner._postmen()
    runner._WORKING.append(postman)
    try:
        house.change(
            messages.write,
            "test",
            receiver="ada@example.com",
            language="en",
            subject="Hello",
            body="Hello",
            now=house.clock(),
        )
        runner.wake()
        assert await postman.round() == 1
        assert row(house.database).sent_at == house.clock()
    finally:
        runner._WORKING.clear()


async def test_without_a_server_it_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    monkeypatch.setattr(runner.wiring, "mail", lambda: None)
    assert list(runner._postmen()) == []
    assert "SELF_SERVICE_SMTP_HOST" in caplog.text


async def test_the_janitor_sweeps_every_hour(house: House) -> None:
    janitor = Janitor(house.database, house.gateway, house.clock)

    def litter() -> None:
        house.change(one_time.issue, Purpose.PASSKEY_NEW, now=house.clock())
        house.change(attempts.count, attempts.CODE_ACCOUNT, "ada", now=house.clock())

    litter()
    house.clock.move(hours=13)
    phone = house.signed_in()
    await janitor.sweep(house.clock())
    assert house.rows(Attempts) == [[]]
    assert house.actor(phone.cookie).signed_in
    litter()
    await janitor.sweep(house.clock() + SWEPT_EVERY - timedelta(seconds=1))
    assert all(house.rows(OneTimeSecret, Attempts))
    await janitor.sweep(house.clock() + SWEPT_EVERY)
    assert house.rows(Attempts) == [[]]


async def test_links_and_typed_words_go_within_a_minute(house: House) -> None:
    janitor = Janitor(house.database, house.gateway, house.clock)
    await janitor.soon(house.clock())
    house.change(one_time.issue, Purpose.TYPED, now=house.clock() - timedelta(minutes=10))
    await janitor.soon(house.clock() + SOON - timedelta(seconds=1))
    assert all(house.rows(OneTimeSecret))
    await janitor.soon(house.clock() + SOON)
    assert house.rows(OneTimeSecret) == [[]]
