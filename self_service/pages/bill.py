"""One bill: what it is for, why it changed, how it is paid, its files."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components import bill_lines, pay_with
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.toned import TONES
from self_service.components.waiting import two_cards
from self_service.domain.errors import N_
from self_service.state.bill import BillState, bill_values


def view(h: Any, bill: Any) -> Any:
    """Show a bill, its place while it is read, or that there is none."""
    return h.when(
        bill.number,
        _bill(h, bill),
        h.when(bill.missing, _missing(h), two_cards(h, h.t("Bill"), "lg:grid-cols-2")),
    )


def _bill(h: Any, bill: Any) -> Any:
    return h.div(
        h.link(
            kit.icon(h, "chevron-left", "size-4", class_name="mirror"),
            h.t("Bills"),
            to=bill.list_href,
            class_name="inline-flex items-center gap-1 min-h-11 text-accent no-underline",
        ),
        kit.heading(h, bill.heading, class_name="wrap-anywhere"),
        h.when(bill.owner, h.p(h.t("Bill of"), " ", h.bdi(bill.owner), class_name="text-muted")),
        h.p(
            h.time(bill.billed_on, title=bill.billed_exact),
            " · ",
            bill.period,
            class_name="text-muted numbers mb-4",
        ),
        h.div(
            h.div(
                _told(h, bill),
                _standing(h, bill),
                h.when(bill.pay_bills, _pay(h, bill)),
                h.when(bill.can_send_link, pay_with.link_form(h, bill.back)),
                h.when(bill.changed, _changed(h, bill)),
                class_name="flex flex-col gap-4 min-w-0",
            ),
            h.div(
                _card(h, h.t("What it is for"), bill_lines.groups(h, bill.groups), _sums(h, bill)),
                _card(h, h.t("Tax"), bill_lines.taxes(h, bill.taxes)),
                _money(h, h.t("Put against this bill"), bill.settlements),
                _money(h, h.t("Credit notes"), bill.credit_notes),
                _files(h, bill),
                class_name="flex flex-col gap-4 min-w-0",
            ),
            class_name="grid gap-4 lg:grid-cols-2 items-start",
        ),
        class_name="max-w-5xl",
    )


def _card(h: Any, title: Any, *children: Any) -> Any:
    return h.section(
        kit.heading(h, title, 2, class_name="mb-3"), *children, class_name=kit.CARD + "p-4"
    )


def _told(h: Any, bill: Any) -> Any:
    return h.group(
        h.when(
            bill.refused, kit.callout(h, bill.refused, tone="bad", symbol="alert", role="alert")
        ),
        h.when(bill.paid, kit.callout(h, bill.paid, tone="good", symbol="check", role="status")),
    )


def _standing(h: Any, bill: Any) -> Any:
    return h.section(
        h.p(bill.standing, class_name="text-lg font-bold"),
        h.p(bill.gross, class_name="text-3xl font-bold numbers text-ink"),
        h.when(
            bill.has_remaining,
            h.p(
                h.t("Still to pay"),
                ": ",
                bill.remaining,
                h.when(bill.due_on, h.span(" · ", bill.due_on)),
                class_name="numbers text-ink",
            ),
        ),
        h.when(
            bill.disputed,
            h.p(h.t("Of it disputed"), ": ", bill.disputed, class_name="numbers text-ink"),
        ),
        h.when(
            bill.credits_href,
            h.link(
                h.t("It corrects bill"),
                " ",
                bill.credits_title,
                to=bill.credits_href,
                class_name="inline-flex items-center min-h-11 text-accent underline",
            ),
        ),
        aria_label=h.t("Where it stands"),
        data_tone=bill.tone,
        class_name=f"p-4 rounded-(--r2) {TONES}",
    )


def _pay(h: Any, bill: Any) -> Any:
    return _card(
        h,
        h.t("Pay this bill"),
        pay_with.bill_form(
            h,
            bill,
            bills=bill.pay_bills,
            back=bill.back,
            text=bill.pay_text,
            sum_typed=bill.pay_sum,
            sum_fault=bill.sum_fault,
        ),
    )


def _changed(h: Any, bill: Any) -> Any:
    return _card(
        h,
        h.t("Why it changed"),
        h.p(bill.changed, class_name="numbers"),
        bill_lines.reasons(h, bill.reasons),
        h.link(
            h.t("See the bill before"),
            to=bill.before_href,
            class_name="inline-flex items-center min-h-11 text-accent underline",
        ),
    )


def _sums(h: Any, bill: Any) -> Any:
    return h.dl(
        kit.fact(h, h.t("Net"), bill.net),
        kit.fact(h, h.t("VAT"), bill.tax),
        kit.fact(h, h.t("Total"), bill.gross, class_name="font-bold"),
        class_name="mt-4 pt-4 border-t border-line flex flex-col gap-1",
    )


def _money(h: Any, title: Any, rows: Any) -> Any:
    return h.when(h.count(rows) > 0, _card(h, title, bill_lines.money_rows(h, rows)))


def _files(h: Any, bill: Any) -> Any:
    return _card(
        h,
        h.t("Files"),
        h.ul(
            _file(h, h.t("Bill (PDF)"), bill.pdf_href),
            _file(h, h.t("Lines as a table (CSV)"), bill.csv_href),
            h.when(bill.xml_href, _file(h, h.t("Electronic invoice (XML)"), bill.xml_href)),
            class_name="flex flex-col",
        ),
    )


def _file(h: Any, text: Any, href: Any) -> Any:
    return h.li(
        h.a(
            kit.icon(h, "document"),
            text,
            href=href,
            class_name="flex items-center gap-3 min-h-11 text-accent font-medium",
        )
    )


def _missing(h: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("We could not find this bill")),
        kit.empty(
            h,
            "search",
            h.t("None of your bills has this number"),
            h.t("It may belong to another account. All of yours are in the list."),
            kit.button_link(h, h.t("See your bills"), to=routes.page(h.language, routes.BILLS)),
        ),
    )


page(
    Page(
        path=routes.BILL + "/[bill_number]",
        title="heading",
        description=N_("One bill, line by line."),
        view=view,
        state=BillState,
        loader=bill_values,
        private=True,
        bare=True,
    )
)
