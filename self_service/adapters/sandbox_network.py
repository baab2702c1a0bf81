"""A network in a file, for the demo and for tests: slow, forgetful and sometimes unwilling.

What it does is told by what it is asked, so that every run is alike:

- it answers after `delay` seconds, or two or three times that, so answers overtake each other;
- every fourth order is answered twice, every eighth is not answered at all until it is asked about;
- a number or a value that ends in 13 is refused.

Several threads and processes may share one file; every act is one `BEGIN IMMEDIATE` transaction.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from self_service.ports import NetworkAnswer, NetworkOrder, NetworkStatus

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS work (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    subject TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    refused TEXT NOT NULL,
    told TEXT NOT NULL,
    ready_at REAL NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    answers INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS work_open ON work (ready_at) WHERE done = 0 OR answers > 0;
CREATE INDEX IF NOT EXISTS work_of_service ON work (service, subject, sequence);
"""
#: Refused when the value under this name ends in `UNLUCKY`.
_REASONS = {"number": "number_not_portable", "value": "not_accepted"}
UNLUCKY = "13"
#: Every so many orders the answer comes twice, or not by itself.
_TWICE, _NEVER = 4, 8
#: Acts about one thing: whether the service is on.
_ON_OR_OFF = frozenset({"activate", "suspend", "resume", "terminate"})


class SandboxNetwork:
    """The network of the demo. Implements `ports.NetworkPort`."""

    def __init__(self, path: str, clock: Callable[[], datetime], *, delay: float = 0.0) -> None:
        """Remember where its books are.

        Args:
            path: a file, made when it is missing, or ":memory:".
            clock: returns the current instant, aware.
            delay: seconds that it takes at least.
        """
        self._path = path
        self._clock = clock
        self._delay = delay
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    async def request(self, order: NetworkOrder) -> NetworkAnswer:
        """Take an order; the same key is taken once."""
        now = self._clock()

        def take(db: sqlite3.Connection) -> NetworkAnswer:
            luck = _luck(order.key)
            times = 0 if luck % _NEVER == 1 else 2 if luck % _TWICE == 0 else 1
            db.execute(
                "INSERT INTO work (key, service, subject, sequence, refused, told, ready_at,"
                " answers) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (
                    order.key,
                    order.service,
                    _subject(order),
                    order.sequence,
                    _refusal(order.wanted),
                    json.dumps(_told(order)),
                    now.timestamp() + self._delay * (1 + luck % 3),
                    times,
                ),
            )
            _work(db, now)
            return _read(db, order.key) or NetworkAnswer(order.key, NetworkStatus.TAKEN)

        return await asyncio.to_thread(self._transact, take)

    async def find(self, key: str) -> NetworkAnswer | None:
        """Return how an order stands."""
        now = self._clock()

        def look(db: sqlite3.Connection) -> NetworkAnswer | None:
            _work(db, now)
            return _read(db, key)

        return await asyncio.to_thread(self._transact, look)

    async def answers(self, now: datetime) -> tuple[NetworkAnswer, ...]:
        """Hand out what is answered and was not handed out often enough, the newest first."""

        def fetch(db: sqlite3.Connection) -> tuple[NetworkAnswer, ...]:
            _work(db, now)
            rows = db.execute(
                "UPDATE work SET answers = answers - 1 WHERE done = 1 AND answers > 0 RETURNING *"
            ).fetchall()
            rows.sort(key=lambda row: -int(row["number"]))
            return tuple(_answer(row) for row in rows)

        return await asyncio.to_thread(self._transact, fetch)

    def close(self) -> None:
        """Close the file; the next order opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock, self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            return work(db)

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            # not before first use: a connection must not be carried over a fork
            self._db = sqlite3.connect(
                self._path, timeout=10, isolation_level=None, check_same_thread=False
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)
        return self._db


def _work(db: sqlite3.Connection, now: datetime) -> None:
    """Do what is ready, the oldest first; what a newer order overtook is refused."""
    ready = db.execute(
        "SELECT * FROM work WHERE done = 0 AND ready_at <= ? ORDER BY ready_at, number",
        (now.timestamp(),),
    ).fetchall()
    for row in ready:
        newer = db.execute(
            "SELECT 1 FROM work WHERE service = ? AND subject = ? AND sequence > ?"
            " AND done = 1 AND refused = ''",
            (row["service"], row["subject"], row["sequence"]),
        ).fetchone()
        refused = row["refused"] or ("overtaken" if newer else "")
        db.execute(
            "UPDATE work SET done = 1, refused = ? WHERE number = ?", (refused, row["number"])
        )


def _read(db: sqlite3.Connection, key: str) -> NetworkAnswer | None:
    row = db.execute("SELECT * FROM work WHERE key = ?", (key,)).fetchone()
    return None if row is None else _answer(row)


def _answer(row: sqlite3.Row) -> NetworkAnswer:
    if not row["done"]:
        return NetworkAnswer(row["key"], NetworkStatus.TAKEN)
    if row["refused"]:
        return NetworkAnswer(row["key"], NetworkStatus.REFUSED, row["refused"])
    return NetworkAnswer(row["key"], NetworkStatus.DONE, told=json.loads(row["told"]))


def _subject(order: NetworkOrder) -> str:
    """Return what an order is about: a later one about the same overtakes it."""
    act = "power" if order.act in _ON_OR_OFF else order.act
    about = order.wanted.get("setting", act)
    return f"{about} {order.wanted.get('profile', '')}"


def _luck(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def _refusal(wanted: Mapping[str, str]) -> str:
    return next(
        (code for name, code in _REASONS.items() if wanted.get(name, "").endswith(UNLUCKY)), ""
    )


def _told(order: NetworkOrder) -> dict[str, str]:
    """Return what the sandbox says about a line: most are well, one in six is slow."""
    if order.act not in {"check_line", "restart"}:
        return {}
    speed = 20 + _luck(order.service) % 80
    slow = order.act == "check_line" and _luck(order.service) % 6 == 0
    return {
        "state": "slow" if slow else "up",
        "down_percent": str(speed // 4 if slow else 100 - speed % 9),
        "hours_up": "0" if order.act == "restart" else str(_luck(order.service) % 400),
    }
