"""Leaving what somebody shares: at once, told to the owner, by the member alone."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.people import leaving
from self_service.models.access import Grant
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.conftest import NOW
from tests.household import TABLES, Household, come, invite
from tests.mailbox import words
from tests.order_shop import rows


def test_a_member_leaves_and_the_owner_is_told(session: Session, quells: Household) -> None:
    ben = come(session, invite(session, quells.ada, product=str(quells.fibre)))
    assert [sharer.id for sharer in leaving.sharers(session, ben, now=NOW)] == [
        quells.ada.customer_id
    ]
    leaving.leave(session, ben, quells.ada.customer_id, words=words, now=NOW)
    assert session.exec(select(Grant)).all() == []
    assert leaving.sharers(session, ben, now=NOW) == ()
    mail = session.exec(
        select(CommunicationMessage).where(CommunicationMessage.kind == "member_left")
    ).one()
    assert mail.identity_id == quells.ada.identity_id
    entry = session.exec(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.act, entry.customer_id) == ("member.left", quells.ada.customer_id)


def test_nobody_leaves_what_is_not_shared_with_them(
    session: Session, quells: Household, eve: Actor
) -> None:
    ben = come(session, invite(session, quells.ada, product=str(quells.fibre)))
    acting = replace(ben, behalf="Ada Quell")
    before = rows(session, *TABLES)
    for actor, customer_id, refusal in (
        (Actor(), quells.ada.customer_id, SignInNeeded),
        (eve, quells.ada.customer_id, NotFound),
        (ben, uuid4(), NotFound),
        (ben, "nobody", NotFound),
        (acting, quells.ada.customer_id, NotAllowed),
    ):
        with pytest.raises(refusal):
            leaving.leave(session, actor, customer_id, words=words, now=NOW)
        assert rows(session, *TABLES) == before
