"""What the sandbox provider knows of charges, refunds and events, inside one transaction."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from self_service.adapters.charge_rules import require_refundable
from self_service.money import Money
from self_service.ports import (
    Charge,
    ChargedBack,
    ChargeStatus,
    GatewayError,
    GatewayEvent,
    GatewayRefund,
    RefundStatus,
)


def new_id(kind: str) -> str:
    """Return an unguessable id that tells what it names."""
    return f"{kind}_{secrets.token_urlsafe(24)}"


class Books:
    """The provider's books at one instant. Raises GatewayError as the port says.

    Attributes:
        db: the connection, with a write transaction open.
        now: the instant, aware.
    """

    def __init__(self, db: sqlite3.Connection, now: datetime) -> None:
        self.db = db
        self.now = now

    def once(self, key: str, request: list[str], make: Callable[[], str]) -> str:
        """Return the reference that `make` gave the first time that `key` was used."""
        wanted = json.dumps(request)
        row = self.db.execute("SELECT * FROM answer WHERE key = ?", (key,)).fetchone()
        if row is None:
            reference = make()
            self.db.execute("INSERT INTO answer VALUES (?, ?, ?)", (key, wanted, reference))
            return reference
        if row["request"] != wanted:
            raise GatewayError("idempotency_conflict")
        return str(row["reference"])

    def add_charge(self, payment_id: str, amount: Money) -> str:
        """Write a new charge down; returns its reference."""
        if amount.minor <= 0:
            raise GatewayError("invalid_request")
        reference = new_id("sbc")
        self.db.execute(
            "INSERT INTO charge (reference, client_secret, payment_id, status, minor, currency)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                reference,
                new_id("secret"),
                payment_id,
                ChargeStatus.REQUIRES_METHOD,
                amount.minor,
                amount.currency,
            ),
        )
        return reference

    def charge(self, reference: str) -> Charge:
        """Return the charge with this reference."""
        return self._found("SELECT * FROM charge WHERE reference = ?", reference)

    def charge_of_secret(self, client_secret: str) -> Charge:
        """Return the charge that the holder of this secret may complete."""
        return self._found("SELECT * FROM charge WHERE client_secret = ?", client_secret)

    def find(self, payment_id: str) -> Charge | None:
        """Return the charge for our payment: the one that succeeded, else the newest."""
        row = self.db.execute(
            "SELECT * FROM charge WHERE payment_id = ? ORDER BY status = ? DESC, number DESC",
            (payment_id, ChargeStatus.SUCCEEDED),
        ).fetchone()
        return None if row is None else _charge(row)

    def move(
        self,
        reference: str,
        sources: Collection[ChargeStatus],
        status: ChargeStatus,
        *,
        failure_code: str = "",
        settles_at: float | None = None,
    ) -> None:
        """Move a charge that stands in one of `sources`.

        Args:
            reference: the charge.
            sources: where it may stand now.
            status: where it goes.
            failure_code: why it was refused, "" when it was not.
            settles_at: epoch seconds at which a processing charge succeeds.
        """
        if self.charge(reference).status not in sources:
            raise GatewayError("invalid_request")
        self.db.execute(
            "UPDATE charge SET status = ?, failure_code = ?, settles_at = ? WHERE reference = ?",
            (status, failure_code, settles_at, reference),
        )

    def settle_due(self) -> None:
        """Let the processing charges succeed whose time has come, and announce them."""
        settled = self.db.execute(
            "UPDATE charge SET status = ?, settles_at = NULL WHERE settles_at <= ?"
            " RETURNING reference",
            (ChargeStatus.SUCCEEDED, self.now.timestamp()),
        ).fetchall()
        for row in settled:
            self.announce("charge_succeeded", row["reference"])

    def add_refund(self, reference: str, amount: Money) -> str:
        """Give money back; returns the refund's reference."""
        require_refundable(self.charge(reference), amount)
        self.db.execute(
            "UPDATE charge SET refunded_minor = refunded_minor + ? WHERE reference = ?",
            (amount.minor, reference),
        )
        refund = new_id("sbr")
        self.db.execute("INSERT INTO refund VALUES (?, ?, ?)", (refund, reference, amount.minor))
        self.announce("refund_succeeded", reference)
        return refund

    def refund(self, reference: str) -> GatewayRefund:
        """Return the refund with this reference."""
        row = self.db.execute(
            "SELECT refund.*, currency FROM refund"
            " JOIN charge ON charge.reference = refund.charge WHERE refund.reference = ?",
            (reference,),
        ).fetchone()
        amount = Money(row["minor"], row["currency"])
        return GatewayRefund(reference, row["charge"], RefundStatus.SUCCEEDED, amount)

    def charge_back(self, reference: str, *, taken: bool, amount: Money | None = None) -> None:
        """Let the payer's bank take a charge back, or give it again, and announce it.

        Args:
            reference: of a charge that succeeded.
            taken: False to give again what was taken.
            amount: a part of it; None for all that was not refunded.
        """
        charge = self.charge(reference)
        row = self.db.execute("SELECT * FROM charge_back WHERE charge = ?", (reference,)).fetchone()
        if charge.status is not ChargeStatus.SUCCEEDED or (row is None and not taken):
            raise GatewayError("invalid_request")
        if row is None:
            rest = charge.amount - charge.refunded
            minor = (amount or rest).minor
            if not 0 < minor <= rest.minor:
                raise GatewayError("invalid_request")
            named = (new_id("sbd"), reference, minor, True)
            self.db.execute("INSERT INTO charge_back VALUES (?, ?, ?, ?)", named)
        else:
            named = (row["reference"], reference, row["minor"], taken)
            of_it = "UPDATE charge_back SET taken = ? WHERE charge = ?"
            self.db.execute(of_it, (taken, reference))
        told = {"reference": named[0], "minor": named[2], "taken": taken}
        self.announce("charge_back", reference, charged_back={**told, "at": self.now.timestamp()})

    def announce(self, kind: str, reference: str, copies: int = 1, **more: object) -> None:
        """Put an event about a charge, as it stands now, among those to be sent."""
        charge = _as_json(self.charge(reference))
        event = {"id": new_id("sbe"), "kind": kind, "charge": charge, **more}
        self.db.execute(
            "INSERT INTO event (charge, payload, copies) VALUES (?, ?, ?)",
            (reference, json.dumps(event).encode(), copies),
        )

    def take_events(self, reference: str = "") -> list[bytes]:
        """Return the payloads not yet sent (of one charge, or of all), each as often as it is due.

        What was taken counts as sent: no other worker gets it.
        """
        rows = self.db.execute(
            "UPDATE event SET sent = 1 WHERE sent = 0 AND ? IN ('', charge)"
            " RETURNING number, payload, copies",
            (reference,),
        ).fetchall()
        rows.sort(key=lambda row: int(row["number"]))
        return [row["payload"] for row in rows for _ in range(row["copies"])]

    def _found(self, query: str, value: str) -> Charge:
        row = self.db.execute(query, (value,)).fetchone()
        if row is None:
            raise GatewayError("not_found")
        return _charge(row)


