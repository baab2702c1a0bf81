"""A customer's places: the last open one stays, and orders keep the address as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from sqlmodel import Session

from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.errors import Invalid, NotFound
from self_service.domain.people import accounts, sites
from self_service.models.orders import ProductOrder
from self_service.models.people import Site
from tests.conftest import NOW
from tests.order_shop import choose, open_shop, order
from tests.settings_people import (
    ANYTHING,
    HOSTILE,
    PLACE,
    acts,
    ada,
    dealer_for,
    everything,
    one,
    other,
)

OFFICE = {
    "label": "office",
    "country": "DE",
    "street_address": "Hafenstraße 12",
    "city": "Hamburg",
    "postal_code": "20457",
}
LATER = NOW + timedelta(days=1)


def add(session: Session, actor: Actor, **changes: Any) -> Any:
    return sites.add(session, actor, form={**OFFICE, **changes}, place=PLACE, now=LATER)


def first(session: Session, actor: Actor) -> sites.Location:
    return sites.listed(session, actor, now=NOW)[0]


def test_add_label_close(session: Session) -> None:
    actor = ada(session)
    added = add(session, actor)
    assert [found.label for found in sites.listed(session, actor, now=NOW)] == ["home", "office"]
    sites.change(session, actor, added, form={**OFFICE, "label": "family"}, place=PLACE, now=NOW)
    sites.change(session, actor, added, form={**OFFICE, "label": "family"}, place=PLACE, now=NOW)
    sites.close(session, actor, first(session, actor).id, now=LATER)
    found = sites.listed(session, actor, now=LATER)
    assert [(row.label, row.closed_at) for row in found] == [("family", None), ("home", LATER)]
    assert acts(session) == ["site.added", "site.changed", "site.closed"]


def test_the_last_open_one_stays(session: Session) -> None:
    actor = ada(session)
    home = first(session, actor).id
    before = everything(session)
    with pytest.raises(sites.LastSite):
        sites.close(session, actor, home, now=NOW)
    assert everything(session) == before
    add(session, actor)
    sites.close(session, actor, home, now=NOW)
    with pytest.raises(NotFound):
        sites.close(session, actor, home, now=NOW)


def test_another_country_asks_for_its_own_fields(session: Session) -> None:
    actor = ada(session)
    added = add(
        session,
        actor,
        country="IE",
        street_address="1 Quay Street",
        city="Galway",
        country_area="Co. Galway",
        postal_code="H91 AY9C",
    )
    assert one(session, Site, id=added).address["postal_code"] == "H91 AY9C"
    with pytest.raises(Invalid) as refused:
        add(session, actor, postal_code="H91 AY9C")
    assert list(refused.value.faults) == ["postal_code"]


def test_an_order_keeps_the_address_it_went_to(session: Session) -> None:
    actor = ada(session)
    shop = open_shop(session)
    choose(session, actor, shop["case"])
    order(session, actor)
    went_to = one(session, ProductOrder).site_id
    home = first(session, actor).id
    assert went_to == home
    add(session, actor)
    renamed = sites.change(
        session,
        actor,
        home,
        form={**first(session, actor).address.as_form(), "label": "family"},
        place=PLACE,
        now=LATER,
    )
    assert renamed == home
    changed = sites.change(session, actor, home, form=OFFICE, place=PLACE, now=LATER)
    assert changed != home
    assert one(session, Site, id=home).address["street_address"] == "Lindenweg 4"
    assert one(session, Site, id=home).closed_at == LATER
    details = accounts.details_of(session, actor)
    assert details is not None
    assert details.address.street_address == "Hafenstraße 12"
    assert first(session, actor).id == changed


def test_ten_at_most(session: Session) -> None:
    actor = ada(session)
    for _ in range(sites.MOST - 1):
        add(session, actor)
    before = everything(session)
    with pytest.raises(sites.TooManySites):
        add(session, actor)
    assert everything(session) == before
    sites.close(session, actor, first(session, actor).id, now=NOW)
    add(session, actor)


def test_a_dealer_may_and_strangers_may_not(session: Session) -> None:
    actor, eve = ada(session), other(session)
    add(session, dealer_for(actor))
    theirs = first(session, eve).id
    before = everything(session)
    for wanted in (theirs, uuid4(), "", None, [], 7, *HOSTILE):
        with pytest.raises(NotFound):
            sites.change(session, actor, wanted, form=OFFICE, place=PLACE, now=NOW)
        with pytest.raises(NotFound):
            sites.close(session, actor, wanted, now=NOW)
    with pytest.raises(SignInNeeded):
        add(session, Actor())
    assert everything(session) == before


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(label=ANYTHING, street=ANYTHING, city=ANYTHING, code=ANYTHING, country=ANYTHING)
def test_anything_typed_is_clean_or_refused(session: Session, **typed: Any) -> None:
    actor = session.info.get("ada") or session.info.setdefault("ada", ada(session))
    before = everything(session)
    form = {
        "label": typed["label"],
        "street_address": typed["street"],
        "city": typed["city"],
        "postal_code": typed["code"],
        "country": typed["country"],
    }
    with pytest.raises(Invalid) as refused:
        sites.add(session, actor, form=form, place=PLACE, now=NOW)
    assert set(refused.value.faults) <= set(form)
    assert everything(session) == before


def test_hostile_text_is_refused_at_its_field(session: Session) -> None:
    actor = ada(session)
    before = everything(session)
    for field in ("label", "city", "postal_code", "country"):
        for typed in HOSTILE:
            if field == "city" and typed == "NaN":  # could be a town
                continue
            with pytest.raises(Invalid) as refused:
                add(session, actor, **{field: typed})
            assert field in refused.value.faults
    assert everything(session) == before
