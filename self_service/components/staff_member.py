"""Somebody who works here: role, supervisor, access, and the customers of a dealer."""

from __future__ import annotations

from typing import Any

from self_service.components.account_acts import account_acts
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.state.staff import StaffState


def member(h: Any, state: Any, row: Any) -> Any:
    """Show one person; what can be changed is folded away."""
    return h.li(
        h.div(
            h.h3(row.name, class_name="font-semibold min-w-0"),
            toned_badge(h, row.state, row.tone),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-1",
        ),
        h.p(h.bdi(row.login), class_name="text-sm text-muted wrap-anywhere"),
        h.p(
            row.role_name,
            h.when(row.supervisor, h.span(" · ", h.t("Supervisor:"), " ", row.supervisor)),
            class_name="text-sm",
        ),
        h.details(
            h.summary(
                h.t("Change"),
                h.span(" ", row.name, class_name="sr"),
                kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
                class_name="flex items-center min-h-11 text-accent font-medium",
            ),
            h.div(
                _role(h, state, row),
                h.when(row.dealer, _customers(h, row)),
                h.when(row.itself, h.span(), _access(h, row)),
                class_name="flex flex-col gap-5 pt-2",
            ),
        ),
        key=row.id,
        class_name=kit.CARD + "p-4 flex flex-col gap-1",
    )


def labelled_choice(h: Any, label: str, name: str, options: Any, value: Any) -> Any:
    """Show a native list inside its label, so that many can stand on a page."""
    return h.label(
        h.span(label, class_name="block font-medium mb-1"),
        h.select(
            h.each(
                options,
                lambda option: h.option(
                    option.text,
                    value=option.value,
                    selected=None if h.live else option.value == value,
                    key=option.value,
                ),
            ),
            name=name,
            class_name=kit.INPUT,
            **({"default_value": value} if h.live else {}),
        ),
        class_name="min-w-0",
    )


def _role(h: Any, state: Any, row: Any) -> Any:
    return h.live_form(
        h.input(type="hidden", name="member", value=row.id),
        labelled_choice(h, h.t("Role"), "role", state.roles, row.role),
        labelled_choice(
            h, h.t("Supervisor of a dealer"), "supervisor", state.supervisors, row.supervisor_id
        ),
        h.p(
            h.t("With another role this person is signed out everywhere."),
            class_name="text-sm text-muted sm:col-span-2",
        ),
        kit.button(h, h.t("Save"), type="submit", tone="second", class_name="sm:col-span-2"),
        on_submit=StaffState.change_role,
        key=row.form_key,
        class_name="grid gap-3 sm:grid-cols-2",
    )


def _customers(h: Any, row: Any) -> Any:
    return h.div(
        h.h4(h.t("Customers of this dealer"), class_name="font-semibold mb-1"),
        h.ul(
            h.each(row.customers, lambda customer: _customer(h, customer)),
            class_name="flex flex-col",
        ),
        h.live_form(
            h.input(type="hidden", name="member", value=row.id),
            h.label(
                h.span(
                    h.t("E-mail address or order number of a customer"),
                    class_name="block font-medium mb-1",
                ),
                h.input(
                    name="customer",
                    required=True,
                    max_length=254,
                    auto_complete="off",
                    class_name=kit.INPUT,
                ),
                class_name="min-w-0",
            ),
            kit.button(h, h.t("Add customer"), type="submit", tone="second"),
            on_submit=StaffState.assign,
            reset_on_submit=True if h.live else None,
            class_name="grid gap-3 sm:grid-cols-[1fr_auto] items-end mt-2",
        ),
    )


def _customer(h: Any, customer: Any) -> Any:
    return h.li(
        h.bdi(customer.name, class_name="flex-1 min-w-0"),
        kit.button(
            h,
            h.t("Take away"),
            h.span(" ", customer.name, class_name="sr"),
            tone="quiet",
            on_click=StaffState.unassign(customer.member, customer.id),
        ),
        key=customer.id,
        class_name="flex items-center gap-3",
    )


def _access(h: Any, row: Any) -> Any:
    """Show what is done for or to somebody else; what cannot be taken back says what it does."""
    return h.div(
        h.when(
            row.invited,
            kit.button(
                h,
                h.t("Send the invitation again"),
                tone="second",
                on_click=StaffState.invite_again(row.id),
            ),
        ),
        account_acts(
            h, row.second_factor, StaffState.end_sessions(row.id), StaffState.remove_factor(row.id)
        ),
        h.when(
            row.disabled,
            kit.button(
                h, h.t("Give access back"), tone="second", on_click=StaffState.enable(row.id)
            ),
            kit.button(
                h, h.t("Take access away"), tone="danger", on_click=StaffState.disable(row.id)
            ),
        ),
        class_name="flex flex-col items-start gap-3",
    )
