"""Bills: what is due, large; how it is paid; all there were."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components import pay_with
from self_service.components.debt_notice import debt_notice
from self_service.components.page import Page, page
from self_service.components.purchases_list import purchases_list
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.domain.errors import N_
from self_service.state.bills import BillsState, bills_values


def view(h: Any, state: Any) -> Any:
    """Show the account and its bills."""
    return h.div(
        kit.heading(h, h.t("Bills"), class_name="mb-1"),
        h.when(state.owner, h.p(h.t("Bills of"), " ", h.bdi(state.owner), class_name="text-muted")),
        _others(h, state),
        h.when(
            state.account,
            _account(h, state),
            h.when(state.loaded, _none(h), h.when(state.missing, _none(h), _loading(h))),
        ),
        class_name="max-w-5xl",
    )


def _account(h: Any, state: Any) -> Any:
    return h.div(
        h.div(
            _told(h, state),
            debt_notice(h, state.debt, bills=False),
            _due(h, state),
            _facts(h, state),
            purchases_list(h, state.purchases),
            class_name="flex flex-col gap-4 min-w-0",
        ),
        _list(h, state),
        class_name="grid gap-4 lg:grid-cols-2 items-start mt-4",
    )


def _told(h: Any, state: Any) -> Any:
    return h.group(
        h.when(
            state.refused, kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert")
        ),
        h.when(state.paid, kit.callout(h, state.paid, tone="good", symbol="check", role="status")),
    )


def _due(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("To pay"), 2),
        h.p(state.open, class_name="text-3xl font-bold numbers"),
        h.when(state.due, h.p(state.due, class_name="numbers text-muted")),
        h.when(
            state.overdue,
            h.p(state.overdue, class_name="numbers text-bad font-medium"),
        ),
        h.when(
            state.disputed,
            h.p(h.t("Of it disputed"), ": ", state.disputed, class_name="numbers text-muted"),
        ),
        h.when(
            state.has_open,
            h.when(
                state.can_send_link,
                pay_with.link_form(h, state.back),
                h.when(
                    state.pay_bills,
                    h.div(
                        pay_with.bill_form(
                            h,
                            state,
                            bills=state.pay_bills,
                            back=state.back,
                            text=state.pay_text,
                            sum_typed=state.pay_sum,
                            sum_fault=state.sum_fault,
                        ),
                        class_name="mt-4",
                    ),
                ),
            ),
            h.p(h.t("Nothing is open. Thank you."), class_name="text-muted"),
        ),
        class_name=kit.CARD + "p-5",
    )


def _facts(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("Your account"), 2, class_name="mb-2"),
        h.dl(
            kit.fact(h, h.t("Account"), state.account),
            h.when(state.credit, kit.fact(h, h.t("Credit"), state.credit)),
            h.when(state.next_bill, kit.fact(h, h.t("Next bill"), state.next_bill)),
            kit.fact(h, h.t("Automatic payment"), state.autopay),
            h.when(state.last_payment, kit.fact(h, h.t("Last payment"), state.last_payment)),
            class_name="flex flex-col gap-1",
        ),
        h.when(
            state.preview_href,
            h.div(
                _link(h, h.t("Preview the next bill"), state.preview_href),
                _link(
                    h,
                    h.t("Cards and automatic payment"),
                    routes.page(h.language, routes.CARDS),
                ),
                _link(h, h.t("Vouchers"), routes.page(h.language, routes.VOUCHERS)),
                class_name="mt-3 flex flex-col",
            ),
        ),
        class_name=kit.CARD + "p-5",
    )


def _link(h: Any, text: Any, to: Any) -> Any:
    return h.link(
        text,
        kit.icon(h, "chevron-right", "size-4", class_name="mirror"),
        to=to,
        class_name="inline-flex items-center gap-1 min-h-11 text-accent no-underline",
    )


def _list(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("All bills"), 2, class_name="mb-2"),
        h.when(
            h.count(state.bills) > 0,
            h.ul(h.each(state.bills, lambda bill: _row(h, bill)), class_name="flex flex-col gap-3"),
            h.p(
                h.t("No bills yet. The first one stands here on the day it is made."),
                class_name="text-muted",
            ),
        ),
        h.when(state.place, _pages(h, state)),
        class_name="min-w-0",
    )


def _row(h: Any, bill: Any) -> Any:
    return h.li(
        h.div(
            h.h3(
                h.link(
                    bill.title,
                    to=bill.href,
                    class_name="text-ink no-underline hover:text-accent after:absolute "
                    "after:inset-0 after:content-['']",
                ),
                class_name="font-semibold grow basis-32 min-w-0 wrap-anywhere",
            ),
            h.p(bill.gross, class_name="font-semibold numbers ms-auto"),
            class_name="flex flex-wrap items-start justify-between gap-x-4",
        ),
        h.div(
            h.p(
                h.time(bill.billed_on, title=bill.billed_exact),
                class_name="text-sm text-muted numbers",
            ),
            toned_badge(h, bill.state, bill.tone),
            class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-1",
        ),
        h.when(bill.rest, h.p(bill.rest, class_name="text-sm numbers")),
        key=bill.number,
        class_name=kit.CARD + "relative p-4 flex flex-col gap-1 hover:border-accent",
    )


def _pages(h: Any, state: Any) -> Any:
    return h.nav(
        h.when(state.newer_href, _link(h, h.t("Newer"), state.newer_href), h.span()),
        h.span(state.place, class_name="text-muted numbers"),
        h.when(state.older_href, _link(h, h.t("Older"), state.older_href), h.span()),
        aria_label=h.t("Pages"),
        class_name="flex items-center justify-between gap-4 mt-3",
    )


def _others(h: Any, state: Any) -> Any:
    return h.when(
        h.count(state.others) > 0,
        h.ul(
            h.each(
                state.others,
                lambda one: h.li(
                    h.link(
                        h.t("Bills of"),
                        " ",
                        h.bdi(one.name),
                        to=one.href,
                        class_name="inline-flex items-center gap-1 min-h-11 text-accent",
                    ),
                    key=one.href,
                ),
            ),
            class_name="flex flex-wrap gap-x-4",
        ),
    )


def _none(h: Any) -> Any:
    return kit.empty(
        h,
        "document",
        h.t("No bills yet"),
        h.t("Once you have something with a monthly price, its bills stand here."),
        kit.button_link(h, h.t("Go to the store"), to=routes.page(h.language, routes.STORE)),
    )


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-40") for _ in range(2)],
        aria_busy="true",
        class_name="grid gap-4 lg:grid-cols-2 mt-4",
    )


page(
    Page(
        path=routes.BILLS,
        title=N_("Bills"),
        description=N_("What is due, and all your bills."),
        view=view,
        state=BillsState,
        loader=bills_values,
        private=True,
        bare=True,
    )
)
