"""What happened in the wallet: filters in the address, each movement with the balance after it."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.components.ui.chips import chips


def history(h: Any, state: Any) -> Any:
    """Show the history."""
    return h.section(
        kit.heading(h, h.t("What happened"), 2, class_name="mb-3"),
        chips(h, h.t("Kinds of movements"), state.kinds),
        _days(h, state),
        h.when(
            h.count(state.entries) > 0,
            h.group(
                h.ol(
                    h.each(state.entries, lambda row: _entry(h, row)),
                    class_name=kit.CARD + "divide-y divide-line",
                ),
                _after(h, state),
            ),
            h.when(state.filtered, _none_such(h), _none(h)),
        ),
    )


def _days(h: Any, state: Any) -> Any:
    return h.native_form(
        h.when(state.kind, h.input(type="hidden", name="kind", value=state.kind)),
        _day(h, h.t("From the day"), "since", state.since),
        _day(h, h.t("To the day"), "until", state.until),
        kit.button(h, h.t("Show"), type="submit", tone="second"),
        method="get",
        action=routes.page(h.language, routes.WALLET),
        class_name="grid grid-cols-2 sm:flex gap-2 items-end my-3",
    )


def _day(h: Any, label: str, name: str, value: Any) -> Any:
    return h.div(
        h.label(label, html_for=name, class_name="block text-sm font-medium mb-1"),
        h.input(
            id=name, name=name, type="date", default_value=value, class_name=kit.INPUT, key=value
        ),
        class_name="min-w-0",
    )


def _entry(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(row.text, class_name="font-medium wrap-anywhere"),
            h.when(row.note, h.p(h.bdi(row.note), class_name="text-sm wrap-anywhere")),
            h.p(h.time(row.at, title=row.exact), class_name="text-sm text-muted numbers"),
            class_name="grow basis-32 min-w-0",
        ),
        h.div(
            h.p(
                row.amount,
                " ",
                h.span(h.when(row.came, h.t("added"), h.t("taken")), class_name="sr"),
                class_name="numbers font-semibold",
            ),
            h.p(
                h.span(h.t("Balance"), " "),
                row.balance,
                class_name="numbers text-sm text-muted",
            ),
            class_name="text-end ms-auto",
        ),
        key=row.key,
        class_name="flex flex-wrap justify-between gap-x-4 p-4",
    )


def _after(h: Any, state: Any) -> Any:
    return h.div(
        h.when(
            state.older,
            kit.button_link(h, h.t("Show older"), to=state.older, tone="second"),
        ),
        h.a(
            kit.icon(h, "document"),
            h.t("Download as CSV"),
            href=state.file_href,
            download=True,
            class_name=kit.TONES["quiet"],
        ),
        class_name="flex flex-wrap gap-2 mt-3",
    )


def _none_such(h: Any) -> Any:
    return kit.empty(
        h,
        "search",
        h.t("Nothing of this kind"),
        h.t("Choose another kind or other days."),
    )


def _none(h: Any) -> Any:
    return kit.empty(
        h,
        "wallet",
        h.t("Nothing yet"),
        h.t("Top up by card or voucher: whatever comes and goes stands here."),
    )
