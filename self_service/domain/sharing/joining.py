"""Ways into a group: a line of one's own is added, one of another customer's comes by a code.

A code works once, for a day. It stands in a link (sent by mail, or shown) or is typed. Kept as a
fingerprint, and sealed, so that whoever invited can show it again until it is used.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from self_service.domain import audit, messages
from self_service.domain.access import Actor, attempts
from self_service.domain.access.attempts import Limit
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.messages import Words
from self_service.domain.people.person_fields import check_email
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import SharingPolicy
from self_service.domain.rows import changed
from self_service.domain.sharing import groups, members, own, telling
from self_service.models.people import Customer, CustomerStatus
from self_service.models.sharing import SharingGroup, SharingInvitation
from self_service.models.subscriptions import Product

#: Letters and digits that nobody mixes up, and how many of them a code has (50 bits).
_LETTERS, _LENGTH = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 10
#: Invitations of one customer, mails to one address, and codes that one customer tries.
INVITING = Limit("group inviting", 20, timedelta(hours=1))
INVITED = Limit("group invited", 3, timedelta(days=1))
TRYING = Limit("group code", 10, timedelta(minutes=15))


class CodeUsedUp(DomainError):
    """A code that is unknown, used, withdrawn or too old: one answer for all."""

    code = "group_code_used_up"
    message = N_("This code does not work any more. Please ask for a new one.")


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation offers.

    Attributes:
        group: what its owner calls it.
        owner: name of the customer who shares.
        kinds: which allowances.
        until: first instant at which the code does not work any more.
    """

    group: str
    owner: str
    kinds: tuple[str, ...]
    until: datetime


def add(
    session: Session,
    actor: Actor,
    group_id: object,
    product_id: object,
    *,
    policy: SharingPolicy,
    now: datetime,
) -> None:
    """Add a line of the group's own customer.

    Args:
        session: open transaction.
        actor: the owner of the group.
        group_id: from anybody, like the next.
        product_id: a running phone plan.
        policy: the operator's.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: no such group, or no such plan of theirs.
        InGroupAlready, GroupFull: not now.
    """
    group, _ = own.group(session, actor, group_id)
    product = groups.running_line(session, actor, product_id)
    members.join(session, group, product, policy=policy, now=now)
    line = telling.line(session, product)
    audit.record(session, actor, "sharing.joined", now=now, subject=line)


def count_invitation(session: Session, actor: Actor, *, email: str, now: datetime) -> bool:
    """Count an invitation that is about to be made; False when it is one too many.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer; nothing is counted.
    """
    inviting = attempts.count(session, INVITING, str(actor.customer()), now=now)
    return attempts.count(session, INVITED, email.strip().lower()[:80], now=now) and inviting


def count_try(session: Session, actor: Actor, *, now: datetime) -> bool:
    """Count a code that is about to be tried; False when it is one too many.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer; nothing is counted.
    """
    return attempts.count(session, TRYING, str(actor.customer()), now=now)


def invite(
    session: Session,
    actor: Actor,
    group_id: object,
    *,
    email: object,
    vault: Vault,
    words: Words,
    language: str,
    policy: SharingPolicy,
    now: datetime,
) -> None:
    """Make a code by which one line of another customer joins.

    Args:
        session: open transaction.
        actor: the owner of the group.
        group_id: from anybody.
        email: where the link is sent, empty for nowhere: then the owner shows it.
        vault: seals the code.
        words: of the mail.
        language: of the mail.
        policy: the operator's.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: no such group of theirs.
        Invalid: no e-mail address.
        GroupFull: with those who are invited there are too many.
    """
    group, _ = own.group(session, actor, group_id)
    address = _address(email)
    waiting = session.exec(
        select(func.count()).where(
            SharingInvitation.group_id == group.id,
            col(SharingInvitation.closed_at).is_(None),
            SharingInvitation.expires_at > now,
        )
    ).one()
    if len(members.running(session, group.id)) + waiting >= policy.members_most:
        raise members.GroupFull(most=policy.members_most)
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    session.add(
        SharingInvitation(
            group_id=group.id,
            code_hash=vault.fingerprint(code),
            sealed_code=vault.seal(code, now=now),
            email=address,
            created_at=now,
            expires_at=now + timedelta(hours=policy.invitation_hours),
        )
    )
    if address:
        letter = words(language, code)
        messages.write(
            session,
            "group_invited",
            receiver=address,
            language=language,
            subject=letter.subject,
            body=letter.body,
            now=now,
        )
    session.flush()
    audit.record(session, actor, "sharing.invited", now=now, subject=address or "code")


