"""The sandbox provider's customers and their saved cards.

There is no card data: a pretend card is chosen by name, and the name says what the card will do.
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum
from hashlib import sha256

from self_service.adapters.sandbox_books import Books, new_id
from self_service.ports import GatewayError, SavedMethod

#: Years that a pretend card is still valid when it is saved.
VALID_FOR = 4


class SandboxCard(StrEnum):
    """The cards that a person can save; the value is the token for `save_method`."""

    GOOD = "card_good"
    DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "card_insufficient_funds"
    EXPIRED = "card_expired"
    AUTHENTICATE = "card_authenticate"
    SLOW = "card_slow"

    @property
    def last4(self) -> str:
        """Four digits to tell the pretend cards apart by, 0001 being the first."""
        return f"{list(SandboxCard).index(self) + 1:04}"


def add_customer(books: Books, customer_id: str, email: str) -> str:
    """Write a customer down; returns the provider's id."""
    reference = new_id("sbu")
    books.db.execute("INSERT INTO customer VALUES (?, ?, ?)", (reference, customer_id, email))
    return reference


def require_customer(books: Books, customer: str) -> None:
    """Refuse a customer that the provider does not know."""
    known = books.db.execute("SELECT 1 FROM customer WHERE reference = ?", (customer,))
    if known.fetchone() is None:
        raise GatewayError("not_found")


def save_card(books: Books, customer: str, card: str) -> str:
    """Save a pretend card for a customer; returns its token."""
    require_customer(books, customer)
    if card not in set(SandboxCard):
        raise GatewayError("not_found")
    token = new_id("sbm")
    books.db.execute(
        "INSERT INTO method (token, customer, card, exp_month, exp_year) VALUES (?, ?, ?, ?, ?)",
        (token, customer, card, books.now.month, books.now.year + VALID_FOR),
    )
    return token


def keep_later(books: Books, charge: str, customer: str) -> None:
    """Save the card of a charge for a customer once it is paid."""
    books.db.execute("INSERT INTO keeping VALUES (?, ?)", (charge, customer))


def keep_paid(books: Books, charge: str) -> None:
    """Save the card of a charge that was paid just now, if that was asked for."""
    row = books.db.execute(
        "DELETE FROM keeping WHERE charge = ? RETURNING customer", (charge,)
    ).fetchone()
    if row is not None:
        save_card(books, row["customer"], SandboxCard.GOOD)


def saved_card(books: Books, token: str) -> SavedMethod:
    """Return a card that was saved, whether or not it was forgotten since."""
    row = books.db.execute("SELECT * FROM method WHERE token = ?", (token,)).fetchone()
    return _method(row)


def saved_cards(books: Books, customer: str) -> list[SavedMethod]:
    """Return a customer's cards, the newest first."""
    require_customer(books, customer)
    rows = books.db.execute(
        "SELECT * FROM method WHERE customer = ? AND forgotten = 0 ORDER BY number DESC",
        (customer,),
    )
    return [_method(row) for row in rows]


def forget_card(books: Books, token: str) -> None:
    """Detach a card: it can be neither listed nor charged any more."""
    forgotten = books.db.execute(
        "UPDATE method SET forgotten = 1 WHERE token = ? AND forgotten = 0", (token,)
    )
    if forgotten.rowcount == 0:
        raise GatewayError("not_found")


def forget_customer(books: Books, customer: str) -> None:
    """Delete a customer with all cards, forgotten ones too."""
    books.db.execute("DELETE FROM method WHERE customer = ?", (customer,))
    books.db.execute("DELETE FROM customer WHERE reference = ?", (customer,))


def card_to_charge(books: Books, customer: str, token: str) -> SandboxCard:
    """Return what kind of card a customer's token stands for."""
    row = books.db.execute(
        "SELECT card FROM method WHERE token = ? AND customer = ? AND forgotten = 0",
        (token, customer),
    ).fetchone()
    if row is None:
        raise GatewayError("not_found")
    return SandboxCard(row["card"])


def _method(row: sqlite3.Row) -> SavedMethod:
    return SavedMethod(
        token=row["token"],
        brand="sandbox",
        last4=SandboxCard(row["card"]).last4,
        exp_month=row["exp_month"],
        exp_year=row["exp_year"],
        fingerprint=f"sbf_{sha256(row['card'].encode()).hexdigest()[:24]}",
    )
