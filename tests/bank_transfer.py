"""A worked example of a further payment method: pay later, by transfer with a reference.

`docs/payment-methods.md` goes through it. The person sees where to send the money and by which
reference; when the bank's statement says that it came, whoever reads statements posts that to
`/webhooks/payments/transfer`, signed. Until then the payment waits, for 14 days.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from self_service.money import Money
from self_service.ports import (
    BadSignature,
    Charge,
    ChargeStatus,
    GatewayError,
    GatewayEvent,
    GatewayRefund,
    SavedMethod,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS transfer (
    payment_id TEXT PRIMARY KEY, minor INTEGER NOT NULL, currency TEXT NOT NULL,
    status TEXT NOT NULL, refunded INTEGER NOT NULL DEFAULT 0
)
"""
IBAN = "XX00 TEST 0000 0000 0000"


def reference_of(payment_id: str) -> str:
    """Return the creditor reference (ISO 11649) under which the money of a payment comes."""
    body = hashlib.sha256(payment_id.encode()).hexdigest()[:16].upper()
    digits = "".join(str(int(sign, 36)) for sign in f"{body}RF00")
    return f"RF{98 - int(digits) % 97:02}{body}"


class BankTransfer:
    """`PaymentPlugIn`: nothing is charged; money is waited for."""

    name = "transfer"
    title = {"en": "Bank transfer", "es": "Transferencia bancaria"}
    signature_header = "transfer-signature"
    open_for = timedelta(days=14)

    def __init__(self, file: Path, secret: str) -> None:
        self._file = file
        self._secret = secret.encode()
        self.screens = Starlette(routes=[Route("/{payment_id:uuid}", self._screen)])

    async def open_charge(
        self, *, key: str, payment_id: str, amount: Money, customer: str = "", save: bool = False
    ) -> Charge:
        del key, customer, save  # our payment's id is the key: one row each
        waits = ChargeStatus.REQUIRES_ACTION
        row = (payment_id, amount.minor, amount.currency, waits)
        with self._books() as books:
            books.execute(
                "INSERT INTO transfer (payment_id, minor, currency, status) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                row,
            )
        charge = await self.retrieve(payment_id)
        if charge.amount != amount:
            raise GatewayError("idempotency_conflict")
        return charge

    async def retrieve(self, reference: str) -> Charge:
        found = await self.find(reference)
        if found is None:
            raise GatewayError("not_found")
        return found

    async def find(self, payment_id: str) -> Charge | None:
        with self._books() as books:
            row = books.execute(
                "SELECT * FROM transfer WHERE payment_id = ?", (payment_id,)
            ).fetchone()
        return None if row is None else _charge(row)

    async def cancel(self, reference: str) -> Charge:
        self._move(reference, ChargeStatus.CANCELED, {ChargeStatus.REQUIRES_ACTION})
        return await self.retrieve(reference)

    async def refund(self, *, key: str, reference: str, amount: Money) -> GatewayRefund:
        del key, reference, amount
        raise GatewayError("unavailable", retryable=True)  # people send money back by hand

    async def charge_saved(self, **_: Any) -> Charge:
        raise GatewayError("invalid_request")

    async def open_customer(self, **_: Any) -> str:
        raise GatewayError("invalid_request")

    async def save_method(self, **_: Any) -> SavedMethod:
        raise GatewayError("invalid_request")

    async def saved_methods(self, customer: str) -> list[SavedMethod]:
        del customer
        return []

    async def forget_method(self, token: str) -> None:
        raise GatewayError("not_found")

    async def forget_customer(self, customer: str) -> None:
        """Nobody is known here."""

    def pay_path(self, charge: Charge) -> str:
        return f"/pay-with/{self.name}/{charge.payment_id}"

    def card_path(self) -> str:
        return ""

    def parse_event(self, payload: bytes, signature: str) -> GatewayEvent:
        """Read `{"id": ..., "payment_id": ...}`: the money of a payment came, all of it."""
        if not hmac.compare_digest(self.sign(payload), signature):
            raise BadSignature("not signed by who reads the statements")
        said = json.loads(payload)
        waits = {ChargeStatus.REQUIRES_ACTION, ChargeStatus.CANCELED}
        self._move(said["payment_id"], ChargeStatus.SUCCEEDED, waits)
        with self._books() as books:
            row = books.execute(
                "SELECT * FROM transfer WHERE payment_id = ?", (said["payment_id"],)
            ).fetchone()
        return GatewayEvent(said["id"], "charge_succeeded", _charge(row) if row else None)

    def sign(self, payload: bytes) -> str:
        """What whoever reads the statements sends along."""
        return hmac.new(self._secret, payload, hashlib.sha256).hexdigest()

    async def _screen(self, request: Request) -> Response:
        payment_id = str(request.path_params["payment_id"])
        charge = await self.find(payment_id)
        if charge is None:
            return HTMLResponse("<h1>We could not find that payment</h1>", status_code=404)
        told = {"To": IBAN, "Reference": reference_of(payment_id), "Sum": str(charge.amount.amount)}
        rows = "".join(
            f"<dt>{name}</dt><dd>{html.escape(text)}</dd>" for name, text in told.items()
        )
        back = f'<a href="/do/returned/{payment_id}">Back</a>'
        return HTMLResponse(f"<h1>Pay by transfer</h1><dl>{rows}</dl><p>{back}</p>")

    def _move(self, payment_id: str, to: ChargeStatus, sources: set[ChargeStatus]) -> None:
        places = ", ".join("?" for _ in sources)
        with self._books() as books:
            books.execute(
                f"UPDATE transfer SET status = ? WHERE payment_id = ? AND status IN ({places})",
                (to, payment_id, *sources),
            )

    def _books(self) -> Any:
        return _Books(self._file)


class _Books:
    """A transaction in a file of this method's own."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, timeout=10)
        self._db.row_factory = sqlite3.Row
        self._db.execute(SCHEMA)

    def __enter__(self) -> sqlite3.Connection:
        return self._db

    def __exit__(self, kind: object, *_: object) -> None:
        with closing(self._db):
            if kind is None:
                self._db.commit()


def _charge(row: sqlite3.Row) -> Charge:
    return Charge(
        reference=row["payment_id"],
        payment_id=row["payment_id"],
        status=ChargeStatus(row["status"]),
        amount=Money(row["minor"], row["currency"]),
        refunded=Money(row["refunded"], row["currency"]),
    )


def make(settings: Any) -> BankTransfer:
    """The factory that the entry point names."""
    return BankTransfer(settings.var / "transfers.db", settings.secret)
