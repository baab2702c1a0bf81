"""The demo's vouchers: a printed batch of which some were redeemed, and one bought as a gift.

The page Vouchers shows a code of the batch "Demo" to try. Call it before the wallet's history is
made: these redemptions are the first that the prepaid customer's wallet saw.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.messages import Letter
from self_service.domain.payments import settling
from self_service.domain.payments.paying import Way
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import VoucherPolicy
from self_service.domain.vouchers import batches, bought, codes, exporting, sales
from self_service.domain.vouchers.batch_form import NewBatch
from self_service.domain.vouchers.gift_form import Gift
from self_service.domain.vouchers.sales import Wish
from self_service.domain.wallet import topups
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.access import DigitalIdentity, Role
from self_service.models.messages import CommunicationMessage
from self_service.models.vouchers import VoucherBatch, VoucherKind, VoucherSale
from self_service.money import Money
from self_service.ports import Charge, ChargeStatus
from self_service.seed.sign_ins import POSTPAID, PREPAID, DemoSignIn

#: Name of the batch whose codes people try; `state.vouchers` looks for it.
NAME = "Demo"
_COUNT, _WORTH, _GIFT = 25, 1_500, 2_500
_MADE, _REDEEMED, _BOUGHT = 60, (46, 45), 12
#: Payments of the demo's past were never made at a provider, so no provider is asked about them.
_WAY = Way(provider="demo")


def seed_vouchers(session: Session, *, vault: Vault, terms: WalletTerms, now: datetime) -> None:
    """Make the demo's vouchers, unless they are there.

    Args:
        session: open transaction.
        vault: the installation's; it opens the codes again.
        terms: of wallets, for those who redeemed.
        now: instant of seeding; all of it lies in the past.
    """
    there = select(VoucherBatch.id).where(VoucherBatch.name == NAME)
    if session.exec(there).first() is not None:
        return
    _batch(session, vault, terms, now)
    _gift(session, vault, terms, now)


def _batch(session: Session, vault: Vault, terms: WalletTerms, now: datetime) -> None:
    made = now - timedelta(days=_MADE)
    boss = Actor(
        Role.ADMINISTRATOR,
        identity_id=_identity(session, Role.ADMINISTRATOR).id,
        full_name="Demo",
        confirmed_at=made,
    )
    wish = NewBatch(
        VoucherKind.PRINT, NAME, terms.money(_WORTH), _COUNT, made + timedelta(days=3 * 365)
    )
    number = batches.create(session, boss, wish, vault=vault, now=made)
    found = exporting.export(session, boss, number, form="csv", vault=vault, now=made)
    holder = _customer(session, PREPAID)
    for card, days in zip(found.cards(), _REDEEMED, strict=False):
        typed = codes.fingerprints(vault, card.code)
        topups.redeem(session, holder, typed, terms=terms, now=now - timedelta(days=days))


def _gift(session: Session, vault: Vault, terms: WalletTerms, now: datetime) -> None:
    at = now - timedelta(days=_BOUGHT)
    wish = Wish(terms.money(_GIFT), "demo", Gift("friend@example.com", "Enjoy it"))
    policy = replace(VoucherPolicy(), online_choices_minor=(_GIFT,))
    buyer = _customer(session, POSTPAID)
    payment_id = sales.start(session, buyer, wish, way=_WAY, policy=policy, vault=vault, now=at)
    nothing = Money.zero(terms.currency)
    charge = Charge(
        f"demo_{payment_id}", str(payment_id), ChargeStatus.SUCCEEDED, wish.amount, nothing
    )
    settling.settle(session, charge=charge, now=at)
    sale = session.exec(select(VoucherSale).where(VoucherSale.payment_id == payment_id)).one()
    bought.send(session, sale.id, vault=vault, words=_letter, now=at)
    session.flush()
    mail = session.exec(
        select(CommunicationMessage).where(CommunicationMessage.kind == "voucher_gift")
    ).one()
    session.delete(mail)  # it went out long ago, to nobody who exists


def _letter(language: str, code: str, amount: Money, greeting: str, until: datetime) -> Letter:
    del language, code, amount, greeting, until
    return Letter("", "")


def _identity(session: Session, role: Role) -> DigitalIdentity:
    return session.exec(select(DigitalIdentity).where(DigitalIdentity.role == role).limit(1)).one()


def _customer(session: Session, person: DemoSignIn) -> Actor:
    wanted = select(DigitalIdentity).where(DigitalIdentity.login == person.login)
    identity = session.exec(wanted).one()
    return Actor(Role.CUSTOMER, customer_id=identity.customer_id, identity_id=identity.id)
