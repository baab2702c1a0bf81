"""Where **Pick** leads: the next step in the sale of what was picked."""

from __future__ import annotations

from enum import StrEnum

from self_service.domain.catalog.view import Offering
from self_service.models.catalog import OfferingKind


class Step(StrEnum):
    """A step of a sale."""

    CONFIGURE = "configure"  # colour, storage
    CHOOSE_PLAN = "choose_plan"
    CHOOSE_ADDONS = "choose_addons"
    CHOOSE_PARTS = "choose_parts"  # of a bundle
    BASKET = "basket"


_AFTER_CHOICES = {
    OfferingKind.DEVICE: Step.CHOOSE_PLAN,
    OfferingKind.PLAN: Step.CHOOSE_ADDONS,
    OfferingKind.BROADBAND: Step.CHOOSE_ADDONS,
    OfferingKind.TV: Step.CHOOSE_ADDONS,
    OfferingKind.ADDON: Step.CHOOSE_PLAN,
    OfferingKind.BOOSTER: Step.CHOOSE_PLAN,
    OfferingKind.ACCESSORY: Step.BASKET,
    OfferingKind.BUNDLE: Step.CHOOSE_PARTS,
}


def next_step(offering: Offering, *, configured: bool = False, has_addons: bool = True) -> Step:
    """Return the step that follows when `offering` is picked.

    Args:
        offering: what was picked.
        configured: its choices are made, or were left at what is shown.
        has_addons: anything can be added to it; without, there is nothing to choose.
    """
    if not configured and any(len(choice.values) > 1 for choice in offering.choices):
        return Step.CONFIGURE
    step = _AFTER_CHOICES[offering.kind]
    return Step.BASKET if step is Step.CHOOSE_ADDONS and not has_addons else step
