"""Settings of one service: shown with what is under way, changed under their rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.network import own, requests
from self_service.domain.people.sealing import Vault
from self_service.domain.service_settings import pins, wishes
from self_service.domain.service_settings.definitions import (
    DEFINITIONS,
    Definition,
    Group,
    ValueKind,
    looser,
    of_kind,
    read,
)
from self_service.models.access import Scope
from self_service.models.service_settings import ServiceSetting
from self_service.models.subscriptions import Product


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it stands. Of a secret, values say only whether there is one ("set").

    Attributes:
        profile: whom it is for, "" for the whole service.
        value: what the network confirmed last, else how it comes.
        wish: what it is asked for, None when nothing is under way.
        refused: why the last wish was refused, "" when it was not.
    """

    definition: Definition
    profile: str
    value: str
    confirmed_at: datetime | None
    wish: str | None
    wished_at: datetime | None
    refused: str
    refused_at: datetime | None


def listed(
    session: Session, actor: Actor, product_id: object, *, now: datetime
) -> tuple[Setting, ...]:
    """List what can be set on a service.

    Raises:
        SignInNeeded, NotFound: not for this actor.
    """
    product = own.service(session, actor, product_id, Scope.VIEW, now=now)
    rows = _rows(session, product.id)
    return tuple(
        _setting(definition, profile, rows.get((profile, definition.key)))
        for definition in of_kind(product.kind)
        for profile in definition.profiles_of(product.kind)
    )


def change(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    key: object,
    value: object,
    vault: Vault,
    now: datetime,
    profile: object = "",
    pin: object = "",
) -> UUID | None:
    """Wish for a value of a setting.

    Args:
        session: open transaction.
        actor: who manages the service.
        product_id: which service; this and all that follows is from anybody.
        key: which setting.
        value: what it is to be.
        vault: seals what is secret, and knows the PIN.
        now: instant of the act.
        profile: whom it is for.
        pin: of the content controls, where more is to be let through.

    Returns:
        The request's id, None when it is so already.

    Raises:
        SignInNeeded, NotAllowed, NotFound: not for this actor, or no such setting.
        NotRunning: the service is not active.
        Invalid: no value for this setting.
        PinNeeded, PinWrong: more is to be let through.
    """
    product = own.service(session, actor, product_id, Scope.MANAGE, now=now)
    definition, name = _definition(product, key), profile if isinstance(profile, str) else ""
    if name not in definition.profiles_of(product.kind):
        raise NotFound
    own.running(product)
    requests.lock(session, product.id)
    wanted, row = read(definition, value), _rows(session, product.id).get((name, definition.key))
    stands = _stands(definition, row)
    secret = definition.kind is ValueKind.SECRET
    if not secret and all(wanted == one for one in stands):
        return None
    if any(looser(definition, wanted, one) for one in stands):
        pins.check(session, product.id, pin, vault)
    asked = wishes.wish(
        session,
        product.id,
        definition.key,
        vault.seal(wanted, now=now) if secret else wanted,
        profile=name,
        sealed=secret,
        now=now,
    )
    _record(session, actor, product, definition, stands[-1], wanted, now)
    return asked


def _definition(product: Product, key: object) -> Definition:
    definition = DEFINITIONS.get(key) if isinstance(key, str) else None
    if definition is None or product.kind not in definition.products:
        raise NotFound
    return definition


def _rows(session: Session, product_id: UUID) -> Mapping[tuple[str, str], ServiceSetting]:
    mine = select(ServiceSetting).where(ServiceSetting.product_id == product_id)
    rows = session.exec(mine.execution_options(populate_existing=True))
    return {(row.profile, row.name): row for row in rows}


def _stands(definition: Definition, row: ServiceSetting | None) -> tuple[str, ...]:
    """Return the value that is confirmed and, where one is wished, that too."""
    if row is None:
        return (definition.default,)
    value = definition.default if row.value is None else row.value
    return (value,) if row.wish is None else (value, row.wish)


def _setting(definition: Definition, profile: str, row: ServiceSetting | None) -> Setting:
    value, wish = _stands(definition, row)[0], row.wish if row else None
    if definition.kind is ValueKind.SECRET:
        value, wish = "set" if value else "", None if wish is None else "set"
    return Setting(
        definition=definition,
        profile=profile,
        value=value,
        confirmed_at=row.confirmed_at if row else None,
        wish=wish,
        wished_at=row.wished_at if row else None,
        refused=row.refused if row else "",
        refused_at=row.refused_at if row else None,
    )


def _record(
    session: Session,
    actor: Actor,
    product: Product,
    definition: Definition,
    before: str,
    after: str,
    now: datetime,
) -> None:
    # the names of networks say where somebody lives; passwords are secret
    said = definition.group is not Group.HOME_NET or definition.kind is ValueKind.CHOICE
    audit.record(
        session,
        actor,
        "setting.wished",
        now=now,
        subject=f"{definition.key} of service {product.id}",
        before={"value": before} if said else None,
        after={"value": after} if said else None,
        customer_id=product.customer_id,
    )
