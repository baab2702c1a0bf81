"""Settings of a service: wished, confirmed or refused, guarded by a PIN."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed, SignInNeeded
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.domain.network import requests
from self_service.domain.network.own import NotRunning
from self_service.domain.service_settings import pins
from self_service.domain.service_settings import settings as service_settings
from self_service.domain.service_settings.pins import PinNeeded, PinWrong
from self_service.models.access import Grant, Scope
from self_service.models.audit import AuditEntry
from self_service.models.network import ServiceRequest
from self_service.models.service_settings import ContentPin, ServiceSetting
from self_service.models.subscriptions import Product, ProductStatus
from tests.order_shop import rows
from tests.services_world import REFUSED, VAULT, Home, answer, furnish, open_requests
from tests.wallets import person

TABLES = (ServiceSetting, ServiceRequest, ContentPin, AuditEntry)


@pytest.fixture
def home(session: Session, now: datetime) -> Home:
    return furnish(session, now=now)


def change(session: Session, actor: Actor, product: Product, now: datetime, **form: Any) -> Any:
    given = {"vault": VAULT, "now": now, **form}
    return service_settings.change(session, actor, product.id, **given)


def shown(session: Session, home: Home, product: Product, now: datetime) -> dict[str, Any]:
    found = service_settings.listed(session, home.ada, product.id, now=now)
    return {f"{one.definition.key} {one.profile}".strip(): one for one in found}


def refused(session: Session, kind: type[DomainError], act: Any) -> DomainError:
    before = rows(session, *TABLES)
    with pytest.raises(kind) as caught:
        act()
    assert rows(session, *TABLES) == before
    return caught.value


def test_a_change_is_a_wish_until_the_network_confirms_it(
    session: Session, home: Home, now: datetime
) -> None:
    assert change(session, home.ada, home.plan, now, key="roaming", value="off")
    one = shown(session, home, home.plan, now)["roaming"]
    assert (one.value, one.wish, one.confirmed_at) == ("on", "off", None)
    later = now + timedelta(minutes=1)
    answer(session, now=later)
    one = shown(session, home, home.plan, later)["roaming"]
    assert (one.value, one.wish, one.confirmed_at) == ("off", None, later)
    assert change(session, home.ada, home.plan, later, key="roaming", value="off") is None
    assert open_requests(session) == []


def test_what_the_network_refuses_leaves_the_old_value(
    session: Session, home: Home, now: datetime
) -> None:
    change(session, home.ada, home.net, now, key="wifi_name", value="Harbour 13")
    answer(session, REFUSED, now=now)
    one = shown(session, home, home.net, now)["wifi_name"]
    assert (one.value, one.wish, one.refused, one.refused_at) == ("", None, "not_accepted", now)


def test_a_wifi_password_is_sealed_and_never_shown(
    session: Session, home: Home, now: datetime
) -> None:
    secret = "correct horse 7"
    change(session, home.ada, home.net, now, key="wifi_password", value=secret)
    (request,) = open_requests(session)
    assert VAULT.open(request.wanted["sealed_value"], now=now) == secret
    answer(session, now=now)
    row = session.exec(select(ServiceSetting)).one()
    assert VAULT.open(row.value or "", now=now) == secret
    assert shown(session, home, home.net, now)["wifi_password"].value == "set"
    said = [rows(session, table) for table in (ServiceRequest, AuditEntry)]
    assert secret not in str(said)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("roaming", "maybe"),
        ("content_level", None),
        ("content_hours", "22:00-22:00"),
        ("content_hours", "25:00-06:00"),
    ],
    ids=["switch", "no-choice", "no-hours", "no-clock"],
)
def test_no_value_of_the_setting(
    session: Session, home: Home, now: datetime, key: str, value: Any
) -> None:
    refused(
        session,
        Invalid,
        lambda: change(session, home.ada, home.plan, now, key=key, value=value),
    )


@pytest.mark.parametrize("value", ["", "x" * 33, "café", "two\nlines\x00"])
def test_no_wifi_name(session: Session, home: Home, now: datetime, value: str) -> None:
    refused(
        session,
        Invalid,
        lambda: change(session, home.ada, home.net, now, key="wifi_name", value=value),
    )


def test_not_for_strangers_nor_for_who_only_looks(
    session: Session, home: Home, now: datetime
) -> None:
    eve = person(session, "eve@example.com", now=now, name="Eve Stranger")
    wish = {"key": "roaming", "value": "off"}
    refused(session, NotFound, lambda: change(session, eve, home.plan, now, **wish))
    refused(session, SignInNeeded, lambda: change(session, Actor(), home.plan, now, **wish))
    refused(session, NotFound, lambda: change(session, home.ada, home.net, now, **wish))
    given = {"customer_id": home.ada.customer_id, "product_id": home.plan.id}
    grant = Grant(
        identity_id=eve.identity(),
        granted_by=home.ada.identity(),
        scope=Scope.VIEW,
        created_at=now,
        **given,
    )
    session.add(grant)
    session.flush()
    assert service_settings.listed(session, eve, home.plan.id, now=now)
    refused(session, NotAllowed, lambda: change(session, eve, home.plan, now, **wish))
    grant.scope = Scope.MANAGE
    session.flush()
    assert change(session, eve, home.plan, now, **wish)
    home.plan.status = ProductStatus.SUSPENDED
    session.flush()
    refused(session, NotRunning, lambda: change(session, home.ada, home.plan, now, **wish))


def test_more_is_let_through_by_the_pin_only(session: Session, home: Home, now: datetime) -> None:
    def level(value: str, **more: Any) -> Any:
        form = {"key": "content_level", "profile": "children", "value": value, **more}
        return change(session, home.ada, home.tv, now, **form)

    pins.choose(session, home.ada, home.tv.id, pin="2468", before="", vault=VAULT, now=now)
    assert "2468" not in str(rows(session, ContentPin, AuditEntry))
    assert level("teen")
    assert level("child")
    # what is wished counts before it is confirmed
    refused(session, PinNeeded, lambda: level("teen"))
    refused(session, PinWrong, lambda: level("teen", pin="1357"))
    assert level("teen", pin="2468")
    for row in open_requests(session):
        requests.answered(session, row.id, REFUSED, now)
    one = shown(session, home, home.tv, now)["content_level children"]
    assert (one.value, one.wish) == ("all", None)
    assert shown(session, home, home.tv, now)["content_level family"].refused == ""
    refused(session, NotFound, lambda: level("teen", profile="nobody"))


def test_a_pin_is_changed_by_it_or_by_a_fresh_proof(
    session: Session, home: Home, now: datetime
) -> None:
    def choose(pin: str, before: str | None, actor: Actor = home.ada) -> None:
        pins.choose(session, actor, home.tv.id, pin=pin, before=before, vault=VAULT, now=now)

    refused(session, Invalid, lambda: choose("12", ""))
    choose("2468", "")
    stale = replace(home.ada, confirmed_at=now - timedelta(hours=1))
    refused(session, PinNeeded, lambda: choose("1111", ""))
    refused(session, PinWrong, lambda: choose("1111", "9999"))
    refused(session, ConfirmationNeeded, lambda: choose("1111", None, stale))
    choose("1111", None)
    choose("2222", "1111", stale)
    pins.check(session, home.tv.id, "2222", VAULT)
