"""On the way to the order: what is kept, what never is, and the summary that is agreed to."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service.documents.contract_summary import ContractSummaryData, Operator
from self_service.domain.basket import acts as basket
from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import Invalid, NotFound
from self_service.domain.orders import checkout, contract, contract_text
from self_service.domain.orders.checkout import NothingToOrder
from self_service.domain.orders.contract_text import Wording
from self_service.domain.rules.problems import Impossible
from self_service.models.basket import ShoppingCart
from self_service.models.documents import Document
from self_service.models.orders import ProductOrder
from tests.conftest import NOW
from tests.order_shop import (
    BLACK,
    FORM,
    LANGUAGES,
    PDF,
    agree,
    choose,
    customer,
    details,
    fill,
    open_shop,
    order,
    plan_on,
    unchanged_but,
    visitor,
)


@pytest.fixture
def shop(session: Session):
    return open_shop(session)


@pytest.fixture
def actor(session: Session, shop):
    somebody = visitor(session)
    fill(session, somebody, shop)
    return somebody


def save(session: Session, actor, **changes: str):
    form = {**FORM, **changes}
    return checkout.save_details(
        session, actor, form=form, languages=LANGUAGES, default_country="DE", now=NOW
    )


def test_details_are_kept_clean(session, actor) -> None:
    save(session, actor, email=" Ada@EXAMPLE.com ", mobile="01512 3456789")
    draft = checkout.draft(session, actor)
    assert draft.checked
    assert draft.details["email"] == "Ada@example.com"
    assert draft.details["mobile"] == "+4915123456789"
    assert checkout.from_form(draft.details) == details(email="Ada@example.com")


def test_wrong_details_are_refused_and_not_kept(session, actor) -> None:
    save(session, actor)
    refusal = unchanged_but(
        session, Invalid, lambda: save(session, actor, email="nobody", birth_date="2020-01-01")
    )
    assert set(refusal.faults) == {"email", "birth_date"}


def test_what_is_typed_is_kept_but_not_trusted(session, actor) -> None:
    save(session, actor)
    checkout.keep_typed(session, actor, form={"email": "half@", "city": "Ulm"}, now=NOW)
    draft = checkout.draft(session, actor)
    assert (draft.details, draft.checked) == ({"email": "half@", "city": "Ulm"}, False)
    with pytest.raises(checkout.DetailsNeeded):
        checkout.review(session, actor, now=NOW)


def test_secrets_are_never_kept(session, actor) -> None:
    secrets = {"password": "hunter2 hunter2", "card": "4242424242424242", "cvc": "987"}
    checkout.keep_typed(session, actor, form={**FORM, **secrets}, now=NOW)
    save(session, actor, **secrets)
    kept = json.dumps(session.exec(select(ShoppingCart.checkout)).one())
    assert not any(secret in kept for secret in secrets.values())
    long = {"city": "x" * 10_000}
    checkout.keep_typed(session, actor, form=long, now=NOW)
    assert len(checkout.draft(session, actor).details["city"]) == checkout.LONGEST


def test_without_basket_nothing_is_kept(session, shop) -> None:
    nobody = visitor(session)
    for act in (
        lambda: save(session, nobody),
        lambda: checkout.keep_typed(session, nobody, form=FORM, now=NOW),
        lambda: checkout.keep_summary(
            session, nobody, fingerprint="f", content=PDF, name="n", now=NOW
        ),
    ):
        unchanged_but(session, NothingToOrder, act)
    assert checkout.draft(session, nobody) == checkout.Draft()


def test_customer_needs_not_type_again(session, shop) -> None:
    known = customer(session)
    draft = checkout.draft(session, known)
    assert (draft.checked, draft.details["city"]) == (True, "Berlin")
    choose(session, known, shop["case"])
    assert checkout.review(session, known, now=NOW).details == details()


def test_problem_in_the_basket_stops_the_review(session, shop) -> None:
    known = customer(session)
    choose(session, known, shop["phone"], {"colour": "Blue"})
    rival = customer(session, "rival@example.com")
    choose(session, rival, shop["phone"], {"colour": "Blue"})
    order(session, rival)
    with pytest.raises(Impossible) as refusal:
        checkout.review(session, known, now=NOW)
    assert refusal.value.code == "sold_out"


def test_fingerprint_stays_while_nothing_changes(session, actor) -> None:
    save(session, actor)
    first = checkout.review(session, actor, now=NOW).fingerprint
    later = checkout.review(session, actor, now=NOW + timedelta(minutes=20)).fingerprint
    assert first == later
    assert len(first) == 64


@pytest.mark.parametrize(
    "change",
    [
        lambda session, actor, shop: choose(session, actor, shop["case"]),
        lambda session, actor, shop: save(session, actor, city="Potsdam", postal_code="14467"),
        lambda session, actor, shop: _other_sim(session, actor, shop),
    ],
    ids=["line", "address", "configuration"],
)
def test_fingerprint_changes_with_what_is_ordered(session, shop, actor, change) -> None:
    save(session, actor)
    first = checkout.review(session, actor, now=NOW).fingerprint
    change(session, actor, shop)
    assert checkout.review(session, actor, now=NOW).fingerprint != first


def _other_sim(session, actor, shop) -> None:
    basket.clear(session, actor, now=NOW)
    choose(session, actor, shop["phone"], BLACK, plan_on(shop, "sim"))
    choose(session, actor, shop["case"], quantity=2)


def test_summary_is_kept_once_and_only_the_latest(session, actor) -> None:
    save(session, actor)
    keep = {"fingerprint": "f" * 64, "name": "summary.pdf", "now": NOW}
    first = checkout.keep_summary(session, actor, content=PDF, **keep)
    assert checkout.keep_summary(session, actor, content=PDF, **keep) == first
    second = checkout.keep_summary(session, actor, content=PDF + b" newer", **keep)
    assert session.exec(select(Document.id)).all() == [second]
    draft = checkout.draft(session, actor)
    assert (draft.summary, draft.document_id) == ("f" * 64, second)


def test_contract_of_an_order_is_never_dropped(session, shop) -> None:
    known = customer(session)
    choose(session, known, shop["case"])
    placed = order(session, known)
    contract.archive(session, cart_id=_cart_of(session, placed), content=b"x", name="n", now=NOW)
    assert len(session.exec(select(Document)).all()) == 2


def _cart_of(session, placed):
    return session.get(ProductOrder, placed.order_id).cart_id


def test_document_is_read_by_its_owner_only(session, shop, actor) -> None:
    agree(session, actor)
    document_id = checkout.draft(session, actor).document_id
    assert contract.read(session, actor, document_id).content == PDF
    stranger = customer(session, "eve@example.com")
    for who, wanted in ((visitor(session), document_id), (stranger, document_id), (actor, uuid4())):
        with pytest.raises(NotFound):
            contract.read(session, who, wanted)


def test_customers_contract_is_not_the_next_visitors(session, shop) -> None:
    known = customer(session)
    choose(session, known, shop["case"])
    order(session, known)
    document_id = session.exec(select(Document.id)).one()
    assert contract.read(session, known, document_id).content == PDF
    same_browser = visitor(session)
    with pytest.raises(NotFound):
        contract.read(session, same_browser, document_id)


def summary(session: Session, actor) -> ContractSummaryData:
    review = checkout.review(session, actor, now=NOW)
    wording = Wording(
        language="en",
        direction="ltr",
        t=lambda text, **places: text.format_map(places) if places else text,
        money=lambda money: f"{money.minor} {money.currency}",
        day=lambda moment: moment.date().isoformat(),
        units=lambda units, unit: f"{units} {unit}",
    )
    return contract_text.summary_data(
        review.basket,
        review.details,
        Operator("Tidewell", ("Harbour 1",)),
        find=catalog_index.current(session).get,
        wording=wording,
        reference=review.fingerprint[:8],
        now=NOW,
    )


def test_summary_says_what_is_ordered(session, shop, actor) -> None:
    choose(session, actor, shop["fibre"])
    save(session, actor)
    data = summary(session, actor)
    assert data.service == "phone, case, fibre"
    assert [line.item for line in data.price.lines] == ["phone", "plan", "extra", "case", "fibre"]
    assert data.price.lines[0].note == "Black"
    review = checkout.review(session, actor, now=NOW)
    assert data.price.due_now.value == f"{review.basket.totals.due_now.minor} EUR"
    (cheaper,) = data.price.discounts
    assert (cheaper.price, cheaper.later, cheaper.until) == ("999 EUR", "1999 EUR", "2027-02-21")
    assert [fact.value for fact in data.speeds.facts] == ["500 Mbps"]
    assert any("24 months" in paragraph for paragraph in data.duration.paragraphs)
    assert "Lindenweg 4" in data.services.facts[0].value
    assert any("20480 MB" in fact.value for fact in data.services.facts)


def test_summary_without_internet_has_no_speeds(session, actor) -> None:
    save(session, actor)
    assert summary(session, actor).speeds is None


def _untranslated(value: Any, path: str = "") -> list[str]:
    if isinstance(value, str):
        return [path] if "{" in value else []
    if is_dataclass(value):
        parts = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif isinstance(value, tuple):
        parts = [(str(number), item) for number, item in enumerate(value)]
    else:
        return []
    return [found for name, part in parts for found in _untranslated(part, f"{path}.{name}")]


def test_no_place_of_a_text_is_left_open(session, shop, actor) -> None:
    choose(session, actor, shop["fibre"])
    save(session, actor)
    assert _untranslated(summary(session, actor)) == []
