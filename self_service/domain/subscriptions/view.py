"""What a customer has, as their home shows it: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from self_service.domain.orders.view import OrderSummary
from self_service.domain.pricing.charges import Charge
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind
from self_service.models.subscriptions import ProductStatus


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a service includes in each period; `units` is -1 for unlimited."""

    name: Texts
    unit: str
    units: int


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A plan, an internet access, a TV package, or an extra of one.

    Attributes:
        number: telephone number in E.164, "" for none.
        sim: ICCID, "" for none; `sim_detail` is what is known about it (eSIM: activation code).
    """

    id: UUID
    kind: OfferingKind
    name: Texts
    status: ProductStatus
    since: datetime
    term_ends_at: datetime | None
    prepaid: bool
    number: str
    sim: str
    sim_detail: Mapping[str, str]
    allowances: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class GoodsView:
    """A piece of goods; `label` is translatable and names goods lent with a service, else ""."""

    id: UUID
    name: Texts
    label: str
    serial: str
    configuration: Mapping[str, str]
    picture: Mapping[str, Any]
    since: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """Something that runs, with all that belongs to it.

    Attributes:
        id: the root product.
        number: the first telephone number in it, "" for none.
        term_ends_at: end of the longest minimum term, None without one.
        next_charge: the first charge that is still to come, None when nothing recurs.
    """

    id: UUID
    order_id: UUID
    name: Texts
    kind: OfferingKind
    picture: Mapping[str, Any]
    status: ProductStatus
    since: datetime
    term_ends_at: datetime | None
    number: str
    services: tuple[ServiceView, ...]
    goods: tuple[GoodsView, ...]
    next_charge: Charge | None


@dataclass(frozen=True, slots=True)
class HomeView:
    """The customer's home: what runs, goods bought without a service, orders under way."""

    subscriptions: tuple[SubscriptionView, ...]
    goods: tuple[GoodsView, ...]
    open_orders: tuple[OrderSummary, ...]
