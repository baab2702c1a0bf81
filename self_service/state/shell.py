"""What stands around every page: whose portal it is, who is signed in, notices and errors."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import brand, clock, i18n
from self_service.domain.access import (
    SERVING,
    Actor,
    ConfirmationNeeded,
    SecondFactorNeeded,
    SignInNeeded,
)
from self_service.domain.errors import DomainError
from self_service.domain.notices import history
from self_service.domain.places import Places, places
from self_service.models.access import Role
from self_service.state.guard import public
from self_service.state.request import PageRequest, PageState, show

#: Roles that decide about disputes and vouchers.
HELPING = frozenset({Role.REPRESENTATIVE, Role.ADMINISTRATOR})
#: A notice comes along to the page that its act leads to, but not to those visited later.
COMES_ALONG = timedelta(seconds=3)


class ShellState(PageState, rx.State):
    """Around the page."""

    brand_name: str = ""
    support_phone: str = ""
    support_email: str = ""
    terms_url: str = ""
    privacy_url: str = ""
    imprint_url: str = ""
    signed_in: bool = False
    greeting_name: str = ""
    serving: bool = False  # works for the operator or sells for it
    administering: bool = False
    helping: bool = False  # is customer service, with the right to decide about bills
    behalf: str = ""  # name of the customer acted for
    has_wallet: bool = False
    has_bills: bool = False
    has_both: bool = False
    has_usage: bool = False
    bar_compare: bool = True  # the bar of a phone has room for five places
    bar_orders: bool = True
    has_money: bool = False  # is, or acts for, a customer: vouchers and cards
    unread: str = ""  # how many notifications were not read yet, "" for none
    notice_number: int = 0  # tells two notices with the same words apart
    notice: str = ""  # said by the live region and shown as a toast
    error_reference: str = ""  # of a bug: shown with what to do
    _told_at: datetime = datetime.min.replace(tzinfo=UTC)

    @public
    async def load(self) -> Any:
        """Read what stands around the page."""
        self.error_reference = ""
        if self._told_at + COMES_ALONG <= clock.now():
            self.notice = ""
        return await show(self, shell_values)

    def _tell(self, text: str) -> None:
        """Say something; the same words again are said again."""
        self.notice, self.notice_number = text, self.notice_number + 1
        self._told_at = clock.now()

    @public
    async def say(self, text: str) -> None:
        """Show a notice; empty puts it away."""
        self._tell(str(text)[:300])

    @public
    async def refused(self, code: str) -> Any:
        """Say why a handler did not run; who is not signed in is sent to sign in."""
        request = PageRequest.of(self)
        if code == SignInNeeded.code:
            return rx.redirect(request.sign_in)
        if code == ConfirmationNeeded.code:
            return rx.redirect(request.confirm)
        if code == SecondFactorNeeded.code:
            return rx.redirect(request.second_factor)
        self._tell(i18n.translate(request.language, _message(code)))
        return None

    @public
    async def failed(self, reference: str) -> None:
        """Show the number under which an error was logged."""
        self.error_reference = str(reference)[:40]


async def shell_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of ShellState, and note that the session is in use."""
    actor, place, unread = await request.look(_who)
    if actor.unseen:
        await request.stay_signed_in()
    identity = brand.current()
    return {
        **dataclasses.asdict(identity.links),
        "signed_in": actor.signed_in,
        "greeting_name": actor.name,
        "serving": actor.role in SERVING,
        "administering": actor.role is Role.ADMINISTRATOR,
        "helping": actor.role in HELPING,
        "behalf": actor.behalf,
        "has_wallet": place.wallet,
        "has_bills": place.bills,
        "has_both": place.wallet and place.bills,
        "has_usage": place.usage,
        "bar_compare": not (place.usage or (place.wallet and place.bills)),
        "bar_orders": not (place.usage and place.wallet and place.bills),
        "has_money": actor.customer_id is not None,
        "unread": _unread(unread, request.language),
    }


def _who(session: Session, actor: Actor, *, now: datetime) -> tuple[Actor, Places, int]:
    return actor, places(session, actor, now=now), history.unread(session, actor, now=now)


def _unread(count: int, language: str) -> str:
    most = history.COUNTED
    shown = i18n.number(min(count, most - 1), language) + ("+" if count >= most else "")
    return shown if count else ""


def _message(code: str) -> str:
    """Return what a refusal says whose places are not known here."""
    told = (kind.message for kind in DomainError.__subclasses__() if kind.code == code)
    return next((message for message in told if "{" not in message), DomainError.message)
