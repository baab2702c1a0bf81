"""Being forgotten: what goes, what the law keeps, and when it has to wait."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, SQLModel, col, select

from self_service.domain import access, audit, messages, outbox
from self_service.domain.access import (
    Actor,
    ConfirmationNeeded,
    NotAllowed,
    SignInNeeded,
    attempts,
    one_time,
    resolve,
)
from self_service.domain.orders import cancellation
from self_service.domain.orders.timeline import timeline
from self_service.domain.people import consents, contacts, erasure, profile, sites
from self_service.models.access import (
    Assignment,
    DigitalIdentity,
    Grant,
    LinkedAccount,
    OneTimeSecret,
    Passkey,
    Purpose,
    RecoveryCode,
    Role,
    WebSession,
)
from self_service.models.documents import Document
from self_service.models.orders import ProductOrder
from self_service.models.payments import Payment
from self_service.models.people import (
    Consent,
    Customer,
    CustomerStatus,
    Individual,
    Organization,
    Site,
)
from self_service.models.subscriptions import Product, ProductStatus
from tests.conftest import NOW
from tests.mailbox import mail, words
from tests.order_shop import choose, fill, fulfil, open_shop, order, pay
from tests.settings_people import PLACE, acts, ada, dealer_for, everything, other

#: Where the person's name or addresses may still stand afterwards, and why.
KEPT = {
    ("audit_entry", "actor_name"): "the record of who did what cannot be changed",
    ("communication_message", "receiver"): "the farewell mail, until it is sent",
    ("customer_bill", "buyer_name"): "a bill says for whom it is, as long as it has to be kept",
    ("customer_bill", "buyer_address"): "and where",
}


def settled(session: Session) -> Actor:
    """A customer with everything, whose orders are over and whose subscription has ended."""
    shop = open_shop(session)
    actor = ada(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    pay(session, placed)
    fulfil(session, placed.order_id)
    session.exec(update(Product).values(status=ProductStatus.TERMINATED))  # type: ignore[call-overload]
    choose(session, actor, shop["case"])
    form = {"label": "office", "street_address": "Quell 1", "city": "Ulm", "postal_code": "89073"}
    sites.add(session, actor, form=form, place=PLACE, now=NOW)
    ben = {"name": "Ben Quell", "email": "ada@example.com", "shown": "on"}
    contacts.add(session, actor, form=ben, place=PLACE, now=NOW)
    said = {"kind": "marketing_email", "given": True, "version": consents.VERSION}
    consents.choose(session, actor, **said, now=NOW)
    about = {"gender": "female", "occupation": "Quell finder"}
    profile.change_about(session, actor, form=about, now=NOW)
    _ways_in(session, actor)
    return actor


def _ways_in(session: Session, actor: Actor) -> None:
    mine = {"identity_id": actor.identity()}
    session.add(
        Passkey(**mine, credential_id="c", public_key="p", name="Ada's phone", created_at=NOW)
    )
    session.add(RecoveryCode(**mine, code_hash="h"))
    session.add(LinkedAccount(**mine, issuer="i", subject="ada@example.com", created_at=NOW))
    one_time.issue(session, Purpose.CHANGE_EMAIL, now=NOW, **mine, email="ada@example.com")
    one_time.issue(
        session, Purpose.INVITATION, now=NOW, customer=str(actor.customer_id), by="Ada Quell"
    )
    for name in (str(actor.identity()), "ada@example.com"):
        attempts.count(session, attempts.MAIL_ACCOUNT, name, now=NOW)
    for who in (actor.identity(), None):
        messages.write(
            session,
            "hello",
            receiver="ada@example.com",
            language="en",
            subject="Hello Ada Quell",
            body="+4915123456789",
            now=NOW,
            identity_id=who,
        )
    identity = session.get_one(DigitalIdentity, actor.identity())
    identity.username, identity.totp_secret, identity.email_verified_at = "ada.quell", "t", NOW
    session.get_one(Customer, actor.customer()).gateway_customer = "cus_1"
    session.flush()


def found_in(session: Session, *words: str) -> set[tuple[str, str]]:
    """The columns of the whole database that hold one of some words."""
    session.flush()
    # whole words: "ada" is in many a hash
    each = (rf"(?<!\w){re.escape(word)}(?!\w)" for word in words)
    any_of = re.compile("|".join(each), re.IGNORECASE)
    found = set()
    for name, table in SQLModel.metadata.tables.items():
        for row in session.execute(select(*table.columns)).mappings():
            for column, value in row.items():
                if any_of.search(str(value)):
                    found.add((name, str(column)))
    return found


def test_nothing_is_left_but_what_must_be(session: Session) -> None:
    actor = settled(session)
    known = ("ada@example.com", "Quell", "+4915123456789", "1990-02-28", "Ada")
    assert len(found_in(session, *known)) > 8
    assert erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    session.expire_all()
    assert found_in(session, *known) <= set(KEPT)
    messages.sent(session, mail(session, messages.FAREWELL).id, now=NOW, keep=False)
    assert found_in(session, *known) <= set(KEPT) - {("communication_message", "receiver")}


def test_what_the_law_keeps_stays(session: Session) -> None:
    actor = settled(session)
    before = session.exec(select(ProductOrder)).one()
    number, site_id, document_id = before.number, before.site_id, before.contract_document_id
    erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    session.expire_all()
    row = session.exec(select(ProductOrder).where(ProductOrder.number == number)).one()
    assert (row.site_id, row.contract_document_id) == (site_id, document_id)
    assert session.exec(select(Document.id)).all() == [document_id]
    (site,) = session.exec(select(Site)).all()
    assert (site.id, site.closed_at) == (site_id, NOW)
    assert session.exec(select(Payment)).one().amount_minor > 0
    staff = Actor(
        role=Role.REPRESENTATIVE, identity_id=actor.identity_id, customer_id=row.customer_id
    )
    assert timeline(session, staff, row.id).lines


def test_nobody_can_sign_in_any_more(session: Session) -> None:
    actor = settled(session)
    access.open_session(session, actor.identity(), cookie="phone", now=NOW)
    session.flush()
    assert resolve(session, "phone", now=NOW).signed_in
    erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    session.expire_all()
    assert not resolve(session, "phone", now=NOW).signed_in
    identity = session.get_one(DigitalIdentity, actor.identity())
    assert identity.login.startswith("erased-")
    assert (identity.password_hash, identity.totp_secret, identity.username) == ("", "", None)
    assert (identity.disabled_at, identity.email_verified_at) == (NOW, None)
    for table in (WebSession, Passkey, RecoveryCode, LinkedAccount, OneTimeSecret):
        assert session.exec(select(table)).all() == []
    customer = session.get_one(Customer, actor.customer())
    assert (customer.status, customer.gateway_customer) == (CustomerStatus.CLOSED, "")
    person = session.exec(select(Individual)).one()
    assert (person.given_name, person.birth_date) == ("Erased", None)


def test_consents_are_withdrawn_and_it_is_recorded(session: Session) -> None:
    actor = settled(session)
    erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    last = session.exec(select(Consent).order_by(col(Consent.created_at).desc())).first()
    assert last is not None
    assert not last.given
    assert acts(session)[-1] == "account.erased"
    assert audit.broken(session) is None


def test_twice_is_once(session: Session) -> None:
    actor = settled(session)
    assert erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    before = everything(session)
    assert not erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    assert everything(session) == before


def test_the_same_address_can_register_again(session: Session) -> None:
    actor = settled(session)
    erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    assert ada(session).identity_id != actor.identity_id


def test_others_are_left_alone(session: Session) -> None:
    eve = other(session)
    actor = settled(session)
    choose_before = found_in(session, "eve@example.com")
    mine = {"created_at": NOW, "customer_id": actor.customer()}
    session.add(Assignment(dealer_id=eve.identity(), **mine))
    session.add(Grant(identity_id=eve.identity(), granted_by=actor.identity(), **mine))
    session.flush()
    session.exec(
        update(WebSession)  # type: ignore[call-overload]
        .where(col(WebSession.identity_id) == eve.identity_id)
        .values(acting_for=actor.customer_id)
    )
    erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    session.expire_all()
    assert found_in(session, "eve@example.com") == choose_before
    assert session.exec(select(WebSession)).one().acting_for is None
    assert session.exec(select(Assignment)).all() == []
    assert session.exec(select(Grant)).all() == []


def refused(session: Session, actor: Actor, refusal: Any, now: Any = NOW) -> None:
    before = everything(session)
    with pytest.raises(refusal):
        erasure.erase(session, actor, farewell=words, years=10, now=now)
    assert everything(session) == before


def test_not_while_something_runs(session: Session) -> None:
    shop = open_shop(session)
    actor = ada(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    refused(session, actor, erasure.OrderUnderWay)
    pay(session, placed)
    fulfil(session, placed.order_id)
    refused(session, actor, erasure.StillSubscribed)
    assert "subscription" in erasure.outlook(session, actor, years=10, now=NOW).refused
    session.exec(update(Product).values(status=ProductStatus.TERMINATED))  # type: ignore[call-overload]
    assert erasure.erase(session, actor, farewell=words, years=10, now=NOW)


def test_goods_that_were_bought_do_not_hold_anybody(session: Session) -> None:
    shop = open_shop(session)
    actor = ada(session)
    choose(session, actor, shop["case"])
    placed = order(session, actor)
    pay(session, placed)
    fulfil(session, placed.order_id)
    assert erasure.erase(session, actor, farewell=words, years=10, now=NOW)


def test_a_cancelled_order_is_over(session: Session) -> None:
    shop = open_shop(session)
    actor = ada(session)
    choose(session, actor, shop["case"])
    cancellation.cancel(session, actor, order(session, actor).order_id, now=NOW)
    assert erasure.erase(session, actor, farewell=words, years=10, now=NOW)


def test_what_stays_is_said_with_its_end(session: Session) -> None:
    actor, eve = settled(session), other(session)
    outlook = erasure.outlook(session, actor, years=10, now=NOW)
    assert outlook.kept_until is not None
    assert (outlook.orders, outlook.refused) == (1, "")
    assert outlook.kept_until.date().isoformat() == "2036-11-21"
    assert erasure.outlook(session, eve, years=10, now=NOW) == erasure.Outlook("", 0, None)


def test_not_for_anybody_else_nor_stale(session: Session) -> None:
    actor = ada(session)
    refused(session, Actor(), SignInNeeded)
    refused(session, dealer_for(actor), NotAllowed)
    refused(session, actor, ConfirmationNeeded, NOW + timedelta(minutes=10))
    with pytest.raises(NotAllowed):
        erasure.outlook(session, dealer_for(actor), years=10, now=NOW)


def test_a_company_is_not_one_person(session: Session) -> None:
    actor = ada(session)
    company = Organization(trading_name="Acme", created_at=NOW)
    session.add(company)
    session.flush()
    session.get_one(Customer, actor.customer()).organization_id = company.id
    refused(session, actor, erasure.CompanyAccount)


def test_the_last_mail_goes_to_the_address_in_the_language_of_the_person(session: Session) -> None:
    actor = settled(session)
    person = session.exec(select(Individual).where(Individual.email == "ada@example.com")).one()
    person.language = "ar"
    erasure.erase(session, actor, farewell=words, years=7, now=NOW)
    found = mail(session, messages.FAREWELL)
    assert (found.receiver, found.language) == ("ada@example.com", "ar")
    assert (found.subject, found.body, found.identity_id) == ("in ar", "7", None)
    messages.sent(session, found.id, now=NOW, keep=False)
    session.refresh(found)
    assert (found.receiver, found.body, found.sent_at) == ("", "", NOW)


def test_the_last_mail_says_nothing_of_orders_where_there_were_none(session: Session) -> None:
    erasure.erase(session, ada(session), farewell=words, years=7, now=NOW)
    assert mail(session, messages.FAREWELL).body == ""


def test_an_address_that_takes_no_mail_is_forgotten_too(session: Session) -> None:
    erasure.erase(session, settled(session), farewell=words, years=10, now=NOW)
    found = mail(session, messages.FAREWELL)
    messages.give_up(session, found.id)
    session.refresh(found)
    assert (found.receiver, found.body) == ("", "")


def test_the_provider_is_to_forget_too(session: Session) -> None:
    actor, eve = settled(session), other(session)
    erasure.erase(session, eve, farewell=words, years=10, now=NOW)
    assert outbox.open_events(session, by_provider=True) == ()
    erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    (event,) = outbox.open_events(session, by_provider=True)
    assert (event.kind, event.payload) == ("customer_erased", {"customer": "cus_1"})
    assert event.kind not in {open_.kind for open_ in outbox.open_events(session)}
