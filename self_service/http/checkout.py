"""The binding moment: ordering, and coming back from the provider. Plain posts, full page loads."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import brand, clock, letters, routes, settings
from self_service.db import in_pool
from self_service.domain.access import Actor, attempts
from self_service.domain.errors import DomainError
from self_service.domain.ids import as_id
from self_service.domain.orders import checkout
from self_service.domain.orders import numbers as order_numbers
from self_service.domain.orders import placing as orders
from self_service.domain.orders.ways import OrderWay
from self_service.domain.orders.writing import OrderTerms, Placed
from self_service.domain.payments import after
from self_service.domain.payments import pending as open_payments
from self_service.domain.people import email_address, passwords
from self_service.http.cookies import cookie_of, device_of, network_of, new_value, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.paying import screen_of
from self_service.http.returning import behind
from self_service.http.tries import counted
from self_service.jobs import payments, runner
from self_service.state.checkout_words import REFUSALS
from self_service.state.guard import call_as
from self_service.state.order_words import PAY_REFUSALS
from self_service.state.pay_ways import saved_card
from self_service.wiring import database, gateway, gateways


class NotAgreed(DomainError):
    """The box beside the summary was not ticked."""

    code = "not_accepted"
    message = REFUSALS["not_accepted"]


@own_form
async def place_order(request: Request) -> Response:
    """Order the basket and go to pay; a visitor becomes a customer here and is signed in."""
    form = await fields(request)
    language = language_of(form)
    fresh = new_value()
    try:
        where = {"device": device_of(request), "network": network_of(request)}
        placed = await _place(form, cookie_of(request), fresh, where)
    except DomainError as error:
        code = error.code if error.code in REFUSALS else "impossible"
        return see(routes.page(language, routes.CHECKOUT, step="review", refused=code))
    response = await _to_pay(placed, language)
    if placed.identity_id is not None:
        set_cookie(response, fresh)
    return response


async def _place(form: dict[str, str], cookie: str, fresh: str, where: dict[str, str]) -> Placed:
    if not form.get("agreed"):
        raise NotAgreed
    common: dict[str, Any] = {
        "cart_id": as_id(form.get("cart", "")),
        "accepted": form.get("accepted", ""),
        "terms": terms(),
    }
    signed_in, email = await database().read(call_as, _buyer, cookie)
    if signed_in:
        common["way"] = _way(form)
        return await database().transact(call_as, orders.place, cookie, **common)
    if most := settings.get().orders_per_hour:
        await counted(attempts.new_orders(most), where["network"], attempts.TooManyOrders)
    password = passwords.check_password(
        form.get("password", ""), email=email, operator=brand.current().links.brand_name
    )
    hashed = await in_pool(passwords.hash_password, password)
    return await database().transact(
        call_as, _place_as_new, cookie, password_hash=hashed, cookie=fresh, **where, **common
    )


def _place_as_new(session: Session, visitor: Actor, *, now: datetime, **order: Any) -> Placed:
    """Order as somebody new, and write the mail that proves their address."""
    placed = orders.place_as_new(session, visitor, now=now, **order)
    if placed.identity_id is not None:
        email_address.ask_to_verify(
            session, placed.identity_id, words=letters.verify_email, now=now
        )
    return placed


def _buyer(session: Session, actor: Actor, *, now: datetime) -> tuple[bool, str]:
    """Return whether a customer buys and, of a visitor, the e-mail address typed."""
    del now
    email = "" if actor.signed_in else checkout.draft(session, actor).details.get("email", "")
    return actor.signed_in, email


@own_form
async def pay_again(request: Request) -> Response:
    """Ask for the money of an unpaid order once more, in the same way or in another one."""
    form, cookie = await fields(request), cookie_of(request)
    language, number = language_of(form), form.get("order", "")
    way = _way(form) if "way" in form else None
    try:
        if way is not None:
            await _learn(await database().read(call_as, _open_payment, cookie, number))
        placed = await database().transact(call_as, _retry, cookie, number, way)
    except DomainError as error:
        told = {"refused": error.code} if error.code in PAY_REFUSALS else {}
        return see(routes.page(language, routes.ORDER, number, **told))
    return await _to_pay(placed, language)


def _way(form: dict[str, str]) -> OrderWay:
    """Read how an order is paid; what is not a saved card is a new one."""
    return OrderWay(saved_card(form.get("way", "")), form.get("keep") == "yes")


def _open_payment(session: Session, actor: Actor, number: str, *, now: datetime) -> UUID | None:
    del now
    return open_payments.of_order(session, order_numbers.find(session, actor, number))


def _retry(
    session: Session, actor: Actor, number: str, way: OrderWay | None, *, now: datetime
) -> Placed:
    order_id = order_numbers.find(session, actor, number)
    return orders.retry_payment(session, actor, order_id, terms=terms(), way=way, now=now)


async def _learn(payment_id: UUID | None) -> None:
    """Ask where a payment on a screen stands before another one may take its place.

    It may be paid while nobody told us yet; nobody should pay twice and wait for money back.
    """
    payment = await database().read(after.came_from, payment_id) if payment_id else None
    provider = gateways().get(payment.provider) if payment else None
    if payment_id and provider is not None and payment and payment.stands is after.Stands.OPEN:
        await payments.ask_again(database(), provider, payment_id, now=clock.now())


async def returned(request: Request) -> Response:
    """Take the person back from the provider: ask where the payment stands, show the order.

    The address says only which payment; whether it was paid is asked of the provider.
    """
    payment_id = request.path_params["payment_id"]
    payment = await database().read(after.came_from, payment_id)
    provider = gateways().get(payment.provider) if payment else None
    if provider is not None:
        await payments.ask_again(database(), provider, payment_id, now=clock.now())
    runner.wake()
    return see((await behind(payment_id)).path)


def terms() -> OrderTerms:
    """Return how this installation takes orders."""
    return OrderTerms(provider=gateway().name)


async def _to_pay(placed: Placed, language: str) -> Response:
    """Go to where the order is paid, else to the order, which says how it stands."""
    path = "" if placed.payment_id is None else await screen_of(placed.payment_id)
    runner.wake()
    return see(path or routes.page(language, routes.ORDER, placed.number))


ROUTES = (
    Route(routes.DO_PLACE_ORDER, place_order, methods=["POST"]),
    Route(routes.DO_RETRY_PAYMENT, pay_again, methods=["POST"]),
    Route(routes.RETURNED + "/{payment_id:uuid}", returned),
)
