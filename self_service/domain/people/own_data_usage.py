"""What is given out of what somebody used. Other parties are masked from the first."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from self_service.domain.errors import N_
from self_service.domain.people.own_data_shape import Part, part
from self_service.models.subscriptions import Product
from self_service.models.usage import Allowance, Usage, UsageCharge, UsageDay, UsagePeriod
from self_service.models.wallet import Bucket


def _metered(column: Any) -> Any:
    """Match rows of charging months of the customer's products."""
    return lambda who: column.in_(
        select(UsagePeriod.id)
        .join(Product, col(Product.id) == UsagePeriod.product_id)
        .where(Product.customer_id == who.customer)
    )


USAGE: tuple[Part, ...] = (
    part(
        "usage_periods",
        N_("Periods in which your usage was counted"),
        UsagePeriod,
        "id product_id starts_at ends_at amount_micro taken_minor",
        _metered(UsagePeriod.id),
    ),
    part(
        "usage_allowances",
        N_("What was included"),
        Allowance,
        "period_id name kind zones units used_units valid_from valid_until",
        _metered(Allowance.period_id),
    ),
    part(
        "usage_days",
        N_("What you used, by day"),
        UsageDay,
        "period_id day kind zone records units charged_units amount_micro",
        _metered(UsageDay.period_id),
    ),
    part(
        "usage_records",
        N_("What you used, one by one"),
        Usage,
        "period_id started_at record_id kind zone direction other units charged_units amount_micro",
        _metered(Usage.period_id),
    ),
    part(
        "usage_charges",
        N_("Usage that your wallet paid"),
        UsageCharge,
        "name gross_minor net_minor tax_minor charged_at",
        lambda who: col(UsageCharge.bucket_id).in_(
            select(Bucket.id).where(Bucket.customer_id == who.customer)
        ),
    ),
)
