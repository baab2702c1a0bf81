"""Taking one's data along: all of it, nothing secret, nobody else's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, SQLModel, select

from self_service.domain.access import Actor, ConfirmationNeeded, NotAllowed, SignInNeeded, one_time
from self_service.domain.people import contacts, own_data, own_data_parts
from self_service.domain.people.own_data_limits import LIMITS
from self_service.domain.people.own_data_money import MONEY
from self_service.domain.people.own_data_services import SERVICES
from self_service.domain.people.own_data_sharing import SHARING
from self_service.domain.people.own_data_usage import USAGE
from self_service.models.access import (
    DigitalIdentity,
    LinkedAccount,
    Passkey,
    Purpose,
    RecoveryCode,
    WebSession,
)
from self_service.models.notices import Notice, NoticeSettings, PushSubscription
from self_service.models.payments import Payment, PaymentMethod
from self_service.models.people import Customer, PlannedMove, Site
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherSale
from tests import belongings
from tests.conftest import NOW
from tests.order_shop import PDF, fill, fulfil, open_shop, order, pay
from tests.settings_people import PLACE, acts, ada, dealer_for, other

#: Columns by which a row belongs to a person.
PERSONAL = {"customer_id", "identity_id", "individual_id", "actor_id", "dealer_id"}
SECRETS = {
    "key", "password_hash", "totp_secret", "totp_step", "code_hash", "credential_id", "public_key",
    "reference", "pay_path", "gateway_customer", "content", "body", "detail", "seal", "previous",
    "token", "sealed_code", "sealed_key",
    "endpoint", "receiver_key", "auth_secret",
    "before", "after", "network_of_others", "actor_name", "provider", "failed_attempts",
}  # fmt: skip


def busy(session: Session) -> Actor:
    """A customer who bought, paid and set up everything."""
    shop = open_shop(session)
    actor = ada(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    pay(session, placed)
    fulfil(session, placed.order_id)
    session.add(
        Passkey(
            identity_id=actor.identity(),
            credential_id="CREDENTIAL",
            public_key="PUBLICKEY",
            name="My phone",
            created_at=NOW,
        )
    )
    session.add(RecoveryCode(identity_id=actor.identity(), code_hash="CODEHASH"))
    session.add(
        LinkedAccount(
            identity_id=actor.identity(), issuer="https://id.example", subject="s", created_at=NOW
        )
    )
    site_id = session.exec(select(Site.id).where(Site.customer_id == actor.customer())).one()
    session.add(
        PlannedMove(
            site_id=site_id,
            customer_id=actor.customer(),
            move_on=NOW.date(),
            created_at=NOW,
        )
    )
    session.add(
        PushSubscription(
            identity_id=actor.identity(),
            endpoint="https://push.example/ENDPOINT",
            receiver_key="RECEIVERKEY",
            auth_secret="AUTHSECRET",
            created_at=NOW,
        )
    )
    session.add(NoticeSettings(identity_id=actor.identity(), changed_at=NOW))
    session.add(
        Notice(
            identity_id=actor.identity(), kind="x", language="en", subject="Told", created_at=NOW
        )
    )
    one_time.issue(session, Purpose.RESET_PASSWORD, now=NOW, identity_id=actor.identity())
    identity = session.get_one(DigitalIdentity, actor.identity())
    identity.password_hash, identity.totp_secret = "PASSWORDHASH", "TOTPSECRET"
    session.get_one(Customer, actor.customer()).gateway_customer = "cus_TOKEN"
    session.flush()
    return actor


def test_every_table_about_a_person_is_given_out_or_left_out_for_a_reason() -> None:
    about = {
        name
        for name, table in SQLModel.metadata.tables.items()
        if PERSONAL & set(table.columns.keys())
    }
    given = {part.table.__tablename__ for part in own_data_parts.PARTS}
    assert about <= given | set(own_data_parts.LEFT_OUT)
    assert not given & set(own_data_parts.LEFT_OUT)
    assert all(own_data_parts.LEFT_OUT.values())
    assert set(own_data_parts.LEFT_OUT) <= set(SQLModel.metadata.tables)


def test_columns_exist_and_none_is_secret() -> None:
    for part in own_data_parts.PARTS:
        columns = set(part.table.__table__.columns.keys())  # type: ignore[attr-defined]
        assert set(part.columns) <= columns, part.key
        assert not set(part.columns) & SECRETS, part.key
    assert len({part.key for part in own_data_parts.PARTS}) == len(own_data_parts.PARTS)


def test_all_is_there(session: Session) -> None:
    actor = busy(session)
    found = own_data.gather(session, actor, now=NOW)
    parts = found.parts
    assert parts["person"][0]["email"] == "ada@example.com"
    assert parts["person"][0]["birth_date"] == "1990-02-28"
    empty = {"contacts", "consents", "shared_access", "dealers", "basket_lines"}
    empty |= {"refunds", "charge_backs"}
    empty |= {part.key for part in (*SERVICES, *USAGE, *LIMITS, *SHARING)}
    owed = {part.key for part in MONEY} - {"billing_account", "bills", "bill_lines", "bill_taxes"}
    for key in set(parts) - empty - owed - {"messages", "history"}:
        assert parts[key], key
    assert parts["orders"][0]["number"]
    assert [file.content for file in found.files] == [PDF]
    assert acts(session) == ["own_data.exported"]
    again = own_data.gather(session, actor, now=NOW)
    assert [row["act"] for row in again.parts["history"]] == ["own_data.exported"]


def test_money_is_there(session: Session) -> None:
    shop = open_shop(session)
    actor = ada(session)
    fill(session, actor, shop)
    belongings.endow(session, actor)
    found = own_data.gather(session, actor, now=NOW).parts
    rare = {"pauses", "charges", "reminder_steps", "bill_payments", "wallet_charges"}
    rare |= {"gifts_received", "vouchers_redeemed", "promotions_used", "promotions"}
    rare |= {"changes", "goods_requests"}
    for key in {part.key for part in MONEY} - rare:
        assert found[key], key
    said = json.dumps(found)
    for column in (
        PaymentMethod.token,
        VoucherSale.sealed_code,
        VoucherSale.code_hash,
        Voucher.code_hash,
        VoucherBatch.sealed_key,
    ):
        for secret in filter(None, session.exec(select(column)).all()):
            assert secret not in said, column


def test_no_secret_is(session: Session) -> None:
    actor = busy(session)
    said = json.dumps(own_data.gather(session, actor, now=NOW).parts)
    keys = session.exec(select(WebSession.key)).all()
    references = [row for row in session.exec(select(Payment.reference)).all() if row]
    secrets = ["PASSWORDHASH", "TOTPSECRET", "CODEHASH", "CREDENTIAL", "PUBLICKEY", "cus_TOKEN"]
    for secret in (*secrets, *keys, *references):
        assert secret not in said


def test_nothing_of_others_is(session: Session) -> None:
    actor, eve = busy(session), other(session)
    contacts.add(
        session,
        replace(eve, full_name="Eve Nosy"),
        form={"name": "Mallory", "email": "mallory@example.com"},
        place=PLACE,
        now=NOW,
    )
    helped = dealer_for(replace(actor, network="10.9.8.7", identity_id=eve.identity()))
    contacts.add(
        session, helped, form={"name": "Ben", "email": "ben@example.com"}, place=PLACE, now=NOW
    )
    found = own_data.gather(session, actor, now=NOW)
    said = json.dumps(found.parts)
    for theirs in ("eve@example.com", "Nosy", "Mallory", "Dan Dealer", "10.9.8.7"):
        assert theirs not in said
    assert str(eve.customer_id) not in said
    assert "contact.added" in said


def test_only_in_person_and_freshly_confirmed(session: Session) -> None:
    actor = ada(session)
    for who, at, refusal in (
        (Actor(), NOW, SignInNeeded),
        (dealer_for(actor), NOW, NotAllowed),
        (actor, NOW + timedelta(minutes=10), ConfirmationNeeded),
    ):
        with pytest.raises(refusal):
            own_data.gather(session, who, now=at)
    assert acts(session) == []
