"""Buying a voucher: a plain post, so that it works without scripts and nothing is sent twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import policy, routes, settings
from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.ids import as_id
from self_service.domain.vouchers import gift_form, sales
from self_service.domain.vouchers.sales import NotSold, Wish
from self_service.http import paying
from self_service.http.cookies import cookie_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.money import Money
from self_service.state import kept_form
from self_service.state.guard import call_as
from self_service.state.vouchers import KEPT
from self_service.wiring import database, vault


@own_form
async def buy(request: Request) -> Response:
    """Start a sale and lead to where it is paid."""
    form = await fields(request)
    language = language_of(form)
    try:
        payment_id: UUID = await database().transact(
            call_as,
            sales.start,
            cookie_of(request),
            _wish(form, language),
            way=paying.way_of(form, back=routes.page(language, routes.VOUCHERS)),
            policy=policy.current().vouchers,
            vault=vault(),
        )
    except SignInNeeded:
        back = routes.page(language, routes.VOUCHERS)
        return see(routes.page(language, routes.SIGN_IN, next=back))
    except DomainError as refusal:
        typed = await database().read(call_as, _typed, cookie_of(request), form)
        told = {"refused": refusal.code, "at": refusal.field, kept_form.PARAMETER: typed}
        return see(routes.page(language, routes.VOUCHERS, **told))
    return await paying.to_pay(payment_id)


def _typed(session: Session, actor: Actor, form: dict[str, str], *, now: datetime) -> str:
    """Seal what was typed and chosen, so that the form shows it again."""
    del session
    return kept_form.sealed(actor, form, KEPT, vault=vault(), now=now)


def _wish(form: dict[str, str], language: str) -> Wish:
    """Read the form.

    Raises:
        NotSold: no value was chosen.
        NotFound: the form is none of ours.
        Invalid: to whom it goes.
    """
    value = form.get("value", "")
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise NotSold("value")
    gift = gift_form.read(form) if form.get("for") == "gift" else None
    once = as_id(form.get("once", ""))
    return Wish(Money(int(value), settings.get().currency), str(once), gift, language)


ROUTES = (Route(routes.DO_BUY_VOUCHER, buy, methods=["POST"]),)
