"""One service: its settings, its SIM and number, its line. What changes it are plain posts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.domain.access.grants import allowed
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_, NotFound
from self_service.domain.network import lines, own
from self_service.domain.service_settings import pins
from self_service.domain.service_settings import settings as service_settings
from self_service.domain.service_settings.definitions import Group
from self_service.domain.sims import (
    blocking,
    choosing,
    leaving,
    porting,
    porting_form,
    stock,
    swapping,
)
from self_service.domain.usage.allowances import METERED
from self_service.models.access import Scope
from self_service.models.catalog import OfferingKind
from self_service.models.network import RequestStatus
from self_service.models.subscriptions import Product, ProductStatus, ResourceKind
from self_service.state import service_words
from self_service.state.guard import public, watching
from self_service.state.private import customers_and_members, follow
from self_service.state.request import PageRequest, PageState, show
from self_service.state.service_rows import (
    LineRow,
    SettingRow,
    leave_values,
    line_rows,
    offer_values,
    porting_values,
    setting_rows,
    swap_values,
)


class ServiceState(PageState, rx.State):
    """The service whose id stands in the address."""

    id: str = ""  # "" while it is being read
    missing: bool = False
    heading: str = ""
    number: str = ""
    done: str = ""
    refused: str = ""
    moving: bool = False  # the network owes an answer
    runs: bool = True  # False: paused or suspended
    manages: bool = False  # may change settings
    owns: bool = False  # may change SIM and number too
    phone: bool = False
    line: bool = False
    calls: list[SettingRow] = []
    content: list[SettingRow] = []
    home_net: list[SettingRow] = []
    has_pin: bool = False
    sim: str = ""
    blocked: bool = False
    block_text: str = ""  # while it is being changed
    swap_text: str = ""
    swap_tone: str = "plain"
    swapping: bool = False
    has_code: bool = False
    code_href: str = ""
    numbers: list[str] = []
    numbers_until: str = ""
    porting: str = ""  # the number that is on its way
    porting_text: str = ""
    porting_tone: str = "plain"
    can_call_off: bool = False
    first_day: str = ""
    last_day: str = ""
    leave_text: str = ""
    leave_ready: bool = False
    leave_href: str = ""
    line_results: list[LineRow] = []
    line_busy: bool = False
    limits_href: str = ""  # "" where nothing is counted

    @public
    async def load(self) -> AsyncIterator[Any]:
        """Read the service at this address, and follow it while the network owes an answer."""
        if self.id and self.id != PageRequest.of(self).last:
            self.id = ""  # never one service under the address of another
            yield
        try:
            elsewhere = await show(self, service_values)
        except NotFound:
            self.id, self.missing, elsewhere = "", True, None
        if elsewhere is not None:
            yield elsewhere
        elif self.id and self.moving:
            yield ServiceState.watch

    @watching
    async def watch(self) -> None:
        """Show each answer of the network as it comes, for some minutes."""
        await follow(self, service_values, moving="moving")


async def service_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of ServiceState.

    Raises:
        Elsewhere: neither a customer nor somebody with whom something is shared.
        NotFound: nothing of theirs has the id in the address.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    language = request.language
    product = own.service(session, actor, request.last, Scope.VIEW, now=now)
    owns = actor.customer_id == product.customer_id
    found = {
        "id": str(product.id),
        "missing": False,
        "heading": text(product.name, language),
        "done": service_words.done(request.query.get("done", ""), language),
        "refused": service_words.refusal(request.query.get("refused", ""), language),
        "runs": product.status is ProductStatus.ACTIVE,
        "manages": allowed(session, actor, product.id, Scope.MANAGE, now=now),
        "owns": owns,
        "phone": product.kind is OfferingKind.PLAN,
        "line": product.kind in lines.LINES,
        "has_pin": pins.has(session, product.id),
        "limits_href": _limits_href(product, language),
    }
    found |= _settings(session, actor, product, now, language)
    found |= _sim(session, product, language)
    if owns and product.kind is OfferingKind.PLAN:
        found |= _owned(session, actor, product, now, language)
    found |= _line(session, actor, product, now, language)
    found["moving"] = _moving(found)
    return found


def _limits_href(product: Product, language: str) -> str:
    counted = product.kind in METERED and product.started_at is not None
    return routes.page(language, routes.LIMITS, line=str(product.id)) if counted else ""


def _settings(
    session: Session, actor: Actor, product: Product, now: datetime, language: str
) -> dict[str, Any]:
    listed = service_settings.listed(session, actor, product.id, now=now)
    return {
        "calls": setting_rows(listed, Group.CALLS, now, language),
        "content": setting_rows(listed, Group.CONTENT, now, language),
        "home_net": setting_rows(listed, Group.HOME_NET, now, language),
        "setting": any(one.wish is not None for one in listed),
    }


def _sim(session: Session, product: Product, language: str) -> dict[str, Any]:
    sim = stock.of_product(session, product.id, ResourceKind.ICCID)
    number = stock.of_product(session, product.id, ResourceKind.MSISDN)
    blocked, wish = blocking.standing(session, product.id)
    said = {"on": N_("The SIM is being blocked…"), "off": N_("The block is being taken back…")}
    return {
        "sim": sim.value if sim else "",
        "number": number.value if number else "",
        "blocked": blocked,
        "block_text": i18n.translate(language, said[wish]) if wish else "",
    }


def _owned(
    session: Session, actor: Actor, product: Product, now: datetime, language: str
) -> dict[str, Any]:
    """Return what only the owner of a phone plan sees."""
    service = str(product.id)
    return {
        **swap_values(swapping.last(session, actor, product.id, now=now), language),
        **offer_values(choosing.offered(session, actor, product.id, now=now), language),
        **porting_values(porting.last(session, actor, product.id, now=now), language),
        **leave_values(leaving.standing(session, actor, product.id, now=now), language),
        "has_code": swapping.has_code(session, actor, product.id, now=now),
        "code_href": f"{routes.SIM_CODE}/{language}/{service}",
        "leave_href": f"{routes.PORT_OUT_CODE}/{language}/{service}",
        "first_day": porting_form.first_day(now).isoformat(),
        "last_day": porting_form.last_day(now).isoformat(),
        "numbering": choosing.is_open(session, product.id),
    }


def _line(
    session: Session, actor: Actor, product: Product, now: datetime, language: str
) -> dict[str, Any]:
    if product.kind not in lines.LINES:
        return {"line_results": [], "line_busy": False}
    asked = lines.results(session, actor, product.id, now=now)
    under_way = (RequestStatus.PENDING, RequestStatus.IN_PROGRESS)
    return {
        "line_results": line_rows(asked, language),
        "line_busy": any(one.status in under_way for one in asked),
    }


def _moving(found: dict[str, Any]) -> bool:
    """Say whether the network owes an answer; what is not shown by itself is taken out."""
    waits = (found.pop("setting"), found.pop("numbering", False), found.get("swapping", False))
    made = found.get("leave_text", "") != "" and not found.get("leave_ready", False)
    return any((*waits, made, found["block_text"] != "", found["line_busy"]))
