"""Accounts: registering once per address, five wrong passwords, and the basket that comes along."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, cookie_key
from self_service.domain.basket import acts as basket
from self_service.domain.people import accounts
from self_service.domain.people.accounts import LoginTaken, SignInRefused
from self_service.models.access import DigitalIdentity, Role, WebSession
from self_service.models.people import Customer, Individual, Site
from tests.conftest import NOW
from tests.order_shop import (
    choose,
    customer,
    details,
    fill,
    open_shop,
    unchanged_but,
    visitor,
)


@pytest.fixture
def registered(session: Session):
    return accounts.register(session, details=details(), password_hash="hash", now=NOW)


def test_registering_makes_person_customer_place_and_login(session, registered) -> None:
    person = session.exec(select(Individual)).one()
    assert (person.given_name, person.mobile, person.created_at) == ("Ada", "+4915123456789", NOW)
    buyer = session.get(Customer, registered.customer_id)
    assert (buyer.name, buyer.individual_id) == ("Ada Quell", person.id)
    site = session.get(Site, registered.site_id)
    assert site.customer_id == buyer.id
    assert site.address["postal_code"] == "10115"
    identity = session.get(DigitalIdentity, registered.identity_id)
    assert (identity.login, identity.role) == ("ada@example.com", Role.CUSTOMER)


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.COM"])
def test_an_address_has_one_account(session, registered, email) -> None:
    refusal = unchanged_but(
        session,
        LoginTaken,
        lambda: accounts.register(
            session, details=details(email=email), password_hash="other", now=NOW
        ),
    )
    assert refusal.field == "email"
    assert "Sign in" in refusal.message


def test_details_come_back_as_they_were_given(session, registered) -> None:
    actor = Actor(identity_id=registered.identity_id, customer_id=registered.customer_id)
    assert accounts.details_of(session, actor) == details()
    assert accounts.details_of(session, Actor(key="nobody")) is None


def test_login_is_found_however_it_is_typed(session, registered) -> None:
    for login in ("ada@example.com", " Ada@Example.com "):
        found = accounts.find_login(session, login, now=NOW)
        assert (found.id, found.password_hash, found.locked) == (
            registered.identity_id,
            "hash",
            False,
        )
    for login in ("", "eve@example.com", "%", "x" * 5000):
        assert accounts.find_login(session, login, now=NOW) is None


def fail(session: Session, registered, times: int, now=NOW) -> None:
    for _ in range(times):
        accounts.sign_in_failed(session, registered.identity_id, now=now)


def is_locked(session: Session, now) -> bool:
    session.expire_all()
    return accounts.find_login(session, "ada@example.com", now=now).locked


def test_fifth_wrong_password_locks_for_a_quarter_of_an_hour(session, registered) -> None:
    fail(session, registered, 4)
    assert not is_locked(session, NOW)
    fail(session, registered, 1)
    end = NOW + timedelta(minutes=15)
    assert is_locked(session, end - timedelta(seconds=1))
    assert not is_locked(session, end)


def test_right_password_does_not_open_a_locked_account(session, registered) -> None:
    fail(session, registered, 5)
    unchanged_but(
        session,
        SignInRefused,
        lambda: accounts.sign_in_succeeded(session, registered.identity_id, now=NOW),
    )
    end = NOW + timedelta(minutes=15)
    accounts.sign_in_succeeded(session, registered.identity_id, now=end)
    fail(session, registered, 4, end)
    assert not is_locked(session, end)


def test_tries_while_locked_do_not_prolong_it(session, registered) -> None:
    fail(session, registered, 5)
    fail(session, registered, 20, NOW + timedelta(minutes=14))
    assert not is_locked(session, NOW + timedelta(minutes=15))


def test_right_password_forgets_the_wrong_ones(session, registered) -> None:
    fail(session, registered, 4)
    accounts.sign_in_succeeded(session, registered.identity_id, now=NOW, new_hash="newer")
    fail(session, registered, 4)
    assert not is_locked(session, NOW)
    assert accounts.find_login(session, "ada@example.com", now=NOW).password_hash == "newer"


def test_signing_in_brings_the_basket(session, registered) -> None:
    shop = open_shop(session)
    before = visitor(session, "old cookie")
    fill(session, before, shop)
    actor = accounts.signed_in(
        session, registered.identity_id, visitor_key=before.key, cookie="new cookie", now=NOW
    )
    assert (actor.customer_id, actor.name) == (registered.customer_id, "Ada")
    assert actor.key == cookie_key("new cookie")
    assert basket.view(session, actor, now=NOW).count == 3
    assert basket.view(session, before, now=NOW).count == 0
    assert "new cookie" not in session.exec(select(WebSession.key)).all()


def test_signing_in_without_a_basket_keeps_ones_own(session, registered) -> None:
    shop = open_shop(session)
    mine = accounts.signed_in(
        session, registered.identity_id, visitor_key="", cookie="one", now=NOW
    )
    choose(session, mine, shop["case"])
    again = accounts.signed_in(
        session, registered.identity_id, visitor_key="unknown", cookie="two", now=NOW
    )
    assert basket.view(session, again, now=NOW).count == 1


def test_strangers_basket_is_not_brought(session, registered) -> None:
    shop = open_shop(session)
    other = customer(session, "eve@example.com")
    choose(session, other, shop["case"])
    actor = accounts.signed_in(
        session, registered.identity_id, visitor_key=other.key, cookie="one", now=NOW
    )
    assert basket.view(session, actor, now=NOW).count == 0
    assert basket.view(session, other, now=NOW).count == 1
