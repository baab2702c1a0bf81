"""Paying by a link from a mail, without signing in: whoever is signed in here does not matter.

The secret leaves the address at once and waits in a cookie of this page's own, as with the other
links from mails (`one_time`). What is shown is the number, the open sum and the due date of bills.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import clock, i18n, policy, routes, settings
from self_service.components.ui.markup import Paper
from self_service.domain.errors import DomainError
from self_service.domain.payments import pay_links
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments.pay_links import Linked, LinkNotValid
from self_service.http.cookies import network_of
from self_service.http.forms import fields, own_form, see
from self_service.http.frame import frame
from self_service.http.paying import to_pay, way_of
from self_service.http.tries import counted
from self_service.state.display import money, refusal
from self_service.state.pay_words import PAID
from self_service.wiring import database, plug_ins, vault

#: Seconds that the browser keeps the secret: long enough to find one's card.
LIFE = 60 * 60
#: Longer ones are none of ours.
_LONGEST = 400


async def page(request: Request) -> Response:
    """Show what a link leads to; its secret leaves the address first."""
    language = i18n.known(request.path_params["language"])
    clean = f"{routes.PAY_LINK}/{language}"
    if "link" in request.query_params:
        return _keep(see(clean), request.query_params["link"])
    try:
        await counted(pay_links.OPENING, network_of(request))
        found = await _look(request)
    except DomainError as refused:
        return _refused(refused, language)
    return _page(found, language, request.query_params)


@own_form
async def pay(request: Request) -> Response:
    """Pay all that the link shows, on the provider's screen."""
    language = i18n.known(request.path_params["language"])
    form = await fields(request)
    back = f"{routes.PAY_LINK}/{language}"
    asked = {"way": form.get("way", ""), "language": language}
    way = way_of(asked, back=back)
    if way.method_id is not None:  # no saved card is ever charged by a link
        return see(back)
    try:
        await counted(pay_links.OPENING, network_of(request))
        payment_id = await database().transact(
            pay_links.start,
            vault(),
            _secret(request),
            way=way,
            policy=policy.current().bills,
            now=clock.now(),
        )
    except LinkNotValid as refused:
        return _refused(refused, language)
    except DomainError as refused:
        return see(routes.with_query(back, {"refused": refused.code}))
    return await to_pay(payment_id)


async def by_link(request: Request, payment_id: UUID) -> str:
    """Return the reference of an open payment that this browser's link may complete, else ""."""
    rules, secret = policy.current().bills, _secret(request)
    now = clock.now()
    opens, look = pay_links.opens, database().read
    if not secret or not await look(opens, vault(), secret, payment_id, policy=rules, now=now):
        return ""
    payment = await look(open_payments.pending, payment_id)
    return payment.reference if payment else ""


async def _look(request: Request) -> Linked:
    rules, secret = policy.current().bills, _secret(request)
    now = clock.now()
    return await database().read(pay_links.look, vault(), secret, policy=rules, now=now)


def _page(found: Linked, language: str, query: Any) -> Response:
    h = Paper(language)
    title = h.t("Pay your bill")
    paid = PAID.get(query.get("paid", ""), "")
    nothing = h.p(h.t("Nothing is open here. Everything is paid."), class_name="card")
    body = h.group(
        h.h1(title),
        h.p(h.t(paid), role="status") if paid else None,
        _form(h, found) if found.bills else nothing,
        h.p(
            h.t("You need not sign in. Your card number goes to our payment provider only."),
            class_name="muted",
        ),
    )
    return frame(title, body, language=language)


def _form(h: Paper, found: Linked) -> Any:
    total = money(found.total, h.language)
    return h.div(
        [_bill(h, bill) for bill in found.bills],
        h.native_form(
            _methods(h),
            h.button(h.t("Pay {sum}", sum=total), type="submit", class_name="main"),
            method="post",
            action=f"{routes.PAY_LINK}/{h.language}",
        ),
        class_name="card",
    )


def _bill(h: Paper, bill: Any) -> Any:
    due = i18n.short_day(bill.due_at, h.language)
    return h.div(
        h.p(h.t("Bill {number}", number=bill.number), class_name="muted"),
        h.p(money(bill.remaining, h.language), class_name="sum"),
        h.p(h.t("Due {day}", day=due), class_name="muted"),
    )


def _methods(h: Paper) -> Any:
    """Return the choice of method, nothing where there is only the card."""
    if not plug_ins():
        return None
    titles = [("card", h.t("Card"))]
    titles += [(one.name, one.title.get(h.language) or one.title["en"]) for one in plug_ins()]
    return h.fieldset(
        h.legend(h.t("Pay with")),
        [
            h.p(
                h.label(
                    h.input(type="radio", name="way", value=name, checked=index == 0), " ", text
                )
            )
            for index, (name, text) in enumerate(titles)
        ],
    )


def _refused(refused: DomainError, language: str) -> Response:
    h = Paper(language)
    title = h.t("You cannot pay here")
    bills = routes.page(language, routes.BILLS)
    sign_in = routes.page(language, routes.SIGN_IN, next=bills)
    body = h.group(
        h.h1(title),
        h.p(refusal(refused, language), class_name="card"),
        h.p(h.a(h.t("Sign in"), href=sign_in)),
    )
    status = 429 if not isinstance(refused, LinkNotValid) else 404
    return frame(title, body, language=language, status=status)


def _secret(request: Request) -> str:
    return request.cookies.get(_cookie(), "")[:_LONGEST]


def _cookie() -> str:
    return "__Secure-pay-link" if settings.get().https else "pay-link"


def _keep(response: Response, secret: str) -> Response:
    """Put the secret into the browser's cookie for this page and the card page."""
    response.headers["Cache-Control"] = "no-store"
    for place in (routes.PAY_LINK, routes.STRIPE_PAY):
        response.set_cookie(
            _cookie(),
            secret[:_LONGEST] if secret.isascii() and secret.isprintable() else "",
            max_age=LIFE,
            path=place,
            httponly=True,
            secure=settings.get().https,
            samesite="lax",
        )
    return response


ROUTES = (
    Route(routes.PAY_LINK + "/{language}", page, methods=["GET"]),
    Route(routes.PAY_LINK + "/{language}", pay, methods=["POST"]),
)
