"""The PIN that guards content controls: kept as a keyed hash, guesses are counted by the caller."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.network import own
from self_service.domain.people.sealing import Vault
from self_service.models.access import Scope
from self_service.models.service_settings import ContentPin

FOUR_DIGITS = N_("Choose four digits.")
_PIN = re.compile(r"\d{4}", re.ASCII)


class PinNeeded(DomainError):
    """Less is let through without a PIN, never more."""

    code = "pin_needed"
    message = N_("Enter the PIN of the content controls to let more through.")


class PinWrong(DomainError):
    """Another PIN."""

    code = "pin_wrong"
    message = N_("That is not the PIN of the content controls.")


def has(session: Session, product_id: UUID) -> bool:
    """Say whether a service has a PIN."""
    return session.get(ContentPin, product_id) is not None


def check(session: Session, product_id: UUID, pin: object, vault: Vault) -> None:
    """Demand the PIN of a service; without one, nothing is asked.

    Raises:
        PinNeeded: none was typed.
        PinWrong: it is another one.
    """
    row = session.get(ContentPin, product_id, populate_existing=True)
    if row is None:
        return
    typed = pin.strip() if isinstance(pin, str) else ""
    if not typed:
        raise PinNeeded("pin")
    if row.pin_hash not in vault.fingerprints(_said(product_id, typed)):
        raise PinWrong("pin")


def choose(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    pin: object,
    before: object,
    vault: Vault,
    now: datetime,
) -> None:
    """Set a PIN, or another one.

    Args:
        session: open transaction.
        actor: who manages the service.
        product_id: which service; from anybody.
        pin: four digits; from anybody.
        before: the PIN so far; who owns the service and has just proven it need not know it.
        vault: takes its fingerprint.
        now: instant of the act.

    Raises:
        NotFound, NotAllowed, SignInNeeded: not for this actor.
        PinNeeded, PinWrong: the present one was not given.
        Invalid: the new one is none.
    """
    product = own.service(session, actor, product_id, Scope.MANAGE, now=now)
    typed = pin.strip() if isinstance(pin, str) else ""
    if not _PIN.fullmatch(typed):
        raise Invalid({"pin": (FOUR_DIGITS, {})})
    row = session.get(ContentPin, product.id)
    if row is not None and before is not None:
        check(session, product.id, before, vault)
    elif row is not None:  # forgotten
        own.owned(session, actor, product_id, now=now)
        actor.fresh(now)
    marked = vault.fingerprint(_said(product.id, typed))
    session.merge(ContentPin(product_id=product.id, pin_hash=marked, set_at=now))
    session.flush()
    audit.record(
        session,
        actor,
        "content_pin.set",
        now=now,
        subject=f"service {product.id}",
        customer_id=product.customer_id,
    )


def _said(product_id: UUID, pin: str) -> str:
    return f"content pin {product_id} {pin}"
