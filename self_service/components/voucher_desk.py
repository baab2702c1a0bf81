"""The forms of the staff's page for vouchers: find one, make a batch."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.domain.errors import N_
from self_service.state.voucher_desk import VoucherDeskState


def search(h: Any, state: Any) -> Any:
    """Show the form that finds a voucher, and what it found."""
    return h.section(
        h.live_form(
            kit.field(
                h,
                h.t("Serial number of a voucher"),
                "serial",
                fault=state.not_found,
                hint=h.t("It stands beside the code, for example V-7K3M-92QX-000017."),
                required=True,
                auto_complete="off",
                max_length=40,
                dir="ltr",
            ),
            kit.button(h, h.t("Find"), type="submit", tone="second"),
            on_submit=VoucherDeskState.search,
            class_name="flex flex-col gap-3",
        ),
        h.when(state.found.serial, _found(h, state)),
        class_name=kit.CARD + "p-5 mb-6",
    )


def _found(h: Any, state: Any) -> Any:
    row = state.found
    return h.div(
        h.div(
            h.link(row.serial, to=row.batch_href, class_name="font-semibold numbers"),
            toned_badge(h, row.state, row.tone),
            class_name="flex flex-wrap items-center justify-between gap-2",
        ),
        h.p(row.amount, " · ", row.told, class_name="text-sm text-muted numbers"),
        h.when(
            state.may_change,
            h.when(
                row.can_void,
                h.details(
                    h.summary(
                        h.t("Make it void"),
                        class_name="flex items-center min-h-11 text-bad font-medium",
                    ),
                    h.p(
                        h.t("Whoever holds it cannot redeem it then. This cannot be undone."),
                        class_name="mb-2",
                    ),
                    kit.button(
                        h,
                        h.t("Make this voucher void"),
                        tone="danger",
                        on_click=VoucherDeskState.void_voucher,
                    ),
                ),
            ),
        ),
        class_name="mt-4 pt-4 border-t border-line",
    )


def new_batch(h: Any, state: Any) -> Any:
    """Show the form for a batch."""

    def field(label: str, name: str, **props: Any) -> Any:
        return kit.field(
            h,
            h.t(label),
            name,
            fault=state.faults[name],
            required=True,
            auto_complete="off",
            **props,
        )

    return h.section(
        kit.heading(h, h.t("New batch"), 2, class_name="mt-8 mb-3"),
        h.live_form(
            _choice(h, h.t("Kind"), "kind", state.kinds, state.faults["kind"]),
            field(N_("Name"), "name", max_length=80),
            field(N_("Value of one voucher"), "amount", input_mode="decimal", max_length=14),
            field(N_("How many"), "count", input_mode="numeric", max_length=9),
            field(N_("Last day"), "expires", type="date"),
            _choice(h, h.t("Dealer"), "dealer", state.dealers, state.faults["dealer"]),
            kit.button(h, h.t("Make the batch"), type="submit", class_name="sm:col-span-2"),
            on_submit=VoucherDeskState.create,
            no_validate=True,
            key=state.form_number,
            class_name=kit.CARD + "p-5 grid gap-4 sm:grid-cols-2",
        ),
    )


def _choice(h: Any, label: str, name: str, rows: Any, fault: Any) -> Any:
    """Show a list that starts with its first choice."""
    return kit.field(
        h,
        label,
        name,
        fault=fault,
        control=h.select(
            h.each(rows, lambda row: h.option(row.text, value=row.value, key=row.value)),
            id=name,
            name=name,
            class_name=kit.INPUT,
            aria_describedby=f"{name}-fault",
        ),
    )
