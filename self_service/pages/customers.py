"""The customers whom somebody serves: find one and act for them."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.account_acts import account_acts
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.customers import CustomersState, customers_values


def view(h: Any, state: Any) -> Any:
    """Show the search and what it found."""
    return h.div(
        kit.heading(h, h.t("Customers"), class_name="mb-4"),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        _search(h, state),
        h.div(
            h.when(h.count(state.customers) > 0, _found(h, state), _none(h, state)),
            role="status",
        ),
        class_name="max-w-3xl",
    )


def _search(h: Any, state: Any) -> Any:
    return h.live_form(
        kit.field(
            h,
            h.t("Search customers"),
            "words",
            hint=h.t("Name, e-mail address, mobile number or order number"),
            type="search",
            default_value=state.words,
            auto_complete="off",
            max_length=80,
        ),
        kit.button(h, kit.icon(h, "search"), h.t("Search"), type="submit"),
        on_submit=CustomersState.find,
        role="search",
        class_name="grid gap-3 sm:grid-cols-[1fr_auto] items-end mb-5",
    )


def _found(h: Any, state: Any) -> Any:
    return h.div(
        h.ul(
            h.each(state.customers, lambda row: _row(h, state, row)),
            class_name="flex flex-col gap-3",
        ),
        h.when(
            state.more,
            h.p(
                h.t("There are more than these. Type more letters to narrow the search."),
                class_name="text-muted mt-3",
            ),
        ),
    )


def _row(h: Any, state: Any, row: Any) -> Any:
    return h.li(
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="customer", value=row.id),
            h.div(
                h.h2(row.name, class_name="font-semibold"),
                h.when(row.contact, h.p(row.contact, class_name="text-sm")),
                h.p(
                    h.bdi(row.email),
                    " · ",
                    h.bdi(row.mobile),
                    class_name="text-sm text-muted wrap-anywhere",
                ),
                h.p(h.t("Customer since"), " ", row.since, class_name="text-sm text-muted numbers"),
                class_name="flex-1 min-w-0",
            ),
            kit.button(
                h,
                h.t("Act for"),
                h.span(" ", row.name, class_name="sr"),
                type="submit",
                tone="second",
            ),
            method="post",
            action=routes.DO_ACT_FOR,
            class_name="flex items-center gap-3",
        ),
        h.when(state.administers, _account(h, row)),
        key=row.id,
        class_name=kit.CARD + "p-4",
    )


def _account(h: Any, row: Any) -> Any:
    return h.details(
        h.summary(
            h.t("Account"),
            h.span(" ", row.name, class_name="sr"),
            kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
            class_name="flex items-center min-h-11 text-accent font-medium",
        ),
        account_acts(
            h,
            row.second_factor,
            CustomersState.end_sessions(row.id),
            CustomersState.remove_factor(row.id),
        ),
    )


def _none(h: Any, state: Any) -> Any:
    return h.when(
        state.searched,
        kit.empty(
            h,
            "search",
            h.t("Nobody found"),
            h.t("Check the spelling, or search by another detail."),
        ),
        kit.empty(
            h,
            "users",
            h.t("Whom do you want to serve?"),
            h.t("Customers whom you may serve are found by what they tell you."),
        ),
    )


page(
    Page(
        path=routes.CUSTOMERS,
        title=N_("Customers"),
        description=N_("Find a customer and act for them."),
        view=view,
        state=CustomersState,
        loader=customers_values,
        private=True,
        bare=True,
    )
)
