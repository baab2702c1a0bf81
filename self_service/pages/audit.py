"""The whole record, for administrators."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.toned import TONES
from self_service.domain.errors import N_
from self_service.state.audit import AuditState, audit_values


def view(h: Any, state: Any) -> Any:
    """Show the search, the check of the chain, and a page of entries."""
    return h.div(
        kit.heading(h, h.t("Audit"), class_name="mb-4"),
        _search(h, state),
        _check(h, state),
        h.when(
            h.count(state.entries) > 0,
            h.ol(
                h.each(state.entries, lambda entry: _row(h, entry)),
                class_name="flex flex-col gap-3",
            ),
            h.when(state.loaded, _none(h), _loading(h)),
        ),
        _leafing(h, state),
        class_name="max-w-4xl",
    )


def _search(h: Any, state: Any) -> Any:
    return h.live_form(
        kit.field(
            h,
            h.t("Search the record"),
            "words",
            hint=h.t("Name, act, subject or network"),
            type="search",
            default_value=state.words,
            auto_complete="off",
            max_length=120,
        ),
        kit.button(h, kit.icon(h, "search"), h.t("Search"), type="submit"),
        on_submit=AuditState.find,
        role="search",
        class_name="grid gap-3 sm:grid-cols-[1fr_auto] items-end mb-3",
    )


def _check(h: Any, state: Any) -> Any:
    return h.div(
        kit.button(
            h,
            kit.icon(h, "shield"),
            h.t("Check that nothing was changed"),
            tone="second",
            on_click=AuditState.verify,
        ),
        h.div(
            h.when(
                state.checked,
                h.p(
                    state.checked,
                    data_tone=h.when(state.intact, "good", "bad"),
                    class_name=f"mt-3 p-4 rounded-(--r1) {TONES}",
                ),
            ),
            role="status",
        ),
        class_name="mb-5",
    )


def _row(h: Any, entry: Any) -> Any:
    return h.li(
        h.div(
            h.h2(entry.what, class_name="font-semibold min-w-0 wrap-anywhere"),
            h.span("#", entry.number, class_name="text-sm text-muted numbers"),
            class_name="flex items-start justify-between gap-4",
        ),
        h.p(
            h.code(entry.act),
            h.when(entry.subject, h.span(" · ", h.bdi(entry.subject))),
            class_name="text-sm wrap-anywhere",
        ),
        h.when(entry.whose, h.p(h.t("For"), " ", h.bdi(entry.whose), class_name="text-sm")),
        h.ul(
            h.each(entry.changes, lambda change: h.li(h.bdi(change), key=change)),
            class_name="text-sm list-disc ps-5 wrap-anywhere empty:hidden",
        ),
        h.p(
            h.bdi(entry.who),
            " · ",
            h.time(entry.at),
            h.when(entry.network, h.span(" · ", h.bdi(entry.network))),
            class_name="text-sm text-muted numbers wrap-anywhere",
        ),
        key=entry.number,
        class_name=kit.CARD + "p-4 flex flex-col gap-1",
    )


def _leafing(h: Any, state: Any) -> Any:
    return h.nav(
        h.when(
            state.first_page,
            h.span(),
            kit.button(h, h.t("Newest"), tone="second", on_click=AuditState.leaf(0)),
        ),
        h.when(
            state.older > 0,
            kit.button(h, h.t("Older"), tone="second", on_click=AuditState.leaf(state.older)),
        ),
        aria_label=h.t("Pages of the record"),
        class_name="flex justify-between gap-3 mt-5",
    )


def _none(h: Any) -> Any:
    return kit.empty(
        h, "list", h.t("Nothing found"), h.t("Every change stands here once it is made.")
    )


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-26") for _ in range(3)],
        aria_busy="true",
        class_name="flex flex-col gap-3",
    )


page(
    Page(
        path=routes.AUDIT,
        title=N_("Audit"),
        description=N_("Who did what, for whom, when and from where."),
        view=view,
        state=AuditState,
        loader=audit_values,
        private=True,
        bare=True,
    )
)
