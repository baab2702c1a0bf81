"""What a customer has, as rows of text: what matters on a phone's first screen comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from self_service import i18n, routes
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.fulfilment.resources import ESIM
from self_service.domain.network.own import KINDS
from self_service.domain.orders.view import OrderView, StepState
from self_service.domain.pricing.charges import Charge
from self_service.domain.sims import swapping
from self_service.domain.subscriptions.view import GoodsView, ServiceView, SubscriptionView
from self_service.models.subscriptions import ProductStatus
from self_service.state.display import configuration_text, money, picture_path
from self_service.state.moments import ahead
from self_service.state.order_words import standing
from self_service.state.resource_words import is_imei, phone_text, sim_text
from self_service.state.values import quantity

_STATUS: Mapping[ProductStatus, tuple[str, str]] = {
    ProductStatus.ACTIVE: (N_("Active"), "good"),
    ProductStatus.SUSPENDED: (N_("Paused"), "warn"),
    ProductStatus.PENDING_TERMINATE: (N_("Ends soon"), "warn"),
}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A plan, an internet access, a TV package, an extra: what it includes and on which SIM.

    `name` and `number` are "" where the subscription says the same; `href` leads to its settings,
    where a new eSIM is installed: its code is shown to nobody without a fresh proof.
    """

    id: str
    name: str
    number: str
    sim: str
    sim_kind: str
    new_esim: bool
    allowances: list[str] = field(default_factory=list)
    href: str = ""


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """A piece of goods and its serial number."""

    id: str
    name: str
    detail: str
    picture: str
    serial_label: str
    serial: str


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription. `*_exact` say a day in full; "" stands for what it does not have."""

    id: str
    name: str
    number: str
    status: str
    tone: str
    prepaid: bool
    since: str
    since_exact: str
    charge: str
    charge_day: str
    charge_exact: str
    term_end: str
    term_exact: str
    href: str = ""  # "" on its own page
    services: list[ServiceRow] = field(default_factory=list)
    goods: list[GoodsRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OpenOrderRow:
    """An order under way; `share` is how much of it is done, as a width in percent."""

    number: str
    href: str
    headline: str
    step: str
    share: str
    tone: str


def subscription_row(
    view: SubscriptionView, *, now: datetime, language: str, linked: bool = True
) -> SubscriptionRow:
    """Put a subscription into words; its name leads to its page where it is `linked`."""
    status, tone = _STATUS[view.status]
    charge, ends = view.next_charge, view.term_ends_at
    running = ends is not None and ends > now
    return SubscriptionRow(
        id=str(view.id),
        name=text(view.name, language),
        number=phone_text(view.number) if view.number else "",
        status=i18n.translate(language, status),
        tone=tone,
        prepaid=any(service.prepaid for service in view.services),
        since=i18n.short_day(view.since, language),
        since_exact=i18n.instant(view.since, language),
        charge=money(charge.amount, language) if charge else "",
        charge_day=_charge_day(charge, now, language) if charge else "",
        charge_exact=i18n.day(charge.at, language) if charge else "",
        term_end=i18n.short_day(ends, language) if ends and running else "",
        term_exact=i18n.day(ends, language) if ends and running else "",
        href=routes.page(language, routes.SUBSCRIPTION, str(view.id)) if linked else "",
        services=_services(view, now, language),
        goods=[goods_row(goods, language) for goods in view.goods],
    )


def _charge_day(charge: Charge, now: datetime, language: str) -> str:
    """Say when: "in 3 days · 24 Nov 2026"; what is far is only named."""
    named, counted = i18n.short_day(charge.at, language), ahead(charge.at, now, language)
    return named if counted == named else f"{counted} · {named}"


def _services(view: SubscriptionView, now: datetime, language: str) -> list[ServiceRow]:
    rows = [_service(service, view, now, language) for service in view.services]
    return [row for row in rows if row.name or row.allowances or row.sim]


def _service(
    service: ServiceView, view: SubscriptionView, now: datetime, language: str
) -> ServiceRow:
    form = N_("eSIM") if service.sim_detail.get("form") == ESIM else N_("SIM card")
    further = service.number if service.number != view.number else ""
    return ServiceRow(
        id=str(service.id),
        name="" if service.name == view.name else text(service.name, language),
        number=phone_text(further) if further else "",
        sim=sim_text(service.sim),
        sim_kind=i18n.translate(language, form) if service.sim else "",
        new_esim=swapping.CODE in service.sim_detail and now < service.since + swapping.FIRST_FOR,
        allowances=[
            quantity(found.units, found.unit, language)
            if found.unit
            else text(found.name, language)
            for found in service.allowances
        ],
        href=_settings(service, language),
    )


def _settings(service: ServiceView, language: str) -> str:
    """Return where a service is set up, "" for extras, which have nothing to set."""
    return routes.page(language, routes.SERVICES, str(service.id)) if service.kind in KINDS else ""


def goods_row(goods: GoodsView, language: str) -> GoodsRow:
    """Put a piece of goods into words."""
    label = N_("IMEI") if is_imei(goods.serial) else N_("Serial number")
    lent = i18n.translate(language, goods.label)
    return GoodsRow(
        id=str(goods.id),
        name=lent or text(goods.name, language),
        detail="" if lent else configuration_text(goods.configuration, language),
        picture=picture_path(goods.picture, goods.configuration.get("colour", "")),
        serial_label=i18n.translate(language, label),
        serial=goods.serial,
    )


def open_order_row(view: OrderView, *, now: datetime, language: str) -> OpenOrderRow:
    """Put an order under way into words: where it stands and its current step."""
    done = sum(step.state is StepState.DONE for step in view.steps)
    current = next((step for step in view.steps if step.state is not StepState.DONE), None)
    stands = standing(view, now=now, language=language)
    return OpenOrderRow(
        number=view.number,
        href=routes.page(language, routes.ORDER, view.number),
        headline=stands.headline,
        step=i18n.translate(
            language,
            N_("{done} of {all} done, next: {step}"),
            done=i18n.number(done, language),
            all=i18n.number(len(view.steps), language),
            step=i18n.translate(language, current.name) if current else "",
        ),
        share=f"{100 * done // max(len(view.steps), 1)}%",
        tone=stands.tone,
    )
