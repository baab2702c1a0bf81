"""Partners sell vouchers and owe us their worth."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.access import NotAllowed
from self_service.domain.errors import NotFound
from self_service.domain.vouchers import (
    partners,
)
from self_service.domain.vouchers.partners import (
    DailyLimit,
    KeyReused,
    PartnerName,
    PartnerUnknown,
    Sold,
)
from self_service.domain.vouchers.sales import NotSold, Wish
from self_service.models.access import Role
from self_service.models.ledger import AccountKind
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.vouchers import (
    Voucher,
    VoucherSale,
    VoucherStatus,
)
from tests import books
from tests.conftest import NOW
from tests.voucher_shop import EUR, VAULT, administrator, customer
from tests.voucher_till import (
    GIFT,
    POLICY,
    buy,
    euros,
    redeem,
    snapshot,
)

S = VoucherStatus


@pytest.fixture
def shop(session: Session) -> tuple[str, ...]:
    """A partner, known by these fingerprints of its key."""
    key = partners.add(session, administrator(NOW), "Kiosk", vault=VAULT, now=NOW)
    assert key.startswith("vp_")
    return partners.fingerprints(VAULT, key)


def sell(session: Session, keys: tuple[str, ...], minor: int = 1_000, **more: Any) -> Sold:
    """Sell through a partner."""
    wish = Wish(euros(minor), more.pop("key", "sale-1"), more.pop("gift", None))
    return partners.sell(session, keys, wish, policy=POLICY, vault=VAULT, now=more.pop("now", NOW))


def test_a_partner_sells_and_owes_us_its_worth(session: Session, shop: tuple[str, ...]) -> None:
    sold = sell(session, shop)
    owes = ledger.house(session, AccountKind.CLEARING, EUR, "partner:Kiosk")
    assert ledger.balance(session, owes) == euros(-1_000)
    again = sell(session, shop, now=NOW + timedelta(days=2))
    assert (again.repeated, again.code, again.sale) == (True, sold.code, sold.sale)
    assert again.expires_at == sold.expires_at
    redeem(session, sold.code)
    assert sell(session, shop).code == sold.code
    assert len(session.exec(select(Voucher)).all()) == 1
    books.proven(session)


def test_refusals_of_partners(session: Session, shop: tuple[str, ...]) -> None:
    sell(session, shop)
    before = snapshot(session)
    for refusal, again in (
        (KeyReused, {"minor": 2_500}),
        (KeyReused, {"gift": GIFT}),
        (NotSold, {"minor": 999, "key": "sale-2"}),
    ):
        with pytest.raises(refusal):
            sell(session, shop, **again)  # type: ignore[arg-type]
    with pytest.raises(PartnerUnknown):
        sell(session, partners.fingerprints(VAULT, "vp_guess"), key="sale-2")
    assert snapshot(session) == before
    sell(session, shop, minor=2_500, key="sale-2")
    before = snapshot(session)
    with pytest.raises(DailyLimit):
        sell(session, shop, key="sale-3")
    assert snapshot(session) == before
    sell(session, shop, key="sale-3", now=NOW + timedelta(days=1))
    books.proven(session)


def test_a_closed_partner_sells_nothing_and_names_are_unique(
    session: Session, shop: tuple[str, ...]
) -> None:
    boss = administrator(NOW)
    for name in ("Kiosk", "", "x" * 31):
        with pytest.raises(PartnerName):
            partners.add(session, boss, name, vault=VAULT, now=NOW)
    with pytest.raises(NotAllowed):
        partners.add(session, administrator(NOW, Role.DEALER), "Mine", vault=VAULT, now=NOW)
    with pytest.raises(NotAllowed):
        partners.close(session, administrator(NOW, Role.DEALER), "Kiosk", now=NOW)
    partners.close(session, boss, "Kiosk", now=NOW)
    with pytest.raises(PartnerUnknown):
        sell(session, shop)
    with pytest.raises(NotFound):
        partners.close(session, boss, "Kiosk", now=NOW)
    assert session.exec(select(VoucherSale)).all() == []


def test_a_payment_of_a_sale_is_done_with_it(session: Session) -> None:
    sale = buy(session, customer(session, NOW))
    payment = session.get_one(Payment, sale.payment_id)
    assert payment.status is PaymentStatus.DONE
    assert sale.sold_at == NOW
