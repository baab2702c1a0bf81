"""The next bill, as of a day that one chooses; customer service can have it made."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.bill_preview import BillPreviewState, preview_values


def view(h: Any, state: Any) -> Any:
    """Show the day, and what the bill would be."""
    return h.div(
        h.link(
            kit.icon(h, "chevron-left", "size-4", class_name="mirror"),
            h.t("Bills"),
            to=routes.page(h.language, routes.BILLS),
            class_name="inline-flex items-center gap-1 min-h-11 text-accent no-underline",
        ),
        kit.heading(h, h.t("Your next bill"), class_name="mb-4"),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.when(
            state.loaded,
            h.when(
                state.nothing,
                h.p(h.t("Nothing was ever charged here, so there is no next bill.")),
                h.div(_day(h, state), _draft(h, state), class_name="flex flex-col gap-4"),
            ),
            h.div(class_name="skeleton h-96", aria_busy="true"),
        ),
        class_name="max-w-3xl",
    )


def _day(h: Any, state: Any) -> Any:
    return h.native_form(
        kit.field(
            h,
            h.t("All until this day"),
            "on",
            fault=state.fault,
            type="date",
            default_value=state.on,
            key=state.on,
            required=True,
        ),
        kit.button(h, h.t("Show"), type="submit", tone="second"),
        method="get",
        action=routes.page(h.language, routes.BILL_PREVIEW),
        class_name=kit.CARD + "p-4 grid gap-3 sm:grid-cols-[1fr_auto] items-end",
    )


def _draft(h: Any, state: Any) -> Any:
    return h.when(
        state.until,
        h.section(
            kit.heading(h, state.until, 2),
            h.p(state.period, class_name="text-muted numbers"),
            h.when(
                h.count(state.lines) > 0,
                h.div(
                    kit.callout(
                        h,
                        h.t(
                            "This is not a bill yet. What you use or change until then changes it."
                        ),
                        class_name="my-3",
                    ),
                    _lines(h, state),
                    _sums(h, state),
                    _make(h, state),
                ),
                h.p(h.t("Nothing falls due until that day."), class_name="mt-3"),
            ),
            class_name=kit.CARD + "p-4",
        ),
    )


def _lines(h: Any, state: Any) -> Any:
    return h.ul(
        h.each(
            state.lines,
            lambda line: h.li(
                h.div(
                    h.p(line.name, class_name="leading-snug wrap-anywhere"),
                    h.p(
                        line.kind,
                        h.when(line.period, h.span(" · ", line.period)),
                        class_name="text-sm text-muted numbers",
                    ),
                    class_name="min-w-0",
                ),
                h.p(line.gross, class_name="numbers shrink-0"),
                key=line.key,
                class_name="flex justify-between gap-4 py-2",
            ),
        ),
        class_name="divide-y divide-line",
    )


def _sums(h: Any, state: Any) -> Any:
    return h.dl(
        kit.fact(h, h.t("Net"), state.net),
        kit.fact(h, h.t("VAT"), state.tax),
        kit.fact(h, h.t("Total"), state.gross, class_name="font-bold"),
        h.when(state.credit, kit.fact(h, h.t("From your credit"), state.credit)),
        h.when(state.credit, kit.fact(h, h.t("To pay"), state.to_pay, class_name="font-bold")),
        class_name="mt-4 pt-4 border-t border-line flex flex-col gap-1",
    )


def _make(h: Any, state: Any) -> Any:
    return h.when(
        state.can_bill,
        h.details(
            h.summary(
                h.t("Make this bill now"),
                kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
                class_name="flex items-center min-h-11 text-accent font-medium",
            ),
            h.p(
                h.t(
                    "The customer gets this bill today, by mail too. It cannot be taken back, only "
                    "corrected by a credit note."
                ),
                class_name="my-2",
            ),
            h.native_form(
                h.input(type="hidden", name="language", value=h.language),
                h.input(type="hidden", name="on", value=state.on),
                h.input(type="hidden", name="seen", value=state.seen),
                kit.button(h, h.t("Yes, make the bill"), " · ", state.gross, type="submit"),
                method="post",
                action=routes.DO_BILL_NOW,
            ),
            class_name="mt-4 pt-2 border-t border-line",
        ),
    )


page(
    Page(
        path=routes.BILL_PREVIEW,
        title=N_("Your next bill"),
        description=N_("What the next bill would be."),
        view=view,
        state=BillPreviewState,
        loader=preview_values,
        private=True,
        bare=True,
    )
)
