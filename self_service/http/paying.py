"""Paying bills, and what every form of payment shares: how it is paid, and where it leads next."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import bugs, clock, payment_letters, routes
from self_service.domain.access import Actor, ConfirmationNeeded, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.ids import as_id
from self_service.domain.payments import after, pay_links, paying
from self_service.domain.payments.paying import OPEN_FOR, Way
from self_service.domain.payments.typed_sum import read_sum
from self_service.http.cookies import cookie_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.returning import behind
from self_service.jobs import payments, runner
from self_service.models.payments import PaymentPurpose
from self_service.money import Money
from self_service.state.guard import call_as
from self_service.state.pay_ways import saved_card
from self_service.wiring import database, gateway, gateways, vault

#: Bills in one payment.
MOST_BILLS = 60


def way_of(form: dict[str, str], *, back: str) -> Way:
    """Read from a form with `components.pay_with.chooser` how somebody pays.

    Args:
        form: with `way`, `keep` and `language`; what it says is validated when the payment starts.
        back: path of the page that the person comes back to; one of ours.
    """
    value, main = form.get("way", ""), gateway().name
    known = gateways()
    name = value if value in known else main
    return Way(
        provider=name,
        method_id=saved_card(value),
        keep=form.get("keep") == "yes" and name == main,
        back=back,
        language=language_of(form),
        open_for=getattr(known[name], "open_for", OPEN_FOR),
    )


async def to_pay(payment_id: UUID) -> Response:
    """Lead to where a payment that was started is completed, else back to its page."""
    return see(await screen_of(payment_id) or (await behind(payment_id)).path)


async def screen_of(payment_id: UUID) -> str:
    """Return the path of the provider's screen on which a payment is completed, "" without one.

    A saved card is charged now. The payment stands, whatever becomes of the call to the provider:
    the janitor repeats it.
    """
    path = ""
    try:
        found = await database().read(after.came_from, payment_id)
        provider = gateways().get(found.provider) if found else None
        if found is not None and provider is not None:
            ask = payments.charge_saved if found.by_card else payments.open_payment
            path = await ask(database(), provider, payment_id, now=clock.now())
    except Exception as bug:
        bugs.note(bug)
    runner.wake()
    return path


def refused(refusal: DomainError, back: str, language: str) -> Response:
    """Lead back to the page of a payment form by the way that mends what was refused."""
    if isinstance(refusal, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=back))
    if isinstance(refusal, ConfirmationNeeded):
        return see(routes.page(language, routes.CONFIRM, next=back))
    joint = "&" if "?" in back else "?"
    return see(f"{back}{joint}refused={refusal.code}")


@own_form
async def pay(request: Request) -> Response:
    """Pay bills, or a part of them."""
    form = await fields(request)
    language = language_of(form)
    back = routes.inside(form.get("back", ""), routes.page(language, routes.HOME))[:250]
    bills = form.get("bills", "").split(",")[:MOST_BILLS]
    try:
        payment_id = await database().transact(
            call_as, _start, cookie_of(request), bills, form.get("sum"), way_of(form, back=back)
        )
    except DomainError as refusal:
        return refused(refusal, back, language)
    return await to_pay(payment_id)


def _start(
    session: Session,
    actor: Actor,
    bills: list[str],
    typed: str | None,
    way: Way,
    *,
    now: datetime,
) -> UUID:
    ids = list(dict.fromkeys(as_id(one) for one in bills))
    currency = paying.currency_of(session, ids)
    paying.may_pay(session, actor, ids, now=now)
    minor = None if typed is None else read_sum(typed, currency)
    items = paying.shares(session, ids, minor)
    amount: Money = paying.total(items, currency)
    bills_paid = PaymentPurpose.BILLS
    return paying.start(
        session, actor, purpose=bills_paid, amount=amount, items=items, way=way, now=now
    )


@own_form
async def send_link(request: Request) -> Response:
    """Send the customer for whom somebody acts a link to pay what is open."""
    form = await fields(request)
    language = language_of(form)
    back = routes.inside(form.get("back", ""), routes.page(language, routes.HOME))[:250]
    words = payment_letters.pay_link
    try:
        sent = await database().transact(
            call_as, pay_links.send, cookie_of(request), words=words, vault=vault()
        )
    except DomainError as refusal:
        return refused(refusal, back, language)
    runner.wake()
    joint = "&" if "?" in back else "?"
    return see(f"{back}{joint}paid={'link_sent' if sent else 'no_address'}")


ROUTES = (
    Route(routes.DO_PAY, pay, methods=["POST"]),
    Route(routes.DO_SEND_PAY_LINK, send_link, methods=["POST"]),
)
