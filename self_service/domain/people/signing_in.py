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
from self_service.domain.access import Actor, one_time, sessions
from self_service.domain.people import accounts, factor_codes, linked_accounts
from self_service.domain.people.accounts import SignInRefused
from self_service.domain.people.credentials import in_person
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
    ticket = ask_code(session, identity_id, now=now)
    if not ticket:
        open_for(session, identity_id, browser, proof="password", now=now)
    return ticket


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


def confirmed(
    session: Session, actor: Actor, *, cookie: str, fresh: str, proof: str, now: datetime
) -> None:
    """Take a fresh proof of who is there: the session gets a new cookie value.

    Args:
        session: open transaction.
        actor: whose proof it is.
        cookie: value until now.
        fresh: value from now on.
        proof: by what: "password".
        now: instant of the proof.
    """
    sessions.renew(session, cookie, fresh=fresh, confirmed_at=now)
    audit.record(session, in_person(session, actor), "confirmed", after={"proof": proof}, now=now)


def awaited(session: Session, ticket: str, *, now: datetime) -> UUID:
    """Return whose second factor a ticket waits for.

    Raises:
        LinkUsedUp: it is unknown, used or too old.
    """
    found = one_time.look(session, Purpose.SECOND_FACTOR, ticket, now=now)
    return found.identity_id or NOBODY


def ask_code(
    session: Session, identity_id: UUID, *, now: datetime, there: dict[str, str] | None = None
) -> str:
    """Return a ticket to the second factor, "" where somebody has none.

    Args:
        session: open transaction.
        identity_id: who proved the first factor.
        now: instant of it.
        there: session at the provider by which they did (`linked_accounts.kept`).
    """
    if not factor_codes.is_on(session, identity_id):
        return ""
    kept = {"there": there} if there else {}
    purpose = Purpose.SECOND_FACTOR
    return one_time.issue(session, purpose, identity_id=identity_id, now=now, **kept)


def finish(
    session: Session, ticket: str, code: str, browser: Browser, *, vault: Vault, now: datetime
) -> None:
    """Open the session that a right password, or the provider, asked for, by a code.

    Raises:
        LinkUsedUp: the ticket is unknown, used or too old.
        WrongCode: neither a code of the app nor a recovery code.
        SignInRefused: the account is disabled.
    """
    mine = awaited(session, ticket, now=now)
    proof = factor_codes.prove(session, mine, code, vault=vault, now=now)
    if proof is None:
        raise WrongCode("code")
    found = one_time.redeem(session, Purpose.SECOND_FACTOR, ticket, now=now)
    there = found.data.get("there")
    said = f"provider, {proof}" if there else proof
    open_for(session, mine, browser, proof=said, now=now)
    if there:
        linked_accounts.note_session(session, browser.cookie, there)


def note_refusal(
    session: Session,
    identity_id: UUID,
    *,
    device: str,
    network: str,
    now: datetime,
    act: str = "sign_in_refused",
) -> None:
    """Record a try at somebody's account, for its owner to see; who tried is not known.

    Args:
        session: open transaction.
        identity_id: whose account; one that is gone since gets no entry.
        device: "Firefox on Linux".
        network: address that the try came from.
        now: instant of the try.
        act: what was refused: "code_refused".
    """
    identity = session.get(DigitalIdentity, identity_id)
    if identity is None:
        return
    somebody = Actor(
        role=Role.VISITOR,
        identity_id=identity.id,
        customer_id=identity.customer_id,
        network=network,
    )
    audit.record(session, somebody, act, subject=device, now=now)
