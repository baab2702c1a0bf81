"""Mail by SMTP, against a real server on this machine."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from self_service import settings, wiring
from self_service.adapters.kept_mail import KeptMail
from self_service.adapters.smtp_mail import SmtpMail
from self_service.ports import MailError, OutgoingMail

MAIL = OutgoingMail(
    id="11111111-2222-3333-4444-555555555555",
    receiver="ada@example.com",
    language="ar",
    subject="مرحبا · Tidewell",
    body="أهلا\n.\nhttp://localhost:3000/ar/verified?link=" + "x" * 43 + "\n",
)


class Box:
    """Takes mails, or answers as it was told."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answer = ""
        self.pause = 0.0

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        await asyncio.sleep(self.pause)
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


class Plain(Controller):
    """A controller on any free port: the library's own looks for port 0 when it has started."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box) -> Iterator[Controller]:
    controller = Plain(box, hostname="127.0.0.1", port=0)
    controller.start()
    yield controller
    controller.stop()


def sender(server: Controller, **changes: Any) -> SmtpMail:
    options = {"security": "none", "sender": "portal@tidewell.example", "name": "Tidewell"}
    return SmtpMail(host="127.0.0.1", port=server.port, **{**options, **changes})


async def test_a_mail_arrives_as_it_was_written(server: Controller, box: Box) -> None:
    await sender(server).send(MAIL)
    ((origin, receivers, content),) = box.taken
    assert (origin, receivers) == ("portal@tidewell.example", ["ada@example.com"])
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert found["Subject"] == MAIL.subject
    assert found["From"] == "Tidewell <portal@tidewell.example>"
    assert found["To"] == MAIL.receiver
    assert found["Message-ID"] == f"<{MAIL.id}@tidewell.example>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content().replace("\r\n", "\n") == MAIL.body


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Hi\nBcc: eve@example.com"},
        {"subject": "Hi\r\nBcc: eve@example.com"},
        {"receiver": "ada@example.com\nBcc: eve@example.com"},
        {"receiver": "ada@example.com\r\n\r\nbody"},
        {"language": "en\nBcc: eve@example.com"},
    ],
)
async def test_no_line_adds_a_header(server: Controller, box: Box, change: dict[str, str]) -> None:
    fields = {name: getattr(MAIL, name) for name in OutgoingMail.__slots__}
    with pytest.raises(MailError) as caught:
        await sender(server).send(OutgoingMail(**{**fields, **change}))
    assert caught.value.lasting
    assert box.taken == []


async def test_an_address_is_one_receiver(server: Controller, box: Box) -> None:
    fields = {name: getattr(MAIL, name) for name in OutgoingMail.__slots__}
    two = OutgoingMail(**{**fields, "receiver": "ada@example.com, eve@example.com"})
    with pytest.raises(MailError):
        await sender(server).send(two)
    assert box.taken == []


@pytest.mark.parametrize(
    ("answer", "lasting"), [("550 no such mailbox", True), ("451 try later", False)]
)
async def test_a_refused_receiver(server: Controller, box: Box, answer: str, lasting: bool) -> None:
    box.answer = answer
    with pytest.raises(MailError) as caught:
        await sender(server).send(MAIL)
    assert caught.value.lasting is lasting
    assert "ada" not in str(caught.value)


async def test_a_server_that_sleeps_is_left(server: Controller, box: Box) -> None:
    box.pause = 5
    with pytest.raises(MailError) as caught:
        await sender(server, patience=0.2).send(MAIL)
    assert not caught.value.lasting


async def test_no_server_is_tried_again() -> None:
    nowhere = SmtpMail(host="127.0.0.1", port=1, security="none", sender="portal@tidewell.example")
    with pytest.raises(MailError) as caught:
        await nowhere.send(MAIL)
    assert not caught.value.lasting


async def test_without_tls_on_offer_nothing_is_sent(server: Controller, box: Box) -> None:
    with pytest.raises(MailError) as caught:
        await sender(server, security="starttls", user="u", password="p").send(MAIL)
    assert not caught.value.lasting
    assert box.taken == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that nobody signed."""
    folder = tmp_path_factory.mktemp("tls")
    key, found = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-keyout", str(key), "-out", str(found), "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return found, key


@pytest.fixture
def encrypted(box: Box, certificate: tuple[Path, Path]) -> Iterator[Controller]:
    """A server that wants STARTTLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def check(server: SMTP, session: Any, envelope: Any, kind: str, data: Any) -> AuthResult:
        right = LoginPassword(b"portal", b"secret")
        return AuthResult(success=data == right, handled=False)

    controller = Plain(
        box,
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    )
    controller.start()
    yield controller
    controller.stop()


async def test_a_certificate_that_nobody_signed_is_refused(encrypted: Controller, box: Box) -> None:
    with pytest.raises(MailError):
        await sender(encrypted, security="starttls", user="portal", password="secret").send(MAIL)
    assert box.taken == []


@pytest.mark.parametrize(("password", "arrives"), [("secret", True), ("wrong", False)])
async def test_starttls_and_a_password(
    encrypted: Controller,
    box: Box,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    arrives: bool,
) -> None:
    send = aiosmtplib.send

    async def trusting(*args: Any, **options: Any) -> Any:
        trusted = ssl.create_default_context(cafile=str(certificate[0]))
        return await send(*args, **options, tls_context=trusted)

    monkeypatch.setattr(aiosmtplib, "send", trusting)
    mail = sender(encrypted, security="starttls", user="portal", password=password)
    if arrives:
        await mail.send(MAIL)
    else:
        with pytest.raises(MailError) as caught:
            await mail.send(MAIL)
        assert not caught.value.lasting
    assert len(box.taken) == arrives


async def test_the_demo_sends_nothing() -> None:
    assert KeptMail().keeps
    await KeptMail().send(MAIL)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({}, KeptMail),
        ({"DEMO": "false"}, type(None)),
        ({"SMTP_HOST": "mail.example", "SMTP_FROM": "portal@x.example"}, SmtpMail),
    ],
)
def test_who_sends_depends_on_the_settings(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], made: type
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"SELF_SERVICE_{name}", value)
    settings.get.cache_clear()
    try:
        assert isinstance(wiring.mail(), made)
        assert settings.get().shows_mail is (made is KeptMail)
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()


def test_a_server_without_a_sender_is_refused() -> None:
    with pytest.raises(ValueError, match="SMTP_FROM"):
        settings.Settings(smtp_host="mail.example")
