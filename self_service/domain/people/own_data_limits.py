"""What is given out about limits and alerts; see `own_data_parts`."""

from __future__ import annotations

from self_service.domain.errors import N_
from self_service.domain.people.own_data_shape import Part, part, within
from self_service.models.limits import (
    AlertChoice,
    SpendBar,
    SpendLift,
    SpendLimit,
    UsageAlert,
    UsageAlertTold,
)
from self_service.models.subscriptions import Product

LIMITS: tuple[Part, ...] = (
    part(
        "spend_limits",
        N_("Your spend limits"),
        SpendLimit,
        "product_id kind amount_minor hard set_at",
        within(SpendLimit.product_id, Product),
    ),
    part(
        "spend_lifts",
        N_("Limits that were lifted once"),
        SpendLift,
        "product_id kind starts_at from_minor amount_minor lifted_at",
        within(SpendLift.product_id, Product),
    ),
    part(
        "spend_stops",
        N_("What your limits stopped"),
        SpendBar,
        "product_id kind barred confirmed_at wish wished_at until refused refused_at",
        within(SpendBar.product_id, Product),
    ),
    part(
        "usage_alert_choices",
        N_("When you want to be told about usage"),
        AlertChoice,
        "product_id thresholds set_at",
        within(AlertChoice.product_id, Product),
    ),
    part(
        "usage_alerts",
        N_("Alerts about usage"),
        UsageAlert,
        "id product_id about usage_kind zones size threshold used reached_at noticed_at told",
        within(UsageAlert.product_id, Product),
    ),
    part(
        "usage_alerts_told",
        N_("Alerts that were sent"),
        UsageAlertTold,
        "alert_id told_at",
    ),
)
