"""What a company spends: by cost centre, by line, down to the lines of its bills."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.company_forms import centre_forms, new_centre
from self_service.components.company_spend import (
    centres_table,
    costs,
    lines_table,
    pages,
    standing,
)
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.chips import chips
from self_service.domain.errors import N_
from self_service.state.company_spend import CompanySpendState, company_values


def view(h: Any, state: Any) -> Any:
    """Show spending, or its place while it is read."""
    return h.div(
        h.when(state.loaded, _page(h, state), _loading(h)),
        class_name="max-w-3xl",
    )


def _page(h: Any, state: Any) -> Any:
    return h.div(
        h.div(
            _crumbs(h, state),
            kit.heading(h, h.bdi(state.title), class_name="wrap-anywhere"),
            class_name="min-w-0",
        ),
        h.when(
            state.refused, kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert")
        ),
        h.when(state.done, kit.callout(h, state.done, tone="good", symbol="check", role="status")),
        chips(h, h.t("Month"), state.months),
        h.div(
            h.div(
                h.p(h.t("On the bills of {month}", month=state.month_name)),
                h.p(state.total, class_name="text-3xl font-bold"),
            ),
            h.a(
                kit.icon(h, "document"),
                h.t("Download as CSV"),
                href=state.file,
                download=True,
                class_name="inline-flex items-center gap-2 min-h-11 text-accent",
            ),
            class_name="flex flex-wrap items-end justify-between gap-x-6 numbers",
        ),
        h.when(state.level == "centres", _centres(h, state)),
        h.when(state.level == "lines", _lines(h, state)),
        h.when(state.level == "costs", h.div(costs(h, state), pages(h, state))),
        class_name="flex flex-col gap-4",
    )


def _crumbs(h: Any, state: Any) -> Any:
    return h.nav(
        h.ul(
            h.each(
                state.crumbs,
                lambda row: h.li(
                    h.link(
                        h.bdi(row.text),
                        to=row.href,
                        class_name="inline-flex items-center min-h-11 text-accent",
                    ),
                    h.span("/", aria_hidden="true", class_name="text-muted ms-2"),
                    key=row.href,
                    class_name="inline-flex items-center",
                ),
            ),
            class_name="flex flex-wrap gap-x-2 empty:hidden",
        ),
        aria_label=h.t("Where you are"),
    )


def _centres(h: Any, state: Any) -> Any:
    return h.div(
        centres_table(h, state),
        h.p(
            h.t(
                "A month holds what its bills ask for. Lines count where they stand now; a centre "
                "with others below it counts them in."
            ),
            class_name="text-sm text-muted",
        ),
        h.div(new_centre(h, state), class_name=kit.CARD + "px-4 py-2"),
        class_name="flex flex-col gap-4",
    )


def _lines(h: Any, state: Any) -> Any:
    return h.div(
        h.each(
            state.rows,
            lambda row: h.div(
                h.when(row.standing, standing(h, row)), key=row.key, class_name="numbers"
            ),
        ),
        h.when(
            h.count(state.lines) > 0,
            h.div(lines_table(h, state), pages(h, state)),
            kit.empty(
                h,
                "sim",
                h.t("No lines here"),
                h.t("Open the lines without a cost centre, choose some, and move them here."),
            ),
        ),
        h.when(state.fixed, "", centre_forms(h, state)),
        class_name="flex flex-col gap-4",
    )


def _loading(h: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Company spending")),
        h.div(class_name="skeleton h-11"),
        h.div(class_name="skeleton h-96"),
        aria_busy="true",
        class_name="flex flex-col gap-4",
    )


page(
    Page(
        path=routes.COMPANY_SPEND,
        title=N_("Company spending"),
        description=N_("What your company spends: by cost centre, by line, bill by bill."),
        view=view,
        state=CompanySpendState,
        loader=company_values,
        private=True,
        bare=True,
    )
)
