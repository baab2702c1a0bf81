"""Setting the second factor up (TOTP, RFC 6238), and giving it up.

Until the app has proven that it has its secret nothing is kept: the proposal travels in the form,
sealed for its owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete
from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.people.credentials import Notice, in_person, tell
from self_service.domain.people.factor_codes import (
    WrongCode,
    bound,
    is_on,
    new_codes,
    set_secret,
    squeezed,
    step_of,
)
from self_service.domain.people.sealing import Unsealable, Vault
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, RecoveryCode

#: For so long a proposed secret may be taken up.
PROPOSED_FOR = timedelta(minutes=30)


class AlreadyOn(DomainError):
    """A second factor is set up; it has to be turned off first."""

    code = "second_factor_on"
    message = N_("An authenticator app is set up already. Turn it off first to change it.")


class NotOn(DomainError):
    """There is no second factor."""

    code = "second_factor_off"
    message = N_("No authenticator app is set up.")


class ProposalTooOld(DomainError):
    """The secret that was shown is not on offer any more."""

    code = "proposal_too_old"
    message = N_("That took too long. Please start again with a new picture.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A secret to be put into an app.

    Attributes:
        secret: base32, to be typed.
        address: for the app's camera (otpauth://).
        sealed: to be sent back with the first code.
    """

    secret: str
    address: str
    sealed: str


def propose(
    session: Session, actor: Actor, *, vault: Vault, operator: str, now: datetime
) -> Proposal:
    """Make a secret; nothing is kept until its first code comes back.

    Raises:
        SignInNeeded, ConfirmationNeeded: no fresh proof of who this is.
        AlreadyOn: there is one.
    """
    actor.fresh(now)
    identity = session.get_one(DigitalIdentity, actor.identity())
    if identity.totp_secret:
        raise AlreadyOn
    return _proposal(identity, pyotp.random_base32(), vault, operator, now)


def proposed(
    session: Session, actor: Actor, *, sealed: str, vault: Vault, operator: str, now: datetime
) -> Proposal:
    """Return the secret that is on offer once more, after a wrong code.

    Raises:
        SignInNeeded, ConfirmationNeeded: no fresh proof of who this is.
        ProposalTooOld: it is not on offer to this person.
    """
    actor.fresh(now)
    identity = session.get_one(DigitalIdentity, actor.identity())
    secret = _opened(vault, identity.id, sealed, now)
    return Proposal(secret, _address(secret, identity.login, operator), sealed)


def turn_on(
    session: Session,
    actor: Actor,
    *,
    sealed: str,
    code: str,
    vault: Vault,
    notice: Notice,
    now: datetime,
) -> tuple[str, ...]:
    """Turn the second factor on by the app's first code; returns the recovery codes.

    Raises:
        SignInNeeded, ConfirmationNeeded: no fresh proof of who this is.
        ProposalTooOld: the secret is not on offer to this person.
        WrongCode: the app shows another code.
        AlreadyOn: there is one, perhaps since a moment ago.
    """
    actor.fresh(now)
    mine = actor.identity()
    secret = _opened(vault, mine, sealed, now)
    step = step_of(secret, squeezed(code), now)
    if step is None:
        raise WrongCode
    kept = vault.seal(bound(mine, secret), now=now)
    if not set_secret(session, mine, DigitalIdentity.totp_secret == "", kept, step):
        raise AlreadyOn
    codes = new_codes(session, mine, vault)
    tell(session, mine, notice, now=now)
    audit.record(session, in_person(session, actor), "second_factor.turned_on", now=now)
    return codes


def turn_off(session: Session, actor: Actor, *, notice: Notice, now: datetime) -> None:
    """Turn the second factor off, and make its recovery codes worthless.

    Raises:
        SignInNeeded, ConfirmationNeeded: no fresh proof of who this is.
        NotOn: there is none.
    """
    actor.fresh(now)
    mine = actor.identity()
    if not set_secret(session, mine, DigitalIdentity.totp_secret != "", "", 0):
        raise NotOn
    changed(session, delete(RecoveryCode).where(RecoveryCode.identity_id == mine))
    tell(session, mine, notice, now=now)
    audit.record(session, in_person(session, actor), "second_factor.turned_off", now=now)


def renew_codes(
    session: Session, actor: Actor, *, vault: Vault, notice: Notice, now: datetime
) -> tuple[str, ...]:
    """Make new recovery codes; the older ones stop working.

    Raises:
        SignInNeeded, ConfirmationNeeded: no fresh proof of who this is.
        NotOn: there is nothing to recover.
    """
    actor.fresh(now)
    mine = actor.identity()
    if not is_on(session, mine):
        raise NotOn
    codes = new_codes(session, mine, vault)
    tell(session, mine, notice, now=now)
    audit.record(session, in_person(session, actor), "second_factor.codes_renewed", now=now)
    return codes


def _proposal(
    identity: DigitalIdentity, secret: str, vault: Vault, operator: str, now: datetime
) -> Proposal:
    sealed = vault.seal(bound(identity.id, secret), now=now)
    return Proposal(secret, _address(secret, identity.login, operator), sealed)


def _address(secret: str, login: str, operator: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=operator.replace(":", " "))


def _opened(vault: Vault, identity_id: UUID, sealed: str, now: datetime) -> str:
    try:
        owner, _, secret = vault.open(sealed, now=now, within=PROPOSED_FOR).partition(":")
    except Unsealable:
        raise ProposalTooOld from None
    if owner != identity_id.hex:
        raise ProposalTooOld
    return secret
