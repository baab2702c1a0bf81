"""What can be made to happen on the sandbox's screen, and what each outcome does to a charge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from self_service.adapters.sandbox_books import Books
from self_service.adapters.sandbox_cards import SandboxCard, keep_paid
from self_service.ports import Charge, ChargeStatus


class SandboxOutcome(StrEnum):
    """What the person makes happen on the sandbox's screen."""

    APPROVE = "approve"
    DECLINE = "decline"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    REQUIRE_3DS = "require_3ds"
    CONFIRM_3DS = "confirm_3ds"
    FAIL_3DS = "fail_3ds"
    TIME_OUT = "time_out"  # the money is taken, and nobody is told until it settles
    ANSWER_TWICE = "answer_twice"  # one success, its event delivered twice


@dataclass(frozen=True, slots=True)
class _Move:
    """From where to where an outcome takes a charge; `kind` is its event's, "" for no event."""

    source: ChargeStatus
    status: ChargeStatus
    kind: str
    failure_code: str = ""
    copies: int = 1


_METHOD = ChargeStatus.REQUIRES_METHOD
_ACTION = ChargeStatus.REQUIRES_ACTION
_PAID = ChargeStatus.SUCCEEDED

_MOVES = {
    SandboxOutcome.APPROVE: _Move(_METHOD, _PAID, "charge_succeeded"),
    SandboxOutcome.ANSWER_TWICE: _Move(_METHOD, _PAID, "charge_succeeded", copies=2),
    SandboxOutcome.DECLINE: _Move(_METHOD, _METHOD, "charge_failed", "card_declined"),
    SandboxOutcome.INSUFFICIENT_FUNDS: _Move(
        _METHOD, _METHOD, "charge_failed", "insufficient_funds"
    ),
    SandboxOutcome.EXPIRED_CARD: _Move(_METHOD, _METHOD, "charge_failed", "expired_card"),
    SandboxOutcome.REQUIRE_3DS: _Move(_METHOD, _ACTION, "charge_requires_action"),
    SandboxOutcome.CONFIRM_3DS: _Move(_ACTION, _PAID, "charge_succeeded"),
    SandboxOutcome.FAIL_3DS: _Move(_ACTION, _METHOD, "charge_failed", "authentication_failed"),
    SandboxOutcome.TIME_OUT: _Move(_METHOD, ChargeStatus.PROCESSING, ""),
}

#: What happens when a saved card is charged.
CARD_OUTCOMES = {
    SandboxCard.GOOD: SandboxOutcome.APPROVE,
    SandboxCard.DECLINED: SandboxOutcome.DECLINE,
    SandboxCard.INSUFFICIENT_FUNDS: SandboxOutcome.INSUFFICIENT_FUNDS,
    SandboxCard.EXPIRED: SandboxOutcome.EXPIRED_CARD,
    SandboxCard.AUTHENTICATE: SandboxOutcome.REQUIRE_3DS,
    SandboxCard.SLOW: SandboxOutcome.TIME_OUT,
}


def apply(books: Books, reference: str, outcome: SandboxOutcome, settle_after: timedelta) -> None:
    """Let an outcome happen to a charge and announce it.

    Raises:
        GatewayError: not_found; invalid_request when the charge does not stand where the outcome
            is possible (approved already, no 3-D Secure asked for, ...).
    """
    move = _MOVES[outcome]
    slow = move.status is ChargeStatus.PROCESSING
    books.move(
        reference,
        {move.source},
        move.status,
        failure_code=move.failure_code,
        settles_at=(books.now + settle_after).timestamp() if slow else None,
    )
    if move.status is ChargeStatus.SUCCEEDED:
        keep_paid(books, reference)
    if move.kind:
        books.announce(move.kind, reference, move.copies)


def cancel(books: Books, reference: str) -> Charge:
    """Give up a charge for which nothing was taken; a second time changes nothing.

    Raises:
        GatewayError: not_found; invalid_request when money was taken.
    """
    if books.charge(reference).status is not ChargeStatus.CANCELED:
        books.move(reference, {_METHOD, _ACTION}, ChargeStatus.CANCELED)
        books.announce("charge_canceled", reference)
    return books.charge(reference)
