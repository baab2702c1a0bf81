"""Where Pick leads."""

from __future__ import annotations

import pytest

from self_service.domain.catalog.steps import Step, next_step
from self_service.models.catalog import OfferingKind
from tests.factories import as_offering, choice


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (OfferingKind.DEVICE, Step.CHOOSE_PLAN),
        (OfferingKind.PLAN, Step.CHOOSE_ADDONS),
        (OfferingKind.BROADBAND, Step.CHOOSE_ADDONS),
        (OfferingKind.TV, Step.CHOOSE_ADDONS),
        (OfferingKind.ADDON, Step.CHOOSE_PLAN),
        (OfferingKind.BOOSTER, Step.CHOOSE_PLAN),
        (OfferingKind.ACCESSORY, Step.BASKET),
        (OfferingKind.BUNDLE, Step.CHOOSE_PARTS),
    ],
)
def test_pick_leads_to_the_next_step_of_that_sale(kind, step):
    plain = as_offering(kind=kind, characteristics=[choice("colour", "Black")])
    with_choices = as_offering(kind=kind, characteristics=[choice("colour", "Black", "Blue")])
    assert next_step(plain) is step
    assert next_step(with_choices) is Step.CONFIGURE
    assert next_step(with_choices, configured=True) is step


def test_without_anything_to_add_a_plan_goes_to_the_basket():
    assert next_step(as_offering(kind=OfferingKind.PLAN), has_addons=False) is Step.BASKET
    assert next_step(as_offering(kind=OfferingKind.DEVICE), has_addons=False) is Step.CHOOSE_PLAN
