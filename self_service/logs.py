"""What this process writes down: one entry per line, to the standard error.

Entries are plain text or, with `SELF_SERVICE_LOG_FORMAT=json`, one JSON object per line. In both,
instants are UTC and characters that would begin a line or move a cursor are encoded, so nobody
writes an entry by what they send (OWASP ASVS 16.4.1). No entry holds a cookie, a password, an
address typed by a person or the content of a form. Who and from where are added to all entries
that are written while a request or an event is answered.

Loggers, and what each says:

* `self_service.security`: refused access, floods, forged forms and odd payloads: what, who (id of
  the identity), from which network and where, never what was sent. At most so many lines a second.
* `self_service.bugs`: an exception that nobody expected, under the reference that the person saw.
* `self_service.state.guard`: a handler that somebody forgot to give a policy.
* `self_service.http.oidc`: an answer of the operator's identity provider that cannot be used.
* `self_service.domain.payments.settling`, `...payments.refunds`: what a payment provider says that
  does not fit our books.
* `self_service.domain.bills.run`: an account that no bill could be made for, and why.
* `self_service.jobs.mail`, `.payments`, `.autopay`, `.billing`, `.bill_letters`, `.cards`,
  `.dunning`, `.vouchers`, `.wallet`, `.retention`, `.outbox`, `.janitor`, `.moves`, `.rounds`,
  `.runner`: work without a person that failed and is tried again.
* `self_service.brand`: a fault in the brand's file.
* `reflex`, `reflex_base`, `alembic`, `sqlalchemy`, `dbos`, `httpx2`, `_granian`, `asyncio`: the
  libraries', warnings and errors only; Granian also says when a worker starts and stops.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

from self_service.buckets import Buckets

security_log = logging.getLogger("self_service.security")

#: Line ends, other control characters, and those that turn the direction of text.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: Longest message and longest value beside it, in characters.
_LONGEST, _LONGEST_VALUE = 4_000, 200
#: Beside time, level, logger and message; read from the record, else from the scene.
_BESIDE = ("reference", "who", "network", "where", "left_out")


@dataclass(slots=True)
class Scene:
    """What is being answered now.

    Attributes:
        network: address that it came from.
        where: path of the request, or name of the handler.
        who: id of the identity, "" until it is known and for visitors.
    """

    network: str = ""
    where: str = ""
    who: str = ""


_NOWHERE = Scene()
_SCENE: ContextVar[Scene] = ContextVar("scene", default=_NOWHERE)


def enter(network: str, where: str) -> None:
    """Begin to answer a request or an event; all that runs for it shares the scene."""
    _SCENE.set(Scene(network, where))


def know(identity: object) -> None:
    """Note who is behind what is being answered."""
    scene = _SCENE.get()
    if identity is not None and scene is not _NOWHERE:
        scene.who = str(identity)


class Quota:
    """Lets so many security lines through, that a flood does not fill the disk."""

    def __init__(self) -> None:
        self.each = Buckets(rate=0.2, burst=10)  # of one kind, from one network
        self.all = Buckets(rate=10, burst=200)
        self.left_out = 0

    def take(self, what: str, network: str) -> bool:
        """Say whether a line may be written; counts those that may not."""
        if self.each.take(f"{what} {network}") and self.all.take("all"):
            return True
        self.left_out += 1
        return False


_quota = Quota()


def security(what: str) -> None:
    """Write down that somebody tried what is not allowed.

    Args:
        what: the kind of the event, in fixed words: never a part of what was sent.
    """
    if not _quota.take(what, _SCENE.get().network):
        return
    beside = {"left_out": _quota.left_out} if _quota.left_out else {}
    _quota.left_out = 0
    security_log.warning(what, extra=beside)


def encoded(text: str) -> str:
    """Return a text in which nothing ends a line or hides."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _place(where: str) -> str:
    """Leave out all but the first parts of a path: what follows may be a secret or a search."""
    return "/".join(where.split("/")[:3]) if where.startswith("/") else where


def _fields(record: logging.LogRecord) -> dict[str, str]:
    scene = _SCENE.get()
    known = {"who": scene.who, "network": scene.network, "where": _place(scene.where)}
    found = {name: getattr(record, name, known.get(name, "")) for name in _BESIDE}
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return {
        "time": moment.replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "message": record.getMessage()[:_LONGEST],
        **{name: str(value)[:_LONGEST_VALUE] for name, value in found.items() if value},
    }


class Json(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write an entry; all but ASCII is escaped, DEL by us."""
        fields = _fields(record)
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields).replace("\x7f", "\\u007f")


class Text(logging.Formatter):
    """One line per entry; the lines of a traceback follow it, set in so that none begins one."""

    def format(self, record: logging.LogRecord) -> str:
        """Write an entry."""
        fields = {name: encoded(value) for name, value in _fields(record).items()}
        first = [fields.pop(name) for name in ("time", "level", "logger", "message")]
        beside = [f"{name}={value}" for name, value in fields.items()]
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        below = [f"    {encoded(line)}" for line in trace.splitlines()]
        return "\n".join([" ".join([*first, *beside]), *below])


class Lines(logging.Handler):
    """Writes to what is the standard error at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


#: Libraries that write the address of each request they send, with what is secret in it.
_TELLTALES = ("httpx", "httpx2", "httpcore")

#: For Granian: its own lines go the same way as all others.
GRANIAN = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"_granian": {"level": "INFO", "handlers": [], "propagate": True}},
}


def set_up(form: str) -> None:
    """Send all logs to the standard error.

    Args:
        form: "text" or "json".
    """
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, Lines)]:
        root.removeHandler(handler)
    lines = Lines()
    lines.setFormatter(Json() if form == "json" else Text())
    root.addHandler(lines)
    for name in _TELLTALES:
        logging.getLogger(name).setLevel(logging.WARNING)