def read_event(payload: bytes) -> GatewayEvent:
    """Read what `Books.announce` wrote.

    Raises:
        ValueError, KeyError, TypeError: the payload is something else.
    """
    event = json.loads(payload)
    charge = event["charge"]
    if event["kind"] == "charge_back":
        return GatewayEvent(event["id"], "charge_back", None, _charged_back(event))
    return GatewayEvent(
        id=event["id"],
        kind=event["kind"],
        charge=Charge(
            reference=charge["reference"],
            payment_id=charge["payment_id"],
            status=ChargeStatus(charge["status"]),
            amount=Money(charge["minor"], charge["currency"]),
            refunded=Money(charge["refunded_minor"], charge["currency"]),
            failure_code=charge["failure_code"],
        ),
    )


def _charged_back(event: Any) -> ChargedBack:
    charge, told = event["charge"], event["charged_back"]
    return ChargedBack(
        reference=told["reference"],
        charge_reference=charge["reference"],
        amount=Money(told["minor"], charge["currency"]),
        taken=bool(told["taken"]),
        at=datetime.fromtimestamp(told["at"], UTC),
        payment_id=charge["payment_id"],
    )


def _as_json(charge: Charge) -> dict[str, str | int]:
    # without the client secret: who reads an event must not be able to complete the charge
    return {
        "reference": charge.reference,
        "payment_id": charge.payment_id,
        "status": charge.status,
        "minor": charge.amount.minor,
        "currency": charge.amount.currency,
        "refunded_minor": charge.refunded.minor,
        "failure_code": charge.failure_code,
    }


def _charge(row: sqlite3.Row) -> Charge:
    return Charge(
        reference=row["reference"],
        payment_id=row["payment_id"],
        status=ChargeStatus(row["status"]),
        amount=Money(row["minor"], row["currency"]),
        refunded=Money(row["refunded_minor"], row["currency"]),
        client_secret=row["client_secret"],
        failure_code=row["failure_code"],
    )
