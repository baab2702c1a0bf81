"""Bills: what is due, and all there were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.domain.bills import list as bill_list
from self_service.domain.bills.list import AccountSummary, BillsPage
from self_service.domain.errors import N_, NotFound
from self_service.state import bill_words
from self_service.state.bill_pay import pay_values
from self_service.state.bill_rows import BillRow, bill_row
from self_service.state.debts import NO_DEBT, DebtRow, debt_of
from self_service.state.display import money
from self_service.state.guard import public
from self_service.state.pay_ways import WayRow, card_text
from self_service.state.private import customers_and_members
from self_service.state.purchase import PurchaseRow, purchase_rows
from self_service.state.request import PageRequest, PageState, show


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """Another customer whose bills this person sees."""

    name: str
    href: str


class BillsState(PageState, rx.State):
    """The bills of a customer."""

    loaded: bool = False
    missing: bool = False  # nobody's bills are to be seen here
    owner: str = ""  # "" for one's own
    others: list[OwnerRow] = []
    account: str = ""  # number, "" while there is none
    open: str = ""
    has_open: bool = False
    overdue: str = ""  # "" when nothing is
    disputed: str = ""
    credit: str = ""
    due: str = ""
    next_bill: str = ""
    autopay: str = ""
    last_payment: str = ""
    bills: list[BillRow] = []
    debt: DebtRow = NO_DEBT  # what comes of what is overdue
    purchases: list[PurchaseRow] = []  # goods paid by instalments
    place: str = ""  # "Page 1 of 3", "" for a single page
    newer_href: str = ""
    older_href: str = ""
    preview_href: str = ""
    # of components.pay_with
    pay_bills: str = ""  # ids; "" when this person cannot pay
    pay_text: str = ""
    pay_sum: str = ""
    back: str = ""
    ways: list[WayRow] = []
    can_keep: bool = False
    can_send_link: bool = False  # to the customer for whom one acts
    refused: str = ""
    paid: str = ""
    sum_fault: str = ""

    @public
    async def load(self) -> Any:
        """Read the bills."""
        try:
            return await show(self, bills_values)
        except NotFound:
            self.missing = True
            return None


async def bills_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of BillsState.

    Raises:
        Elsewhere: neither a customer nor somebody with whom something is shared.
        NotFound: no such account, or none whose bills this person sees.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    language, asked = request.language, request.query.get("account", "")
    found = bill_list.bills(
        session, actor, now=now, account=asked, page=_page(request.query.get("page", ""))
    )
    here = routes.page(language, routes.BILLS, **({"account": asked} if asked else {}))
    unpaid = bill_list.open_of(session, found, now=now)
    return {
        "loaded": True,
        "missing": False,
        "owner": "" if found.reach.own else found.reach.owner,
        "others": [
            OwnerRow(name, routes.page(language, routes.BILLS, account=number))
            for number, name in found.others
        ],
        **(_account(found.account, now, language) if found.account else {}),
        "bills": [bill_row(bill, now=now, language=language) for bill in found.bills],
        **_pages(found, here, language),
        **_debt(debt_of(session, actor, language, now=now) if found.reach.own else NO_DEBT),
        "purchases": purchase_rows(session, actor, language, now=now) if found.reach.own else [],
        "preview_href": routes.page(language, routes.BILL_PREVIEW)
        if found.reach.own and found.account
        else "",
        **pay_values(session, actor, request, found.reach, unpaid, back=here, now=now),
    }


def _debt(debt: DebtRow) -> dict[str, Any]:
    """Show what comes of what is overdue; what was agreed about is called late nowhere."""
    return {"debt": debt, **({"overdue": ""} if debt.agreement and not debt.headline else {})}


def _page(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _account(account: AccountSummary, now: datetime, language: str) -> dict[str, Any]:
    last, coming = account.last_payment, account.next_bill_at
    return {
        "account": account.number,
        "open": money(account.open, language),
        "has_open": bool(account.open),
        "disputed": money(account.disputed, language) if account.disputed else "",
        "credit": money(account.credit, language) if account.credit else "",
        **_due(account, now, language),
        "next_bill": i18n.short_day(coming, language) if coming else "",
        "autopay": _autopay(account, language),
        "last_payment": f"{money(last.amount, language)} · {i18n.short_day(last.at, language)}"
        if last
        else "",
    }


def _due(account: AccountSummary, now: datetime, language: str) -> dict[str, str]:
    """Say when what is open is due, or how much of it is late since when."""
    if account.due_next is None:
        said = i18n.translate(language, bill_words.AGREED) if account.open else ""
        return {"due": said, "overdue": ""}
    if not account.overdue:
        return {
            "due": bill_words.due(account.due_next, now=now, language=language),
            "overdue": "",
        }
    words, day = N_("{sum} of it overdue since {day}"), i18n.short_day(account.due_next, language)
    if account.overdue == account.open:
        words = N_("Overdue since {day}")
    late = i18n.translate(language, words, sum=money(account.overdue, language), day=day)
    return {"due": "", "overdue": late}


def _autopay(account: AccountSummary, language: str) -> str:
    if not account.autopay:
        return i18n.translate(language, N_("Off"))
    if not account.autopay_card:
        return i18n.translate(language, N_("On"))
    brand, _, last4 = account.autopay_card.rpartition(" ")
    card = card_text(brand, last4, language)
    return i18n.translate(language, N_("On, with {card}"), card=card)


def _pages(found: BillsPage, here: str, language: str) -> dict[str, str]:
    if found.pages == 1:
        return {"place": "", "newer_href": "", "older_href": ""}
    joint = "&" if "?" in here else "?"

    def at(page: int) -> str:
        inside = 1 <= page <= found.pages
        return routes.with_query(here, {"page": str(page)}, joint) if inside else ""

    words = N_("Page {page} of {pages}")
    place = i18n.translate(language, words, page=found.page, pages=found.pages)
    return {"place": place, "newer_href": at(found.page - 1), "older_href": at(found.page + 1)}
