"""The demo's wallet: a history, the same each time, and books that add up."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.wallet import history
from self_service.models.access import DigitalIdentity, Role
from self_service.seed.sign_ins import PREPAID
from self_service.seed.wallet import seed_wallet
from tests.books import proven
from tests.conftest import NOW
from tests.wallets import TERMS

pytestmark = pytest.mark.xdist_group("demo")


def test_the_prepaid_customer_has_a_past(seeded: Session) -> None:
    session = seeded
    row = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == PREPAID.login)).one()
    lucia = Actor(role=Role.CUSTOMER, customer_id=row.customer_id, identity_id=row.id)
    seen = history.page(session, lucia, terms=TERMS, now=NOW).entries
    kinds = [entry.kind.value for entry in seen]
    assert kinds.count("payment") == 3
    assert {"voucherRedeemed", "charge", "giftSent"} <= set(kinds)
    assert all(entry.at <= NOW for entry in seen)
    assert seen[0].balance.minor > 0
    seed_wallet(session, now=NOW, currency="EUR", country="DE")
    assert history.page(session, lucia, terms=TERMS, now=NOW).entries == seen
    proven(session)
