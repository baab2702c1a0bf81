"""What can be bought of the demo's range, and with what."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from self_service.domain.basket import acts as basket
from self_service.domain.catalog import index as catalog_index
from self_service.domain.rules.problems import Impossible
from self_service.money import Money
from self_service.seed.sign_ins import CORPORATE, PREPAID
from tests.conftest import NOW
from tests.demo_people import demo_actor

#: One process seeds for all of them.
pytestmark = pytest.mark.xdist_group("demo")


def test_bundles_can_be_bought(seeded: Session) -> None:
    shown, buyer = catalog_index.current(seeded), demo_actor(seeded, PREPAID)
    sim = {"sim": "esim"}
    wanted = {
        "harbour-home": [("tv-sport", "tv", {}), ("current-m-24", "mobile", sim)],
        "first-phone": [
            ("nimbo-x2", "phone", {"colour": "Orange"}),
            ("current-m-24", "mobile", sim),
        ],
    }
    for slug, parts in wanted.items():
        chosen = basket.add_with(
            seeded,
            buyer,
            now=NOW,
            offering_id=shown.by_slug(slug).id,
            choices=[
                {"offering_id": shown.by_slug(part).id, "group": group, "configuration": choice}
                for part, group, choice in parts
            ],
        )
    assert [problem.code for problem in chosen.problems] == []
    assert chosen.can_check_out
    # 29.00 once + 49.99, and 1.00 once + 32.99: parts are paid with their bundle
    assert chosen.totals.due_now == Money(11298, "EUR")


def test_rules_of_the_range(seeded: Session) -> None:
    shown, buyer = catalog_index.current(seeded), demo_actor(seeded, CORPORATE)

    def add(slug: str, *extras: str, **configuration: str) -> None:
        basket.add_with(
            seeded,
            buyer,
            now=NOW,
            offering_id=shown.by_slug(slug).id,
            configuration=configuration,
            choices=[{"offering_id": shown.by_slug(extra).id} for extra in extras],
        )

    for slug, extras, code in (
        ("current-s", ("music-pass", "stream-pass"), "excluded"),
        ("current-max", ("boost-5",), "wrong_parent"),
    ):
        with pytest.raises(Impossible) as refusal:
            add(slug, *extras, sim="sim")
        assert refusal.value.code == code
    with pytest.raises(Impossible):
        add("kestrel-one-max", colour="Silver", storage="1 TB")
    add("tv-sport", "ultra-hd")  # the company has fibre already
    add("kestrel-one", "device-care", colour="Red", storage="512 GB")
    with pytest.raises(Impossible):
        add("kestrel-one", colour="Red", storage="512 GB")
