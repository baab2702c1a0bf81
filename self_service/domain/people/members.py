"""Who else has access to a customer's subscriptions: invited, changed and taken away in person.

A household or a company is a customer with members. Nobody but the customer in person (of a
company: its administrator) says who they are; whoever acts for the customer cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from self_service.domain import audit, messages
from self_service.domain.access import Actor, attempts, grants, one_time
from self_service.domain.access.attempts import Limit
from self_service.domain.access.grants import Granting
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.messages import Words
from self_service.domain.people import accounts, mailbox, member_list, member_wishes, own
from self_service.domain.people.member_wishes import Pending, Wish, last_day
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, OneTimeSecret, Purpose, Scope

#: People whom a customer can let in, those invited included.
MOST = 20
#: Invitations of one customer, and to one address from anybody.
INVITING = Limit("inviting", 20, timedelta(hours=1))
INVITED = Limit("invited", 3, timedelta(days=1))

OWN_ADDRESS = N_("This is your own e-mail address. Enter the one of whom you let in.")


class TooManyMembers(DomainError):
    """So many people have access that no other can be let in."""

    code = "too_many_members"
    message = N_("At most {most} people can have access. Take it away from somebody first.")


def count_invitation(
    session: Session, actor: Actor, *, form: Mapping[str, object], now: datetime
) -> bool:
    """Count an invitation that may be written else; False when it is one too many.

    Call it in a transaction of its own, before `invite`, with the same form.

    Raises:
        DomainError: as `invite`; then nothing is counted.
    """
    wish = _wish(session, actor, form, now)
    inviting = attempts.count(session, INVITING, str(actor.own_customer()), now=now)
    return attempts.count(session, INVITED, accounts.normalise(wish.email), now=now) and inviting


def invite(
    session: Session,
    actor: Actor,
    *,
    form: Mapping[str, object],
    words: Words,
    language: str,
    now: datetime,
) -> None:
    """Write an invitation; a former one to the same address about the same stops working.

    Whether the address has an account is not said here: only who reads its mails learns it.

    Args:
        session: open transaction.
        actor: the customer in person, lately proven.
        form: with `email`, `product` (an id or "all"), `scopes` (a list) and `until`.
        words: of the mail.
        language: of the mail.
        now: instant of inviting.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded, AccountClosed: not (surely) the customer.
        Invalid: at the fields that are wrong.
        NotFound: no subscription of the customer's.
        TooManyMembers: nobody else can be let in.
    """
    customer_id = own.customer_row(session, actor, in_person=True).id
    wish = _wish(session, actor, form, now)
    waiting = member_wishes.pending(session, customer_id, now=now)
    _make_room(session, customer_id, wish, waiting, now)
    same = [
        row.key
        for row in waiting
        if _named(row.wish) == _named(wish) and row.wish.product_id == wish.product_id
    ]
    _forget(session, same)
    data = wish.as_data(customer_id)
    secret = one_time.issue(
        session, Purpose.INVITATION, now=now, identity_id=actor.identity(), **data
    )
    letter = words(language, secret)
    messages.write(
        session,
        "invitation",
        receiver=wish.email,
        language=language,
        subject=letter.subject,
        body=letter.body,
        now=now,
    )
    session.flush()
    after = {**_said(wish.scopes, wish.until), "product": data["product_id"]}
    audit.record(session, actor, "member.invited", now=now, subject=wish.email, after=after)


def withdraw(session: Session, actor: Actor, reference: object, *, now: datetime) -> None:
    """Withdraw an invitation: its link stops working at once.

    Raises:
        SignInNeeded, NotAllowed, AccountClosed: not the customer in person.
        NotFound: there is no such invitation (any more).
    """
    customer_id = own.customer_row(session, actor, in_person=True).id
    waiting = member_wishes.pending(session, customer_id, now=now)
    found = [row for row in waiting if row.reference == reference]
    if not found or not _forget(session, [found[0].key]):
        raise NotFound
    email = found[0].wish.email
    audit.record(session, actor, "member.invitation_withdrawn", now=now, subject=email)


def change(
    session: Session,
    actor: Actor,
    access_id: object,
    *,
    form: Mapping[str, object],
    now: datetime,
) -> None:
    """Change what somebody may do and until when; at their next act it holds.

    Args:
        session: open transaction.
        actor: the customer in person; to allow more, lately proven.
        access_id: `Access.id`.
        form: with `scopes` (a list) and `until`.
        now: instant of the change.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded, AccountClosed: not (surely) the customer.
        Invalid: at the fields that are wrong.
        NotFound: there is no such access (any more).
    """
    customer_id = own.customer_row(session, actor, in_person=True).id
    before, who = member_list.access_named(session, customer_id, access_id, now=now)
    scopes, until = member_wishes.read_terms(form, now=now, known=before.until)
    if (scopes, until) == (before.scopes, before.until):
        return
    if _allows(scopes) - _allows(before.scopes) or _later(until, before.until):
        actor.fresh(now)
    granting = Granting(customer_id, before.product_id, scopes, actor.identity(), until)
    grants.give(session, who, granting, now=now)
    audit.record(
        session,
        actor,
        "member.access_changed",
        now=now,
        subject=member_list.name_of(session, who),
        before=_said(before.scopes, before.until),
        after=_said(scopes, until),
    )


def remove(
    session: Session, actor: Actor, access_id: object, *, words: Words, now: datetime
) -> None:
    """Take away what somebody may do with a subscription, or with all; it works at once.

    Args:
        session: open transaction.
        actor: the customer in person.
        access_id: `Access.id`.
        words: of the mail to whoever had it.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed, AccountClosed: not the customer in person.
        NotFound: there is no such access (any more).
    """
    customer_id = own.customer_row(session, actor, in_person=True).id
    before, who = member_list.access_named(session, customer_id, access_id, now=now)
    grants.take(session, who, customer_id, before.product_id)
    session.flush()
    member = session.get_one(DigitalIdentity, who)
    mailbox.write(session, member, "access_removed", words, now=now)
    audit.record(
        session,
        actor,
        "member.access_removed",
        now=now,
        subject=member_list.name_of(session, who),
        before=_said(before.scopes, before.until),
    )


def _wish(session: Session, actor: Actor, form: Mapping[str, object], now: datetime) -> Wish:
    """Read an invitation of a customer in person, lately proven."""
    customer_id = actor.own_customer()
    actor.fresh(now)
    wish = member_wishes.read_wish(session, customer_id, form, now=now)
    mine = session.get_one(DigitalIdentity, actor.identity()).login
    if _named(wish) == mine:
        raise Invalid({"email": (OWN_ADDRESS, {})})
    return wish


def _make_room(
    session: Session, customer_id: UUID, wish: Wish, waiting: Iterable[Pending], now: datetime
) -> None:
    people = {member.email for member in member_list.members_of(session, customer_id, now)}
    people |= {_named(row.wish) for row in waiting}
    if _named(wish) not in people and len(people) >= MOST:
        raise TooManyMembers(most=MOST)


def _named(wish: Wish) -> str:
    return accounts.normalise(wish.email)


def _forget(session: Session, keys: list[str]) -> int:
    return changed(session, delete(OneTimeSecret).where(col(OneTimeSecret.key).in_(keys)))


def _allows(scopes: Iterable[Scope]) -> set[Scope]:
    return {scope for scope in Scope if grants.BY[scope] & frozenset(scopes)}


def _later(until: datetime | None, before: datetime | None) -> bool:
    return before is not None and (until is None or until > before)


def _said(scopes: Iterable[Scope], until: datetime | None) -> dict[str, Any]:
    return {"scopes": sorted(scopes), "until": last_day(until)}
