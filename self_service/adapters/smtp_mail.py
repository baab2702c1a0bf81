"""Mail by SMTP, one connection per mail, encrypted unless the operator says otherwise."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formataddr, formatdate

import aiosmtplib

from self_service.ports import MailError, OutgoingMail

#: Seconds that a server may take for one answer.
PATIENCE = 20.0
#: Replies of 500 and above say "never"; those to the greeting or the sign-in are about us.
_NEVER = 500


class SmtpMail:
    """Hands mails to one server."""

    keeps = False

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: str,
        sender: str,
        name: str = "",
        user: str = "",
        password: str = "",
        patience: float = PATIENCE,
    ) -> None:
        """Take how the server is reached.

        Args:
            host: of the server.
            port: 587 for STARTTLS, 465 for TLS, usually.
            security: "starttls" (refused when the server does not offer it), "tls" or "none".
            sender: address that mails come from.
            name: of the sender, as mail programs show it.
            user: to sign in with, "" for none.
            password: of that user.
            patience: seconds that the server may take for one answer.
        """
        self._sender, self._name = sender, name
        self._options = {
            "hostname": host,
            "port": port,
            "use_tls": security == "tls",
            "start_tls": security == "starttls",
            "username": user or None,
            "password": password if user else None,
            "timeout": patience,
        }

    async def send(self, mail: OutgoingMail) -> None:
        """Hand a mail over.

        Raises:
            MailError: it was not taken; the message holds no address.
        """
        try:
            message = self._message(mail)
        except (ValueError, IndexError, MessageError):  # an address or a line that no mail may hold
            raise MailError("unsendable", lasting=True) from None
        try:
            await aiosmtplib.send(message, sender=self._sender, **self._options)  # type: ignore[arg-type]
        except aiosmtplib.SMTPRecipientsRefused as refused:
            lasting = all(one.code >= _NEVER for one in refused.recipients)
            raise MailError("receiver refused", lasting=lasting) from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
            raise MailError(type(fault).__name__) from None

    def _message(self, mail: OutgoingMail) -> EmailMessage:
        """Put a mail into its form; the library refuses line ends in headers."""
        message = EmailMessage()
        message["From"] = formataddr((self._name, self._sender))
        message["To"] = Address(addr_spec=mail.receiver)  # one, however it is written
        message["Subject"] = mail.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = f"<{mail.id}@{self._sender.rpartition('@')[2]}>"
        message["Content-Language"] = mail.language
        message["Auto-Submitted"] = "auto-generated"  # so nobody's absence note answers
        message.set_content(mail.body)
        return message
