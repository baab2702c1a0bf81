"""The sandbox provider's file: a small SQLite database, apart from the business one.

Several threads and processes may share one file. Every act is one `BEGIN IMMEDIATE` transaction,
so what is read stays true until it is written, in this process and in the others.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from self_service.adapters.sandbox_books import Books

T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, reference TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS charge (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL UNIQUE,
    client_secret TEXT NOT NULL UNIQUE,
    payment_id TEXT NOT NULL,
    status TEXT NOT NULL,
    failure_code TEXT NOT NULL DEFAULT '',
    minor INTEGER NOT NULL CHECK (minor > 0),
    currency TEXT NOT NULL,
    refunded_minor INTEGER NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND minor),
    settles_at REAL
);
CREATE INDEX IF NOT EXISTS charge_of_payment ON charge (payment_id);
CREATE INDEX IF NOT EXISTS charge_to_settle ON charge (settles_at) WHERE settles_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS refund (
    reference TEXT PRIMARY KEY, charge TEXT NOT NULL, minor INTEGER NOT NULL CHECK (minor > 0)
);
CREATE TABLE IF NOT EXISTS charge_back (
    reference TEXT PRIMARY KEY,
    charge TEXT NOT NULL UNIQUE,
    minor INTEGER NOT NULL CHECK (minor > 0),
    taken INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    charge TEXT NOT NULL,
    payload BLOB NOT NULL,
    copies INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS event_to_send ON event (charge) WHERE sent = 0;
CREATE TABLE IF NOT EXISTS customer (
    reference TEXT PRIMARY KEY, customer_id TEXT NOT NULL, email TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS keeping (charge TEXT PRIMARY KEY, customer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS method (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,
    customer TEXT NOT NULL,
    card TEXT NOT NULL,
    exp_month INTEGER NOT NULL,
    exp_year INTEGER NOT NULL,
    forgotten INTEGER NOT NULL DEFAULT 0
);
"""


class SandboxStore:
    """Opens the file at first use and runs one transaction at a time on it."""

    def __init__(self, path: str) -> None:
        """Remember where the books are.

        Args:
            path: a file, made when it is missing, or ":memory:" for books that die with us.
        """
        self._path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def transact(self, work: Callable[[Books], T], now: datetime) -> T:
        """Run `work` in one transaction; nothing of it stays when it raises. Blocks.

        Args:
            work: what to do with the books.
            now: the instant at which the act happens, aware.
        """
        with self._lock, self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            books = Books(db, now)
            books.settle_due()
            return work(books)

    def close(self) -> None:
        """Close the file; the next transaction opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            # not before first use: a connection must not be carried over a fork
            self._db = sqlite3.connect(
                self._path, timeout=10, isolation_level=None, check_same_thread=False
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(SCHEMA)
        return self._db
