"""Leaving a trace of refused proofs: in the log, and in the record of the account they were about.

The record is written after the answer, whose time then tells nothing. Nothing typed is in either.
"""

from __future__ import annotations

from uuid import UUID

from starlette.background import BackgroundTask
from starlette.requests import Request

from self_service import clock, logs
from self_service.domain.errors import DomainError
from self_service.domain.people import signing_in
from self_service.domain.people.accounts import SignInRefused
from self_service.domain.people.credentials import PasswordWrong
from self_service.domain.people.factor_codes import WrongCode
from self_service.domain.people.passkeys import PasskeyRefused
from self_service.http.cookies import device_of, network_of
from self_service.wiring import database

#: What the record calls refusals, by code; too many tries are logged where they are counted.
_RECORDED = {
    SignInRefused.code: "sign_in_refused",
    PasswordWrong.code: "proof_refused",
    WrongCode.code: "code_refused",
    PasskeyRefused.code: "passkey_refused",
}


def noted(
    request: Request, refusal: DomainError, whose: UUID | None = None, *, record: bool = True
) -> BackgroundTask | None:
    """Log a refused proof; returns what records it after the answer, None for nothing to record.

    Args:
        request: that was refused.
        refusal: why; one that is about no proof leaves no trace here.
        whose: account that it was about, None when none is known.
        record: False keeps it to the log: nobody fills an account's record by it.
    """
    act = _RECORDED.get(refusal.code)
    if act is None:
        return None
    logs.security(f"proof refused: {refusal.code}, account {whose or 'unknown'}")
    if whose is None or not record:
        return None
    return BackgroundTask(
        database().transact,
        signing_in.note_refusal,
        whose,
        act=act,
        device=device_of(request),
        network=network_of(request),
        now=clock.now(),
    )
