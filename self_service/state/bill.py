"""One bill: its lines, why it changed, how it was or will be paid, its files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, policy, routes
from self_service.domain.access import Actor
from self_service.domain.bills import compare, detail
from self_service.domain.bills.detail import BillDetail
from self_service.domain.bills.list import Standing
from self_service.domain.debts import disputes
from self_service.domain.debts.overdue import days_after
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.state import bill_words
from self_service.state.bill_pay import pay_values
from self_service.state.bill_rows import (
    GroupRow,
    MoneyRow,
    ReasonRow,
    TaxLine,
    comparison_text,
    group_rows,
    note_rows,
    reason_rows,
    settlement_rows,
    tax_rows,
)
from self_service.state.display import first_fault, money
from self_service.state.guard import act, public, secured
from self_service.state.pay_ways import WayRow
from self_service.state.private import customers_and_members
from self_service.state.request import PageRequest, PageState, show
from self_service.state.shell import ShellState


class BillState(PageState, rx.State):
    """The bill whose number stands in the address."""

    number: str = ""  # "" while it is being read
    missing: bool = False
    heading: str = ""
    owner: str = ""  # "" for one's own
    billed_on: str = ""
    billed_exact: str = ""
    period: str = ""
    due_on: str = ""
    standing: str = ""
    tone: str = "accent"
    net: str = ""
    tax: str = ""
    gross: str = ""
    remaining: str = ""
    has_remaining: bool = False
    disputed: str = ""
    groups: list[GroupRow] = []
    taxes: list[TaxLine] = []
    settlements: list[MoneyRow] = []
    credit_notes: list[MoneyRow] = []
    credits_title: str = ""  # of the bill that this credit note corrects
    credits_href: str = ""
    changed: str = ""  # "€5.00 more than on the bill before", "" without one
    before_href: str = ""
    reasons: list[ReasonRow] = []
    pdf_href: str = ""
    csv_href: str = ""
    xml_href: str = ""
    list_href: str = ""
    # of components.pay_with
    pay_bills: str = ""
    pay_text: str = ""
    pay_sum: str = ""  # what the field for a part holds at first
    back: str = ""
    ways: list[WayRow] = []
    can_keep: bool = False
    can_send_link: bool = False  # to the customer for whom one acts
    refused: str = ""
    paid: str = ""
    sum_fault: str = ""

    dispute_refused: str = ""

    @public
    async def load(self) -> Any:
        """Read the bill at this address."""
        if self.number != PageRequest.of(self).last:
            self.number = ""  # never one bill under the address of another
        try:
            return await show(self, bill_values)
        except NotFound:
            self.number, self.missing = "", True
            return None

    @secured()
    async def dispute(self, form: dict[str, Any]) -> Any:
        """Dispute a line."""
        limits, self.dispute_refused = policy.current().bills, ""
        language, read = PageRequest.of(self).language, form if isinstance(form, dict) else {}
        line, reason = str(read.get("line", "")), read.get("reason", "")
        shell = await self.get_state(ShellState)
        try:
            await act(self, disputes.dispute, line, reason=reason, policy=limits)
        except DomainError as error:
            self.dispute_refused = first_fault(error, language)
            shell._tell(self.dispute_refused)
            return None
        told = N_("Thank you. We look at it; until then this sum need not be paid.")
        shell._tell(i18n.translate(language, told))
        return await show(self, bill_values)


async def bill_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of BillState.

    Raises:
        Elsewhere: neither a customer nor somebody with whom something is shared.
        NotFound: there is no such bill, or none that this person sees.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    found = detail.detail(session, actor, request.last, now=now)
    bill, language = found.summary, request.language
    here = routes.page(language, routes.BILL, bill.number)
    unpaid = [bill] if bill.remaining else []
    return {
        "missing": False,
        **_head(found, now, language),
        **_sums(found, language),
        "groups": group_rows(
            found.groups, found.disputes, language, disputable=_disputable(found, now)
        ),
        "taxes": tax_rows(found.taxes, language),
        "settlements": settlement_rows(found.settlements, language),
        "credit_notes": note_rows(found.credit_notes, language),
        **_change(session, actor, found, now, language),
        **_files(found, language),
        **pay_values(session, actor, request, found.reach, unpaid, back=here, now=now),
    }


def _head(found: BillDetail, now: datetime, language: str) -> dict[str, Any]:
    bill = found.summary
    state, tone = bill_words.standing(bill, now=now, language=language)
    account = {} if found.reach.own else {"account": found.account_number}
    late_agreed = bill.standing is Standing.AGREED
    return {
        "number": bill.number,
        "heading": bill_words.title(bill.number, bill.category, language),
        "owner": "" if found.reach.own else found.reach.owner,
        "billed_on": i18n.short_day(bill.billed_at, language),
        "billed_exact": i18n.instant(bill.billed_at, language),
        "period": bill_words.span(bill.period_start, bill.period_end, language),
        "due_on": i18n.day(bill.due_at, language) if bill.remaining and not late_agreed else "",
        "standing": state,
        "tone": tone,
        "list_href": routes.page(language, routes.BILLS, **account),
        "credits_title": found.credits,
        "credits_href": routes.page(language, routes.BILL, found.credits) if found.credits else "",
    }


def _sums(found: BillDetail, language: str) -> dict[str, Any]:
    bill = found.summary
    return {
        "net": money(found.net, language),
        "tax": money(found.tax, language),
        "gross": money(bill.gross, language),
        "remaining": money(bill.remaining, language),
        "has_remaining": bool(bill.remaining),
        "disputed": money(bill.disputed, language) if bill.disputed else "",
    }


def _change(
    session: Session, actor: Actor, found: BillDetail, now: datetime, language: str
) -> dict[str, Any]:
    number = found.summary.number
    compared = compare.comparison(session, actor, number, now=now)
    if compared is None:
        return {"changed": "", "before_href": "", "reasons": []}
    return {
        "changed": comparison_text(compared, language),
        "before_href": routes.page(language, routes.BILL, compared.before_number),
        "reasons": reason_rows(compared, language),
    }


def _files(found: BillDetail, language: str) -> dict[str, str]:
    file = f"{routes.BILL_FILES}/{found.summary.number}"
    return {
        "pdf_href": f"{file}.pdf",
        "csv_href": routes.with_query(f"{file}.csv", {"language": language}),
        "xml_href": f"{file}.xml" if found.e_invoice else "",
    }


def _disputable(found: detail.BillDetail, now: datetime) -> bool:
    """Say whether lines of a bill can be disputed now by whoever looks at it."""
    days = policy.current().bills.dispute_days
    in_time = now < days_after(found.summary.billed_at, days + 1)
    return found.reach.own and not found.credits and in_time
