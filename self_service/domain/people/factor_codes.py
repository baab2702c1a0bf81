"""Codes of an authenticator app, and codes for its loss: each works once.

Also when two send one at the same moment: a conditional UPDATE decides whose it is. Of recovery
codes only keyed fingerprints are kept; the app's secret is kept sealed, bound to its owner.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import pyotp
from sqlalchemy import ColumnElement, and_, delete, func, update
from sqlmodel import Session, col, select

from self_service.domain.errors import N_, DomainError
from self_service.domain.people.sealing import Unsealable, Vault
from self_service.domain.people.typed_text import plain
from self_service.domain.rows import add_rows, changed
from self_service.models.access import DigitalIdentity, RecoveryCode

#: Seconds that a code is shown for, and how many steps a clock may be off, either way.
STEP, DRIFT = 30, 1
#: Recovery codes, and their characters: none that looks like another.
CODES, _LENGTH, _ALPHABET = 10, 10, "abcdefghjkmnpqrstuvwxyz23456789"
#: Nothing longer is read.
_UNREAD = 60


class WrongCode(DomainError):
    """Not the code of the app at this time, or one that was used."""

    code = "wrong_code"
    message = N_("This code is not right, or it was used already. Wait for the next one.")


class FactorUnreadable(DomainError):
    """The app's key was sealed by a secret that this installation does not have any more."""

    code = "factor_unreadable"
    message = N_(
        "We cannot check codes of your authenticator app any more. Please ask customer service to "
        "remove it, then set it up again."
    )


class Proof(StrEnum):
    """What a person proved with."""

    APP = "app"
    RECOVERY = "recovery code"


def is_on(session: Session, identity_id: UUID) -> bool:
    """Say whether somebody signs in with a second factor."""
    return session.get_one(DigitalIdentity, identity_id).totp_secret != ""


def codes_left(session: Session, identity_id: UUID) -> int:
    """Count the recovery codes that still work."""
    unused = (RecoveryCode.identity_id == identity_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(select(func.count()).select_from(RecoveryCode).where(*unused)).one()


def prove(
    session: Session, identity_id: UUID, typed: str, *, vault: Vault, now: datetime
) -> Proof | None:
    """Use up a code of the app or a recovery code; None when it is neither.

    Count the try before, in a transaction of its own (`attempts.CODE_ACCOUNT`). What an older
    secret of the installation sealed is sealed by the present one.

    Raises:
        FactorUnreadable: the app's key cannot be read.
    """
    code = squeezed(typed)
    identity = session.get_one(DigitalIdentity, identity_id)
    if not identity.totp_secret:
        return None
    before = identity.totp_secret
    secret, kept = _opened(before, identity_id, vault, now)
    same = DigitalIdentity.totp_secret == before
    step = step_of(secret, code, now)
    if step is not None:
        fresh = and_(DigitalIdentity.totp_step < step, same)
        return Proof.APP if set_secret(session, identity_id, fresh, kept, step) else None
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.identity_id == identity_id,
            col(RecoveryCode.code_hash).in_(vault.fingerprints(bound(identity_id, code))),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    if not changed(session, used):
        return None
    set_secret(session, identity_id, same, kept, identity.totp_step)
    return Proof.RECOVERY


def _opened(sealed: str, identity_id: UUID, vault: Vault, now: datetime) -> tuple[str, str]:
    """Return the app's key, and it sealed by the present secret.

    Raises:
        FactorUnreadable: it cannot be read, or is somebody else's.
    """
    try:
        owner, _, secret = vault.open(sealed, now=now).partition(":")
        kept = vault.renewed(sealed, now=now)
    except Unsealable:
        raise FactorUnreadable from None
    if owner != identity_id.hex:
        raise FactorUnreadable
    return secret, kept


def set_secret(
    session: Session, identity_id: UUID, condition: ColumnElement[bool], secret: str, step: int
) -> bool:
    """Write secret and last step if `condition` still holds: of two at once, one succeeds."""
    statement = (
        update(DigitalIdentity)
        .where(DigitalIdentity.id == identity_id, condition)
        .values(totp_secret=secret, totp_step=step)
        .execution_options(synchronize_session="fetch")
    )
    return changed(session, statement) == 1


def bound(identity_id: UUID, text: str) -> str:
    """Tie a secret to its owner, so that it is worth nothing in another's row or form."""
    return f"{identity_id.hex}:{text}"


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the newest step whose code this is, None when it is of none near `now`."""
    current = int(now.timestamp()) // STEP
    app = pyotp.TOTP(secret, interval=STEP)
    for step in range(current + DRIFT, current - DRIFT - 1, -1):
        if hmac.compare_digest(app.generate_otp(step), code):
            return step
    return None


def squeezed(typed: str) -> str:
    """Return a code as it is compared: in ASCII, without spaces and hyphens."""
    text = plain(typed[:_UNREAD]).casefold()
    return "".join(char for char in text if char.isascii() and char.isalnum())


def new_codes(session: Session, identity_id: UUID, vault: Vault) -> tuple[str, ...]:
    """Make recovery codes, to be shown once; those before stop working."""
    changed(session, delete(RecoveryCode).where(RecoveryCode.identity_id == identity_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(CODES)]
    rows = [
        RecoveryCode(identity_id=identity_id, code_hash=vault.fingerprint(bound(identity_id, code)))
        for code in codes
    ]
    add_rows(session, rows)
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)
