"""Other web sites that sell vouchers: each known by its key, of which we keep the fingerprint."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.people import typed_text
from self_service.domain.people.sealing import Vault
from self_service.domain.people.typed_text import Faulty
from self_service.domain.policy import VoucherPolicy
from self_service.domain.rows import add_once, changed
from self_service.domain.vouchers import batch_rows, codes, sales, worth
from self_service.domain.vouchers.sales import NotSold, Wish
from self_service.models.access import Role
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherPartner, VoucherSale
from self_service.money import Money

#: A name is part of the name of an account in the ledger ("partner:…").
NAME_MOST = 30
_DAY = timedelta(days=1)


class PartnerUnknown(DomainError):
    """A key that is none, or of a partner whose access was closed."""

    code = "partner_unknown"
    message = N_("This key is not known. Ask the operator for one.")


class PartnerName(DomainError):
    """A name that cannot be used, or is another partner's."""

    code = "partner_name"
    message = N_("Choose another name: 1 to 30 characters, and no partner's yet.")


class KeyReused(DomainError):
    """The same idempotency key with another wish."""

    code = "idempotency_key_reused"
    message = N_("This idempotency key was used for another sale. Nothing was sold.")


class DailyLimit(DomainError):
    """The partner sold as much as it may in 24 hours."""

    code = "daily_limit"
    message = N_("The limit of 24 hours is reached: {most}. Nothing was sold.")


@dataclass(frozen=True, slots=True)
class Sold:
    """A voucher that a partner sold.

    Attributes:
        code: as it is printed.
        serial: tells staff which one is meant.
        sale: number of the sale.
        key: the partner's own number for it.
        repeated: it was sold by an earlier request with the same key.
    """

    sale: str
    partner: str
    key: str
    code: str
    serial: str
    amount: Money
    receiver: str
    sold_at: datetime
    expires_at: datetime
    repeated: bool


def add(session: Session, actor: Actor, name: str, *, vault: Vault, now: datetime) -> str:
    """Let a web site sell vouchers.

    Returns:
        Its key, which is shown this once.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
        PartnerName: the name cannot be used.
    """
    actor.one_of(Role.ADMINISTRATOR)
    try:
        known_as = typed_text.line(name, longest=NAME_MOST)
    except Faulty:
        raise PartnerName("name") from None
    key = f"vp_{secrets.token_urlsafe(32)}"
    row = VoucherPartner(name=known_as, key_hash=vault.fingerprint(_named(key)), created_at=now)
    if not add_once(session, row):
        raise PartnerName("name")
    audit.record(session, actor, "vouchers.partner_added", now=now, subject=known_as)
    return key


def close(session: Session, actor: Actor, name: str, *, now: datetime) -> None:
    """End a partner's access; what it sold stays good.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
        NotFound: there is no such partner with access.
    """
    actor.one_of(Role.ADMINISTRATOR)
    open_one = (VoucherPartner.name == name, col(VoucherPartner.closed_at).is_(None))
    if not changed(session, update(VoucherPartner).where(*open_one).values(closed_at=now)):
        raise NotFound
    audit.record(session, actor, "vouchers.partner_closed", now=now, subject=name)


def fingerprints(vault: Vault, key: str) -> tuple[str, ...]:
    """Return what a partner's key may be stored as."""
    return vault.fingerprints(_named(key))


def sell(
    session: Session,
    keys: Sequence[str],
    wish: Wish,
    *,
    policy: VoucherPolicy,
    vault: Vault,
    now: datetime,
) -> Sold:
    """Sell a voucher through another web site, which owes us its worth from then on.

    Args:
        session: open transaction.
        keys: fingerprints of the partner's key.
        wish: what to sell; `key` is the partner's idempotency key.
        policy: values that are sold, how long they last, the limit of a day.
        vault: seals the code.
        now: instant of sale.

    Returns:
        The sale; the same one for the same key.

    Raises:
        PartnerUnknown, NotSold, KeyReused, DailyLimit: nothing was sold.
    """
    wanted = select(VoucherPartner).where(
        col(VoucherPartner.key_hash).in_(keys), col(VoucherPartner.closed_at).is_(None)
    )
    # locked: of two requests with one key the second waits, and the day's sum holds
    partner = session.exec(wanted.with_for_update()).one_or_none()
    if partner is None:
        raise PartnerUnknown
    before = _before(session, partner.name, wish)
    if before is not None:
        return _sold(session, before, vault, now, repeated=True)
    if wish.amount.minor not in policy.online_choices_minor:
        raise NotSold("value")
    _within_day(session, partner.name, wish.amount, policy, now)
    sale = sales.new_sale(wish, vault=vault, policy=policy, now=now)
    sale.partner = partner.name
    session.add(sale)
    session.flush()
    sales.hand_over(session, sale, now=now)
    worth.sold_by(session, sale, now=now)
    return _sold(session, sale, vault, now, repeated=False)


def _before(session: Session, partner: str, wish: Wish) -> VoucherSale | None:
    mine = (VoucherSale.partner == partner, VoucherSale.external_key == wish.key)
    found = session.exec(select(VoucherSale).where(*mine)).one_or_none()
    if found is None:
        return None
    receiver, greeting = (wish.gift.receiver, wish.gift.greeting) if wish.gift else ("", "")
    said = (wish.amount.minor, wish.amount.currency, receiver, greeting)
    if said != (found.amount_minor, found.currency, found.receiver, found.greeting):
        raise KeyReused
    return found


def _within_day(
    session: Session, partner: str, amount: Money, policy: VoucherPolicy, now: datetime
) -> None:
    recent = select(func.coalesce(func.sum(VoucherSale.amount_minor), 0)).where(
        VoucherSale.partner == partner,
        VoucherSale.currency == amount.currency,
        VoucherSale.created_at > now - _DAY,
    )
    most = policy.partner_most_a_day_minor
    if int(session.exec(recent).one()) + amount.minor > most:
        raise DailyLimit(most=Money(most, amount.currency))


def _sold(
    session: Session, sale: VoucherSale, vault: Vault, now: datetime, *, repeated: bool
) -> Sold:
    voucher = session.get_one(Voucher, sale.voucher_id, populate_existing=True)
    batch = session.get_one(VoucherBatch, voucher.batch_id)
    assert sale.sold_at is not None  # handed over in the transaction that wrote it
    return Sold(
        sale=str(sale.id),
        partner=sale.partner,
        key=sale.external_key,
        code=codes.grouped(vault.open(sale.sealed_code, now=now)),
        serial=batch_rows.serial_of(batch, voucher.serial),
        amount=Money(sale.amount_minor, sale.currency),
        receiver=sale.receiver,
        sold_at=sale.sold_at,
        expires_at=sale.sold_at + timedelta(days=sale.valid_days),
        repeated=repeated,
    )


def _named(key: str) -> str:
    return f"voucher partner {key[:200]}"
