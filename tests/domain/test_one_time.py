"""Secrets that work once and for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from self_service.domain.access import one_time
from self_service.domain.access.one_time import LinkUsedUp
from self_service.models.access import OneTimeSecret, Purpose
from tests.conftest import NOW
from tests.order_shop import customer, rows

P = Purpose


def test_it_works_once_and_only_its_hash_is_kept(session: Session) -> None:
    secret = one_time.issue(session, P.OIDC, now=NOW, nonce="n")
    assert secret not in repr(rows(session, OneTimeSecret))
    assert one_time.look(session, P.OIDC, secret, now=NOW).data == {"nonce": "n"}
    assert one_time.redeem(session, P.OIDC, secret, now=NOW).data == {"nonce": "n"}
    with pytest.raises(LinkUsedUp):
        one_time.redeem(session, P.OIDC, secret, now=NOW)


@pytest.mark.parametrize(
    ("purpose", "life"),
    [*one_time.LIFE.items(), (P.SECOND_FACTOR, timedelta(minutes=10))],
)
def test_it_ends_by_itself(session: Session, purpose: Purpose, life: timedelta) -> None:
    secret = one_time.issue(session, purpose, now=NOW)
    one_time.look(session, purpose, secret, now=NOW + life - timedelta(seconds=1))
    with pytest.raises(LinkUsedUp):
        one_time.look(session, purpose, secret, now=NOW + life)
    assert one_time.forget_old(session, now=NOW + life) == 1


@pytest.mark.parametrize("secret", ["", "made up", "x" * 10_000])
def test_unknown_and_meant_for_something_else_are_refused(session: Session, secret: str) -> None:
    known = one_time.issue(session, P.VERIFY_EMAIL, now=NOW)
    before = rows(session, OneTimeSecret)
    for sent in (secret, known):
        with pytest.raises(LinkUsedUp):
            one_time.redeem(session, P.RESET_PASSWORD, sent, now=NOW)
    assert rows(session, OneTimeSecret) == before


def test_a_new_one_can_replace_the_older_ones_of_its_owner(session: Session) -> None:
    ada, eve = (customer(session, f"{name}@example.com") for name in ("ada", "eve"))
    first, hers = (
        one_time.issue(session, P.RESET_PASSWORD, identity_id=who.identity_id, now=NOW)
        for who in (ada, eve)
    )
    second = one_time.issue(
        session, P.RESET_PASSWORD, identity_id=ada.identity_id, now=NOW, replaces=True
    )
    with pytest.raises(LinkUsedUp):
        one_time.look(session, P.RESET_PASSWORD, first, now=NOW)
    for secret, owner in ((second, ada), (hers, eve)):
        found = one_time.look(session, P.RESET_PASSWORD, secret, now=NOW)
        assert found.identity_id == owner.identity_id
