"""A change of a setting is a wish until the network confirms it; refused, the old value stands.

Answers may come in any order: a value is that of the highest request that was confirmed, and only
the answer to the last wish ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col

from self_service.domain.network import requests
from self_service.domain.network.requests import SEALED, Asked, Outcome
from self_service.domain.rows import add_once, changed
from self_service.models.network import NetworkAct, ServiceRequest
from self_service.models.service_settings import ServiceSetting

PURPOSE = "setting"


def wish(
    session: Session,
    product_id: UUID,
    key: str,
    value: str,
    *,
    now: datetime,
    profile: str = "",
    act: NetworkAct = NetworkAct.SET,
    purpose: str = PURPOSE,
    sealed: bool = False,
    more: Mapping[str, str] | None = None,
) -> UUID:
    """Ask the network for a value; returns the request's id. The caller asked who may.

    Args:
        session: open transaction.
        product_id: of the service.
        key: name of the setting.
        value: as it is stored.
        now: instant of the wish.
        profile: whom it is for.
        act: what the network does for it.
        purpose: whose follower is called; it has to call `settle`.
        sealed: the value is sealed.
        more: what else the network has to know.
    """
    named = f"{SEALED}value" if sealed else "value"
    request_id = requests.ask(
        session,
        product_id,
        act,
        {**(more or {}), "setting": key, "profile": profile, named: value},
        purpose=purpose,
        key=f"setting {uuid4()}",
        now=now,
    )
    add_once(session, ServiceSetting(product_id=product_id, profile=profile, name=key))
    sequence = session.get_one(ServiceRequest, request_id).sequence
    changed(
        session,
        update(ServiceSetting)
        .where(*_named(product_id, profile, key), col(ServiceSetting.wish_sequence) < sequence)
        .values(wish=value, wish_sequence=sequence, wished_at=now, refused="", refused_at=None),
    )
    return request_id


@requests.follow(PURPOSE)
def settle(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    """Take note of what the network made of a wish."""
    wanted = asked.wanted
    named = _named(asked.product_id, wanted["profile"], wanted["setting"])
    if outcome.done:
        value = wanted.get(f"{SEALED}value", wanted.get("value"))
        changed(
            session,
            update(ServiceSetting)
            .where(*named, col(ServiceSetting.value_sequence) < asked.sequence)
            .values(value=value, value_sequence=asked.sequence, confirmed_at=now),
        )
    refused = {} if outcome.done else {"refused": outcome.reason or "refused", "refused_at": now}
    changed(
        session,
        update(ServiceSetting)
        .where(*named, ServiceSetting.wish_sequence == asked.sequence)
        .values(wish=None, **refused),
    )


def _named(product_id: UUID, profile: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ServiceSetting.product_id) == product_id,
        col(ServiceSetting.profile) == profile,
        col(ServiceSetting.name) == key,
    )