def withdraw(session: Session, actor: Actor, invitation_id: object, *, now: datetime) -> None:
    """Withdraw an invitation: its code stops working at once.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: there is no such invitation (any more), or it is another's.
    """
    row = session.get(SharingInvitation, as_id(invitation_id))
    if row is None:
        actor.customer()
        raise NotFound
    own.group(session, actor, row.group_id)
    if not _close(session, row, now):
        raise NotFound
    audit.record(session, actor, "sharing.invitation_withdrawn", now=now, subject=row.email)


def look(session: Session, code: object, *, vault: Vault, now: datetime) -> Offer:
    """Return what a code offers, and leave it as it is.

    Raises:
        CodeUsedUp: it does not work (any more).
    """
    row = _find(session, code, vault, now)
    group = session.get_one(SharingGroup, row.group_id)
    giver = session.get_one(Product, group.product_id)
    owner = session.get_one(Customer, giver.customer_id)
    if group.closed_at is not None or owner.status is CustomerStatus.CLOSED:
        raise CodeUsedUp
    return Offer(group.name, owner.name, tuple(group.kinds.split(",")), row.expires_at)


def accept(
    session: Session,
    actor: Actor,
    code: object,
    product_id: object,
    *,
    vault: Vault,
    words: Words,
    policy: SharingPolicy,
    now: datetime,
) -> None:
    """Let a line of the actor's join by a code; of two who come at once, one does.

    Args:
        session: open transaction.
        actor: a customer in person.
        code: from anybody, like the next.
        product_id: a running phone plan of theirs.
        vault: knows the code again.
        words: of the mail to the owner.
        policy: the operator's.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
        CodeUsedUp: the code does not work (any more).
        NotFound: no such plan of theirs; the code still works.
        InGroupAlready, GroupFull: not now; the code still works.
    """
    actor.own_customer()
    row = _find(session, code, vault, now)
    group = own.locked(session, row.group_id)
    if group is None:
        raise CodeUsedUp
    product = groups.running_line(session, actor, product_id)
    if not _close(session, row, now):
        raise CodeUsedUp
    member = members.join(session, group, product, policy=policy, now=now)
    closed = session.get_one(SharingInvitation, row.id)
    closed.member_id = member.id
    session.add(closed)
    giver = session.get_one(Product, group.product_id)
    line = telling.line(session, product)
    telling.tell(session, actor, giver.customer_id, "group_joined", words, line, now=now)
    audit.record(
        session, actor, "sharing.joined", now=now, subject=line, customer_id=giver.customer_id
    )


def _find(session: Session, code: object, vault: Vault, now: datetime) -> SharingInvitation:
    typed = code if isinstance(code, str) else ""
    plain = "".join(char for char in typed.upper() if char.isascii() and char.isalnum())[:40]
    row = session.exec(
        select(SharingInvitation).where(
            col(SharingInvitation.code_hash).in_(vault.fingerprints(plain)),
            col(SharingInvitation.closed_at).is_(None),
            SharingInvitation.expires_at > now,
        )
    ).first()
    if row is None:
        raise CodeUsedUp
    return row


def _close(session: Session, row: SharingInvitation, now: datetime) -> bool:
    """Use an invitation up, or withdraw it; its code and address go."""
    closed = update(SharingInvitation).where(
        col(SharingInvitation.id) == row.id,
        col(SharingInvitation.closed_at).is_(None),
        col(SharingInvitation.expires_at) > now,
    )
    return changed(session, closed.values(closed_at=now, sealed_code="", email="")) == 1


def forget_old(session: Session, *, now: datetime) -> int:
    """Empty invitations that are over: address and code are needed no more; returns how many."""
    over = update(SharingInvitation).where(
        col(SharingInvitation.expires_at) <= now, col(SharingInvitation.closed_at).is_(None)
    )
    return changed(session, over.values(closed_at=now, sealed_code="", email=""))


def _address(email: object) -> str:
    return check_email(email) if isinstance(email, str) and email.strip() else ""
