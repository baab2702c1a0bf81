"""What follows a right or a wrong password: a session, the second factor, or a note of the try.

`accounts` finds what a password is checked against and locks accounts; hashing happens between
its call and these, outside of any transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain import access, audit
from self_service.domain.access import Actor, one_time
from self_service.domain.people import accounts, factor_codes
from self_service.domain.people.accounts import SignInRefused
from self_service.domain.people.factor_codes import WrongCode
from self_service.domain.people.sealing import Vault
from self_service.models.access import DigitalIdentity, Purpose, Role

#: Of what a try is about that names no account: changes nothing, in the same time.
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that signs in.

    Attributes:
        before: its cookie value until now, "" for none.
        cookie: its fresh value from now on.
        device: "Firefox on Linux".
        network: its address.
    """

    before: str
    cookie: str
    device: str = ""
    network: str = ""


def succeed(
    session: Session, identity_id: UUID, browser: Browser, *, now: datetime, new_hash: str = ""
) -> str:
    """Open a session after a right password, or ask for the second factor.

    Returns:
        The ticket to the second factor; "" when the session is open.

    Raises:
        SignInRefused: the account is locked or disabled, perhaps since it was looked up.
    """
    accounts.sign_in_succeeded(session, identity_id, now=now, new_hash=new_hash)
    if factor_codes.is_on(session, identity_id):
        return one_time.issue(session, Purpose.SECOND_FACTOR, identity_id=identity_id, now=now)
    open_for(session, identity_id, browser, proof="password", now=now)
    return ""


def open_for(
    session: Session, identity_id: UUID, browser: Browser, *, proof: str, now: datetime
) -> Actor:
    """Sign somebody in who has proven who they are, by whatever means.

    Whoever was signed in on this browser before is not any more.

    Raises:
        SignInRefused: the account is disabled.
    """
    if session.get_one(DigitalIdentity, identity_id).disabled_at is not None:
        raise SignInRefused
    access.close_session(session, browser.before)
    actor = accounts.signed_in(
        session,
        identity_id,
        visitor_key=access.cookie_key(browser.before),
        cookie=browser.cookie,
        now=now,
        device=browser.device,
        network=browser.network,
    )
    after = {"proof": proof}
    audit.record(session, actor, "signed_in", subject=browser.device, after=after, now=now)
    return actor


def awaited(session: Session, ticket: str, *, now: datetime) -> UUID:
    """Return whose second factor a ticket waits for.

    Raises:
        LinkUsedUp: it is unknown, used or too old.
    """
    found = one_time.look(session, Purpose.SECOND_FACTOR, ticket, now=now)
    return found.identity_id or NOBODY


def finish(
    session: Session, ticket: str, code: str, browser: Browser, *, vault: Vault, now: datetime
) -> None:
    """Open the session that a right password asked for, by a code.

    Raises:
        LinkUsedUp: the ticket is unknown, used or too old.
        WrongCode: neither a code of the app nor a recovery code.
        SignInRefused: the account is disabled.
    """
    mine = awaited(session, ticket, now=now)
    proof = factor_codes.prove(session, mine, code, vault=vault, now=now)
    if proof is None:
        raise WrongCode("code")
    one_time.redeem(session, Purpose.SECOND_FACTOR, ticket, now=now)
    open_for(session, mine, browser, proof=proof, now=now)


def note_refusal(
    session: Session, identity_id: UUID, *, device: str, network: str, now: datetime
) -> None:
    """Record a try at somebody's account, for its owner to see; who tried is not known."""
    identity = session.get_one(DigitalIdentity, identity_id)
    somebody = Actor(
        role=Role.VISITOR,
        identity_id=identity.id,
        customer_id=identity.customer_id,
        network=network,
    )
    audit.record(session, somebody, "sign_in_refused", subject=device, now=now)
