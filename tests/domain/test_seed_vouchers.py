"""The demo's vouchers: there once, with books that add up."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, select

from self_service.domain.people import accounts
from self_service.domain.policy import WalletPolicy
from self_service.domain.vouchers import exporting
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.access import DigitalIdentity, Role
from self_service.models.messages import CommunicationMessage
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherStatus
from self_service.seed.sign_ins import POSTPAID, PREPAID
from self_service.seed.vouchers import NAME, seed_vouchers
from tests import books
from tests.conftest import NOW
from tests.order_shop import details
from tests.voucher_shop import EUR, VAULT

TERMS = WalletTerms(WalletPolicy(), EUR)


def test_the_demo_has_vouchers_once(session: Session) -> None:
    for email in (PREPAID.login, POSTPAID.login, "ines@example.com"):
        made = accounts.register(
            session,
            details=details(email=email),
            password_hash="x",
            now=NOW - timedelta(days=90),
        )
    identity = session.get_one(DigitalIdentity, made.identity_id)
    identity.role, identity.customer_id = Role.ADMINISTRATOR, None
    session.flush()
    for _ in range(2):
        seed_vouchers(session, vault=VAULT, terms=TERMS, now=NOW)
    assert len(session.exec(select(VoucherBatch)).all()) == 2
    standing = session.exec(select(Voucher.status)).all()
    assert standing.count(VoucherStatus.REDEEMED) == 2
    assert standing.count(VoucherStatus.ISSUED) == 24
    assert exporting.sample(session, NAME, vault=VAULT, now=NOW)
    assert session.exec(select(CommunicationMessage)).all() == []
    books.proven(session)
