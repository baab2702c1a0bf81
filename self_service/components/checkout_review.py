"""The second step of the check-out: what is ordered, the summary, and the binding button."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components import pay_with
from self_service.components.basket import basket_totals
from self_service.components.promotion_codes import ask, checkout_codes
from self_service.components.ui import kit
from self_service.state.checkout import CheckoutState


def review(h: Any, state: Any) -> Any:
    """Show what becomes binding, and let the person agree to it."""
    return h.div(
        _order(h, state),
        checkout_codes(h, state),
        _buyer(h, state),
        _summary(h, state),
        h.when(state.codes_lost, ask(h), _agree(h, state)),
        class_name="flex flex-col gap-4",
    )


def _order(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("Your order"), 2, class_name="mb-3"),
        h.ul(
            h.each(state.lines, lambda row: _line(h, row)),
            class_name="flex flex-col gap-2 mb-4",
        ),
        basket_totals(h, state.totals),
        class_name=kit.CARD + "p-5",
    )


def _line(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(row.name, class_name="font-medium"),
            h.p(row.detail, class_name="text-sm text-muted empty:hidden"),
            class_name="min-w-0 flex-1",
        ),
        h.div(
            h.when(row.totals.has_due, h.p(row.totals.due_now, " ", h.t("now"))),
            h.when(
                row.totals.has_monthly,
                h.p(row.totals.monthly, h.t("/month"), class_name="text-sm text-muted"),
            ),
            h.p(row.totals.later, class_name="text-sm text-warn empty:hidden max-w-44"),
            class_name="numbers text-end shrink-0",
        ),
        class_name=h.when(
            row.indent,
            "flex gap-4 ps-3 border-s-2 border-line",
            "flex gap-4 pt-2 border-t border-line first:border-0 first:pt-0",
        ),
    )


def _buyer(h: Any, state: Any) -> Any:
    return h.section(
        h.div(
            kit.heading(h, h.t("About you"), 2),
            h.when(
                state.existing,
                None if h.live else "",
                h.link(
                    h.t("Change"),
                    to=routes.page(h.language, routes.CHECKOUT, step="details"),
                    class_name="text-accent font-medium min-h-11 inline-flex items-center",
                ),
            ),
            class_name="flex justify-between items-center mb-2",
        ),
        h.ul(h.each(state.buyer, lambda line: h.li(h.bdi(line)))),
        class_name=kit.CARD + "p-5",
    )


def _summary(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("Contract summary"), 2, class_name="mb-2"),
        h.p(
            h.t("One page: services, price, duration and how to end the contract. Keep it."),
            class_name="text-muted mb-3",
        ),
        h.when(
            state.summary_href,
            h.a(
                kit.icon(h, "document"),
                h.t("Open the contract summary (PDF)"),
                href=state.summary_href,
                target="_blank",
                rel="noopener",
                class_name=kit.TONES["second"],
            ),
            h.when(
                state.summary_failed,
                kit.button(h, h.t("Try again"), tone="second", on_click=CheckoutState.prepare),
                h.div(
                    h.span(h.t("Preparing your summary …"), class_name="text-muted"),
                    role="status",
                    class_name="skeleton h-11 flex items-center px-4",
                ),
            ),
        ),
        class_name=kit.CARD + "p-5",
    )


def _agree(h: Any, state: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="cart", value=state.cart_id),
        h.input(type="hidden", name="accepted", value=state.fingerprint),
        h.when(state.existing, h.span(), _password(h, state)),
        h.when(h.count(state.ways) > 0, pay_with.chooser(h, state)),
        h.label(
            h.input(
                type="checkbox",
                name="agreed",
                value="yes",
                required=True,
                class_name="size-6 shrink-0 accent-accent",
            ),
            h.span(h.t("I have read the contract summary and want to order.")),
            class_name="flex items-center gap-3 min-h-11 cursor-pointer",
        ),
        kit.button(
            h,
            h.t("Order and pay"),
            h.span(state.totals.due_now, class_name="numbers"),
            type="submit",
            disabled=h.when(state.fingerprint, False, True),
            class_name="w-full",
        ),
        h.p(
            h.t("Binding order. You can cancel while nothing is active, and withdraw for 14 days."),
            class_name="text-sm text-muted",
        ),
        method="post",
        action=routes.DO_PLACE_ORDER,
        class_name=kit.CARD + "p-5 flex flex-col gap-4",
    )


def _password(h: Any, state: Any) -> Any:
    return kit.field(
        h,
        h.t("Choose a password for your account"),
        "password",
        fault=state.password_fault,
        hint=h.t("At least 8 characters. A short sentence is easy to remember."),
        type="password",
        auto_complete="new-password",
        required=True,
        min_length=8,
        max_length=128,
    )
